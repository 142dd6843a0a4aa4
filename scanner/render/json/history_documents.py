"""The JSON document of `explain`, and the row that a change has in `report`."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from scanner.base import model
from scanner.render.json import convert
from scanner.render.json.documents import (
    Count,
    JsonPoints,
    JsonProblem,
    ObjectId,
    Operations,
    Scores,
    Share,
    Time,
    Unmeasured,
)

NOT_FOLLOWED = "its lines were not followed"
NOTHING_ADDED = "it adds no code lines"
NOT_OBSERVED = "no added line could be observed that long"


class JsonRework(Struct, frozen=True):
    """Of the added lines that could be observed for `days`, those changed or deleted by then."""

    days: Count
    reworked_lines: Count
    observed_lines: Count
    share: Share | None
    share_reason: str | None


class JsonSurvival(Struct, frozen=True):
    """Of the code lines a change added, those alive at the newest commit."""

    added_lines: Count
    alive_lines: Count
    share: Share | None
    share_reason: str | None


class JsonChange(Struct, frozen=True):
    """One integrated change or one commit; `exclusion` is there where it is not compared,
    `authors` where it was asked to name people."""

    commit: ObjectId
    time: Time
    kind: model.ChangeType
    label: model.Label
    agents: tuple[str, ...]
    added_code_lines: Count
    added_lines: Count
    deleted_lines: Count
    files: Count
    operations: Operations
    points: JsonPoints
    repaid: JsonPoints
    scores: Scores
    unmeasured: tuple[Unmeasured, ...]
    cognitive_delta: int
    cyclomatic_delta: int
    findings: Count
    problems: tuple[JsonProblem, ...]
    rework: tuple[JsonRework, ...] | None
    rework_reason: str | None
    survival: JsonSurvival | None
    survival_reason: str | None
    exclusion: model.Exclusion | UnsetType = UNSET
    authors: tuple[str, ...] | UnsetType = UNSET


def change_row(change: model.Change, authors: tuple[str, ...] | UnsetType = UNSET) -> JsonChange:
    """The row of a change; people are named only where that was asked for."""
    judgement = change.judgement
    card = judgement.scorecard
    survival = change.survival
    return JsonChange(
        commit=change.commit.oid,
        time=change.time.isoformat(),
        kind=change.change_type,
        label=change.attribution.label,
        agents=change.attribution.agents,
        added_code_lines=card.added_code_lines,
        added_lines=change.added_lines,
        deleted_lines=change.deleted_lines,
        files=change.files,
        operations=convert.operations(judgement.operations),
        points=convert.points(card),
        repaid=convert.repaid(card),
        scores=convert.scores(card),
        unmeasured=convert.unmeasured(card),
        cognitive_delta=judgement.cognitive_delta,
        cyclomatic_delta=judgement.cyclomatic_delta,
        findings=len(judgement.findings),
        problems=convert.problems(judgement.problems),
        rework=None
        if survival is None
        else tuple(_rework(*row) for row in survival.reworked_within),
        rework_reason=NOT_FOLLOWED if survival is None else None,
        survival=None if survival is None else _survival(survival),
        survival_reason=NOT_FOLLOWED if survival is None else None,
        exclusion=UNSET if change.exclusion is None else change.exclusion,
        authors=authors,
    )


def _rework(days: int, reworked: int, observed: int) -> JsonRework:
    return JsonRework(
        days=days,
        reworked_lines=reworked,
        observed_lines=observed,
        share=_share(reworked, observed),
        share_reason=None if observed else NOT_OBSERVED,
    )


def _survival(survival: model.Survival) -> JsonSurvival:
    return JsonSurvival(
        added_lines=survival.added,
        alive_lines=survival.alive,
        share=_share(survival.alive, survival.added),
        share_reason=None if survival.added else NOTHING_ADDED,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, convert.PRECISION) if whole else None
