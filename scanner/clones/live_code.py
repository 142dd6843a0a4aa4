"""The code that is live at one point of a walk along a history, indexed, and kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from scanner.analysis.clones.fingerprints import ANALYSIS as FINGERPRINT
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileChange, FileVersion, Problem, TreeDiff, Unit
from scanner.base.store import Store
from scanner.clones.candidates import FileKeys, is_missing, neighbours, tree_keys
from scanner.clones.changes import fingerprinted
from scanner.clones.index import CloneIndex, limits_of
from scanner.clones.located_units import placed_units
from scanner.codebase.reader import SourceReader
from scanner.config import Duplication
from scanner.git.process import Repository
from scanner.git.trees import diff_pair, list_tree
from scanner.roles.foreign import ATTRIBUTES
from scanner.scoring.change import ChangedFile
from scanner.scoring.duplication import DEFAULT_RULES


class LiveCode:
    """The Python files of one tree. It goes from tree to tree by what differs between them."""

    def __init__(
        self,
        repository: Repository,
        reader: SourceReader,
        is_excluded: Callable[[str], bool],
        duplication: Duplication = DEFAULT_RULES,
    ) -> None:
        self._repository = repository
        self._reader = reader
        self._is_excluded = is_excluded
        self.tree: str | None = None
        #: Files of the tree that `move_near` would have looked at, and that are not here.
        self.missing: tuple[str, ...] = ()
        self.duplication = duplication
        self.clones = CloneIndex(limits_of(duplication))
        self.names = self.clones.names

    def move_to(self, tree: str | None, store: Store) -> None:
        """Goes to the tree of a commit (None: the empty tree), reading the files that differ.

        Of the first tree only files are read whose units the store does not have.
        """
        if tree == self.tree:
            return
        if tree is not None and self.tree is None and not len(self.clones):
            versions = self._versions(tree, ())
            for path, units in placed_units(versions, self._reader, store).items():
                self.clones.add(path, units)
            self.tree = tree
            return
        target = tree or self._repository.empty_tree
        diff = diff_pair(self._repository, self.tree, target)
        for change in diff.files:
            if not self._is_excluded(change.path):
                self._replace(change, self._read(change))
        self.tree = tree

    def move_near(self, tree: str | None, files: Sequence[ChangedFile], store: Store) -> None:
        """Goes to a tree, but reads only files that may hold copies of changed ones.

        For the one change that comes next this is as good as `move_to`: the files it replaces are
        not read, and of the others only those that share something with what it brings.
        """
        replaced = {file.path_before for file in files if file.change.before}
        versions = [] if tree is None else self._versions(tree, replaced)
        read = tree_keys(versions, self._reader, store, self.clones.limits)
        keys = {path: one for path, one in read.items() if isinstance(one, FileKeys)}
        self.missing = tuple(path for path, one in read.items() if is_missing(one))
        sides = [side for file in files for side in (file.before, file.after) if side]
        brought = [pair for side in sides for pair in self._pairs(side)]
        near = neighbours(keys, brought, self.clones.limits)
        close = [version for version in versions if version.path in near]
        for path, units in placed_units(close, self._reader, store).items():
            self.clones.add(path, units)
        for path, one in keys.items():
            self.names.put(path, one.names)
            if path not in near:
                self.clones.imports.put(path, one.imports)
        self.tree = tree

    def _versions(self, tree: str, gone: Collection[str]) -> list[FileVersion]:
        return [
            version
            for version in list_tree(self._repository, tree)
            if version.mode.is_text_file
            and version.path not in gone
            and not self._is_excluded(version.path)
        ]

    def _pairs(self, file: ReadFile) -> Iterator[tuple[Unit, Fingerprint]]:
        facts = self.fingerprints(file)
        for unit in file.outline.units:
            text = facts[unit.content]
            if isinstance(text, Fingerprint):
                yield unit, text

    def advance(self, diff: TreeDiff, files: Iterable[ChangedFile]) -> None:
        """Takes in a change of the present tree, whose files are read already."""
        for file in files:
            self._replace(file.change, file.after)
        self.tree = diff.after

    def attributes(self) -> str:
        """The text of the attributes file at the top of the present tree; empty without one."""
        return "" if self.tree is None else self._reader.text(self.tree, ATTRIBUTES)

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
            units = list(fingerprinted(after, self.fingerprints(after)))
            self.clones.add(change.path, units)
        if old is not None and (after is None or old != change.path):
            self.clones.remove(old)
