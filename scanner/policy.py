"""Scorecard and thresholds → verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.errors import ExitCode
from scanner.model import (
    Finding,
    Judgement,
    Outcome,
    Problem,
    RuleMatch,
    Scorecard,
    Severity,
    Stage,
    Threshold,
    Verdict,
)

EXIT_CODES = {
    Outcome.PASS: ExitCode.CLEAN,
    Outcome.FAIL: ExitCode.THRESHOLD_CROSSED,
    Outcome.COULD_NOT_JUDGE: ExitCode.COULD_NOT_JUDGE,
}


def decide(judgement: Judgement, thresholds: Sequence[Threshold]) -> Verdict:
    """The verdict and its reasons, one sentence each.

    A crossed threshold fails whatever else is known. Short of that, anything in the change that
    could not be judged makes the whole a "could not judge", never a pass.
    """
    crossed = [*_crossed(judgement.scorecard, thresholds), *_blocking(judgement.findings)]
    unknown = [*_blind_spots(judgement.problems), *_unmeasured(judgement.scorecard, thresholds)]
    if crossed:
        return Verdict(Outcome.FAIL, (*crossed, *unknown))
    if unknown:
        return Verdict(Outcome.COULD_NOT_JUDGE, tuple(unknown))
    return Verdict(Outcome.PASS)


def keeps_from_judging(problem: Problem) -> bool:
    """Whether a problem leaves part of the change unjudged. A slow cache does not."""
    return not problem.is_before and problem.stage is not Stage.STORE


def _crossed(scorecard: Scorecard, thresholds: Iterable[Threshold]) -> Iterator[str]:
    for threshold in thresholds:
        name = threshold.dimension.value if threshold.dimension else "debt"
        score = scorecard.score(threshold.dimension) if threshold.dimension else scorecard.debt
        if score is not None and score > threshold.limit:
            yield f"The {name} score is {score:.1f}, above the threshold of {threshold.limit:g}."


def _blocking(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        evidence = finding.evidence
        is_security = isinstance(evidence, RuleMatch) and evidence.category == "security"
        if is_security and finding.severity is Severity.ERROR:
            where = f"{finding.place.path}:{finding.place.span.first}"
            yield f"{where} brings a security finding of severity error ({finding.rule})."


def _blind_spots(problems: Iterable[Problem]) -> Iterator[str]:
    for problem in problems:
        if keeps_from_judging(problem):
            what = problem.path or problem.stage.value
            yield f"{what} could not be judged: {problem.reason}"


def _unmeasured(scorecard: Scorecard, thresholds: Iterable[Threshold]) -> Iterator[str]:
    reasons = {part.dimension: part.unmeasured for part in scorecard.dimensions}
    for threshold in thresholds:
        reason = reasons.get(threshold.dimension) if threshold.dimension else None
        if threshold.dimension and reason:
            yield f"There is no {threshold.dimension.value} score: {reason}"
