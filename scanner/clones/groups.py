"""Everything in a tree that stands there more than once, in groups, the largest saving first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import Place, Span
from scanner.clones.calls import how_to_use
from scanner.clones.index import CloneIndex
from scanner.clones.matches import Match, matches_of, small_matches
from scanner.roles.paths import is_test_path
from scanner.scoring.copies import Call

#: Two stretches of one unit are one place if they share this part of the lines of both.
SAME_STRETCH = 0.7

#: A place is part of another group's place if it shares this part of its own lines with it.
MOST_OF_PLACE = 0.5

_ORDER = (CloneType.EXACT, CloneType.RENAMED, CloneType.GAPPED)


@dataclass(frozen=True, slots=True)
class GroupCall:
    """What `callers` places of a group could call, which stands at one of its places."""

    call: Call
    original: Place
    callers: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CloneGroup:
    """Places that say the same, in order of path and line.

    `type` and `similarity` are those of the least alike pair that was compared. `code_lines` is how
    many the shortest place has; `saving` what one place instead of all would delete. `use` is given
    where one of the places can be called from others as it is, or with one parameter more.
    """

    type: CloneType
    similarity: float
    places: tuple[Place, ...]
    code_lines: int
    use: GroupCall | None = None

    @property
    def saving(self) -> int:
        return self.code_lines * (len(self.places) - 1)

    @property
    def example(self) -> tuple[Place, Place]:
        """The two places that show the group best: what could be called, and where from."""
        if self.use is not None:
            return self.use.original, self.use.callers[0]
        return self.places[0], self.places[1]

    @property
    def call(self) -> str | None:
        """What other places could call, by its dotted name."""
        return self.use.call.target if self.use and not self.use.call.needs_parameter else None

    @property
    def is_test(self) -> bool:
        """Whether the group stands in tests alone."""
        return all(is_test_path(place.path) for place in self.places)


@dataclass(frozen=True, slots=True)
class ClonePair:
    """Two places that say the same; `call` is how the first could use the other."""

    type: CloneType
    similarity: float
    code_lines: int
    one: Place
    other: Place
    call: Call


def clone_groups(index: CloneIndex) -> tuple[CloneGroup, ...]:
    """The clone groups of the live code, largest saving first.

    Places that are exact or renamed copies of each other are one group. A gapped copy joins the
    group it is most alike to. What stands in the places of a group with a larger saving is none.
    """
    pairs = sorted(copied_pairs(index), key=_by_likeness)
    stretches = _Stretches()
    for pair in pairs:
        one, other = stretches.node(pair.one), stretches.node(pair.other)
        is_free = stretches.is_alone(one) or stretches.is_alone(other)
        if pair.type is not CloneType.GAPPED or is_free:
            stretches.join(one, other, pair)
    groups = (group for group in stretches.groups() if len(group.places) > 1)
    return tuple(_without_parts(sorted(groups, key=_by_saving)))


def _without_parts(groups: Iterable[CloneGroup]) -> Iterator[CloneGroup]:
    """The groups less those of which each place is part of a place of one group before."""
    holders: dict[str, list[tuple[Span, int]]] = defaultdict(list)
    for number, group in enumerate(groups):
        held = (
            {n for span, n in holders[place.path] if _holds(span, place.span)}
            for place in group.places
        )
        if not set[int].intersection(*held):
            yield group
            for place in group.places:
                holders[place.path].append((place.span, number))


def _holds(outer: Span, inner: Span) -> bool:
    return _common(outer, inner) >= MOST_OF_PLACE * len(inner)


def _by_likeness(pair: ClonePair) -> tuple[int, float, str, int, str, int]:
    one, other = pair.one, pair.other
    where = (one.path, one.span.first, other.path, other.span.first)
    return (_ORDER.index(pair.type), -pair.similarity, *where)


def _by_saving(group: CloneGroup) -> tuple[int, str, int]:
    return (-group.saving, group.places[0].path, group.places[0].span.first)


def copied_pairs(index: CloneIndex) -> Iterator[ClonePair]:
    """Each two places of which one says what the other says; a pair may come twice."""
    for path, members in sorted(index.files().items()):
        for member in members:
            for match in matches_of(index, member):
                yield _pair([match], how_to_use(index, match))
        yield from (_pair(run, Call()) for run in small_matches(index, path))


def _pair(matches: Sequence[Match], call: Call) -> ClonePair:
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
        call=call,
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
    kept = _apart(places)
    return CloneGroup(
        type=max((pair.type for pair in pairs), key=_ORDER.index),
        similarity=min(pair.similarity for pair in pairs),
        places=kept,
        code_lines=min(pair.code_lines for pair in pairs),
        use=_use(kept, pairs),
    )


def _apart(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places, of those that share lines the longest, in order of path and line."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda place: (-len(place.span), place.path, place.span.first)):
        if not any(
            place.path == other.path and _common(place.span, other.span) > 0 for other in kept
        ):
            kept.append(place)
    return tuple(sorted(kept, key=lambda place: (place.path, place.span.first)))


def _use(places: Sequence[Place], pairs: Iterable[ClonePair]) -> GroupCall | None:
    """The place that most others could call; of several the one that needs least."""
    calls: dict[Place, dict[Place, Call]] = defaultdict(dict)
    for pair in pairs:
        if pair.call.target and pair.one in places and pair.other in places:
            calls[pair.other].setdefault(pair.one, pair.call)
    if not calls:
        return None

    def rank(original: Place) -> tuple[int, int, str, int]:
        needs = sum(call.needs_parameter + call.is_private for call in calls[original].values())
        return (-len(calls[original]), needs, original.path, original.span.first)

    best = min(calls, key=rank)
    hardest = max(calls[best].values(), key=lambda call: (call.needs_parameter, call.is_private))
    callers = (place for place in places if place in calls[best])
    return GroupCall(hardest, best, tuple(callers))


def _is_same_stretch(a: Span, b: Span) -> bool:
    return _common(a, b) >= SAME_STRETCH * max(len(a), len(b))


def _common(a: Span, b: Span) -> int:
    """How many lines two spans share, if any."""
    return min(a.last, b.last) - max(a.first, b.first) + 1
