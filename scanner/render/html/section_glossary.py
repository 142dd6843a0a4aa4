"""What each statistic of the page is, in two sentences."""

from __future__ import annotations

from scanner.render.html.section import ReportContext, Section
from scanner.render.html.terms import Term


def build(_: ReportContext) -> Section:
    """The terms in the order in which the page uses them."""
    return Section("glossary", "Glossary", "glossary.html.j2", tuple(Term))
