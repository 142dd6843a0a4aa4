"""What is known of each line ever born: arrays by identity that grow with every birth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import Problem

#: Identities of lines, or one number for each line.
Lines = NDArray[np.int32]

NO_LINES: Lines = np.empty(0, np.int32)

#: No commit: `death` of a line that stands, `birth` of one older than the commits given.
NONE = -1

_FIRST_SIZE = 1024


class LineRegistry:
    """Births, deaths, and which lines a merge made one. `count` identities are in use."""

    def __init__(self) -> None:
        self.count = 0
        self.birth = NO_LINES
        self.death = NO_LINES
        self.birth_path = NO_LINES
        self.birth_line = NO_LINES
        self.paths: dict[str, int] = {}
        self.problems: dict[Problem, None] = {}
        self._lost: list[Lines] = []
        self._successor = NO_LINES
        self._unions: list[tuple[Lines, Lines, int]] = []
        self._mark = np.empty(0, np.bool_)

    def bear(self, commit: int, path: str, offsets: NDArray[np.intp]) -> Lines:
        """Gives identities to lines born in a commit, by their offsets in the file."""
        first, last = self.count, self.count + len(offsets)
        if last > len(self.birth):
            self._grow(max(last, 2 * len(self.birth), _FIRST_SIZE))
        self.birth[first:last] = commit
        self.birth_path[first:last] = self.paths.setdefault(path, len(self.paths))
        self.birth_line[first:last] = offsets + 1
        self.count = last
        return np.arange(first, last, dtype=np.int32)

    def kill(self, lines: Lines, commit: int) -> None:
        """Notes the commit that removed lines; NONE takes a death back."""
        self.death[lines] = commit

    def standing(self, lines: Lines) -> Lines:
        """Those of the lines that no commit has removed so far."""
        standing: Lines = lines[self.death[lines] == NONE]
        return standing

    def removed(self, lines: Lines) -> Lines:
        """Those of the lines that some commit has removed."""
        removed: Lines = lines[self.death[lines] != NONE]
        return removed

    def missing(self, lines: Lines, crowd: Iterable[Lines]) -> Lines:
        """Those of the lines that are not in the crowd."""
        groups = list(crowd)
        for group in groups:
            self._mark[group] = True
        missing: Lines = lines[~self._mark[lines]]
        for group in groups:
            self._mark[group] = False
        return missing

    def unite(self, lines: Lines, successors: Lines, commit: int) -> None:
        """Notes lines that a merge made one with others: these successors stand on for both."""
        (differ,) = (self._successor[lines] != successors).nonzero()
        if len(differ):
            lines, successors = lines[differ], successors[differ]
            self._successor[lines] = successors
            self._unions.append((lines, successors, commit))

    def lose(self, lines: Lines) -> None:
        """Notes lines of which nothing more will be known."""
        self._lost.append(lines)

    def note(self, problem: Problem) -> None:
        """Remembers why lines could not be followed, once."""
        self.problems[problem] = None

    def settle(self, alive: Iterable[Lines]) -> Lines:
        """Closes the book: makes the deaths final, and gives the identity each line is one with.

        A line that stands has no death, whatever some branch did to it. Lines that a merge made one
        stand together; if none does, those that were not removed themselves died with the first of
        the others that did afterwards.
        """
        same_as = np.arange(self.count, dtype=np.int32)
        stands = np.zeros(self.count, np.bool_)
        for lines in alive:
            stands[lines] = True
        self.death[: self.count][stands] = NONE
        united_at: dict[int, int] = {}
        for lines, _, commit in self._unions:
            united_at.update(dict.fromkeys(lines.tolist(), commit))
        for group in self._groups():
            survivors = group[stands[group]]
            same_as[group] = survivors[0] if len(survivors) else group[0]
            if len(survivors):
                self.death[group] = NONE
            else:
                self._die_together(group, united_at)
        return same_as

    def _die_together(self, group: Lines, united_at: Mapping[int, int]) -> None:
        deaths = np.unique(self.death[group])
        for line in self.standing(group).tolist():
            union = united_at.get(line, NONE)
            later = deaths[deaths > max(union, self.birth[line])]
            # A branch that was still open may have removed the successor before: then the union is
            # all that is known of the end of the line.
            if len(later):
                self.death[line] = later[0]
            elif deaths[-1] != NONE:
                self.death[line] = union

    def lost(self, is_alive: NDArray[np.bool_]) -> Lines:
        """The lost lines that are neither alive nor dead, once the book is closed."""
        lost = np.zeros(self.count, np.bool_)
        for lines in self._lost:
            lost[lines] = True
        lost &= ~is_alive & (self.death[: self.count] == NONE)
        return np.flatnonzero(lost).astype(np.int32)

    def _groups(self) -> list[Lines]:
        """The lines that merges made one, group by group."""
        root: dict[int, int] = {}

        def find(line: int) -> int:
            while (above := root.setdefault(line, line)) != line:
                root[line] = line = root[above]
            return line

        for lines, successors, _ in self._unions:
            for line, successor in zip(lines.tolist(), successors.tolist(), strict=True):
                root[find(line)] = find(successor)
        groups = defaultdict(list)
        for line in root:
            groups[find(line)].append(line)
        return [np.array(sorted(group), np.int32) for group in groups.values()]

    def _grow(self, size: int) -> None:
        for name in ("birth", "birth_path", "birth_line", "death", "_successor"):
            grown = np.full(size, NONE, np.int32)
            grown[: self.count] = getattr(self, name)[: self.count]
            setattr(self, name, grown)
        self._mark = np.zeros(size, np.bool_)
