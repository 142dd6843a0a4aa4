"""The JSON documents of `attribute`: a range of commits, or the lines of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from scanner.base import model
from scanner.render.json import convert
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    Count,
    Evidence,
    JsonProblem,
    Line,
    ObjectId,
    Path,
    Share,
)

if TYPE_CHECKING:  # attribution brings NumPy along, the document only its types
    from scanner.attribution.all_sources import Attributed, NoteFigures
    from scanner.attribution.lines import LabelledLines
    from scanner.attribution.shares import LineCounts as AttestedLines
    from scanner.history import attribution as attributing

NO_LINES = "no line of this commit is attested"
NO_COMMITS = "there are no commits in the range"


class JsonLineCounts(Struct, frozen=True):
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
    lines: JsonLineCounts | None
    lines_reason: str | None


class JsonLabelCoverage(Struct, frozen=True):
    """How much of a range carries evidence: the commits with any label but `unmarked`.

    `commits` leaves out the `clean_merges`, which wrote nothing.
    """

    commits: Count
    clean_merges: Count
    labels: dict[str, Count]
    share: Share | None
    share_reason: str | None


class WrittenLines(Struct, frozen=True):
    """Lines of Python that the range wrote: each one born is alive, dead, or lost from sight.

    `ai_share` is that of the commits which wrote mixed lines, by lines.
    """

    label: model.Label
    granularity: model.Granularity
    born: Count
    alive: Count
    dead: Count
    lost: Count
    ai_share: Share | None
    ai_share_reason: str | None


class Notes(Struct, frozen=True):
    """git-ai notes: on commits of the history, carried to what took theirs in, or out of reach."""

    notes: Count
    reached: Count
    carried: Count
    unreached: Count
    empty: Count


class UnknownApp(Struct, frozen=True):
    """A forge app that the registry does not list, with its commits: `automation`, unknown."""

    login: str
    commits: Count


class Basis(Struct, frozen=True):
    """What the labels of a report rest on, and what became of the lines of each."""

    lines: tuple[WrittenLines, ...]
    notes: Notes
    registry: str
    silent_rules: tuple[str, ...]
    settings: tuple[str, ...]
    unused_overrides: tuple[str, ...]
    unknown_apps: tuple[UnknownApp, ...]


class JsonAttributedRange(Struct, frozen=True):
    """The result of `attribute`."""

    schema_version: int
    range: str
    coverage: JsonLabelCoverage
    commits: tuple[AttributedCommit, ...]
    lines: tuple[WrittenLines, ...]
    notes: Notes
    registry: str
    silent_rules: Annotated[tuple[str, ...], Meta(description="rules that matched nothing")]
    settings: tuple[str, ...]
    unused_overrides: tuple[str, ...]
    unknown_apps: tuple[UnknownApp, ...]
    problems: tuple[JsonProblem, ...]


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


def attributed_range(found: attributing.AttributedRange) -> JsonAttributedRange:
    """The document of `attribute`; commits stand newest first."""
    attributed = found.attributed
    return JsonAttributedRange(
        schema_version=SCHEMA_VERSION,
        range=found.words,
        coverage=_coverage(found),
        commits=tuple(
            _attributed_commit(commit.oid, found.attribution(commit), found.lines.get(commit.oid))
            for commit in found.commits
        ),
        lines=_written_lines(found.written),
        notes=_notes(attributed.notes),
        registry=attributed.registry_version,
        silent_rules=attributed.silent,
        settings=attributed.settings,
        unused_overrides=_unused(attributed),
        unknown_apps=tuple(UnknownApp(*one) for one in attributed.unknown_apps),
        problems=convert.problems(found.problems),
    )


def basis(written: Iterable[LabelledLines], attributed: Attributed) -> Basis:
    """What the labels of a report rest on."""
    return Basis(
        lines=_written_lines(written),
        notes=_notes(attributed.notes),
        registry=attributed.registry_version,
        silent_rules=attributed.silent,
        settings=attributed.settings,
        unused_overrides=_unused(attributed),
        unknown_apps=tuple(UnknownApp(*one) for one in attributed.unknown_apps),
    )


def _unused(attributed: Attributed) -> tuple[str, ...]:
    return tuple(override.commit for override in attributed.unused_overrides)


def _written_lines(source: Iterable[LabelledLines]) -> tuple[WrittenLines, ...]:
    return tuple(
        WrittenLines(
            one.label,
            one.granularity,
            one.born,
            one.alive,
            one.dead,
            one.lost,
            one.ai_share,
            None if one.ai_share is not None else _no_share(one),
        )
        for one in source
    )


def _no_share(lines: LabelledLines) -> str:
    if lines.label is model.Label.MIXED and lines.granularity is model.Granularity.INHERITED:
        return "nothing says how much of these commits is AI"
    return "only lines that are mixed by their commit have a share"


def _notes(source: NoteFigures) -> Notes:
    return Notes(source.notes, source.reached, source.carried, source.unreached, source.empty)


def attributed_file(path: str, revision: str, lines: Iterable[AttributedLine]) -> AttributedFile:
    """The document of `attribute --lines`."""
    return AttributedFile(SCHEMA_VERSION, path, revision, tuple(lines))


def _coverage(found: attributing.AttributedRange) -> JsonLabelCoverage:
    counts = Counter(found.attribution(commit).label for commit in found.changes)
    total = counts.total()
    marked = total - counts[model.Label.UNMARKED]
    return JsonLabelCoverage(
        commits=total,
        clean_merges=len(found.clean_merges),
        labels={label.value: counts[label] for label in model.Label},
        share=round(marked / total, convert.PRECISION) if total else None,
        share_reason=None if total else NO_COMMITS,
    )


def _attributed_commit(
    oid: str, attribution: model.Attribution, lines: AttestedLines | None
) -> AttributedCommit:
    converted = convert.attribution(attribution)
    return AttributedCommit(
        commit=oid,
        label=converted.label,
        level=converted.level,
        level_reason=converted.level_reason,
        agents=converted.agents,
        evidence=converted.evidence,
        lines=None
        if lines is None
        else JsonLineCounts(ai=lines.ai + lines.mixed, human=lines.human, unknown=lines.unknown),
        lines_reason=NO_LINES if lines is None else None,
    )
