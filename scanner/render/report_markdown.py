"""The report's summary as Markdown: answer, comparison, costliest changes, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.base.model import Change
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.render.attribution_words import settings
from scanner.render.ci.markdown import code, prose
from scanner.render.comparison_words import (
    disagreement_words,
    headline,
    lacking,
    level,
    rank_words,
    short_effect,
    state_words,
    strata_words,
    verdict_words,
)
from scanner.render.ordering import worst_first
from scanner.render.report_privacy import Anonymizer, shown_title, veil_over
from scanner.render.report_words import answer, codebase_words, command, period, unjudged_words
from scanner.render.scores import debt
from scanner.render.wording import LABEL_WORDS, counted, number, problem_place, where
from scanner.report.build import Report

COSTLIEST, MOST_PROBLEMS = 10, 20


def render(report: Report) -> str:
    """The summary; everything else is in the other formats."""
    over = veil_over(report)
    parts = (_head(report), _comparison(report), _coverage(report), _costliest(report, over),
             _problems(report, over), _foot(report))  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(report: Report) -> Iterator[str]:
    found = answer(report)
    yield "# Tallystick report"
    yield ""
    yield f"**{prose(found.headline, None)}**"
    yield ""
    yield f"{prose(found.basis, None)} Period: {period(report)}."
    yield ""
    if found.hidden:
        yield prose(found.hidden, None)
        yield ""
    yield prose(codebase_words(report), None)
    yield ""
    for number_, step in enumerate(found.next_steps, 1):
        yield f"{number_}. {prose(step, None)}"
    if found.next_steps:
        yield ""


def _comparison(report: Report) -> Iterator[str]:
    shown = headline(report.estimates)
    measured = [one for one in shown if isinstance(one.adjusted, Measured)]
    yield "## Comparison"
    yield ""
    if measured:
        yield "| outcome | AI-attributed | other | raw | adjusted | pair by pair | reading |"
        yield "|:--|--:|--:|:--|:--|:--|:--|"
        for one in measured:
            yield f"| {' | '.join(_cells(one))} |"
        yield ""
        yield from _notes(measured)
    absent = [one for one in shown if one not in measured]
    for one in absent:
        why = prose(lacking(one), None)
        yield f"- {prose(one.outcome.title)}: *{state_words(one.adjusted)}*, {why}"
    if absent:
        yield ""


def _notes(measured: Sequence[Estimate]) -> Iterator[str]:
    """How to read the table, and where sums and pairs disagree."""
    first = measured[0].adjusted
    assert isinstance(first, Measured)
    yield (
        f"{strata_words(first.value.stratification)} Pair by pair is the chance that the "
        "AI-attributed one of two comparable changes has the higher figure. A difference is not a "
        "cause."
    )
    yield ""
    for one in measured:
        assert isinstance(one.adjusted, Measured)
        said = disagreement_words(one.adjusted.value)
        if said:
            yield f"- {prose(one.outcome.title)}: {prose(said, None)}"
            yield ""


def _cells(one: Estimate) -> tuple[str, ...]:
    scale, adjusted = one.outcome.scale, one.adjusted
    assert isinstance(adjusted, Measured)
    assert isinstance(one.raw, Measured)
    figures = tuple(
        "*no value*" if arm is None else f"{level(arm.mean, scale)} (n {arm.n:,})"
        for arm in (one.treated, one.others)
    )
    return (
        prose(one.outcome.title),
        *figures,
        short_effect(one.raw.value.effect, scale),
        short_effect(adjusted.value.effect, scale),
        rank_words(adjusted.value.rank, brief=True),
        prose(verdict_words(adjusted.value, scale), None),
    )


def _coverage(report: Report) -> Iterator[str]:
    lines = dict(report.coverage.lines)
    yield "## What was counted"
    yield ""
    yield "| label | changes | added code lines |"
    yield "|:--|--:|--:|"
    for label, count in report.coverage.changes:
        yield f"| {LABEL_WORDS[label]} | {count:,} | {lines[label]:,} |"
    yield ""
    out = "; ".join(f"{count:,} {reason}" for reason, count in report.exclusions)
    yield f"Left out: {out or 'nothing'}. {unjudged_words(report)}".rstrip()
    yield ""
    for said in settings(report.history.attributed):
        yield f"- {prose(said)}"
    if report.history.attributed.settings:
        yield ""


def _costliest(report: Report, over: Anonymizer) -> Iterator[str]:
    ranked = sorted(report.compared, key=lambda c: (-c.judgement.scorecard.points, c.commit.oid))
    shown = [change for change in ranked[:COSTLIEST] if change.judgement.findings]
    if not shown:
        return
    yield "## The changes that cost most"
    yield ""
    yield "| points | debt | label | change | worst finding |"
    yield "|--:|--:|:--|:--|:--|"
    for change in shown:
        yield _change_row(change, over)
    yield ""


def _change_row(change: Change, over: Anonymizer) -> str:
    worst = worst_first(change.judgement.findings)[0]
    score = debt(change.judgement.scorecard)
    found = f"{code(where(worst.place))} {prose(over.over(worst.message))}"
    title = f"`{change.commit.oid[:10]}` {prose(shown_title(change.commit, over))}"
    shown = "*not measured*" if score is None else f"{score:.1f}"
    label = LABEL_WORDS[change.attribution.label]
    return (
        f"| {number(change.judgement.scorecard.points)} | {shown} | {label} | {title} | {found} |"
    )


def _problems(report: Report, over: Anonymizer) -> Iterator[str]:
    if not report.problems:
        return
    yield "## Problems"
    yield ""
    for problem in report.problems[:MOST_PROBLEMS]:
        place = "the whole run" if problem.path is None else code(problem_place(problem))
        yield f"- {place}: {prose(over.over(problem.reason))} ({problem.stage})"
    left = len(report.problems) - MOST_PROBLEMS
    if left > 0:
        yield f"- and {counted(left, 'more problem')}"
    yield ""


def _foot(report: Report) -> Iterator[str]:
    yield f"<sub>Tallystick {report.tallystick}. Again: `{command(report)}`</sub>"
