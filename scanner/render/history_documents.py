"""The JSON documents of `attribute` and `explain`, and the row that a change has in `report`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from scanner import model
from scanner.render import convert
from scanner.render.documents import (
    SCHEMA_VERSION,
    Attribution,
    Count,
    Evidence,
    Finding,
    Grades,
    Line,
    ObjectId,
    Operations,
    Path,
    Points,
    Problem,
    Scores,
    Share,
    Time,
    Unmeasured,
)

NO_LINES = "no line of this commit is attested"
NO_COMMITS = "there are no commits in the range"
NOT_FOLLOWED = "its lines were not followed"
NOTHING_ADDED = "it adds no code lines"
NOT_OBSERVED = "no added line could be observed that long"


class LineCounts(Struct, frozen=True):
    """The added lines of a commit by what attests them, as git-ai counts them."""

    ai: Count
    human: Count
    unknown: Count


class AttributedCommit(Struct, frozen=True):
    """The label of a commit, with all its evidence."""

    commit: ObjectId
    label: model.Label
    level: model.Level | None
    level_reason: str | None
    agents: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    lines: LineCounts | None
    lines_reason: str | None


class Coverage(Struct, frozen=True):
    """How much of a range carries evidence: the commits with any label but `unmarked`."""

    commits: Count
    labels: dict[str, Count]
    share: Share | None
    share_reason: str | None


class AttributedRange(Struct, frozen=True):
    """The result of `attribute`."""

    schema_version: int
    range: str
    coverage: Coverage
    commits: tuple[AttributedCommit, ...]


class AttributedLine(Struct, frozen=True):
    """A line, the commit that wrote it, and whether the label is the line's or its commit's."""

    line: Line
    commit: ObjectId
    label: model.Label
    granularity: model.Granularity


class AttributedFile(Struct, frozen=True):
    """The result of `attribute --lines PATH`."""

    schema_version: int
    path: Path
    revision: ObjectId
    lines: tuple[AttributedLine, ...]


class Rework(Struct, frozen=True):
    """Of the added lines that could be observed for `days`, those changed or deleted by then."""

    days: Count
    reworked_lines: Count
    observed_lines: Count
    share: Share | None
    share_reason: str | None


class Survival(Struct, frozen=True):
    """Of the code lines a change added, those alive at the newest commit."""

    added_lines: Count
    alive_lines: Count
    share: Share | None
    share_reason: str | None


class Change(Struct, frozen=True):
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
    points: Points
    repaid: Points
    scores: Scores
    unmeasured: tuple[Unmeasured, ...]
    cognitive_delta: int
    cyclomatic_delta: int
    findings: Count
    problems: tuple[Problem, ...]
    rework: tuple[Rework, ...] | None
    rework_reason: str | None
    survival: Survival | None
    survival_reason: str | None
    exclusion: model.Exclusion | UnsetType = UNSET
    authors: tuple[str, ...] | UnsetType = UNSET


class Explanation(Struct, frozen=True):
    """The result of `explain`: one change, whole."""

    schema_version: int
    subject: str
    commits: Annotated[tuple[ObjectId, ...], Meta(description="what was integrated, itself too")]
    change: Change
    grades: Grades
    attribution: Attribution
    findings: Annotated[tuple[Finding, ...], Meta(description="worst first")]


def attributed_range(
    revision_range: str,
    attributions: Mapping[str, model.Attribution],
    lines: Mapping[str, LineCounts],
) -> AttributedRange:
    """The document of `attribute`; commits stand in the order of the mapping."""
    return AttributedRange(
        schema_version=SCHEMA_VERSION,
        range=revision_range,
        coverage=coverage(attributions.values()),
        commits=tuple(
            _attributed_commit(oid, attribution, lines.get(oid))
            for oid, attribution in attributions.items()
        ),
    )


def coverage(attributions: Iterable[model.Attribution]) -> Coverage:
    """How many commits have each label, and the share of those that have one."""
    counts = Counter(attribution.label for attribution in attributions)
    total = counts.total()
    marked = total - counts[model.Label.UNMARKED]
    return Coverage(
        commits=total,
        labels={label.value: counts[label] for label in model.Label},
        share=round(marked / total, convert.PRECISION) if total else None,
        share_reason=None if total else NO_COMMITS,
    )


def attributed_file(path: str, revision: str, lines: Iterable[AttributedLine]) -> AttributedFile:
    """The document of `attribute --lines`."""
    return AttributedFile(SCHEMA_VERSION, path, revision, tuple(lines))


def explanation(change: model.Change) -> Explanation:
    """The document of `explain`."""
    return Explanation(
        schema_version=SCHEMA_VERSION,
        subject=change.commit.subject,
        commits=change.commits,
        change=change_row(change),
        grades=convert.grades(change.judgement.scorecard),
        attribution=convert.attribution(change.attribution),
        findings=convert.findings(change.judgement.findings),
    )


def change_row(change: model.Change, authors: tuple[str, ...] | UnsetType = UNSET) -> Change:
    """The row of a change; people are named only where that was asked for."""
    judgement = change.judgement
    card = judgement.scorecard
    survival = change.survival
    return Change(
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


def _attributed_commit(
    oid: str, attribution: model.Attribution, lines: LineCounts | None
) -> AttributedCommit:
    converted = convert.attribution(attribution)
    return AttributedCommit(
        commit=oid,
        label=converted.label,
        level=converted.level,
        level_reason=converted.level_reason,
        agents=converted.agents,
        evidence=converted.evidence,
        lines=lines,
        lines_reason=NO_LINES if lines is None else None,
    )


def _rework(days: int, reworked: int, observed: int) -> Rework:
    return Rework(
        days=days,
        reworked_lines=reworked,
        observed_lines=observed,
        share=_share(reworked, observed),
        share_reason=None if observed else NOT_OBSERVED,
    )


def _survival(survival: model.Survival) -> Survival:
    return Survival(
        added_lines=survival.added,
        alive_lines=survival.alive,
        share=_share(survival.alive, survival.added),
        share_reason=None if survival.added else NOTHING_ADDED,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, convert.PRECISION) if whole else None
