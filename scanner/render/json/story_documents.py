"""The JSON document of `explain`: one change, and what became of it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from scanner.base import model
from scanner.delivery.joining import MergeStyle
from scanner.durability import fates
from scanner.durability.reverts import RevertEvidence
from scanner.history import explain as story
from scanner.render.json import convert
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    Count,
    Grades,
    JsonAttribution,
    JsonDeviation,
    JsonFinding,
    ObjectId,
)
from scanner.render.json.history_documents import JsonChange, change_row

NO_NUMBER = "its message names no pull request"
NOT_SEEN = "not seen by the newest change"
NOT_RELEASED = "no release holds it yet"

Days = Annotated[float, Meta(description="days of 24 hours")]


class Arrival(Struct, frozen=True):
    """How a change came onto the main line, and when it was first released."""

    style: MergeStyle
    pull_request: int | None
    pull_request_reason: str | None
    authored_days_before: Days | None
    authored_days_before_reason: str | None
    release: str | None
    release_reason: str | None
    released_days_after: Days | None
    released_days_after_reason: str | None


class ReworkBy(Struct, frozen=True):
    """Lines changed or deleted within `days`, by whom. Both pairs sum to `reworked_lines`.

    Where the change is younger than that (`is_observed` false) they are what was seen so far.
    """

    days: Count
    is_observed: bool
    reworked_lines: Count
    same_label: Count
    other_label: Count
    same_author: Count
    other_author: Count


class JsonEncounter(Struct, frozen=True):
    """Another change, so many days later (negative: earlier), on so many lines of this one."""

    commit: ObjectId
    subject: str
    label: model.Label
    days: Days
    lines: Count
    is_fix: bool


class JsonUndoing(Struct, frozen=True):
    """A revert; `stands` is false where it was itself taken back."""

    other: JsonEncounter
    evidence: RevertEvidence
    stands: bool


class JsonAftermath(Struct, frozen=True):
    """What later changes did to the code lines of this one, and it to those of earlier ones."""

    followed_days: Days
    added_lines: Count
    alive_lines: Count
    reworked_by: tuple[ReworkBy, ...]
    half_gone_days: Days | None
    half_gone_days_reason: str | None
    all_gone_days: Days | None
    all_gone_days_reason: str | None
    taken_by: Annotated[dict[str, Count], Meta(description="lines by label of who took them")]
    takers: Annotated[tuple[JsonEncounter, ...], Meta(description="most lines first")]
    reverted_by: tuple[JsonUndoing, ...]
    reverts: tuple[JsonUndoing, ...]
    fixes: Annotated[
        tuple[JsonEncounter, ...], Meta(description="whose lines it replaced as a fix")
    ]


class Explanation(Struct, frozen=True):
    """The result of `explain`: one change, whole."""

    schema_version: int
    subject: str
    commits: Annotated[tuple[ObjectId, ...], Meta(description="what was integrated, itself too")]
    change: JsonChange
    grades: Grades
    attribution: JsonAttribution
    findings: Annotated[tuple[JsonFinding, ...], Meta(description="worst first")]
    deviation: JsonDeviation
    arrival: Arrival
    aftermath: JsonAftermath


def explanation(source: story.Story) -> Explanation:
    """The document of `explain`."""
    change = source.change
    return Explanation(
        schema_version=SCHEMA_VERSION,
        subject=change.commit.subject,
        commits=change.commits,
        change=change_row(change),
        grades=convert.grades(change.judgement.scorecard),
        attribution=convert.attribution(change.attribution),
        findings=convert.findings(change.judgement.findings),
        deviation=convert.deviation(change.judgement.deviation),
        arrival=_arrival(source),
        aftermath=_aftermath(source),
    )


def _arrival(source: story.Story) -> Arrival:
    authored = source.latency.authored_to_integrated
    released = source.latency.integrated_to_released
    number, is_released = source.integration.number, source.latency.release is not None
    unknown = authored.reason if isinstance(authored, model.Missing) else None
    no_release = released.reason if isinstance(released, model.Missing) else NOT_RELEASED
    return Arrival(
        style=source.integration.style,
        pull_request=number,
        pull_request_reason=NO_NUMBER if number is None else None,
        authored_days_before=_days(authored),
        authored_days_before_reason=unknown,
        release=source.latency.release,
        release_reason=None if is_released else no_release,
        released_days_after=_days(released) if is_released else None,
        released_days_after_reason=None if is_released else no_release,
    )


def _aftermath(source: story.Story) -> JsonAftermath:
    fate = source.fate
    return JsonAftermath(
        followed_days=_rounded(fate.follow_up),
        added_lines=fate.added,
        alive_lines=fate.alive,
        reworked_by=tuple(map(_rework_by, fate.rework)),
        half_gone_days=_known(source.half_gone),
        half_gone_days_reason=NOT_SEEN if source.half_gone is None else None,
        all_gone_days=_known(source.all_gone),
        all_gone_days_reason=NOT_SEEN if source.all_gone is None else None,
        taken_by={label.value: count for label, count in source.taken_by},
        takers=tuple(map(_encounter, source.takers)),
        reverted_by=tuple(map(_undoing, source.reverted_by)),
        reverts=tuple(map(_undoing, source.reverts)),
        fixes=tuple(map(_encounter, source.fixes)),
    )


def _rework_by(source: fates.Rework) -> ReworkBy:
    return ReworkBy(
        source.days,
        source.is_observed,
        source.reworked,
        source.same_label,
        source.other_label,
        source.same_author,
        source.other_author,
    )


def _encounter(source: story.Encounter) -> JsonEncounter:
    return JsonEncounter(
        commit=source.commit.oid,
        subject=source.commit.subject,
        label=source.label,
        days=_rounded(source.days),
        lines=source.lines,
        is_fix=source.is_fix,
    )


def _undoing(source: story.Undoing) -> JsonUndoing:
    return JsonUndoing(_encounter(source.other), source.evidence, source.stands)


def _days(wait: model.Duration | model.Missing) -> float | None:
    return None if isinstance(wait, model.Missing) else _rounded(wait.days)


def _known(days: float | None) -> float | None:
    return None if days is None else _rounded(days)


def _rounded(days: float) -> float:
    return round(days, convert.PRECISION)
