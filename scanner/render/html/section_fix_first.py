"""Fix first: what stands at the head and would repay most, measured there as `scan` does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.base.model import Finding
from scanner.render.html.finding import FindingView, standing_view
from scanner.render.html.section import ReportContext, Section

MOST, LINES = 5, 11


@dataclass(frozen=True, slots=True)
class Repair:
    """A finding of the tree at the head, ready to be shown."""

    id: str
    finding: FindingView


@dataclass(frozen=True, slots=True)
class FixFirst:
    """The repairs, costliest first, and how many more findings `scan` has."""

    repairs: tuple[Repair, ...]
    more: int


def build(context: ReportContext) -> Section | None:
    """The repairs; None where nothing stands that a repair would repay."""
    at_head = context.report.at_head
    chosen = tuple(costliest(at_head))
    if not chosen:
        return None
    repairs = tuple(
        Repair(f"fix-{finding.fingerprint}", standing_view(context, finding, LINES))
        for finding in chosen
    )
    lead = (
        "What would repay most, measured in the tree at the newest commit, whoever wrote it; "
        "`tallystick scan` prints the same."
    )
    data = FixFirst(repairs, len(at_head) - len(repairs))
    return Section("fix-first", "Fix first", "fix_first.html.j2", data, lead)


def costliest(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """The findings worth most, one of each unit."""
    seen: set[tuple[str, str]] = set()
    for finding in sorted(findings, key=lambda one: (-one.points, one.place.path, one.fingerprint)):
        key = (finding.place.path, finding.place.unit)
        if key not in seen and len(seen) < MOST and finding.points > 0:
            seen.add(key)
            yield finding
