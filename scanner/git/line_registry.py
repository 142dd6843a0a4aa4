"""What is known of each line ever born: arrays by identity that grow with every birth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import FileChange, Problem

#: Identities of lines, or one number for each line.
Lines = NDArray[np.int32]

NO_LINES: Lines = np.empty(0, np.int32)

#: No commit: `death` of a line that stands, `birth` of one older than the commits given.
NONE = -1

_FIRST_SIZE = 1024


class _Union(NamedTuple):
    """Lines that a commit made one with others.

    Twins are one line from the beginning, found in several parents of a merge.
    """

    lines: Lines
    successors: Lines
    commit: int
    are_twins: bool


class Removal(NamedTuple):
    """A file that a commit removed lines of, and the identities of all its lines before."""

    change: FileChange
    before: Lines


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
        self.removals: dict[str, list[Removal]] = {}
        self._given_back: list[tuple[int, int, int]] = []
        self._successor = NO_LINES
        self._unions: list[_Union] = []
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

    def give_back(self, lines: Lines, commit: int) -> None:
        """Takes the deaths of lines back, and remembers who removed and who returned them."""
        for line in lines.tolist():
            self._given_back.append((line, int(self.death[line]), commit))
        self.kill(lines, NONE)

    @property
    def given_back(self) -> Lines:
        """A row for each line that was given back: the line, who removed it, who returned it."""
        return np.array(self._given_back, np.int32).reshape(-1, 3)

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
        groups = tuple(crowd)
        for group in groups:
            self._mark[group] = True
        missing: Lines = lines[~self._mark[lines]]
        for group in groups:
            self._mark[group] = False
        return missing

    def unite(self, lines: Lines, successors: Lines, commit: int) -> None:
        """Notes twins: lines that a merge has once, as these successors."""
        (differ,) = (self._successor[lines] != successors).nonzero()
        if len(differ):
            lines, successors = lines[differ], successors[differ]
            self._successor[lines] = successors
            self._unions.append(_Union(lines, successors, commit, are_twins=True))

    def join(self, lines: Lines, successors: Lines, commit: int) -> None:
        """Notes lines that a new layout put onto others."""
        self._unions.append(_Union(lines, successors, commit, are_twins=False))

    def note(self, problem: Problem) -> None:
        """Remembers why lines could not be followed, once."""
        self.problems[problem] = None

    def settle(self, alive: Iterable[Lines]) -> tuple[Lines, NDArray[np.bool_]]:
        """Closes the book: makes the deaths final.

        A line that stands has no death, whatever some branch did to it. Lines that were made one
        stand together; if none does, those that were not removed themselves died with the first of
        the others that did afterwards.

        Gives for each line the identity that it is one with, and whether it is but the twin of one
        that counts.
        """
        same_as = np.arange(self.count, dtype=np.int32)
        stands = np.zeros(self.count, np.bool_)
        for lines in alive:
            stands[lines] = True
        self.death[: self.count][stands] = NONE
        united_at: dict[int, int] = {}
        for union in self._unions:
            united_at.update(dict.fromkeys(union.lines.tolist(), union.commit))
        for _, group in _groups(self._unions):
            survivors = group[stands[group]]
            same_as[group] = survivors[0] if len(survivors) else group[0]
            same_as[survivors] = survivors
            if len(survivors):
                self.death[group] = NONE
            else:
                self._die_together(group, united_at)
        is_twin = np.zeros(self.count, np.bool_)
        for last, group in _groups(union for union in self._unions if union.are_twins):
            is_twin[group] = ~stands[group]
            if not stands[group].any():
                is_twin[last] = False
        return same_as, is_twin

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
        """The lines that are neither alive nor dead, once the book is closed.

        Where git compared every file of the history there are none.
        """
        return np.flatnonzero(~is_alive & (self.death[: self.count] == NONE)).astype(np.int32)

    def _grow(self, size: int) -> None:
        for name in ("birth", "birth_path", "birth_line", "death", "_successor"):
            grown = np.full(size, NONE, np.int32)
            grown[: self.count] = getattr(self, name)[: self.count]
            setattr(self, name, grown)
        self._mark = np.zeros(size, np.bool_)


def _groups(unions: Iterable[_Union]) -> list[tuple[int, Lines]]:
    """The lines that were made one, group by group, each with the one that stood last for all."""
    root: dict[int, int] = {}

    def find(line: int) -> int:
        while (above := root.setdefault(line, line)) != line:
            root[line] = line = root[above]
        return line

    for union in unions:
        for line, successor in zip(union.lines.tolist(), union.successors.tolist(), strict=True):
            root[find(line)] = find(successor)
    groups = defaultdict(list)
    for line in root:
        groups[find(line)].append(line)
    return [(last, np.array(sorted(group), np.int32)) for last, group in groups.items()]
