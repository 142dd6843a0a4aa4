"""For a coding assistant: the shortest complete list of what to change, one item a line."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base import model
from scanner.render import wording
from scanner.render.fixes import apply_with
from scanner.render.ordering import softening_first, worst_first
from scanner.render.paths import sentence
from scanner.render.scores import parts


def render(review: model.Review) -> str:
    """Numbered items, worst first; then what was not judged, the verdict, how to check again."""
    return "\n".join(_lines(review)) + "\n"


def few(review: model.Review, most: int) -> str:
    """The worst findings alone, `most` at most, those that soften the checks before all others."""
    findings = softening_first(review.judgement.findings)
    lines = [f"{number}. {_item(finding)}" for number, finding in enumerate(findings[:most], 1)]
    others = len(findings) - most
    if others > 0:
        lines.append(f"and {others} more: {wording.command_again(review)} --format agent")
    lines += [f"reason: {sentence(reason)}" for reason in review.verdict.reasons]
    return "\n".join(lines) + "\n"


def _lines(review: model.Review) -> Iterator[str]:
    for number, finding in enumerate(worst_first(review.judgement.findings), start=1):
        how = apply_with(finding, is_work_tree=review.is_work_tree) if review.head is None else ""
        yield f"{number}. {_item(finding)}{f' | Fix: {how}' if how else ''}"
    for problem in review.judgement.problems:
        yield f"problem: {wording.problem_place(problem)}: {sentence(problem.reason)}"
    for part in parts(review.judgement.scorecard):
        if part.unmeasured is not None:
            yield f"not measured: {part.dimension}: {sentence(part.unmeasured)}"
    for reason in review.verdict.reasons:
        yield f"reason: {sentence(reason)}"
    yield f"verdict: {wording.verdict_word(review.verdict.outcome)}: {wording.summary(review)}"
    if not wording.is_quiet(review):
        yield f"check again: {wording.command_again(review)} --format agent"


def _item(finding: model.Finding) -> str:
    where = f"{wording.stretch(finding.place)} {sentence(finding.place.unit)}"
    parts_of_item = [
        f"{where} [{sentence(finding.rule)}, {wording.points(finding.points)}]",
        sentence(finding.message),
        *(detail.line for detail in wording.details(finding.evidence)),
        *_convention(finding.evidence),
        f"Do: {sentence(finding.hint)}" if finding.hint.strip() else "",
    ]
    return " | ".join(part for part in parts_of_item if part)


def _convention(evidence: model.Evidence) -> Iterator[str]:
    if isinstance(evidence, model.Departure):
        convention = sentence(evidence.convention)
        yield f"Convention in {sentence(evidence.scope)}: {convention}"
