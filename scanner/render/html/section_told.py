"""What coding agents were told in this clone, and what the commits then held."""

from __future__ import annotations

from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable
from scanner.render.paths import printable

_CAPTION = "Findings that agents were told, and what became of them"
_COLUMNS = ("agent", "rule", "told", "mended before the commit", "ignored", "open")
_NUMBERS = frozenset(range(2, len(_COLUMNS)))


def build(context: ReportContext) -> Section | None:
    """The section; None where nothing was kept (`tallystick hook --log` keeps it)."""
    tallies = context.report.told
    if not tallies:
        return None
    rows = tuple(
        (
            printable(one.agent),
            printable(one.rule),
            *(f"{count:,}" for count in (one.told, one.mended, one.ignored, one.open)),
        )
        for one in tallies
    )
    lead = (
        "By the log of this clone alone. Ignored is what a later change held all the same; mended "
        "what no change held, although something was committed on the same commit; open the rest."
    )
    return Section(
        "told",
        "Told to agents",
        "told.html.j2",
        DataTable(_CAPTION, _COLUMNS, rows, _NUMBERS),
        lead,
    )
