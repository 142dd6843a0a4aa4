"""The code that is live at one point of a walk along a history, indexed, and kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from scanner.analysis.fingerprints import ANALYSIS as FINGERPRINT
from scanner.analysis.fingerprints import Fingerprint
from scanner.analysis.outline import ReadFile
from scanner.codebase.clone_changes import fingerprinted
from scanner.codebase.clone_index import CloneIndex
from scanner.codebase.reader import SourceReader
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.model import FileChange, Problem, TreeDiff
from scanner.scoring.change import ChangedFile


class LiveCode:
    """The Python files of one tree. It goes from tree to tree by what differs between them."""

    def __init__(
        self, repository: Repository, reader: SourceReader, is_excluded: Callable[[str], bool]
    ) -> None:
        self._repository = repository
        self._reader = reader
        self._is_excluded = is_excluded
        self.tree: str | None = None
        self.time: datetime | None = None
        self.clones = CloneIndex()

    def move_to(self, tree: str | None) -> None:
        """Goes to the tree of a commit (None: the empty tree), reading the files that differ."""
        if tree == self.tree:
            return
        target = tree or self._repository.empty_tree
        (diff,) = diff_trees(self._repository, [(self.tree, target)])
        for change in diff.files:
            if not self._is_excluded(change.path):
                self._replace(change, self._read(change))
        self.tree = tree

    def advance(self, diff: TreeDiff, files: Iterable[ChangedFile], when: datetime | None) -> None:
        """Takes in a change of the present tree, whose files are read already."""
        self.time = when
        for file in files:
            self._replace(file.change, file.after)
        self.tree = diff.after

    def fingerprints(self, file: ReadFile) -> Mapping[str, Fingerprint | Problem]:
        """The fingerprints of a file's units, by content."""
        return self._reader.facts(FINGERPRINT, [(file, unit) for unit in file.outline.units])

    def _read(self, change: FileChange) -> ReadFile | None:
        if change.after is None or not change.after.mode.is_text_file:
            return None
        read = self._reader.read(change.after)
        return None if isinstance(read, Problem) else read

    def _replace(self, change: FileChange, after: ReadFile | None) -> None:
        old = change.before.path if change.before else None
        if after is not None:
            units = fingerprinted(after, self.fingerprints(after))
            self.clones.add(change.path, units, self.time, moved_from=old)
        if old is not None and (after is None or old != change.path):
            self.clones.remove(old)
