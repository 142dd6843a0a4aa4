"""Who wrote each line, along first parents: which change of the main line brought it in last.

This is what `git blame --first-parent` tells, for all files at once and from commit to commit, so
that it costs one comparison of each change with the one before it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from scanner.base.model import FileChange, Problem, TreeDiff
from scanner.git.commits import Parentage
from scanner.git.line_registry import NO_LINES, Lines
from scanner.git.lineage import is_text, project
from scanner.git.process import Repository
from scanner.git.trees import diff_trees

#: Commits whose files are remembered: walks come back to where branches left the main line.
STATES_KEPT = 64


class WrittenFile(NamedTuple):
    """A file of a tree: its blob, and for each line the number of the commit that wrote it.

    Where git could not compare lines there is one number, of the newest change of the file, and it
    stands for all lines from there on.
    """

    blob: str
    writers: Lines

    def writer(self, line: int) -> int:
        """The number of the commit that wrote a line, which is counted from 1."""
        return int(self.writers[min(line, len(self.writers)) - 1])


WrittenFiles = Mapping[str, WrittenFile]


class Births:
    """The files of commits with the writers of their lines. Commits are numbered as they are met.

    `known` are diffs that need not be asked of git again. A state that was kept may be given to
    start from: `numbered` commits, and the files of one of them.
    """

    def __init__(
        self,
        repository: Repository,
        known: Mapping[tuple[str | None, str], TreeDiff],
        numbered: Iterable[str] = (),
    ) -> None:
        self._repository = repository
        self._known = known
        self.commits = list(numbered)
        self._numbers = {oid: number for number, oid in enumerate(self.commits)}
        self._states: OrderedDict[str, dict[str, WrittenFile]] = OrderedDict()

    def start_from(self, commit: str, files: WrittenFiles) -> None:
        """Takes the files of a commit as they were found before."""
        self._states[commit] = dict(files)

    def files_at(self, commit: str, parentage: Parentage) -> WrittenFiles | Problem:
        """The files of a commit; a Problem where its history is not all here."""
        files, missing = self._nearest(commit, parentage)
        pairs = [(parentage.parents[oid], oid) for oid in missing]
        for diff in self._diffs(pairs):
            if diff.problem is not None:
                return diff.problem
            self._advance(files, diff)
        self._states[commit] = files
        self._states.move_to_end(commit)
        if len(self._states) > STATES_KEPT:
            self._states.popitem(last=False)
        return files

    def _nearest(
        self, commit: str, parentage: Parentage
    ) -> tuple[dict[str, WrittenFile], Sequence[str]]:
        """The files of the nearest known commit before one, and the commits from there on."""
        missing: list[str] = []
        here: str | None = commit
        while here is not None and here not in self._states:
            missing.append(here)
            here = parentage.parents[here]
        files = dict(self._states[here]) if here is not None else {}
        return files, missing[::-1]

    def _diffs(self, pairs: Sequence[tuple[str | None, str]]) -> Iterable[TreeDiff]:
        asked = [pair for pair in pairs if pair not in self._known]
        answers = iter(diff_trees(self._repository, asked)) if asked else iter(())
        for pair in pairs:
            yield self._known[pair] if pair in self._known else next(answers)

    def _advance(self, files: dict[str, WrittenFile], diff: TreeDiff) -> None:
        number = self._number(diff.after)
        # What goes away goes first: two files may have changed places.
        before = {
            change.before.path: files.pop(change.before.path, None)
            for change in diff.files
            if change.before is not None
        }
        for change in diff.files:
            if change.after is not None and is_text(change.after):
                old = before.get(change.before.path) if change.before is not None else None
                writers = _written(old, change, number)
                files[change.after.path] = WrittenFile(change.after.blob, writers)

    def _number(self, oid: str) -> int:
        number = self._numbers.setdefault(oid, len(self.commits))
        if number == len(self.commits):
            self.commits.append(oid)
        return number


def _written(old: WrittenFile | None, change: FileChange, number: int) -> Lines:
    """The writers of a file's lines after a change that has this number."""
    lines = project(old.writers if old is not None else NO_LINES, change)
    if lines is None or not len(lines):
        return np.full(1, number, np.int32)
    if lines.min() < 0:
        # An array with a new line in it is a new one.
        lines[lines < 0] = number
    return lines


def stored_files(files: Mapping[str, tuple[str, bytes]]) -> dict[str, WrittenFile]:
    """Files of which blobs and numbers were kept as bytes."""
    return {
        path: WrittenFile(blob, np.frombuffer(numbers, np.int32))
        for path, (blob, numbers) in files.items()
    }
