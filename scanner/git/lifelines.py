"""Birth and death of every line, over the whole commit graph, in one forward pass. Pure.

Each commit is compared with each of its parents. A line that a parent has keeps its identity, found
in the first parent where it is in no added hunk (a parent that has the very same file comes first,
as in `git blame`); a line that no parent has is born. So an ordinary commit, a root (its parent is
the empty tree), a merge and an octopus are one case. `lineage` has that step; this module walks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import Commit, Problem, TreeDiff
from scanner.git.line_registry import NO_LINES, NONE, LineRegistry, Lines
from scanner.git.lineage import Continuity, Files, Side, advance

#: Gives the diff of a parent (None: the empty tree) with a commit.
Diffs = Callable[[str | None, str], TreeDiff]

#: Is shown a commit and the identities of its lines by path (None: not known), not to be kept.
Observer = Callable[[Commit, Mapping[str, Lines | None]], None]


@dataclass(frozen=True, slots=True)
class Lifelines:
    """Every line ever born, by identity 0 … n-1 in order of birth.

    The arrays of length n are int32: `birth` and `death` index `commits` (NONE: before the first,
    and never removed); `birth_path` indexes `paths`; `birth_line` is 1-based. `same_as` is the
    identity itself, or that of the line it became one with, where a new layout put several lines on
    one or a merge found it in several parents, each with its own (two branches may add the same
    line): of such twins one counts, and `is_twin` tells the rest. `alive` has, for each file at the
    head, the identity of each line; one may stand at several places, where a new layout cut a line
    up or a merge kept both its old and its new place. `given_back` has a row for each time that a
    line came back: the line, the commit that removed it, the one that took that back. `lost` are
    lines of which nothing is known after some commit, because git could not compare their file, and
    `unknown` the paths at the head that this concerns: they are neither dead nor alive, and
    `problems` say why.
    """

    commits: tuple[str, ...]
    paths: tuple[str, ...]
    birth: Lines
    death: Lines
    birth_path: Lines
    birth_line: Lines
    same_as: Lines
    is_twin: NDArray[np.bool_]
    alive: Mapping[str, Lines]
    unknown: tuple[str, ...]
    given_back: Lines
    lost: Lines
    problems: tuple[Problem, ...]

    def born_in(self, commit: int) -> range:
        """The identities of the lines that a commit gave birth to; NONE for those before all."""
        first, last = np.searchsorted(self.birth, (commit, commit + 1))
        return range(int(first), int(last))

    def is_alive(self) -> NDArray[np.bool_]:
        """For every line, whether it stands at the head, itself or as what it became one with."""
        mask = np.zeros(len(self.birth), np.bool_)
        for lines in self.alive.values():
            mask[lines] = True
        alive: NDArray[np.bool_] = mask[self.same_as]
        return alive

    def places_at_head(self) -> NDArray[np.int64]:
        """At how many places of the head each line stands; their sum is the lines of the head."""
        standing = np.concatenate((NO_LINES, *self.alive.values()))
        return np.bincount(standing, minlength=len(self.birth))

    def positions_at_head(self) -> tuple[tuple[str, ...], Lines, Lines]:
        """Paths at the head, and for every line the index of its path and its 1-based line number.

        Both are NONE for lines that are not alive.
        """
        path = np.full(len(self.birth), NONE, np.int32)
        line = np.full(len(self.birth), NONE, np.int32)
        for number, lines in enumerate(self.alive.values()):
            path[lines] = number
            line[lines] = np.arange(1, len(lines) + 1)
        return tuple(self.alive), path[self.same_as], line[self.same_as]


def needed_pairs(commits: Sequence[Commit]) -> list[tuple[str | None, str]]:
    """The pairs that `trace` asks the diffs of, each once and in this order.

    Commits beyond the given ones come first, as whole trees: they are where `commits` start from.
    """
    known = {commit.oid for commit in commits}
    outside = dict.fromkeys(p for commit in commits for p in commit.parents if p not in known)
    inside = [(parent, c.oid) for c in commits for parent in (c.parents or (None,))]
    return [*((None, parent) for parent in outside), *inside]


def in_order(diffs: Iterable[TreeDiff]) -> Diffs:
    """Diffs for `trace` from a stream in the order of `needed_pairs`, which is not kept."""
    source = iter(diffs)

    def following(before: str | None, after: str) -> TreeDiff:
        diff = next(source)
        if (diff.before, diff.after) != (before, after):
            raise ValueError(f"wanted {before}..{after}, was given {diff.before}..{diff.after}")
        return diff

    return following


def trace(
    commits: Sequence[Commit],
    diffs: Diffs,
    head: str | None = None,
    observe: Observer | None = None,
    seen: Continuity | None = None,
) -> Lifelines:
    """Follows all lines through commits, parents first; `head` is by default the last of them.

    `seen` tells which lines a change only moves, lays out anew or gives back: they stay the lines
    they were.
    Lines of commits outside are `NONE` by birth. `observe` is shown the lines of each commit when
    they are known. Raises ValueError for a head that is not among the commits.
    """
    oids = [commit.oid for commit in commits]
    head = oids[-1] if head is None and oids else head
    if head is not None and head not in oids:
        raise ValueError(f"{head} is not among the commits")
    registry = LineRegistry()
    frontier = _Frontier(commits, head, seen)
    for before, after in needed_pairs(commits):
        if before is None and after in frontier.outside:
            frontier.enter(NONE, after, (), registry, [diffs(before, after)])
    for number, commit in enumerate(commits):
        parents = commit.parents or (None,)
        found = [diffs(parent, commit.oid) for parent in parents]
        files = frontier.enter(number, commit.oid, commit.parents, registry, found)
        if observe is not None:
            observe(commit, files)
    return _result(oids, registry, frontier.files.get(head, {}) if head else {})


class _Frontier:
    """The files of those commits that still have children to come."""

    def __init__(
        self, commits: Sequence[Commit], head: str | None, seen: Continuity | None
    ) -> None:
        self._seen = seen
        self.waiting = Counter(parent for commit in commits for parent in commit.parents)
        self.waiting[head or ""] += 1
        self.outside = self.waiting.keys() - {commit.oid for commit in commits}
        self.files: dict[str, Files] = {}
        self.ancestors: dict[str, int] = {}

    def enter(
        self,
        number: int,
        oid: str,
        parents: Sequence[str],
        registry: LineRegistry,
        diffs: Sequence[TreeDiff],
    ) -> Files:
        """Takes a commit in, lets go of parents whose last child it is, and gives its files."""
        sides = [
            Side(self.files.get(parent, {}), diff, self.ancestors.get(parent, 0))
            for parent, diff in zip(parents or ("",), diffs, strict=True)
        ]
        step = advance(registry, number, oid, sides, self._seen)
        files = sides[step.base].files
        self._let_go(parents)
        if parents and parents[step.base] in self.files:
            files = dict(files)
        for path in step.gone:
            files.pop(path, None)
        files.update(step.changed)
        if self.waiting[oid]:
            self.files[oid] = files
            self.ancestors[oid] = _union(sides) | (1 << number if number >= 0 else 0)
        return files

    def _let_go(self, parents: Sequence[str]) -> None:
        for parent in parents:
            self.waiting[parent] -= 1
            if not self.waiting[parent]:
                del self.files[parent], self.ancestors[parent]


def _union(sides: Sequence[Side]) -> int:
    ancestors = 0
    for side in sides:
        ancestors |= side.ancestors
    return ancestors


def _result(oids: Sequence[str], registry: LineRegistry, files: Files) -> Lifelines:
    alive = {path: lines for path, lines in sorted(files.items()) if lines is not None}
    same_as, is_twin = registry.settle(alive.values())
    count = registry.count
    result = Lifelines(
        commits=tuple(oids),
        paths=tuple(registry.paths),
        birth=registry.birth[:count],
        death=registry.death[:count],
        birth_path=registry.birth_path[:count],
        birth_line=registry.birth_line[:count],
        same_as=same_as,
        is_twin=is_twin,
        alive=alive,
        unknown=tuple(sorted(path for path, lines in files.items() if lines is None)),
        given_back=registry.given_back,
        lost=NO_LINES,
        problems=tuple(registry.problems),
    )
    return replace(result, lost=registry.lost(result.is_alive()))
