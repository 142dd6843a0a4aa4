"""The first screen: the answer, its uncertainty, the forest plot, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Arm
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.readings import Reading
from scanner.render.comparison_words import headline, listed
from scanner.render.html.charts import Mark, Series, lines_chart, share_bar
from scanner.render.html.comparison import ComparisonRow, comparison_row
from scanner.render.html.figures import Chip, changes_where
from scanner.render.html.forest import axis_for, draw_axis
from scanner.render.html.section import ReportContext
from scanner.render.html.section_fix_first import RepairRow
from scanner.render.paths import printable
from scanner.render.report_words import HeadlineAnswer, answer, arm_sizes, codebase_words, period
from scanner.render.tallies import carried, hotspots, over_time
from scanner.render.wording import LABEL_WORDS, counted, number
from scanner.report.build import Report

#: The outcomes of the first screen, unless the sentence above them speaks of others.
BARS = ("any_finding", "debt", "rework_14")
#: How many hotspots stand there where nothing is compared.
HOTTEST = 5


@dataclass(frozen=True, slots=True)
class Top:
    """Everything above the fold, and the strip under it that says what was counted.

    `rows` are the bars, none where there are no two arms; `lines` are small charts over time with
    their captions; `figures` says of which changes the figures are.
    """

    answer: HeadlineAnswer
    name: str
    link: str
    period: str
    head: str
    head_link: str
    axis: Markup
    figures: str
    rows: tuple[ComparisonRow, ...]
    codebase: str
    hottest: tuple[tuple[str, str, str], ...]
    lines: tuple[tuple[str, Markup], ...]
    shares: Markup
    counted: tuple[Chip, ...]
    left_out: tuple[Chip, ...]
    repairs: tuple[RepairRow, ...]


def build_top(context: ReportContext, repairs: Sequence[RepairRow]) -> Top:
    """The first screen of a report; `repairs` are those of Fix first."""
    report = context.report
    sizes = arm_sizes(report.compared)
    shown = _shown(report.estimates) if sizes[Arm.AI] and sizes[Arm.OTHER] else []
    axis = axis_for(shown)
    return Top(
        answer=answer(report),
        name=context.forge.name if context.forge else "",
        link=context.forge.base if context.forge else "",
        period=period(report),
        head=report.head.oid[:10],
        head_link=context.commit_link(report.head.oid),
        axis=draw_axis(axis),
        figures=_figures_words(shown),
        rows=tuple(comparison_row(one, axis) for one in shown),
        codebase=codebase_words(report),
        hottest=_hottest(report) if not shown else (),
        lines=_lines(report),
        shares=_shares(report),
        counted=_counted(report),
        left_out=tuple(Chip("out", f"{n:,} {reason}") for reason, n in report.exclusions),
        repairs=tuple(repairs[:3]),
    )


def _shown(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Three outcomes, always: those that the sentence tells of, then the usual ones."""
    known = {one.outcome.key: one for one in headline(estimates)}
    told = [
        key
        for key, one in known.items()
        if isinstance(one.adjusted, Measured) and one.adjusted.value.reading.is_difference
    ]
    chosen = list(dict.fromkeys((*told, *BARS)))[: len(BARS)]
    return [one for key, one in known.items() if key in chosen]


def _figures_words(shown: Sequence[Estimate]) -> str:
    """Of which changes the figures are, and that they are weighted."""
    compared = [
        one.adjusted.value
        for one in shown
        if isinstance(one.adjusted, Measured)
        and one.adjusted.value.reading is not Reading.DESCRIBED
    ]
    held = dict.fromkeys(factor for one in compared for factor in one.stratification.holds_fixed)
    if not held:
        return "Figures are of all changes that have a value (n): too few are comparable."
    same = (
        "the same"
        if len({one.stratification.holds_fixed for one in compared}) == 1
        else ("the same, each row as finely as its changes allow,")
    )
    return (
        "Figures are of comparable changes (n of all that have a value), both kinds weighted "
        f"to {same} mix of {listed([factor.value for factor in held])}."
    )


def _hottest(report: Report) -> tuple[tuple[str, str, str], ...]:
    """Path, points and changes of the hottest files."""
    return tuple(
        (printable(file.path), number(file.points), f"{file.changes:,}")
        for file in hotspots(report).files[:HOTTEST]
    )


#: The small charts, in pixels as they are shown, so that their labels can be read.
_WIDE, _HIGH = 350.0, 118.0


def _lines(report: Report) -> tuple[tuple[str, Markup], ...]:
    """The AI share of changes, and the complexity that stands, over time."""
    found = []
    tallies = over_time(report.compared)
    periods = tuple(dict.fromkeys(tally.period for tally in tallies))
    counts = {(tally.period, tally.arm): tally.changes for tally in tallies}
    every = [sum(counts.get((one, arm), 0) for arm in Arm) for one in periods]
    marked = [counts.get((one, Arm.AI), 0) for one in periods]
    first = next((one for one, count in zip(periods, marked, strict=True) if count), None)
    if first is not None and len(periods) > 1:
        marks = tuple(
            Mark(place, 100 * ai / of)
            for place, (ai, of) in enumerate(zip(marked, every, strict=True))
            if of
        )
        found.append(
            (
                f"AI-attributed share of changes, % of {sum(every):,}",
                lines_chart(
                    "top-share", "AI-attributed share over time",
                    "Per cent of the compared changes of each period.", periods,
                    [Series("AI-attributed", "a-ai", marks)], _HIGH, width=_WIDE,
                ),
            )
        )  # fmt: skip
    ends = [one for one in report.standing.ends if one.standing.code_lines]
    if len(ends) > 1:
        drawn = carried(ends)
        names = tuple(one.period for one in drawn)
        marks = tuple(
            Mark(place, 100 * one.standing.cognitive / one.standing.code_lines)
            for place, one in enumerate(drawn)
        )
        found.append(
            (
                "Cognitive complexity per 100 code lines that stand",
                lines_chart(
                    "top-standing", "Complexity that stands, over time",
                    "Cognitive complexity per hundred code lines at the end of each period.",
                    names, [Series("all code", "of-all", marks)], _HIGH,
                    adopted=names.index(first) if first in names else None, width=_WIDE,
                ),
            )
        )  # fmt: skip
    return tuple(found)


def _shares(report: Report) -> Markup:
    every = len(report.compared)
    counts = report.coverage.changes
    return share_bar([(f"l-{label}", count / every if every else 0.0) for label, count in counts])


def _counted(report: Report) -> tuple[Chip, ...]:
    chips = [Chip("", counted(len(report.compared), "change") + " compared")]
    chips += [
        Chip(
            f"l-{label.value}",
            f"{count:,} {LABEL_WORDS[label]}",
            changes_where(label=f"compared-{label.value}"),
        )
        for label, count in report.coverage.changes
        if count
    ]
    return tuple(chips)
