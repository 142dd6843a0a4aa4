"""Diffs → what attribution needs to know of a commit's change, and where a change's lines went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.attribution.resolve import ChangeFacts
from scanner.attribution.shares import AddedLines
from scanner.base.model import Commit, FileChange, FileStatus, LineAttestation, Span, TreeDiff
from scanner.git.process import Repository
from scanner.git.trees import diff_trees

#: Two commits or trees; None stands for the empty tree.
Pair = tuple[str | None, str]

#: Pathspec for every file, where Python alone is not enough.
EVERY_PATH = ("*",)
#: Locks of dependencies, which a tool writes anew for whoever runs it.
LOCKS = ("*.lock", "*.lockb", "*package-lock.json", "*pnpm-lock.yaml", "*go.sum")
#: Pathspecs for every file that somebody writes.
WRITTEN_PATHS = (*EVERY_PATH, *(f":(exclude,icase){lock}" for lock in LOCKS))


def read_added(repo: Repository, pairs: Sequence[Pair]) -> Iterator[AddedLines]:
    """The lines that each change adds: those of Python, or of every text file where it adds none.

    What a document or another language gains tells whose a change without Python is; a lock does
    not.
    """
    found = [added_lines(diff) for diff in diff_trees(repo, pairs)]
    bare = [pair for pair, lines in zip(pairs, found, strict=True) if not lines]
    others = map(added_lines, diff_trees(repo, bare, WRITTEN_PATHS))
    return (lines or next(others) for lines in found)


def added_lines(diff: TreeDiff) -> AddedLines:
    """The added lines of each file, after the change; a binary file has none."""
    found: dict[str, Sequence[Span]] = {}
    for file in diff.files:
        if file.is_binary:
            continue
        spans = tuple(
            Span(hunk.new_offset + 1, hunk.new_offset + hunk.new_count)
            for hunk in file.hunks
            if hunk.new_count
        )
        if spans and file.after is not None:
            found[file.after.path] = spans
    return found


def changed_paths(diff: TreeDiff) -> tuple[str, ...]:
    """Every path that a change touches, under its name after it."""
    return tuple(file.path for file in diff.files)


def facts_of(commit: Commit, diff: TreeDiff) -> ChangeFacts:
    """What attribution needs to know of a commit, from the diff with its first parent."""
    return ChangeFacts(
        is_merge=commit.is_merge,
        paths=changed_paths(diff),
        added=None if commit.is_merge else added_lines(diff),
    )


def paths_of(repo: Repository, commits: Sequence[Commit]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each commit with the paths that it changes against its first parent."""
    pairs = [commit.against_first_parent for commit in commits]
    for commit, diff in zip(commits, diff_trees(repo, pairs), strict=True):
        yield commit.oid, changed_paths(diff)


def new_files(diff: TreeDiff) -> frozenset[str]:
    """The paths that the change made."""
    return frozenset(file.path for file in diff.files if file.status is FileStatus.ADDED)


def carry(attested: Iterable[LineAttestation], diff: TreeDiff) -> Iterator[LineAttestation]:
    """Attestations of the tree before a diff, where their lines stand after it.

    Lines that the diff takes away are gone; files that it renames keep theirs.
    """
    by_path = {file.before.path: file for file in diff.files if file.before is not None}
    for item in attested:
        file = by_path.get(item.path)
        if file is None:
            yield item
        elif file.after is not None and file.problem is None and not file.is_binary:
            for span in _carried(item.span, file):
                yield replace(item, path=file.after.path, span=span)


def added_only(attested: Iterable[LineAttestation], added: AddedLines) -> Iterator[LineAttestation]:
    """The attested lines that are among the added ones."""
    for item in attested:
        for span in added.get(item.path, ()):
            first, last = max(item.span.first, span.first), min(item.span.last, span.last)
            if first <= last:
                yield replace(item, span=Span(first, last))


def _carried(span: Span, file: FileChange) -> Iterator[Span]:
    """The parts of a span that no hunk replaces, moved by the hunks before them."""
    first, shift = span.first, 0
    for hunk in file.hunks:
        before = min(span.last, hunk.old_offset)
        if first <= before:
            yield Span(first + shift, before + shift)
        first = max(first, hunk.old_offset + hunk.old_count + 1)
        shift += hunk.new_count - hunk.old_count
        if first > span.last:
            return
    if first <= span.last:
        yield Span(first + shift, span.last + shift)


def children_of(parents: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The children of each commit, from the parents of each."""
    found: dict[str, tuple[str, ...]] = {}
    for oid, ones in parents.items():
        for parent in ones:
            found[parent] = (*found.get(parent, ()), oid)
    return found
