"""The JSON document of `scan`: one tree, what stands in it, and what is beyond the limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from scanner.base import model
from scanner.render.clone_words import advice
from scanner.render.json import convert
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    CloneType,
    Count,
    JsonFinding,
    JsonLeftOut,
    JsonPlace,
    JsonProblem,
    Line,
    ObjectId,
    Path,
    Share,
)

if TYPE_CHECKING:  # the scan itself brings process pools and SQLite, the document only its types
    from scanner.clones.groups import CloneGroup as FoundGroup
    from scanner.tree.scan import MeasuredFile, MeasuredUnit, TreeScan

CLONES_NOT_LOOKED_FOR = "this run did not look for clones"


class JsonClosure(Struct, frozen=True):
    """A function inside a unit, which the unit's own cyclomatic complexity leaves out."""

    name: str
    first_line: Line
    cyclomatic: Count
    parameters: Count


class JsonUnit(Struct, frozen=True):
    """A function, method, class skeleton or module skeleton, and its facts."""

    path: Path
    name: str
    kind: model.UnitKind
    first_line: Line
    last_line: Line
    cyclomatic: Count
    cognitive: Count
    code_lines: Count
    parameters: Count
    nesting: Count
    logical_lines: Count
    comment_lines: Count
    halstead_volume: float
    maintainability_index: float
    closures: tuple[JsonClosure, ...]


class File(Struct, frozen=True):
    """The raw counts of a file, as radon names and counts them."""

    path: Path
    maintainability_index: float
    halstead_volume: float
    loc: Count
    sloc: Count
    lloc: Count
    comments: Count
    multi: Count
    blank: Count
    single_comments: Count


class JsonCloneGroup(Struct, frozen=True):
    """Places that say the same.

    `code_lines` are those of the shortest place, `saved_lines` what one place instead of all would
    delete. `call` is what other places of the group could call as it is.
    """

    type: CloneType
    similarity: Share
    places: tuple[JsonPlace, ...]
    code_lines: Count
    saved_lines: Count
    advice: str
    call: str | UnsetType = UNSET


class Totals(Struct, frozen=True):
    """Sums over the tree; points of findings are those of a tree that is new from end to end."""

    files: Count
    units: Count
    loc: Count
    sloc: Count
    lloc: Count
    comments: Count
    cyclomatic: Count
    cognitive: Count
    findings: Count
    points: float
    problems: Count


class JsonScan(Struct, frozen=True):
    """The result of `scan`."""

    schema_version: int
    revision: ObjectId
    units: tuple[JsonUnit, ...]
    files: tuple[File, ...]
    findings: tuple[JsonFinding, ...]
    clones: tuple[JsonCloneGroup, ...] | None
    clones_reason: str | None
    left_out: Annotated[tuple[JsonLeftOut, ...], Meta(description="files that are not measured")]
    problems: tuple[JsonProblem, ...]
    totals: Totals


def scan_document(scan: TreeScan, clones: Sequence[FoundGroup] | None = None) -> JsonScan:
    """The document of a scan; without `clones` it says that they were not looked for."""
    return JsonScan(
        schema_version=SCHEMA_VERSION,
        revision=scan.revision,
        units=tuple(map(_unit, scan.units)),
        files=tuple(map(_file, scan.files)),
        findings=convert.findings(scan.findings),
        clones=None if clones is None else clone_groups(clones),
        clones_reason=CLONES_NOT_LOOKED_FOR if clones is None else None,
        left_out=convert.left_out(scan.left_out),
        problems=convert.problems(scan.problems),
        totals=totals(scan),
    )


def clone_groups(groups: Iterable[FoundGroup]) -> tuple[JsonCloneGroup, ...]:
    """Groups as the documents of `scan` and `report` have them."""
    return tuple(map(_clone_group, groups))


def _clone_group(group: FoundGroup) -> JsonCloneGroup:
    return JsonCloneGroup(
        type=group.type.value,
        similarity=round(group.similarity, convert.PRECISION),
        places=tuple(map(convert.place, group.places)),
        code_lines=group.code_lines,
        saved_lines=group.saving,
        advice=advice(group),
        call=group.call or UNSET,
    )


def totals(scan: TreeScan) -> Totals:
    """The sums over a scan."""
    files = [measured.facts for measured in scan.files]
    complexities = [measured.complexity for measured in scan.units]
    closures = [closure for facts in complexities for closure in facts.closures]
    return Totals(
        files=len(files),
        units=len(complexities),
        loc=sum(facts.lines for facts in files),
        sloc=sum(facts.source_lines for facts in files),
        lloc=sum(facts.logical_lines for facts in files),
        comments=sum(facts.comment_lines for facts in files),
        cyclomatic=sum(facts.cyclomatic for facts in complexities)
        + sum(closure.cyclomatic for closure in closures),
        cognitive=sum(facts.cognitive for facts in complexities),
        findings=len(scan.findings),
        points=round(sum(finding.points for finding in scan.findings), convert.PRECISION),
        problems=len(scan.problems),
    )


def _unit(measured: MeasuredUnit) -> JsonUnit:
    unit, facts = measured.unit, measured.complexity
    return JsonUnit(
        path=measured.path,
        name=unit.name,
        kind=unit.kind,
        first_line=unit.span.first,
        last_line=unit.span.last,
        cyclomatic=facts.cyclomatic,
        cognitive=facts.cognitive,
        code_lines=facts.code_lines,
        parameters=facts.parameters,
        nesting=facts.nesting,
        logical_lines=facts.logical_lines,
        comment_lines=facts.comment_lines,
        halstead_volume=round(facts.halstead_volume, convert.PRECISION),
        maintainability_index=round(facts.maintainability_index, convert.PRECISION),
        closures=tuple(
            JsonClosure(
                closure.name,
                unit.span.first + closure.line_offset,
                closure.cyclomatic,
                closure.parameters,
            )
            for closure in facts.closures
        ),
    )


def _file(measured: MeasuredFile) -> File:
    facts = measured.facts
    return File(
        path=measured.path,
        maintainability_index=round(facts.maintainability_index, convert.PRECISION),
        halstead_volume=round(facts.halstead_volume, convert.PRECISION),
        loc=facts.lines,
        sloc=facts.source_lines,
        lloc=facts.logical_lines,
        comments=facts.comment_lines,
        multi=facts.docstring_lines,
        blank=facts.blank_lines,
        single_comments=facts.single_comment_lines,
    )
