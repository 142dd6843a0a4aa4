"""A repository's first-parent history, change by change, with choices and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.analysis.choices import ANALYSIS as CHOICES
from scanner.analysis.choices import Choices
from scanner.analysis.outline import ReadFile, unit_lines, unit_source
from scanner.analysis.tokens import ANALYSIS as TOKENS
from scanner.analysis.tokens import UnitTokens
from scanner.codebase.conventions import Stamp
from scanner.codebase.departures import UnitChoices
from scanner.codebase.governors import CONFIGURATION_FILES, silenced_families
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees, list_tree
from scanner.model import Commit, FileChange, FileVersion, Problem, Unit
from scanner.store import open_store


@dataclass(frozen=True)
class KnownUnit:
    """A unit with its choices, and how to get at its tokens and text."""

    unit: Unit
    lines: tuple[int, ...]
    choices: Choices
    tokens: UnitTokens
    file: ReadFile

    @property
    def text(self) -> str:
        return unit_source(self.file, self.unit).text

    @cached_property
    def placed(self) -> UnitChoices:
        return UnitChoices(self.unit, self.lines, self.choices)


Units = tuple[KnownUnit, ...]


@dataclass(frozen=True, slots=True)
class FileStep:
    """What one change does to one file: its paths, and the units before and after it."""

    path_before: str | None
    path: str | None
    before: Units
    after: Units
    added: frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the history."""

    commit: Commit
    files: tuple[FileStep, ...]

    @property
    def stamp(self) -> Stamp:
        return Stamp(int(self.commit.committed.timestamp()), self.commit.oid)


@dataclass(frozen=True, slots=True)
class History:
    """A repository whose changes can be walked. `name` is for the printed table."""

    name: str
    repository: Repository
    store: Path | None

    def steps(self) -> Iterator[Step]:
        """The changes of the default branch, oldest first."""
        tip = head(self.repository)
        assert tip is not None
        commits = first_parent_chain(read_commits(self.repository, [tip]), tip)
        pairs = [(None if i == 0 else commits[i - 1].oid, c.oid) for i, c in enumerate(commits)]
        with self._units() as units:
            for commit, diff in zip(commits, diff_trees(self.repository, pairs), strict=True):
                files = tuple(units.step(change) for change in diff.files)
                if files:
                    yield Step(commit, files)

    def silenced(self) -> frozenset[str]:
        """The families that the newest configuration leaves to other tools."""
        tip = head(self.repository)
        assert tip is not None
        files = list_tree(self.repository, tip, CONFIGURATION_FILES)
        with BlobReader(self.repository) as blobs:
            texts = {file.path: blobs.read(file.blob) for file in files}
        return silenced_families(
            {
                path: text.decode("utf-8", "replace")
                for path, text in texts.items()
                if isinstance(text, bytes)
            }
        )

    @contextmanager
    def _units(self) -> Iterator[_Units]:
        with BlobReader(self.repository) as blobs, open_store(self.store) as store:
            units = _Units(SourceReader(blobs, store))
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

    def __init__(self, reader: SourceReader) -> None:
        self.reader = reader
        self.current: dict[tuple[str, str], Units] = {}
        self.steps = 0

    def step(self, change: FileChange) -> FileStep:
        before, after = self._read(change.before), self._read(change.after)
        if change.before is not None:
            self.current.pop((change.before.path, change.before.blob), None)
        self.steps += 1
        if self.steps % 500 == 0:
            self.reader.flush()
        return FileStep(
            change.before.path if change.before and before is not None else None,
            change.after.path if change.after and after is not None else None,
            before or (),
            after or (),
            _added(change),
        )

    def _read(self, version: FileVersion | None) -> Units | None:
        if version is None or not version.mode.is_text_file:
            return None
        key = (version.path, version.blob)
        if key not in self.current:
            read = self.reader.read(version)
            if isinstance(read, Problem):
                return None
            self.current[key] = self._units(read)
        return self.current[key]

    def _units(self, read: ReadFile) -> Units:
        wanted = [(read, unit) for unit in read.outline.units]
        choices, tokens = self.reader.facts(CHOICES, wanted), self.reader.facts(TOKENS, wanted)
        found = []
        for unit in read.outline.units:
            made, text = choices[unit.content], tokens[unit.content]
            if isinstance(made, Choices) and isinstance(text, UnitTokens):
                lines = tuple(unit_lines(read, unit))
                found.append(KnownUnit(unit, lines, made, text, read))
        return tuple(found)


def _added(change: FileChange) -> frozenset[int]:
    return frozenset(
        line
        for hunk in change.hunks
        for line in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
    )
