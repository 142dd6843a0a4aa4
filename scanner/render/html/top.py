"""The first screen: the answer, its uncertainty, the forest plot, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Label
from scanner.render.comparison_words import headline
from scanner.render.html.charts import share_bar
from scanner.render.html.comparison import ComparisonRow, comparison_row
from scanner.render.html.figures import Chip, Look, changes_where, look_of
from scanner.render.html.forest import axis_for, draw_axis
from scanner.render.html.section import ReportContext
from scanner.render.html.section_fix_first import Repair
from scanner.render.report_words import LABEL_WORDS, Answer, answer, period
from scanner.render.wording import counted
from scanner.report.build import Report

#: What can be told comes first.
_ORDER = {look: place for place, look in enumerate(Look)}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with what it counts."""

    value: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class TopRow:
    """A row of the plot: one outcome, or all that have no figure for the same reason.

    `links` are their anchors and titles.
    """

    links: tuple[tuple[str, str], ...]
    row: ComparisonRow


@dataclass(frozen=True, slots=True)
class Top:
    """Everything above the fold, and the strip under it that says what was counted."""

    answer: Answer
    name: str
    link: str
    period: str
    head: str
    head_link: str
    tiles: tuple[Tile, ...]
    axis: Markup
    rows: tuple[TopRow, ...]
    more: int
    shares: Markup
    counted: tuple[Chip, ...]
    left_out: tuple[Chip, ...]
    repairs: tuple[Repair, ...]


def build_top(context: ReportContext, repairs: tuple[Repair, ...]) -> Top:
    """The first screen of a report; `repairs` are those of Fix first."""
    report = context.report
    shown = sorted(headline(report.estimates), key=lambda one: _ORDER[look_of(one.adjusted)])
    axis = axis_for(shown)
    return Top(
        answer=answer(report),
        name=context.forge.name if context.forge else "",
        link=context.forge.base if context.forge else "",
        period=period(report),
        head=report.head.oid[:10],
        head_link=context.commit_link(report.head.oid),
        tiles=_tiles(report),
        axis=draw_axis(axis),
        rows=_grouped([comparison_row(one, axis) for one in shown]),
        more=len(report.estimates) - len(shown),
        shares=_shares(report),
        counted=_counted(report),
        left_out=tuple(Chip("out", f"{n:,} {reason}") for reason, n in report.exclusions),
        repairs=repairs[:3],
    )


def _grouped(rows: Sequence[ComparisonRow]) -> tuple[TopRow, ...]:
    groups: dict[tuple[str, ...], list[ComparisonRow]] = {}
    for row in rows:
        same = (row.look, row.brief.partition(", and ")[0], row.treated_brief, row.others_brief)
        groups.setdefault((row.key,) if row.look is Look.MEASURED else same, []).append(row)
    return tuple(
        TopRow(tuple((row.key, row.title) for row in held), held[0]) for held in groups.values()
    )


def _shares(report: Report) -> Markup:
    every = len(report.compared)
    counts = report.coverage.changes
    return share_bar([(f"l-{label}", count / every if every else 0.0) for label, count in counts])


def _tiles(report: Report) -> tuple[Tile, ...]:
    compared = report.compared
    share = report.coverage.share_marked
    labels = dict(report.coverage.changes)
    lines = sum(count for _, count in report.coverage.lines)
    points = sum(change.judgement.scorecard.points for change in compared)
    per_hundred = f"{100 * points / lines:.1f}" if lines else "n/a"
    of_all = f"of {len(report.changes):,}; they add {lines:,} lines"
    return (
        Tile(f"{len(compared):,}", "changes compared", of_all),
        Tile("n/a" if share is None else f"{share:.0%}", "have evidence", "of who wrote them"),
        Tile(f"{labels[Label.AI]:,}", "AI-attributed", f"and {labels[Label.UNMARKED]:,} unmarked"),
        Tile(per_hundred, "points per 100 lines", f"{points:,.0f} points of debt added"),
    )


def _counted(report: Report) -> tuple[Chip, ...]:
    chips = [Chip("", counted(len(report.compared), "change") + " compared")]
    chips += [
        Chip(
            f"l-{label.value}", f"{count:,} {LABEL_WORDS[label]}", changes_where(label=label.value)
        )
        for label, count in report.coverage.changes
        if count
    ]
    return tuple(chips)
