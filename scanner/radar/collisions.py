"""The edits of all branches, indexed → which two will collide, and in what. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from scanner.radar.edits import Edited, Edits, NewCall, SignatureChange, breaks, called_as

#: (one branch, the other), by name and in this order.
Two = tuple[str, str]


class CollisionKind(StrEnum):
    """In what two branches collide, the surest first."""

    TEXT = "conflict"
    CALL = "call"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Collision:
    """One thing in which two branches collide.

    `where` is the file, `name` the function if it is about one. `lines` are where it stands in one
    branch and in the other; None where git tells no line.
    """

    kind: CollisionKind
    where: str
    name: str | None = None
    lines: tuple[int, int] | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two branches that will collide; in a collision by a call, `one` changes the function."""

    one: str
    other: str
    collisions: tuple[Collision, ...]


def sharing_paths(paths: Mapping[str, Collection[str]], apart: Collection[Two]) -> list[Two]:
    """The pairs of branches that change a file of one name, those that share most files first.

    `apart` are pairs of which one branch holds the other.
    """
    holders = _holders((path, name) for name, some in paths.items() for path in some)
    shared: dict[Two, int] = defaultdict(int)
    for names in holders.values():
        for two in combinations(sorted(names), 2):
            shared[two] += 1
    return sorted((two for two in shared if two not in apart), key=lambda two: (-shared[two], two))


def edited_by_both(edits: Mapping[str, Edits]) -> Iterator[tuple[Two, Collision]]:
    """Functions that two branches edit, each to something else."""
    holders: dict[tuple[str, str], list[tuple[str, Edited]]] = defaultdict(list)
    for name, some in sorted(edits.items()):
        for edited in some.functions:
            holders[edited.path, edited.name].append((name, edited))
    for (path, function), editors in sorted(holders.items()):
        for (one, here), (other, there) in combinations(editors, 2):
            if here.content != there.content:
                lines = here.line, there.line
                yield (one, other), Collision(CollisionKind.FUNCTION, path, function, lines)


def broken_calls(edits: Mapping[str, Edits]) -> Iterator[tuple[Two, Collision]]:
    """Signatures that one branch changes and another calls anew as they were."""
    calls: dict[str, list[tuple[str, NewCall]]] = defaultdict(list)
    for name, some in sorted(edits.items()):
        for call in some.calls:
            calls[call.name].append((name, call))
    for name, some in sorted(edits.items()):
        contents = _contents(some)
        for change in some.signatures:
            for other, call in calls.get(called_as(change), ()):
                is_own = other == name or _same(change, contents, edits[other])
                if not is_own and breaks(change, call):
                    lines = change.line, call.line
                    yield (
                        (name, other),
                        Collision(CollisionKind.CALL, change.path, change.name, lines, call.path),
                    )


def _contents(edits: Edits) -> dict[tuple[str, str], str]:
    return {(one.path, one.name): one.content for one in edits.functions}


def _same(change: SignatureChange, contents: Mapping[tuple[str, str], str], other: Edits) -> bool:
    """Whether another branch makes the same of a function: both come from a third one."""
    place = change.path, change.name
    return place in contents and _contents(other).get(place) == contents[place]


def _holders(found: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    holders: dict[str, set[str]] = defaultdict(set)
    for key, name in found:
        holders[key].add(name)
    return holders


def paired(found: Sequence[tuple[Two, Collision]], apart: Collection[Two]) -> tuple[Pair, ...]:
    """What was found, by pair; those that collide in most, and surest, first.

    A function is not told of where git says that its file conflicts.
    """
    by_two: dict[Two, list[Collision]] = defaultdict(list)
    for two, collision in found:
        if two not in apart and collision not in by_two[two]:
            by_two[two].append(collision)
    pairs = []
    for (one, other), some in by_two.items():
        texts = {c.where for c in some if c.kind is CollisionKind.TEXT}
        kept = [c for c in some if c.kind is not CollisionKind.FUNCTION or c.where not in texts]
        if kept:
            kept.sort(key=lambda c: (list(CollisionKind).index(c.kind), c.where, c.name or ""))
            pairs.append(Pair(one, other, tuple(kept)))
    return tuple(sorted(pairs, key=_rank))


def _rank(pair: Pair) -> tuple[int, int, str, str]:
    surest = min(list(CollisionKind).index(one.kind) for one in pair.collisions)
    return surest, -len(pair.collisions), pair.one, pair.other
