"""A merge adds what it adds to each of its parents: what came from one of them is not its own.

Pure. What a merge resolves is judged once against each parent, and what all those judgements have
in common is the merge's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from scanner.base.model import (
    Dimension,
    DimensionScore,
    Finding,
    Judgement,
    Scorecard,
    SetAside,
    TreeDiff,
)
from scanner.config import Thresholds
from scanner.gate.policy import crossed_limits, decide, told_only
from scanner.gate.settle import Settled
from scanner.scoring.change import LinesByPath
from scanner.scoring.touched import TouchedUnit


@dataclass(frozen=True, slots=True)
class JudgedSide:
    """A tree judged against one of its parents; `added` are its added code lines."""

    settled: Settled
    added: LinesByPath


def own_files(diffs: Sequence[TreeDiff]) -> tuple[TreeDiff, ...]:
    """The diffs of one tree against its parents, less the files that are as one parent has them."""
    paths = ({file.path for file in diff.files} for diff in diffs)
    own = set[str].intersection(*paths)
    others = set[str].intersection(*(set(diff.other_languages) for diff in diffs))
    return tuple(
        replace(
            diff,
            files=tuple(file for file in diff.files if file.path in own),
            other_languages=tuple(path for path in diff.other_languages if path in others),
        )
        for diff in diffs
    )


def merged(sides: Sequence[JudgedSide], thresholds: Thresholds, tip: str | None) -> Settled:
    """What counts of a merge. Of what all sides have, each is taken as it weighs least.

    `tip` None: the merge is under way in the index; else it is what merging a branch would add.
    """
    first = sides[0].settled
    findings = _least(side.settled.judgement.findings for side in sides)
    dimensions = tuple(
        _score(part, findings, [side.settled.judgement for side in sides])
        for part in first.judgement.scorecard.dimensions
    )
    problems = (problem for side in sides for problem in side.settled.judgement.problems)
    judgement = replace(
        first.judgement,
        findings=findings,
        scorecard=Scorecard(_added(sides), dimensions),
        problems=tuple(dict.fromkeys(problems)),
    )
    touched = _touched([side.settled.touched for side in sides])
    limits = tuple(crossed_limits(judgement, touched, thresholds))
    return Settled(
        judgement,
        decide(judgement, thresholds.as_tuple(), told_only(judgement), limits),
        _set_aside(first.set_aside, sides[1:]),
        (*_note(sides, findings, tip), *_common_notes(sides)),
        touched,
    )


def _note(
    sides: Sequence[JudgedSide], findings: Sequence[Finding], tip: str | None
) -> tuple[str, ...]:
    parents = len(sides)
    if tip is not None:
        fewer = len(sides[0].settled.judgement.findings) - len(findings)
        return ("What the base has gained from elsewhere since is not charged again.",) * (
            fewer > 0
        )
    if not findings:
        return ()
    what = "what one of them already has is not judged, only what this adds to each of them"
    return (f"A merge of {parents} parents is in progress: {what}.",)


def _least(sides: Iterable[Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings that all sides have, in the order of the first."""
    by_side = [{finding.fingerprint: finding for finding in findings} for findings in sides]
    common = [key for key in by_side[0] if all(key in side for side in by_side)]
    return tuple(min((side[key] for side in by_side), key=_points) for key in common)


def _points(finding: Finding) -> float:
    return finding.points


def _score(
    part: DimensionScore, findings: Iterable[Finding], judgements: Iterable[Judgement]
) -> DimensionScore:
    points = sum((f.points for f in findings if f.dimension is part.dimension), 0.0)
    repaid = min(_repaid(judgement, part.dimension) for judgement in judgements)
    return replace(part, points=points, repaid=repaid)


def _repaid(judgement: Judgement, dimension: Dimension) -> float:
    parts = judgement.scorecard.dimensions
    return sum((part.repaid for part in parts if part.dimension is dimension), 0.0)


def _added(sides: Sequence[JudgedSide]) -> int:
    """How many code lines are new to every parent."""
    placed = ({(p, n) for p, lines in side.added.items() for n in lines} for side in sides)
    return len(set[tuple[str, int]].intersection(*placed))


def _touched(sides: Sequence[Sequence[TouchedUnit]]) -> tuple[TouchedUnit, ...]:
    """The units that differ from all parents, each with the parent's that was the more complex."""
    by_side = [{(unit.place.path, unit.place.unit): unit for unit in units} for units in sides]
    common = [key for key in by_side[0] if all(key in side for side in by_side)]
    return tuple(reduce(_milder, (side[key] for side in by_side)) for key in common)


def _milder(one: TouchedUnit, other: TouchedUnit) -> TouchedUnit:
    if one.before is None or other.before is None:
        return other if one.before is None else one
    return other if other.before.cognitive > one.before.cognitive else one


def _set_aside(first: Iterable[SetAside], others: Sequence[JudgedSide]) -> tuple[SetAside, ...]:
    keys = [{one.finding.fingerprint for one in side.settled.set_aside} for side in others]
    return tuple(one for one in first if all(one.finding.fingerprint in side for side in keys))


def _common_notes(sides: Sequence[JudgedSide]) -> tuple[str, ...]:
    others = [side.settled.notes for side in sides[1:]]
    return tuple(note for note in sides[0].settled.notes if all(note in side for side in others))
