"""Reads changes of real repositories the way the program does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fixtures.repository import RepositoryBuilder
from scanner.analysis.clones.fingerprints import Fingerprint, fingerprint
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.base.model import FileVersion, Problem
from scanner.clones.changes import copies_in, fingerprinted, repaid_copies
from scanner.clones.divergence import divergences_in, edits_in
from scanner.clones.index import CloneIndex
from scanner.git.blobs import BlobReader
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees, list_tree
from scanner.scoring.change import ChangedFile, added_code_lines
from scanner.scoring.copies import Copy, Divergence
from scanner.scoring.operations import moved_lines

Tree = Mapping[str, str | bytes | None]


def read(source: str | bytes) -> ReadFile:
    file = read_outline(source.encode() if isinstance(source, str) else source)
    assert isinstance(file, ReadFile), file
    return file


def facts_of(files: Sequence[ReadFile]) -> dict[str, Fingerprint | Problem]:
    return {
        unit.content: fingerprint(unit_source(file, unit))
        for file in files
        for unit in file.outline.units
    }


def index_of(tree: Mapping[str, str | bytes]) -> CloneIndex:
    """An index of files given as text."""
    index = CloneIndex()
    for path, source in tree.items():
        file = read(source)
        index.add(path, fingerprinted(file, facts_of([file])))
    return index


def change_between(path: Path, before: str | None, after: str) -> list[ChangedFile]:
    """The changed Python files between two commits, read from git."""
    repository = open_repository(path)
    (diff,) = diff_trees(repository, [(before, after)])
    with BlobReader(repository) as blobs:

        def side(version: FileVersion | None) -> ReadFile | None:
            if version is None:
                return None
            source = blobs.read(version.blob)
            return read(source) if isinstance(source, bytes) else None

        return [ChangedFile(file, side(file.before), side(file.after)) for file in diff.files]


def index_at(path: Path, commit: str) -> CloneIndex:
    """An index of the tree of a commit."""
    repository = open_repository(path)
    with BlobReader(repository) as blobs:
        tree = {version.path: blobs.read(version.blob) for version in list_tree(repository, commit)}
    return index_of({path: source for path, source in tree.items() if isinstance(source, bytes)})


def two_commits(folder: Path, before: Tree, after: Tree) -> tuple[list[ChangedFile], CloneIndex]:
    """Commits two states on top of each other; gives what changed, and the index of the second."""
    builder = RepositoryBuilder(folder / "repo")
    first = builder.commit("Before", dict(before))
    second = builder.commit("After", dict(after))
    return change_between(builder.path, first, second), index_at(builder.path, second)


def copies_between(folder: Path, before: Tree, after: Tree) -> tuple[Copy, ...]:
    files, index = two_commits(folder, before, after)
    return copies_in(index, added_code_lines(files, moved_lines(files).old_where_added))


def divergences_between(folder: Path, before: Tree, after: Tree) -> tuple[Divergence, ...]:
    files, index = two_commits(folder, before, after)
    facts = facts_of([file.before for file in files if file.before is not None])
    edits = [edit for file in files for edit in edits_in(index, file, facts)]
    return divergences_in(index, edits, added_code_lines(files, {}))


def repaid_between(folder: Path, before: Tree, after: Tree) -> int:
    files, index = two_commits(folder, before, after)
    moves = moved_lines(files)
    added = added_code_lines(files, moves.old_where_added)
    return sum(
        len(copy.lines)
        for file in files
        for copy in repaid_copies(
            index,
            file,
            facts_of([file.before] if file.before else []),
            moves.kept_where_deleted.get(file.path_before, frozenset()),
            added,
        )
    )
