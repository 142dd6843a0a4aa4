"""A repository's first-parent history with the choices and tokens of every unit, for benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.outline import ReadFile, UnitSource, read_outline
from scanner.analysis.tokens import UnitTokens, read_tokens
from scanner.codebase.conventions import Stamp
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.model import Commit, FileChange, FileVersion, Problem


@dataclass(frozen=True, slots=True)
class FileStep:
    """What one change does to one file. A side that does not exist or parse is None."""

    change: FileChange
    before: ReadFile | None
    after: ReadFile | None
    path_before: str | None
    path_after: str | None

    @property
    def added(self) -> frozenset[int]:
        """The lines that the change adds, by their numbers after it."""
        return frozenset(
            line
            for hunk in self.change.hunks
            for line in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the history."""

    commit: Commit
    files: tuple[FileStep, ...]

    @property
    def stamp(self) -> Stamp:
        return Stamp(int(self.commit.committed.timestamp()), self.commit.oid)


class Facts:
    """Choices and tokens by content, each computed once."""

    def __init__(self) -> None:
        self._choices: dict[str, Choices | None] = {}
        self._tokens: dict[str, UnitTokens | None] = {}

    def choices(self, content: str, source: UnitSource) -> Choices | None:
        if content not in self._choices:
            found = read_choices(source)
            self._choices[content] = None if isinstance(found, Problem) else found
        return self._choices[content]

    def tokens(self, content: str, source: UnitSource) -> UnitTokens | None:
        if content not in self._tokens:
            found = read_tokens(source)
            self._tokens[content] = None if isinstance(found, Problem) else found
        return self._tokens[content]


def walk(path: Path, newest: int | None = None) -> Iterator[Step]:
    """The changes of the default branch, oldest first; the last `newest` ones if given, of which
    the first brings the whole tree.
    """
    repository = open_repository(path)
    tip = head(repository)
    assert tip is not None
    commits = first_parent_chain(read_commits(repository, [tip]), tip)[-newest if newest else 0 :]
    pairs = [(None if i == 0 else commits[i - 1].oid, c.oid) for i, c in enumerate(commits)]
    with BlobReader(repository) as blobs:
        versions = _Versions(blobs)
        for commit, diff in zip(commits, diff_trees(repository, pairs), strict=True):
            steps = tuple(versions.step(change) for change in diff.files)
            yield Step(commit, steps)


class _Versions:
    def __init__(self, blobs: BlobReader) -> None:
        self.blobs = blobs
        self.known: dict[str, ReadFile | None] = {}

    def step(self, change: FileChange) -> FileStep:
        before, after = self._read(change.before), self._read(change.after)
        if change.before is not None:
            self.known.pop(change.before.blob, None)
        return FileStep(
            change,
            before,
            after,
            change.before.path if change.before and before else None,
            change.after.path if change.after and after else None,
        )

    def _read(self, version: FileVersion | None) -> ReadFile | None:
        if version is None or not version.mode.is_text_file:
            return None
        if version.blob not in self.known:
            content = self.blobs.read(version.blob)
            read = content if isinstance(content, Problem) else read_outline(content)
            self.known[version.blob] = None if isinstance(read, Problem) else read
        return self.known[version.blob]
