"""The codebase itself over time, whoever wrote it, and what its changes did to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Arm
from scanner.history.debt_over_time import ArmStanding, Standing, StandingAt
from scanner.render.html.charts import Mark, Series, columns_chart, lines_chart
from scanner.render.html.figures import amount, changes_where
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable, data_table
from scanner.render.report_words import codebase_words
from scanner.render.tallies import Moved, carried, moved, unaccounted
from scanner.render.wording import ARM_WORDS
from scanner.report.build import Report

#: A rate of fewer lines is drawn hollow.
WEAK_LINES = 200


@dataclass(frozen=True, slots=True)
class _Rate:
    """What a chart draws: one count of a tree for a hundred of another."""

    key: str
    caption: str
    description: str
    counts: Callable[[Standing], tuple[int, int]]


_RATES = (
    _Rate(
        "density-time", "Cognitive complexity per 100 code lines",
        "Cognitive complexity of all Python files per hundred code lines, by period.",
        lambda one: (one.cognitive, one.code_lines),
    ),
    _Rate(
        "beyond-time", "Units beyond a limit, of 100",
        "Functions, methods and modules that are beyond any limit, of a hundred, by period.",
        lambda one: (one.beyond, one.units),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A tree, or the sums of an arm's changes; `anchor` leads to these."""

    name: str
    anchor: str
    cells: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class CodebaseView:
    """The pictures with their captions, the tables behind them, and what moved the codebase.

    `names` is the legend of the pictures by arm, none where all lines are of one.
    """

    charts: tuple[tuple[str, Markup], ...]
    table: DataTable
    by_arm: tuple[tuple[str, Markup], ...]
    names: tuple[tuple[str, str], ...]
    arm_table: DataTable | None
    moved: tuple[MovedRow, ...]
    note: str


def build(context: ReportContext) -> Section | None:
    """The state of the trees; None where no code stood."""
    ends = context.report.standing.ends
    if not any(end.standing.code_lines for end in ends):
        return None
    arms = [arm for arm in Arm if any(one.arm is arm for end in ends for one in end.by_arm)]
    several, drawn = len(arms) > 1, carried(ends)
    data = CodebaseView(
        charts=tuple((rate.caption, _chart(drawn, rate)) for rate in _RATES),
        table=_table(ends),
        by_arm=_arm_charts(drawn, arms) if several else (),
        names=tuple((f"a-{arm}", ARM_WORDS[arm]) for arm in arms),
        arm_table=_arm_table(ends, arms) if several else None,
        moved=_moved(context.report),
        note=_note(context.report),
    )
    lead = (
        f"{codebase_words(context.report)} This is all that stands, whoever wrote it; how changes "
        "differ by who wrote them is in the comparison."
    )
    return Section("codebase", "The codebase", "codebase.html.j2", data, lead)


def _chart(ends: Sequence[StandingAt], rate: _Rate) -> Markup:
    counts = [rate.counts(end.standing) for end in ends]
    marks = tuple(
        Mark(place, 100 * part / whole) for place, (part, whole) in enumerate(counts) if whole
    )
    series = [Series(rate.caption, "all", marks)]
    return lines_chart(
        rate.key, rate.caption, rate.description, [end.period for end in ends], series
    )


def _arm_charts(ends: Sequence[StandingAt], arms: Sequence[Arm]) -> tuple[tuple[str, Markup], ...]:
    """What stands by who wrote the lines: the debt of a hundred lines of each, and how many."""
    names = [end.period for end in ends]
    rates = [
        Series(
            ARM_WORDS[arm],
            f"a-{arm}",
            tuple(
                Mark(place, 100 * one.points / one.lines, is_weak=one.lines < WEAK_LINES)
                for place, one in enumerate(_of_arm(ends, arm))
                if one.lines
            ),
        )
        for arm in arms
    ]
    stacks = [(f"a-{arm}", [float(one.lines) for one in _of_arm(ends, arm)]) for arm in arms]
    return (
        (
            "Points beyond limits per 100 lines that stand",
            lines_chart(
                "standing-arms", "Debt that stands, by who wrote the lines",
                "Points beyond limits per hundred standing lines of each kind, by period.",
                names, rates,
            ),
        ),
        (
            "Lines that stand",
            columns_chart(
                "standing-lines", "Lines that stand, by who wrote them",
                "How many lines of each kind stand at the end of each period.", names, stacks,
            ),
        ),
    )  # fmt: skip


def _of_arm(ends: Sequence[StandingAt], arm: Arm) -> list[ArmStanding]:
    none = ArmStanding(arm, 0, 0.0)
    return [next((one for one in end.by_arm if one.arm is arm), none) for end in ends]


def _arm_table(ends: Sequence[StandingAt], arms: Sequence[Arm]) -> DataTable:
    columns = ["end of"]
    for arm in arms:
        columns += [f"{ARM_WORDS[arm]}: lines", "points", "per 100 lines"]
    found = [_of_arm(ends, arm) for arm in arms]
    rows = []
    for place, end in enumerate(ends):
        row = [end.period]
        for one in (of_arm[place] for of_arm in found):
            rate = f"{100 * one.points / one.lines:.2f}" if one.lines else "no line"
            row += [f"{one.lines:,}", amount(one.points), rate]
        rows.append(tuple(row))
    return data_table("What stands by who wrote the lines", tuple(columns), rows)


def _table(ends: Sequence[StandingAt]) -> DataTable:
    columns = (
        "end of", "files", "code lines", "units", "beyond a limit", "cognitive", "per 100 lines",
        "cyclomatic", "points beyond limits", "files not measured",
    )  # fmt: skip
    return data_table("The codebase by period", columns, [_row(end) for end in ends])


def _row(end: StandingAt) -> tuple[str, ...]:
    one = end.standing
    rate = f"{100 * one.cognitive / one.code_lines:.1f}" if one.code_lines else "no code"
    return (
        end.period, f"{one.files:,}", f"{one.code_lines:,}", f"{one.units:,}", f"{one.beyond:,}",
        f"{one.cognitive:,}", rate, f"{one.cyclomatic:,}", amount(one.points), f"{one.unread:,}",
    )  # fmt: skip


def _moved(report: Report) -> tuple[MovedRow, ...]:
    """From the first tree to the last: every row but these two is a sum over changes."""
    rows = [_sum_row(one) for one in moved(report.changes)]
    left = unaccounted(report)
    if not isinstance(left, str):
        before, end = report.standing.before, report.standing.ends[-1].standing
        assert before is not None
        rows.insert(0, _tree_row("stood before the first change", before))
        if left.cognitive or left.cyclomatic:
            deltas = (f"{left.cognitive:+,}", f"{left.cyclomatic:+,}")
            rows.append(MovedRow("files that could not be measured", "", ("", *deltas, "", "")))
        rows.append(_tree_row("stands at the last change", end))
    return tuple(rows)


def _tree_row(name: str, standing: Standing) -> MovedRow:
    counts = (f"{standing.cognitive:,}", f"{standing.cyclomatic:,}")
    return MovedRow(name, "", ("", *counts, "", ""))


def _sum_row(one: Moved) -> MovedRow:
    deltas = (f"{one.cognitive:+,}", f"{one.cyclomatic:+,}")
    cells = (f"{one.changes:,}", *deltas, amount(one.points), amount(one.repaid))
    if one.arm is None:
        return MovedRow("changes left out of the comparison", "", cells)
    return MovedRow(f"{ARM_WORDS[one.arm]} changes", changes_where(label=f"arm-{one.arm}"), cells)


def _note(report: Report) -> str:
    left = unaccounted(report)
    if isinstance(left, str):
        return f"The sums are not held to the trees: {left}."
    return (
        "The two trees are measured, the rows between them are sums over changes, and together "
        "they come out even."
        if not (left.cognitive or left.cyclomatic)
        else "The two trees are measured, the rows between them are sums over changes; what is "
        "missing between them stands in files that could not be measured on one side."
    )
