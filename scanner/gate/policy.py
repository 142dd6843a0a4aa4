"""Scorecard and thresholds → verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.base.errors import ExitCode
from scanner.base.model import (
    SCORE_FLOOR_LINES,
    DeviationScore,
    Dimension,
    Finding,
    Growth,
    Judgement,
    Outcome,
    Problem,
    Scorecard,
    Severity,
    Stage,
    Tampering,
    Threshold,
    UnitKind,
    Verdict,
)
from scanner.config import Thresholds
from scanner.roles.paths import is_example_path, is_test_path
from scanner.scoring.rule_findings import is_blocking
from scanner.scoring.touched import TouchedUnit

EXIT_CODES = {
    Outcome.PASS: ExitCode.CLEAN,
    Outcome.FAIL: ExitCode.THRESHOLD_CROSSED,
    Outcome.COULD_NOT_JUDGE: ExitCode.COULD_NOT_JUDGE,
}


_CHECKS_LOST = ("check-removed", "check-weakened")
_BROKEN = ("configuration-broken", "rules-broken", "baseline-broken")

#: What of a unit may not become worse where no decline is allowed. Lines and parameters may grow.
_DECLINES = ("cognitive", "cyclomatic", "nesting")
#: What each count of a unit is called.
FACT_WORDS = {
    "cognitive": "cognitive complexity",
    "cyclomatic": "cyclomatic complexity",
    "code_lines": "number of code lines",
    "parameters": "number of parameters",
    "nesting": "nesting depth",
}


#: What two readers did not want changes stopped for (docs/thresholds.md) is told, and fails none by
#: itself: growth of functions that stood before below so many points in all, or by less than such
#: a share of each in a change below the floor of the scores, or by an eighth of each and below
#: twice the points; copies that with the growth stay below them; the complexity of a change that
#: takes away so many times as much; how tests and examples are written.
LITTLE_GROWTH = 10.0
LITTLE_SHARE = 0.2
EIGHTH = 0.125
REPAYS = 1.5
_HOW_IT_IS_WRITTEN = (Dimension.COMPLEXITY, Dimension.DUPLICATION, Dimension.DEVIATION)


def decide(
    judgement: Judgement,
    thresholds: Sequence[Threshold],
    told: Sequence[Finding],
    further: Sequence[str] = (),
) -> Verdict:
    """The verdict and its reasons, one sentence each; `further` are reasons to fail.

    The points of findings in `told` (`told_only`) cross no threshold of a score. A crossed
    threshold fails whatever else is known. Short of that, anything in the change that could not be
    judged makes the whole a "could not judge", never a pass.
    """
    crossed = [
        *_crossed(judgement.scorecard, thresholds, told),
        *further,
        *_blocking(judgement.findings),
    ]
    unknown = [
        *_blind_spots(judgement.problems),
        *_unmeasured(judgement.scorecard, thresholds),
        *_without_reference(judgement.deviation, thresholds),
    ]
    if crossed:
        return Verdict(Outcome.FAIL, (*crossed, *unknown))
    if unknown:
        return Verdict(Outcome.COULD_NOT_JUDGE, tuple(unknown))
    return Verdict(Outcome.PASS)


def crossed_limits(
    judgement: Judgement, touched: Sequence[TouchedUnit], thresholds: Thresholds
) -> Iterator[str]:
    """A sentence for each limit that is crossed and is not one of a score."""
    points = judgement.scorecard.points
    if thresholds.points is not None and points > thresholds.points:
        yield f"The change costs {points:.4g} points, above the limit of {thresholds.points:g}."
    for severity in Severity:
        limit = getattr(thresholds.findings, severity)
        count = sum(one.severity is severity for one in judgement.findings if not one.is_uncounted)
        if limit is not None and count > limit:
            noun, verb = "finding" if count == 1 else "findings", "is" if limit == 1 else "are"
            yield f"The change has {count} {noun} of severity {severity}; {limit} {verb} allowed."
    yield from _costly_units(judgement.findings, thresholds.unit_points)
    for unit in touched:
        yield from _high_facts(unit, thresholds)
        if thresholds.no_decline:
            yield from _declines(unit)


def _costly_units(findings: Iterable[Finding], limit: float | None) -> Iterator[str]:
    """A sentence for each unit that alone costs too much, however large the change around it is."""
    if limit is None:
        return
    units: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        is_of_guard = isinstance(finding.evidence, Tampering)
        if not (is_of_guard or _says_how_a_test_is_written(finding)):
            units.setdefault((finding.place.path, finding.place.unit), []).append(finding)
    for (path, unit), found in units.items():
        points = sum(finding.points for finding in found)
        if points > limit:
            where = f"{path}:{min(finding.place.span.first for finding in found)} ({unit})"
            yield f"{where} costs {points:.4g} points, above the limit of {limit:g} for one unit."


def _high_facts(unit: TouchedUnit, thresholds: Thresholds) -> Iterator[str]:
    """A skeleton of a module or class has no length or parameters to speak of."""
    is_function = unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
    for fact, words in FACT_WORDS.items():
        limit = getattr(thresholds.facts, fact)
        before, after = _both(unit, fact)
        if limit is None or after <= limit or not (is_function or fact in _DECLINES):
            continue
        if before is None or after > before:
            was = "new" if before is None else f"was {before}"
            yield f"{_place(unit)} ends with a {words} of {after} ({was}); the limit is {limit}."


def _declines(unit: TouchedUnit) -> Iterator[str]:
    for fact in _DECLINES:
        before, after = _both(unit, fact)
        if before is not None and after > before:
            rise = f"from {before} to {after}"
            yield f"{_place(unit)} ends worse than it began: its {FACT_WORDS[fact]} rose {rise}."


def _both(unit: TouchedUnit, fact: str) -> tuple[int | None, int]:
    return getattr(unit.before, fact) if unit.before else None, getattr(unit.after, fact)


def _place(unit: TouchedUnit) -> str:
    return f"{unit.place.path}:{unit.place.span.first} ({unit.place.unit})"


def keeps_from_judging(problem: Problem) -> bool:
    """Whether a problem leaves part of the change unjudged.

    A slow cache does not, nor does a manifest that only running it could read.
    """
    return not problem.is_before and problem.stage not in (Stage.STORE, Stage.MANIFEST)


def told_only(judgement: Judgement) -> tuple[Finding, ...]:
    """The findings that fail no change by themselves, however many points they have."""
    repays = _repays(judgement.scorecard)
    apart: list[Finding] = []
    rest: list[Finding] = []
    for one in judgement.findings:
        is_repaid = repays and one.dimension is Dimension.COMPLEXITY
        (apart if is_repaid or _says_how_a_test_is_written(one) else rest).append(one)
    grown = [f for f in rest if _is_growth(f)]
    copied = [f for f in rest if f.dimension is Dimension.DUPLICATION]
    if _sum(grown) + _sum(copied) < LITTLE_GROWTH:
        return (*apart, *grown, *copied)
    is_small = judgement.scorecard.added_code_lines < SCORE_FLOOR_LINES
    return (*apart, *grown) if _is_little(grown, is_small=is_small) else tuple(apart)


def _repays(scorecard: Scorecard) -> bool:
    """Whether a change takes away clearly more complexity than it brings: it is a refactoring."""
    parts = [one for one in scorecard.dimensions if one.dimension is Dimension.COMPLEXITY]
    return any(one.points and one.repaid >= REPAYS * one.points for one in parts)


def _is_little(grown: Sequence[Finding], *, is_small: bool) -> bool:
    """Whether functions that stood before grew by little, in all or each by its own size.

    A function may so grow by little in each of many changes: each tells it, `thresholds.facts` and
    `no_decline` stop it.
    """
    points = _sum(grown)
    share = max(map(_share, grown), default=0.0)
    return (
        points < LITTLE_GROWTH
        or (is_small and share <= LITTLE_SHARE)
        or (points < 2 * LITTLE_GROWTH and share <= EIGHTH)
    )


def told_in_words(
    scorecard: Scorecard, thresholds: Sequence[Threshold], told: Sequence[Finding]
) -> tuple[str, ...]:
    """A sentence on what would fail the change if it counted; none where nothing would."""
    if not told or not any(_is_above(scorecard, one) for one in thresholds):
        return ()
    points = _sum(told)
    noun = "point" if points == 1 else "points"
    what = "how tests and examples are written, little growth of functions that stood, small copies"
    if _repays(scorecard):
        what += ", complexity that takes the place of more"
    return (f"{points:.4g} {noun} for {what} fail no change by themselves.",)


def _says_how_a_test_is_written(finding: Finding) -> bool:
    """Whether it is about how a test or an example is written, not what a guard saw there."""
    is_of_guard = isinstance(finding.evidence, Tampering)
    return (
        finding.dimension in _HOW_IT_IS_WRITTEN
        and not is_of_guard
        and _is_beside_the_code(finding.place.path)
    )


def _is_beside_the_code(path: str) -> bool:
    return is_test_path(path) or is_example_path(path)


def _is_growth(finding: Finding) -> bool:
    return isinstance(finding.evidence, Growth) and bool(finding.evidence.before)


def _share(finding: Finding) -> float:
    """By what share of what was there a unit grew."""
    evidence = finding.evidence
    if not isinstance(evidence, Growth) or not evidence.before:
        return float("inf")
    return evidence.after / evidence.before - 1


def _sum(findings: Iterable[Finding]) -> float:
    return sum((one.points for one in findings), 0.0)


def _crossed(
    scorecard: Scorecard, thresholds: Iterable[Threshold], told: Sequence[Finding]
) -> Iterator[str]:
    for threshold in thresholds:
        if not _is_above(scorecard, threshold):
            continue
        name = threshold.dimension.value if threshold.dimension else "debt"
        said = f"The {name} score is {_score(scorecard, threshold):.1f}, above the threshold of "
        said += f"{threshold.limit:g}"
        if threshold.dimension is Dimension.DEVIATION:
            yield f"{said}."
            continue
        points = _points_of(scorecard, threshold.dimension)
        may_have = scorecard.points_within(threshold.limit)
        excused = _sum(f for f in told if threshold.dimension in (None, f.dimension))
        if points - excused > may_have:
            noun = "point" if points == 1 else "points"
            yield f"{said}: {points:.4g} {noun}; up to {may_have:.4g} would pass."


def _score(scorecard: Scorecard, threshold: Threshold) -> float | None:
    return scorecard.score(threshold.dimension) if threshold.dimension else scorecard.debt


def _is_above(scorecard: Scorecard, threshold: Threshold) -> bool:
    score = _score(scorecard, threshold)
    return score is not None and score > threshold.limit


def _points_of(scorecard: Scorecard, dimension: Dimension | None) -> float:
    chosen = (p for p in scorecard.dimensions if dimension is None or p.dimension is dimension)
    return sum((part.points for part in chosen), 0.0)


def _blocking(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        where = f"{finding.place.path}:{finding.place.span.first}"
        if is_blocking(finding):
            yield f"{where} brings a security finding of severity error ({finding.rule})."
        elif stops_the_tests(finding):
            yield f"{where}: after this change no tests run that can fail it ({finding.rule})."
        elif breaks_the_rules(finding):
            yield f"Once merged, nothing could be judged any more: {finding.message} {finding.hint}"


def breaks_the_rules(finding: Finding) -> bool:
    """Whether a change would leave settings, packs or a baseline that nothing can be judged by."""
    evidence = finding.evidence
    return isinstance(evidence, Tampering) and evidence.guard in _BROKEN


def stops_the_tests(finding: Finding) -> bool:
    """Whether a change takes away the last step of CI or hook that fails where tests do."""
    evidence = finding.evidence
    is_error = finding.severity is Severity.ERROR
    return isinstance(evidence, Tampering) and evidence.guard in _CHECKS_LOST and is_error


def _blind_spots(problems: Iterable[Problem]) -> Iterator[str]:
    for problem in problems:
        if keeps_from_judging(problem):
            what = problem.path or problem.stage.value
            yield f"{what} could not be judged: {problem.reason}"


def _without_reference(score: DeviationScore, thresholds: Iterable[Threshold]) -> Iterator[str]:
    """Where a deviation score is asked for: a change that adds no function needs none."""
    is_asked = any(one.dimension is Dimension.DEVIATION for one in thresholds)
    if is_asked and score.lacks_reference:
        yield f"There is no deviation score: {score.unmeasured}"


def _unmeasured(scorecard: Scorecard, thresholds: Iterable[Threshold]) -> Iterator[str]:
    reasons = {part.dimension: part.unmeasured for part in scorecard.dimensions}
    for threshold in thresholds:
        reason = reasons.get(threshold.dimension) if threshold.dimension else None
        if threshold.dimension and reason:
            yield f"There is no {threshold.dimension.value} score: {reason}"
