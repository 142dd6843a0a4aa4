"""A repository's first-parent history, change by change, with choices and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scanner.analysis.parsing.outline import ReadFile, unit_source
from scanner.base.model import Commit, FileChange, FileVersion, Problem, Unit
from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from scanner.conventions.deviations import Births as LineStamps
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.linter_config import LinterConfigs
from scanner.conventions.profile import ConventionProfile, FileEdit, KnownUnit, known_units
from scanner.conventions.tallies import Stamp
from scanner.git.births import Births, WrittenFile, WrittenFiles
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parent_chain, first_parents, head, read_commits
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the history. `files` say who wrote the lines of the tree after it."""

    commit: Commit
    edits: tuple[FileEdit, ...]
    files: WrittenFiles
    stamps: list[Stamp]

    @property
    def time(self) -> int:
        return int(self.commit.committed.timestamp())

    def advance(self, book: ConventionProfile) -> None:
        """Takes the change into a book."""
        paths = {edit.path for edit in self.edits}
        for edit in self.edits:
            if edit.path_before is not None and edit.path_before not in paths:
                book.remove(edit.path_before, edit.before)
        book.announce(edit.path for edit in self.edits if edit.path is not None)
        for edit in self.edits:
            if edit.path is not None:
                file = self.files[edit.path]
                was = edit.before if edit.path == edit.path_before else ()
                births, oldest = self._births(file), int(file.writers.min())
                book.put(edit.path, edit.after, births, oldest, was)

    def _births(self, file: WrittenFile) -> LineStamps:
        return lambda line: self.stamps[file.writer(line)]


class Tree:
    """The units of the tree that a walk stands at."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[KnownUnit, ...]] = {}

    def advance(self, step: Step) -> None:
        for edit in step.edits:
            self.files.pop(edit.path_before or "", None)
        self.files.update({e.path: e.after for e in step.edits if e.path is not None})

    def exemplars(self, path: str) -> list[UnitChoices]:
        return [known.choices for known in self.files.get(path, ())]


@dataclass(frozen=True, slots=True)
class History:
    """A repository whose changes can be walked. `name` is for the printed table.

    `texts` fills with the text of each unit that was met, by its content.
    """

    name: str
    repository: Repository
    store: Path | None
    texts: dict[str, str] = field(default_factory=dict)

    def steps(self, since: float = 0.0) -> Iterator[Step]:
        """The changes of the default branch, oldest first.

        `since` is a share of those that touch Python: the tree before that one comes as one step,
        which spares its units' older versions. Books depend on trees and writers, not on the way.
        """
        tip = head(self.repository)
        assert tip is not None
        commits = first_parent_chain(read_commits(self.repository, [tip]), tip)
        pairs = [(None if i == 0 else commits[i - 1].oid, c.oid) for i, c in enumerate(commits)]
        diffs = dict(zip(pairs, diff_trees(self.repository, pairs), strict=True))
        births, parentage = Births(self.repository, diffs), first_parents(self.repository, [tip])
        touching = [i for i, pair in enumerate(pairs) if diffs[pair].files]
        start = touching[int(since * len(touching))] if since else 0
        steps = [(commits[i], diffs[pairs[i]]) for i in range(start, len(commits))]
        if start:
            before = commits[start - 1]
            steps[:0] = [(before, next(diff_trees(self.repository, [(None, before.oid)])))]
        stamps: list[Stamp] = []
        with self._units() as units:
            for commit, diff in steps:
                files = births.files_at(commit.oid, parentage)
                assert not isinstance(files, Problem)
                while len(stamps) < len(births.commits):
                    oid = births.commits[len(stamps)]
                    stamps.append(Stamp(parentage.times[oid], len(stamps)))
                edits = tuple(units.edit(change) for change in diff.files)
                if edits:
                    yield Step(commit, edits, files, stamps)

    def newest(self) -> Iterator[tuple[str, tuple[KnownUnit, ...]]]:
        """The path and the units of each file of the newest tree."""
        tip = head(self.repository)
        assert tip is not None
        diff = next(diff_trees(self.repository, [(None, tip)]))
        with self._units() as units:
            yield from ((change.path, units.edit(change).after) for change in diff.files)

    def silenced(self) -> frozenset[str]:
        """The families that the newest configuration leaves to other tools."""
        tip = head(self.repository)
        with BlobReader(self.repository) as blobs:
            return LinterConfigs(self.repository, blobs, [tip]).silenced_at(tip)

    @contextmanager
    def _units(self) -> Iterator[_Units]:
        with BlobReader(self.repository) as blobs, open_store(self.store) as store:
            units = _Units(SourceReader(blobs, store), self.texts)
            try:
                yield units
            finally:
                units.reader.flush()


def histories(paths: list[str], store: str | None) -> list[History]:
    """The repositories at these paths; facts are kept in a store between runs if one is given."""
    found = []
    for path in paths:
        repository = open_repository(Path(path))
        place = Path(path).resolve()
        name = place.parent.name if place.name == "repo" else place.name
        found.append(History(name, repository, Path(store) if store else None))
    return found


class _Units:
    """Reads the units of file versions; those of the current tree are kept."""

    def __init__(self, reader: SourceReader, texts: dict[str, str]) -> None:
        self.reader = reader
        self.current: dict[tuple[str, str], tuple[KnownUnit, ...]] = {}
        self.texts = texts
        self.steps = 0

    def edit(self, change: FileChange) -> FileEdit:
        before, after = self._read(change.before), self._read(change.after)
        if change.before is not None:
            self.current.pop((change.before.path, change.before.blob), None)
        self.steps += 1
        if self.steps % 500 == 0:
            self.reader.flush()
        return FileEdit(
            change.before.path if change.before and before is not None else None,
            change.after.path if change.after and after is not None else None,
            before or (),
            after or (),
            _added(change),
        )

    def _read(self, version: FileVersion | None) -> tuple[KnownUnit, ...] | None:
        if version is None or not version.mode.is_text_file:
            return None
        key = (version.path, version.blob)
        if key not in self.current:
            read = self.reader.read(version)
            if isinstance(read, Problem):
                return None
            self.current[key] = self._units(read)
        return self.current[key]

    def _units(self, read: ReadFile) -> tuple[KnownUnit, ...]:
        for unit in read.outline.units:
            self._keep_text(read, unit)
        return known_units(read, self.reader)

    def _keep_text(self, read: ReadFile, unit: Unit) -> None:
        if unit.content not in self.texts:
            self.texts[unit.content] = unit_source(read, unit).text


def _added(change: FileChange) -> frozenset[int]:
    return frozenset(
        line
        for hunk in change.hunks
        for line in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
    )
