"""Terminal text: each finding with its place, reason, hint and points; scores; the verdict last.

Plain ASCII but for what the findings hold, 80 columns but for paths, readable without colour, and
one line when there is nothing to say.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from scanner.base import model
from scanner.render import wording
from scanner.render.deviation import deviation_line
from scanner.render.fixes import apply_with, code_of, described, lines_of
from scanner.render.ordering import worst_first
from scanner.render.paths import sentence
from scanner.render.scores import score_rows

WIDTH = 80
LONGEST_SENTENCE = 600

_SEVERITY_COLOURS = {
    model.Severity.ERROR: "red",
    model.Severity.WARNING: "yellow",
    model.Severity.INFO: "blue",
}
_VERDICT_COLOURS = {
    model.Outcome.PASS: "green",
    model.Outcome.FAIL: "red",
    model.Outcome.COULD_NOT_JUDGE: "yellow",
}


def render(review: model.Review, *, colour: bool = False) -> str:
    """The review for people, with a line end."""
    lines = list(_verdict(review) if wording.is_quiet(review) else _sections(review))
    text = "\n".join(lines) + "\n"
    return text if colour else click.unstyle(text)


def _sections(review: model.Review) -> Iterator[str]:
    for finding in worst_first(review.judgement.findings):
        yield from finding_lines(finding)
        how = apply_with(finding, is_work_tree=review.is_work_tree)
        if review.head is None and how:
            yield from wrapped(f"Fix: {how}.", "  ")
        yield ""
    if review.judgement.problems:
        yield from problem_lines(review.judgement.problems)
        yield ""
    if asides := wording.asides(review):
        for line in asides:
            yield from wrapped(line, "", "  ")
        yield ""
    yield from score_table(review.judgement.scorecard, review.thresholds)
    if unusual := deviation_line(review.judgement.deviation):
        yield from wrapped(unusual, "")
    yield ""
    yield from _verdict(review)


def finding_lines(finding: model.Finding) -> Iterator[str]:
    """A finding: place, points and rule; then its sentence, its evidence, and what to do."""
    colour = _SEVERITY_COLOURS[finding.severity]
    place = click.style(wording.where(finding.place), bold=True)
    worth = click.style(wording.points(finding.points), fg=colour)
    yield f"{place}  {worth}, {finding.severity}  {sentence(finding.rule)}"
    yield from wrapped(sentence(finding.message, LONGEST_SENTENCE), "  ")
    for detail in wording.details(finding.evidence):
        yield from wrapped(detail.line, "  ")
    if finding.hint.strip():
        yield from wrapped(f"Hint: {sentence(finding.hint, LONGEST_SENTENCE)}", "  ")


def fix_lines(fix: model.ProposedFix) -> Iterator[str]:
    """What a fix is, and the code that it puts in place of which lines."""
    yield from wrapped(described(fix), "  ")
    for change in fix.changes:
        code = code_of(change).rstrip("\n")
        yield f"    {lines_of(change)}{':' if code else ' go'}"
        yield from (f"      {line}".rstrip() for line in code.split("\n") if code)


def problem_lines(problems: Iterable[model.Problem]) -> Iterator[str]:
    """What could not be judged, or only with less than was asked for, and why."""
    yield click.style("Problems:", bold=True)
    # One cause may meet every version of a file.
    for said, count in Counter(map(_problem, problems)).items():
        times = f", {count} times" if count > 1 else ""
        yield from wrapped(f"{said}{times}", "  ", "    ")


def _problem(problem: model.Problem) -> str:
    reason = sentence(problem.reason, LONGEST_SENTENCE)
    return f"{wording.problem_place(problem)}: {reason} ({wording.problem_note(problem)})"


def score_table(
    card: model.Scorecard, thresholds: tuple[model.Threshold, ...] = ()
) -> Iterator[str]:
    """Score, grade, limit, points and what was repaid, a line for each dimension and the debt."""
    yield f"{'':<12}{'score':>7}{'grade':>7}{'limit':>7}{'points':>10}{'repaid':>10}"
    for row in score_rows(card, thresholds):
        limit = "-" if row.limit is None else wording.number(row.limit)
        if row.points is None or row.repaid is None:
            yield f"{row.name:<12}{'-':>7}{'-':>7}{limit:>7}{'not measured':>20}"
            continue
        numbers = f"{wording.number(row.points):>10}{wording.number(row.repaid):>10}"
        score = "-" if row.score is None else f"{row.score:.1f}"
        yield f"{row.name:<12}{score:>7}{row.grade or '-':>7}{limit:>7}{numbers}"
    if missing := wording.unmeasured_sentence(card):
        yield from wrapped(missing.capitalize(), "")


def _verdict(review: model.Review) -> Iterator[str]:
    outcome = review.verdict.outcome
    for reason in review.verdict.reasons:
        yield from wrapped(sentence(reason, LONGEST_SENTENCE), "", "  ")
    if hint := wording.how_to_waive(review):
        yield from wrapped(hint, "", "  ")
    text = f"{wording.verdict_word(outcome)}: {wording.summary(review)}"
    if wording.is_quiet(review):
        missing = wording.unmeasured_sentence(review.judgement.scorecard)
        text = "; ".join(filter(None, (text, _repaid(review), missing)))
    first, *rest = textwrap_lines(text, "", "  ")
    word = wording.verdict_word(outcome)
    yield click.style(word, fg=_VERDICT_COLOURS[outcome], bold=True) + first.removeprefix(word)
    yield from rest


def _repaid(review: model.Review) -> str | None:
    repaid = review.judgement.scorecard.repaid
    return f"{wording.points(repaid)} repaid" if repaid else None


def wrapped(text: str, indent: str, hanging: str | None = None) -> Iterator[str]:
    """The text in lines of at most 80 columns, those after the first indented two more."""
    yield from textwrap_lines(text, indent, indent + "  " if hanging is None else hanging)


def textwrap_lines(text: str, indent: str, hanging: str) -> list[str]:
    """The text in lines of at most 80 columns; a word that is longer, a path say, stays whole."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
