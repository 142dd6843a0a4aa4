"""A repository's first-parent history, change by change, with choices and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scanner.analysis.choices import ANALYSIS as CHOICES
from scanner.analysis.choices import Choices
from scanner.analysis.outline import ReadFile, unit_lines, unit_source
from scanner.analysis.tokens import ANALYSIS as TOKENS
from scanner.analysis.tokens import UnitTokens
from scanner.codebase.codebook import FileEdit, KnownUnit
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


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the history."""

    commit: Commit
    edits: tuple[FileEdit, ...]

    @property
    def stamp(self) -> Stamp:
        return Stamp(int(self.commit.committed.timestamp()), self.commit.oid)


@dataclass(frozen=True, slots=True)
class History:
    """A repository whose changes can be walked. `name` is for the printed table.

    `texts` fills with the text of each unit that was met, by its content.
    """

    name: str
    repository: Repository
    store: Path | None
    texts: dict[str, str] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """The changes of the default branch, oldest first."""
        tip = head(self.repository)
        assert tip is not None
        commits = first_parent_chain(read_commits(self.repository, [tip]), tip)
        pairs = [(None if i == 0 else commits[i - 1].oid, c.oid) for i, c in enumerate(commits)]
        with self._units() as units:
            for commit, diff in zip(commits, diff_trees(self.repository, pairs), strict=True):
                edits = tuple(units.edit(change) for change in diff.files)
                if edits:
                    yield Step(commit, edits)

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
        wanted = [(read, unit) for unit in read.outline.units]
        choices, tokens = self.reader.facts(CHOICES, wanted), self.reader.facts(TOKENS, wanted)
        found = []
        for unit in read.outline.units:
            made, text = choices[unit.content], tokens[unit.content]
            if isinstance(made, Choices) and isinstance(text, UnitTokens):
                lines = tuple(unit_lines(read, unit))
                found.append(KnownUnit(UnitChoices(unit, lines, made), text))
                self._keep_text(read, unit)
        return tuple(found)

    def _keep_text(self, read: ReadFile, unit: Unit) -> None:
        if unit.content not in self.texts:
            self.texts[unit.content] = unit_source(read, unit).text


def _added(change: FileChange) -> frozenset[int]:
    return frozenset(
        line
        for hunk in change.hunks
        for line in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
    )
