"""GitHub Actions: annotations as workflow commands, and the job summary that holds the rest.

A step may show ten annotations of each level; the most relevant come first, problems before
findings, and the line at the end says how many there was no room for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanner.base import model
from scanner.gate.policy import keeps_from_judging
from scanner.render import wording
from scanner.render.ci import markdown
from scanner.render.fixes import code_of, described, lines_of
from scanner.render.ordering import worst_first
from scanner.render.paths import printable, sentence, unicode_text

ANNOTATIONS_PER_LEVEL = 10
#: What a step may write to its job summary is 1 MiB of UTF-8; a character takes four at most.
SUMMARY_LIMIT = 250_000
LONGEST_SENTENCE = 1_000
LONGEST_TITLE = 200

_LEVELS = {
    model.Severity.ERROR: "error",
    model.Severity.WARNING: "warning",
    model.Severity.INFO: "notice",
}


class Annotation(NamedTuple):
    """A workflow command; `path` None belongs to no file."""

    level: str
    path: str | None
    first_line: int
    last_line: int
    title: str
    message: str

    def __str__(self) -> str:
        properties = [f"title={_property(self.title)}"]
        if self.path is not None:
            place = (f"file={_property(self.path)}", f"line={self.first_line}")
            properties = [*place, f"endLine={self.last_line}", *properties]
        return f"::{self.level} {','.join(properties)}::{_data(self.message)}"


def render(review: model.Review) -> str:
    """Annotations, ten of each level at most, and the verdict as an ordinary line of the log."""
    every = list(_annotations(review))
    shown = list(_first_of_each_level(every))
    lines = [str(annotation) for annotation in shown]
    if left := len(every) - len(shown):
        lines.append(f"{wording.counted(left, 'more annotation')}: see the job summary.")
    if missing := wording.unmeasured_sentence(review.judgement.scorecard):
        lines.append(missing)
    lines.append(f"{wording.verdict_word(review.verdict.outcome)}: {wording.summary(review)}")
    return "\n".join(lines) + "\n"


def summary(review: model.Review) -> str:
    """Markdown for the file that GITHUB_STEP_SUMMARY names: everything, not only what was cut."""
    return markdown.compose(review, worst_first(review.judgement.findings), SUMMARY_LIMIT)


def _annotations(review: model.Review) -> Iterator[Annotation]:
    yield from map(_of_problem, review.judgement.problems)
    yield from map(_of_finding, worst_first(review.judgement.findings))


def _first_of_each_level(annotations: Iterable[Annotation]) -> Iterator[Annotation]:
    room = dict.fromkeys(_LEVELS.values(), ANNOTATIONS_PER_LEVEL)
    for annotation in annotations:
        if room[annotation.level]:
            room[annotation.level] -= 1
            yield annotation


def _of_problem(problem: model.Problem) -> Annotation:
    level = "error" if keeps_from_judging(problem) else "notice"
    reason = sentence(problem.reason, LONGEST_SENTENCE)
    return Annotation(level, problem.path, 1, 1, f"Problem: {problem.stage}", reason)


def _of_finding(finding: model.Finding) -> Annotation:
    span = finding.place.span
    lines = [sentence(finding.message, LONGEST_SENTENCE)]
    lines += [detail.line for detail in wording.details(finding.evidence)]
    lines.append(sentence(finding.hint, LONGEST_SENTENCE))
    if finding.fix is not None:
        lines.append(described(finding.fix))
        lines += (f"{lines_of(one)}:\n{code_of(one)}" for one in finding.fix.changes)
    return Annotation(
        level=_LEVELS[finding.severity],
        path=finding.place.path,
        first_line=span.first,
        last_line=span.last,
        title=sentence(f"{finding.rule} ({wording.points(finding.points)})", LONGEST_TITLE),
        message="\n".join(line for line in lines if line),
    )


def _data(text: str) -> str:
    """What the runner reads back as the text; the percent sign goes first."""
    return unicode_text(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(_one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _one_line(text: str) -> str:
    return text if text.isprintable() else printable(text)
