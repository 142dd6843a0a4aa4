"""Fix first: what stands at the head and would repay most, where work goes on."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.render.html.finding import FindingView, standing_view
from scanner.render.html.section import ReportContext, Section
from scanner.render.tallies import fixes
from scanner.render.wording import counted

MOST, LINES = 5, 11


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A finding of the tree at the head, ready to be shown, and how often its file is changed."""

    id: str
    finding: FindingView
    changes: str


@dataclass(frozen=True, slots=True)
class FixFirst:
    """The repairs, those that pay most first, and how many more findings `scan` has."""

    repairs: tuple[RepairRow, ...]
    more: int


def build(context: ReportContext) -> Section | None:
    """The repairs; None where nothing stands that a repair would repay."""
    report = context.report
    repairs = tuple(
        RepairRow(
            f"fix-{fix.finding.fingerprint}",
            standing_view(context, fix.finding, LINES),
            counted(fix.changes, "change"),
        )
        for fix in fixes(report, MOST)
    )
    if not repairs:
        return None
    lead = (
        "What stands in the tree at the newest commit, whoever wrote it: the costliest findings, "
        "in the order of points × how many changes touched the file. `tallystick scan` finds the "
        "same."
    )
    data = FixFirst(repairs, len(report.at_head) - len(repairs))
    return Section("fix-first", "Fix first", "fix_first.html.j2", data, lead)
