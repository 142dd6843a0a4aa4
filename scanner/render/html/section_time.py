"""Debt over time by arm, and how much was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Arm
from scanner.compare.evidence import Measured, State
from scanner.compare.table import OutcomeSpec
from scanner.compare.trends import CellValue, Trend
from scanner.render.comparison_words import level
from scanner.render.html.charts import Mark, Series, columns_chart, lines_chart
from scanner.render.html.figures import absent
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable, data_table
from scanner.render.tallies import PeriodTally, over_time
from scanner.render.wording import ARM_WORDS

#: A mean of fewer changes is drawn hollow.
WEAK = 10


@dataclass(frozen=True, slots=True)
class TimeCharts:
    """Two pictures over the same periods, and the table behind both."""

    debt: Markup
    volume: Markup
    names: tuple[tuple[str, str], ...]
    table: DataTable
    trends: tuple[DataTable, ...]


def build(context: ReportContext) -> Section | None:
    """The charts; None without a change to compare."""
    compared = context.report.compared
    if not compared:
        return None
    tallies = over_time(compared)
    arms = tuple(dict.fromkeys(tally.arm for tally in tallies))
    names = tuple(dict.fromkeys(tally.period for tally in tallies))
    of_arm = {arm: [tally for tally in tallies if tally.arm is arm] for arm in arms}
    series = [Series(ARM_WORDS[arm], f"a-{arm}", _marks(of_arm[arm])) for arm in arms]
    data = TimeCharts(
        debt=lines_chart(
            "debt-time", "Debt over time", "Points per hundred added code lines by arm and period.",
            names, series,
        ),
        volume=columns_chart(
            "volume-time", "Code over time", "Added code lines by arm and period.", names,
            [(f"a-{arm}", [tally.added_code_lines for tally in of_arm[arm]]) for arm in arms],
        ),
        names=tuple((f"a-{arm}", ARM_WORDS[arm]) for arm in arms),
        table=_table(names, arms, of_arm),
        trends=tuple(map(_trend, context.report.trends)),
    )  # fmt: skip
    lead = (
        "All points of a period over all its added code lines. These are plain sums: what the "
        "periods have in common is not held fixed, as it is in the comparison."
    )
    return Section("time", "Over time", "time.html.j2", data, lead)


def _marks(tallies: Sequence[PeriodTally]) -> tuple[Mark, ...]:
    return tuple(
        Mark(place, 100 * one.points / one.added_code_lines, is_weak=one.changes < WEAK)
        for place, one in enumerate(tallies)
        if one.added_code_lines
    )


def _table(
    names: Sequence[str], arms: Sequence[Arm], of_arm: Mapping[Arm, Sequence[PeriodTally]]
) -> DataTable:
    columns = ["period"]
    for arm in arms:
        columns += [f"{ARM_WORDS[arm]}: changes", "added code lines", "points", "per 100 lines"]
    rows = []
    for place, name in enumerate(names):
        row = [name]
        for arm in arms:
            one = of_arm[arm][place]
            lines = one.added_code_lines
            rate = f"{100 * one.points / lines:.2f}" if lines else "no code"
            row += [f"{one.changes:,}", f"{lines:,}", f"{one.points:,.1f}", rate]
        rows.append(tuple(row))
    return data_table("Debt and code by period", tuple(columns), rows)


def _trend(source: Trend) -> DataTable:
    """Means of changes by period, each with what it rests on, or what it lacks."""
    rows: list[tuple[str, ...]] = [
        (f"{cell.period}, {cell.arm}", f"{cell.changes:,}", *_cell(cell.value, source.outcome))
        for cell in source.cells
        if cell.changes
    ]
    title = f"{source.outcome.title} by {source.by}, mean of changes"
    return data_table(title, ("period and arm", "changes", "mean", "95% interval"), rows)


def _cell(state: State[CellValue], outcome: OutcomeSpec) -> tuple[str, str]:
    if not isinstance(state, Measured):
        lack = absent(state)
        return lack.text, lack.note
    value = state.value
    mean = level(value.mean, outcome.scale)
    if value.interval is None:
        return mean, "none from one cluster"
    ends = (value.interval.low, value.interval.high)
    low, high = (level(end, outcome.scale) for end in ends if end is not None)
    return mean, f"{low} to {high}"
