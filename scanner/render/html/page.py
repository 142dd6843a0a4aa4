"""A report → the page: everything that is shown, in the order in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scanner.render.forge import forge_of
from scanner.render.html.all_sections import SECTIONS
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.section_fix_first import FixFirst
from scanner.render.html.top import Top, build_top
from scanner.render.report_privacy import veil_over
from scanner.report.build import Report

#: Sections that are long, and that few readers want whole.
FOLDED = frozenset(
    {"flow", "dimensions", "conventions", "robustness", "attribution", "method", "glossary"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """The first screen, and the sections under it."""

    top: Top
    sections: tuple[Section, ...]
    version: str


def build_page(report: Report) -> Page:
    """The page of a report. Pure."""
    context = ReportContext(report, veil_over(report), forge_of(report.asked.origin))
    found = (build(context) for build in SECTIONS)
    sections = tuple(
        replace(section, is_folded=section.id in FOLDED) for section in found if section is not None
    )
    repairs = next((s.data.repairs for s in sections if isinstance(s.data, FixFirst)), ())
    return Page(build_top(context, repairs), sections, report.tallystick)
