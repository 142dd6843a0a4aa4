"""The report's summary as Markdown: answer, comparison, costliest changes, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base.model import Change
from scanner.compare.estimates import Adjusted, Estimate, Raw
from scanner.compare.evidence import Measured, State
from scanner.render.attribution_words import settings
from scanner.render.ci.markdown import code, prose
from scanner.render.ordering import worst_first
from scanner.render.report_privacy import Anonymizer, shown_title, veil_over
from scanner.render.report_words import (
    LABEL_WORDS,
    absence,
    answer,
    codebase_words,
    command,
    headline,
    level,
    period,
    short_effect,
    state_words,
    verdict_words,
)
from scanner.render.scores import debt
from scanner.render.wording import counted, number, problem_place, where
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
    yield prose(codebase_words(report), None)
    yield ""
    for number_, step in enumerate(found.next_steps, 1):
        yield f"{number_}. {prose(step, None)}"
    if found.next_steps:
        yield ""


def _comparison(report: Report) -> Iterator[str]:
    yield "## Comparison"
    yield ""
    yield "| outcome | AI-attributed | other | raw | adjusted | finding |"
    yield "|:--|--:|--:|:--|:--|:--|"
    for one in headline(report.estimates):
        yield f"| {' | '.join(_cells(one))} |"
    yield ""
    yield "Adjusted compares only changes that are alike. A difference is not a cause."
    yield ""


def _cells(one: Estimate) -> tuple[str, ...]:
    scale = one.outcome.scale
    means = tuple(
        "*no value*" if arm is None else f"{level(arm.mean, scale)} (n {arm.n:,})"
        for arm in (one.treated, one.others)
    )
    verdict = (
        verdict_words(one.adjusted.value)
        if isinstance(one.adjusted, Measured)
        else f"*{state_words(one.adjusted)}*: {prose(absence(one.adjusted), None)}"
    )
    return (
        prose(one.outcome.title),
        *means,
        _effect(one, one.raw),
        _effect(one, one.adjusted),
        verdict,
    )


def _effect(one: Estimate, state: State[Raw] | State[Adjusted]) -> str:
    if not isinstance(state, Measured):
        return f"*{state_words(state)}*"
    return short_effect(state.value.effect, one.outcome.scale)


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
    yield f"Left out: {out or 'nothing'}."
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
