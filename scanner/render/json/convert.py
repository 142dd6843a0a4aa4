"""Model → documents: what is judged, put into the shapes of `docs/interface.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from scanner.base import model
from scanner.gate.policy import keeps_from_judging
from scanner.render.json import documents
from scanner.render.ordering import worst_first
from scanner.render.scores import debt, parts

T = TypeVar("T")

#: Decimal places of scores and points: finer than any step of the points table, coarser than the
#: last bits of a sum, so that equal input gives equal bytes.
PRECISION = 4


def review(source: model.Review) -> documents.JsonReview:
    """The document of `check` and `gate`."""
    judgement = source.judgement
    card = judgement.scorecard
    return documents.JsonReview(
        schema_version=documents.SCHEMA_VERSION,
        base=source.base,
        base_reason=None if source.base else "the empty tree: there is no commit to compare with",
        head=source.head,
        head_reason=None if source.head else "the index: what is staged to be committed",
        verdict=source.verdict.outcome,
        reasons=source.verdict.reasons,
        attribution=attribution(source.attribution) if source.attribution else None,
        attribution_reason=None if source.attribution else "the change has not been attributed",
        added_code_lines=card.added_code_lines,
        scores=scores(card),
        grades=grades(card),
        points=points(card),
        repaid=repaid(card),
        unmeasured=unmeasured(card),
        deviation=deviation(judgement.deviation),
        operations=operations(judgement.operations),
        cognitive_delta=judgement.cognitive_delta,
        cyclomatic_delta=judgement.cyclomatic_delta,
        findings=findings(judgement.findings),
        set_aside=tuple(
            documents.JsonSetAside(aside.reason, _finding(aside.finding))
            for aside in source.set_aside
        ),
        left_out=left_out(judgement.left_out),
        notes=source.notes,
        problems=problems(judgement.problems),
        thresholds=tuple(_threshold(threshold) for threshold in source.thresholds),
        files=tuple(_file_change(change) for change in source.files),
    )


def scores(card: model.Scorecard) -> documents.Scores:
    """Scores by dimension; the debt score is null only where nothing was measured."""
    return documents.Scores(
        complexity=_rounded(card.score(model.Dimension.COMPLEXITY)),
        duplication=_rounded(card.score(model.Dimension.DUPLICATION)),
        deviation=_rounded(card.score(model.Dimension.DEVIATION)),
        rules=_rounded(card.score(model.Dimension.RULES)),
        convention=_rounded(card.score(model.Dimension.RULES)),
        debt=_rounded(debt(card)),
    )


def grades(card: model.Scorecard) -> documents.Grades:
    """Grades by dimension, null where there is no score."""
    return documents.Grades(
        complexity=_grade(card.score(model.Dimension.COMPLEXITY)),
        duplication=_grade(card.score(model.Dimension.DUPLICATION)),
        deviation=None,
        rules=_grade(card.score(model.Dimension.RULES)),
        convention=_grade(card.score(model.Dimension.RULES)),
        debt=_grade(debt(card)),
    )


def points(card: model.Scorecard) -> documents.JsonPoints:
    """Points that the change adds."""
    return _points(card, lambda part: part.points)


def repaid(card: model.Scorecard) -> documents.JsonPoints:
    """Points that the change takes away; never netted with those it adds."""
    return _points(card, lambda part: part.repaid)


def unmeasured(card: model.Scorecard) -> tuple[documents.Unmeasured, ...]:
    """Every dimension without a score, and the reason."""
    return tuple(
        documents.Unmeasured(part.dimension, part.unmeasured)
        for part in parts(card)
        if part.unmeasured is not None
    )


def deviation(source: model.DeviationScore) -> documents.JsonDeviation:
    """How unusual a change is, with what makes it so."""
    return documents.JsonDeviation(
        score=source.score,
        score_reason=source.unmeasured,
        parts=_deviation_parts(source.parts) if source.parts else UNSET,
        reference=source.reference,
        functions=tuple(map(_unusual, source.functions)),
    )


def _unusual(source: model.UnusualFunction) -> documents.JsonUnusualFunction:
    return documents.JsonUnusualFunction(
        place=place(source.place),
        score=source.score,
        parts=_deviation_parts(source.parts),
        reasons=tuple(
            documents.DeviationReason(
                one.part,
                one.sentence,
                tuple(map(place, one.examples)),
                UNSET if one.line is None else one.line,
            )
            for one in source.reasons
        ),
        nearest=place(source.nearest) if source.nearest is not None else UNSET,
    )


def _deviation_parts(source: Sequence[model.PartScore]) -> documents.DeviationParts:
    return documents.DeviationParts(**{one.part.value: one.score for one in source})


def operations(source: model.LineOperations) -> documents.Operations:
    """Line operations as counts."""
    return documents.Operations(
        added=source.added,
        deleted=source.deleted,
        updated=source.updated,
        moved=source.moved,
        copied=source.copied,
        replaced=source.replaced,
    )


def left_out(source: Sequence[model.LeftOut]) -> tuple[documents.JsonLeftOut, ...]:
    """Files that are not judged, in the order of the diff."""
    return tuple(
        documents.JsonLeftOut(one.path, one.reason, one.evidence, one.added_lines, one.is_own_word)
        for one in source
    )


def findings(source: Sequence[model.Finding]) -> tuple[documents.JsonFinding, ...]:
    """Findings, worst first."""
    return tuple(_finding(finding) for finding in worst_first(source))


def problems(source: Sequence[model.Problem]) -> tuple[documents.JsonProblem, ...]:
    """Problems in the order they came up."""
    return tuple(
        documents.JsonProblem(
            stage=problem.stage,
            path=problem.path,
            reason=problem.reason,
            keeps_from_judging=keeps_from_judging(problem),
            revision=_or_unset(problem.revision),
        )
        for problem in source
    )


def attribution(source: model.Attribution) -> documents.JsonAttribution:
    """The label with all its evidence, what decides before what was outweighed."""
    decided = tuple(_evidence(claim, decides=True) for claim in source.decided_by)
    outweighed = tuple(_evidence(claim, decides=False) for claim in source.outweighed)
    return documents.JsonAttribution(
        label=source.label,
        level=source.level,
        level_reason=None if source.level else "no evidence decides",
        agents=source.agents,
        evidence=decided + outweighed,
        ai_share=_or_unset(source.ai_share),
    )


def place(source: model.Place) -> documents.JsonPlace:
    """A place with its lines spelt out."""
    return documents.JsonPlace(source.path, source.span.first, source.span.last, source.unit)


def _finding(source: model.Finding) -> documents.JsonFinding:
    return documents.JsonFinding(
        dimension=source.dimension,
        rule=source.rule,
        path=source.place.path,
        first_line=source.place.span.first,
        last_line=source.place.span.last,
        unit=source.place.unit,
        points=round(source.points, PRECISION),
        severity=source.severity,
        message=source.message,
        hint=source.hint,
        evidence=_finding_evidence(source.evidence),
        fingerprint=source.fingerprint,
        fix=_fix(source.fix),
    )


def _fix(source: model.ProposedFix | None) -> documents.JsonFix | UnsetType:
    if source is None:
        return UNSET
    changes = (documents.JsonLineChange(one.first, one.last, one.text) for one in source.changes)
    safety = "unsafe" if source.doubt else "safe"
    return documents.JsonFix(safety, tuple(changes), _or_unset(source.doubt))


FindingEvidence = (
    documents.JsonGrowth
    | documents.JsonCopyOf
    | documents.JsonDeparture
    | documents.JsonRuleMatch
    | documents.JsonTampering
    | documents.JsonLostGuard
)


def _finding_evidence(source: model.Evidence) -> FindingEvidence:
    match source:
        case model.Growth():
            return documents.JsonGrowth(
                fact=source.fact,
                before=source.before,
                before_reason="the unit is new" if source.before is None else None,
                after=source.after,
                limit=source.limit,
            )
        case model.CopyOf():
            return _copy(source)
        case model.Departure():
            return documents.JsonDeparture(
                family=source.family,
                convention=source.convention,
                choice=source.choice,
                scope=source.scope,
                support=source.support,
                total=source.total,
                examples=tuple(place(example) for example in source.examples),
            )
        case model.RuleMatch():
            return documents.JsonRuleMatch(source.category, source.code, source.references)
        case model.Tampering():
            return documents.JsonTampering(
                source.guard,
                _or_unset(source.before),
                _or_unset(source.after),
                tuple(place(other) for other in source.others) or UNSET,
            )
        case model.LostGuard():
            return documents.JsonLostGuard(
                about=source.about,
                guard=source.guard,
                statement=source.statement,
                guard_at=place(source.guard_at),
                stood_at=place(source.stood_at),
                now=source.now,
            )


def _copy(source: model.CopyOf) -> documents.JsonCopyOf:
    age: int | UnsetType | None = source.age_days
    reason: str | UnsetType = UNSET
    if source.is_new_in_change:
        age = UNSET
    elif age is None:
        reason = "the age of the original was not looked up"
    return documents.JsonCopyOf(
        type=source.type,
        original=place(source.original),
        similarity=round(source.similarity, PRECISION),
        copied_lines=source.copied_lines,
        saved_lines=source.saved_lines,
        is_new_in_change=source.is_new_in_change,
        age_days=age,
        age_days_reason=reason,
        call=_or_unset(source.call),
        difference=_or_unset(source.difference),
    )


def _evidence(claim: model.Claim, *, decides: bool) -> documents.Evidence:
    return documents.Evidence(
        level=claim.level,
        source=claim.source,
        rule=claim.rule,
        text=claim.text,
        label=claim.label,
        decides=decides,
        agent=_or_unset(claim.agent),
        share=_or_unset(claim.share),
        note=_or_unset(claim.note),
    )


def _threshold(source: model.Threshold) -> documents.JsonThreshold:
    return documents.JsonThreshold(source.dimension or "debt", source.limit)


def _file_change(source: model.FileChange) -> documents.JsonFileChange:
    is_renamed = source.status is model.FileStatus.RENAMED and source.before is not None
    return documents.JsonFileChange(
        path=source.path,
        status=source.status,
        added_lines=source.added_lines,
        deleted_lines=source.deleted_lines,
        is_binary=source.is_binary,
        previous_path=source.before.path if is_renamed and source.before else UNSET,
    )


def _points(
    card: model.Scorecard, of: Callable[[model.DimensionScore], float]
) -> documents.JsonPoints:
    known = {part.dimension: of(part) for part in parts(card) if part.unmeasured is None}
    return documents.JsonPoints(
        complexity=_rounded(known.get(model.Dimension.COMPLEXITY)),
        duplication=_rounded(known.get(model.Dimension.DUPLICATION)),
        deviation=_rounded(known.get(model.Dimension.DEVIATION)),
        rules=_rounded(known.get(model.Dimension.RULES)),
        convention=_rounded(known.get(model.Dimension.RULES)),
        total=_rounded(sum(known.values())) if known else None,
    )


def _grade(score: float | None) -> model.Grade | None:
    return None if score is None else model.Grade.of(score)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PRECISION)


def _or_unset(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value
