"""Everything in a tree that stands there more than once, in groups, the largest saving first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.clone_alignment import CloneType
from scanner.codebase.clone_index import CloneIndex
from scanner.codebase.clones import Match, matches_of, small_matches
from scanner.model import Place, Span

#: Two stretches of one unit are one place if they share this part of the lines of both.
SAME_STRETCH = 0.7

_ORDER = (CloneType.EXACT, CloneType.RENAMED, CloneType.GAPPED)


@dataclass(frozen=True, slots=True)
class CloneGroup:
    """Places that say the same, in order of path and line.

    `type` and `similarity` are those of the least alike pair that was compared. `code_lines` is how
    many the shortest place has; `saving` what one place instead of all would delete.
    """

    type: CloneType
    similarity: float
    places: tuple[Place, ...]
    code_lines: int

    @property
    def saving(self) -> int:
        return self.code_lines * (len(self.places) - 1)


@dataclass(frozen=True, slots=True)
class ClonePair:
    """Two places that say the same."""

    type: CloneType
    similarity: float
    code_lines: int
    one: Place
    other: Place


def clone_pairs(index: CloneIndex) -> Iterator[ClonePair]:
    """Each two places of the live code of which one says what the other says, once.

    Whole units may come with any of their stretches that stand elsewhere.
    """
    seen: set[frozenset[Place]] = set()
    for pair in _pairs(index):
        both = frozenset((pair.one, pair.other))
        if both not in seen:
            seen.add(both)
            yield pair


def clone_groups(index: CloneIndex) -> tuple[CloneGroup, ...]:
    """The clone groups of the live code, largest saving first.

    Places that are exact or renamed copies of each other are one group. A gapped copy joins the
    group it is most alike to.
    """
    pairs = sorted(clone_pairs(index), key=_by_likeness)
    stretches = _Stretches()
    for pair in pairs:
        one, other = stretches.node(pair.one), stretches.node(pair.other)
        is_free = stretches.is_alone(one) or stretches.is_alone(other)
        if pair.type is not CloneType.GAPPED or is_free:
            stretches.join(one, other, pair)
    groups = (group for group in stretches.groups() if len(group.places) > 1)
    return tuple(sorted(groups, key=_by_saving))


def _by_likeness(pair: ClonePair) -> tuple[int, float, str, int, str, int]:
    one, other = pair.one, pair.other
    where = (one.path, one.span.first, other.path, other.span.first)
    return (_ORDER.index(pair.type), -pair.similarity, *where)


def _by_saving(group: CloneGroup) -> tuple[int, str, int]:
    return (-group.saving, group.places[0].path, group.places[0].span.first)


def _pairs(index: CloneIndex) -> Iterator[ClonePair]:
    for path, members in sorted(index.files().items()):
        for member in members:
            yield from (_pair([match]) for match in matches_of(index, member))
        yield from (_pair(run) for run in small_matches(index, path))


def _pair(matches: Sequence[Match]) -> ClonePair:
    first, last = matches[0], matches[-1]
    types = {match.alignment.type for match in matches}
    copied = sum(m.copy.fingerprint.code_lines[i] for m in matches for i in m.alignment.copied)
    return ClonePair(
        type=next(kind for kind in reversed(_ORDER) if kind in types),
        similarity=min(match.alignment.similarity for match in matches),
        code_lines=copied,
        one=_joined(
            first.copy.place(first.alignment.copied), last.copy.place(last.alignment.copied)
        ),
        other=_joined(
            first.original.place(first.alignment.originals),
            last.original.place(last.alignment.originals),
        ),
    )


def _joined(first: Place, last: Place) -> Place:
    unit = first.unit if first == last else first.unit.rpartition(".")[0] or first.unit
    return Place(first.path, Span(first.span.first, last.span.last), unit)


class _Stretches:
    """Places, those that are nearly the same as one node, in disjoint sets."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._parents: dict[Place, Place] = {}
        self._pairs: dict[Place, list[ClonePair]] = defaultdict(list)

    def node(self, place: Place) -> Place:
        """The place that stands for this one."""
        known = self._nodes[place.path, place.unit]
        for other in known:
            if _is_same_stretch(place.span, other.span):
                return other
        known.append(place)
        self._parents[place] = place
        return place

    def is_alone(self, node: Place) -> bool:
        return not self._pairs[self._root(node)]

    def join(self, one: Place, other: Place, pair: ClonePair) -> None:
        a, b = self._root(one), self._root(other)
        if a != b:
            self._parents[b] = a
            self._pairs[a] += self._pairs.pop(b, [])
        self._pairs[a].append(pair)

    def groups(self) -> Iterator[CloneGroup]:
        places: dict[Place, list[Place]] = defaultdict(list)
        for node in self._parents:
            places[self._root(node)].append(node)
        for root, members in places.items():
            if self._pairs[root]:
                yield _group(members, self._pairs[root])

    def _root(self, node: Place) -> Place:
        while self._parents[node] != node:
            self._parents[node] = node = self._parents[self._parents[node]]
        return node


def _group(places: Iterable[Place], pairs: Sequence[ClonePair]) -> CloneGroup:
    return CloneGroup(
        type=max((pair.type for pair in pairs), key=_ORDER.index),
        similarity=min(pair.similarity for pair in pairs),
        places=tuple(sorted(places, key=lambda place: (place.path, place.span.first))),
        code_lines=min(pair.code_lines for pair in pairs),
    )


def _is_same_stretch(a: Span, b: Span) -> bool:
    common = min(a.last, b.last) - max(a.first, b.first) + 1
    return common >= SAME_STRETCH * max(len(a), len(b))
