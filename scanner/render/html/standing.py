"""Whether what a finding is about still stands at the head, told by the lines its change wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scanner.base.model import Change, Finding
from scanner.git.lifelines import Lifelines
from scanner.git.line_registry import NONE, Lines
from scanner.history.read import History


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the lines that a change wrote in a place, how many stand, and where they are now.

    `path` and `first_line` are those of the first that stands, None if none does.
    """

    wrote: int
    stand: int
    path: str | None = None
    first_line: int | None = None


@dataclass(frozen=True)
class Survey:
    """Looks up lines of a history, each question in a time that does not grow with the history."""

    history: History

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {oid: number for number, oid in enumerate(self.history.lifelines.commits)}

    @cached_property
    def _paths(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.history.lifelines.paths)}

    @cached_property
    def _head(self) -> tuple[tuple[str, ...], Lines, Lines]:
        return self.history.lifelines.positions_at_head()

    def standing(self, change: Change, finding: Finding) -> Standing:
        """What became of the lines that the change wrote where the finding is.

        For a merge, whose commits may number lines otherwise, all lines it brought to the file.
        """
        written = self._written(change, finding)
        paths, path, line = self._head
        alive = written[path[written] != NONE]
        if not len(alive):
            return Standing(len(written), 0)
        first = alive[np.lexsort((line[alive], path[alive]))[0]]
        return Standing(len(written), len(alive), paths[int(path[first])], int(line[first]))

    def _written(self, change: Change, finding: Finding) -> Lines:
        lives: Lifelines = self.history.lifelines
        path = self._paths.get(finding.place.path)
        if path is None:
            return np.zeros(0, np.int32)
        ids = [
            np.arange(born.start, born.stop, dtype=np.int32)
            for oid in change.commits
            if oid in self._order
            for born in (lives.born_in(self._order[oid]),)
        ]
        every = np.concatenate(ids) if ids else np.zeros(0, np.int32)
        here: Lines = every[lives.birth_path[every] == path]
        if change.commit.is_merge:
            return here
        span = finding.place.span
        at = lives.birth_line[here]
        inside: Lines = here[(at >= span.first) & (at <= span.last)]
        return inside


def added_lines(history: History, change: Change, path: str) -> frozenset[int]:
    """The numbers of the lines that a change added to a file, after the change."""
    diff = history.diffs.get(change.commit.against_first_parent)
    files = [file for file in diff.files if file.path == path] if diff else []
    return frozenset(
        number
        for file in files
        for hunk in file.hunks
        for number in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
    )
