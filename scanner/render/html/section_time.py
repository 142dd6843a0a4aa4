"""Debt over time by arm, and how much was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.model import Arm, Change
from scanner.render.html.charts import Mark, Series, columns_chart, lines_chart
from scanner.render.html.periods import periods
from scanner.render.html.section import Desk, Section
from scanner.render.html.tables import DataTable, data_table

#: A mean of fewer changes is drawn hollow.
WEAK = 10
_NAMES = {Arm.AI: "AI-attributed", Arm.MIXED: "mixed", Arm.OTHER: "other"}


@dataclass(frozen=True, slots=True)
class TimeCharts:
    """Two pictures over the same periods, and the table behind both."""

    debt: Markup
    volume: Markup
    names: tuple[tuple[str, str], ...]
    table: DataTable


@dataclass(frozen=True, slots=True)
class _Cell:
    changes: int
    lines: int
    points: float


def build(desk: Desk) -> Section | None:
    """The charts; None without a change to compare."""
    compared = desk.report.compared
    if not compared:
        return None
    of, numbers, names = periods(change.time for change in compared)
    arms = [arm for arm in Arm if any(change.attribution.arm is arm for change in compared)]
    cells = {
        arm: [
            _cell([c for c in compared if c.attribution.arm is arm and of(c.time) == n])
            for n in numbers
        ]
        for arm in arms
    }
    series = [Series(_NAMES[arm], f"a-{arm}", _marks(cells[arm])) for arm in arms]
    data = TimeCharts(
        debt=lines_chart(
            "debt-time", "Debt over time", "Points per hundred added code lines by arm and period.",
            names, series,
        ),
        volume=columns_chart(
            "volume-time", "Code over time", "Added code lines by arm and period.",
            names, [(f"a-{arm}", [cell.lines for cell in cells[arm]]) for arm in arms],
        ),
        names=tuple((f"a-{arm}", _NAMES[arm]) for arm in arms),
        table=_table(names, arms, cells),
    )  # fmt: skip
    lead = (
        "All points of a period over all its added code lines. These are plain sums: what the "
        "periods have in common is not held fixed, as it is in the comparison."
    )
    return Section("time", "Over time", "time.html.j2", data, lead)


def _cell(changes: Sequence[Change]) -> _Cell:
    cards = [change.judgement.scorecard for change in changes]
    return _Cell(len(cards), sum(c.added_code_lines for c in cards), sum(c.points for c in cards))


def _marks(cells: Sequence[_Cell]) -> tuple[Mark, ...]:
    return tuple(
        Mark(place, 100 * cell.points / cell.lines, is_weak=cell.changes < WEAK)
        for place, cell in enumerate(cells)
        if cell.lines
    )


def _table(names: Sequence[str], arms: Sequence[Arm], cells: dict[Arm, list[_Cell]]) -> DataTable:
    columns = ["period"]
    for arm in arms:
        columns += [f"{_NAMES[arm]}: changes", "added code lines", "points", "per 100 lines"]
    rows = []
    for place, name in enumerate(names):
        row = [name]
        for arm in arms:
            cell = cells[arm][place]
            rate = f"{100 * cell.points / cell.lines:.2f}" if cell.lines else "no code"
            row += [f"{cell.changes:,}", f"{cell.lines:,}", f"{cell.points:,.1f}", rate]
        rows.append(tuple(row))
    return data_table("Debt and code by period", tuple(columns), rows)
