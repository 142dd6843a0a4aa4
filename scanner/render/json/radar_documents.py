"""The JSON document of `radar`."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from scanner.radar.collisions import Collision, CollisionKind
from scanner.radar.survey import Radar, Surveyed
from scanner.render.json import convert
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    Count,
    JsonProblem,
    Line,
    ObjectId,
    Path,
)


class JsonCollision(Struct, frozen=True):
    """What two branches collide in.

    `lines` are where it stands in the first and in the second branch, null for a textual conflict;
    `caller` is the file of the second branch that a call was added to.
    """

    kind: CollisionKind
    path: Path
    function: str | None
    lines: tuple[Line, Line] | None
    caller: Path | None


class JsonPair(Struct, frozen=True):
    """Two branches that will collide."""

    branches: tuple[str, str]
    collisions: tuple[JsonCollision, ...]


class JsonBranch(Struct, frozen=True):
    """A branch: `own` commits since it left its base, which has gone on by `behind`."""

    name: str
    commit: ObjectId
    own: Count
    behind: Count
    time: datetime
    collides_with: Count
    base_conflicts: tuple[Path, ...]


class JsonRadar(Struct, frozen=True):
    """The result of `radar`."""

    schema_version: int
    base: str
    base_commit: ObjectId
    pairs: tuple[JsonPair, ...]
    branches: tuple[JsonBranch, ...]
    landed: Count
    old: Count
    merged: Count
    problems: tuple[JsonProblem, ...]


def radar_document(radar: Radar) -> JsonRadar:
    """The document of `radar`; pairs stand surest first, branches by name."""
    return JsonRadar(
        schema_version=SCHEMA_VERSION,
        base=radar.base,
        base_commit=radar.base_commit,
        pairs=tuple(
            JsonPair((pair.one, pair.other), tuple(map(_collision, pair.collisions)))
            for pair in radar.pairs
        ),
        branches=tuple(map(_branch, radar.branches)),
        landed=radar.landed,
        old=radar.old,
        merged=radar.merged,
        problems=convert.problems(radar.problems),
    )


def _collision(one: Collision) -> JsonCollision:
    return JsonCollision(one.kind, one.where, one.name, one.lines, one.caller)


def _branch(one: Surveyed) -> JsonBranch:
    branch = one.branch
    return JsonBranch(
        branch.name, branch.tip, branch.own, branch.behind, branch.time, one.collides_with,
        one.conflicts,
    )  # fmt: skip
