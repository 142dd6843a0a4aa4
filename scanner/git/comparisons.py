"""Many comparisons through one git, which dies at the first object it cannot read: picked up again.

A partial clone lacks objects on purpose, and git knows no way to go on without one. So the pair it
died on is taken apart: what can be compared is, the rest says why not. The first time, all pairs
that are left are looked through for missing objects, which is cheap and spares a restart for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from scanner.git.diffs import (
    Changes,
    parse_pairs,
    parse_raw_pairs,
    parse_raw_single,
    parse_single,
)
from scanner.git.process import GitError, Repository, blocks, object_store, run
from scanner.model import FileChange, FileMode, FileStatus, FileVersion, Problem, Stage

#: Entries only, in the form that `diffs` reads.
RAW = ("-r", "-z", "--raw", "--full-index", "--ignore-submodules=none")

#: Entries and hunks. Each output setting is given, so none is left to configuration.
_PATCH = (
    *RAW,
    "-p",
    "-U0",
    # Attributes such as `-diff`, common on generated files, would hide lines and depend on the
    # work tree; so would external programs.
    "--text",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    # What `git blame` and `git log` do by default, with git's own default limit.
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "-M50%",
    "-l1000",
)

#: Without their contents, renames can be told only by equal object ids.
_RAW_EXACT_RENAMES = (*RAW, "-M100%")

#: Characters of paths given to one command; systems allow at least 128 KiB, Windows 32.
_MOST_ARGUMENTS = 24_000


class Comparison(NamedTuple):
    """Two trees by id."""

    before: str
    after: str

    @property
    def line(self) -> bytes:
        """The request to `diff-tree --stdin`, and the line it starts its answer with."""
        return f"{self.before} {self.after}\n".encode()


def compare(
    repo: Repository, comparisons: Sequence[Comparison | Problem], paths: Sequence[str]
) -> Iterator[Changes | Problem]:
    """The changes of each comparison in order; a Problem is handed on, or made where trees lack."""
    with object_store(repo) as store:
        yield from _compare(store, comparisons, paths)


def _compare(
    repo: Repository, comparisons: Sequence[Comparison | Problem], paths: Sequence[str]
) -> Iterator[Changes | Problem]:
    whole = {n: item for n, item in enumerate(comparisons) if isinstance(item, Comparison)}
    flow = _flow(repo, whole, paths)
    is_surveyed = False
    for number, item in enumerate(comparisons):
        if isinstance(item, Problem):
            yield item
            continue
        if number in whole:
            changes = _next(flow)
            if changes is not None:
                yield changes
                continue
            whole = {n: later for n, later in whole.items() if n > number}
            if not is_surveyed:
                whole = _readable(repo, whole, paths)
                is_surveyed = True
            flow = _flow(repo, whole, paths)
        yield _apart(repo, item, paths)


def compare_one(repo: Repository, command: tuple[str, ...], paths: Sequence[str]) -> Changes:
    """The changes by one command (`diff-index --cached <tree>`, `diff-tree <tree> <tree>`).

    Raises GitError where not even the trees can be read.
    """
    changes = _patched(repo, command, paths)
    return _piecemeal(repo, command, paths) if isinstance(changes, GitError) else changes


def _flow(
    repo: Repository, whole: dict[int, Comparison], paths: Sequence[str]
) -> Iterator[Changes]:
    """The changes of comparisons through one git, which raises GitError at one it cannot do."""
    if not whole:
        return iter(())
    lines = [item.line for item in whole.values()]
    source = blocks(repo, "diff-tree", "--stdin", *_PATCH, "--", *paths, stdin=lines)
    return parse_pairs(source, lines)


def _next(flow: Iterator[Changes]) -> Changes | None:
    try:
        return next(flow)
    except GitError:
        return None


def _patched(
    repo: Repository, command: tuple[str, ...], paths: Sequence[str]
) -> Changes | GitError:
    name, *arguments = command
    try:
        return parse_single(blocks(repo, name, *_PATCH, *arguments, "--", *paths))
    except GitError as error:
        return error


def _readable(
    repo: Repository, whole: dict[int, Comparison], paths: Sequence[str]
) -> dict[int, Comparison]:
    """Those comparisons of which git has all objects."""
    entries: dict[int, tuple[str, ...]] = {}
    left = dict(whole)
    while left:
        lines = [item.line for item in left.values()]
        source = blocks(
            repo, "diff-tree", "--stdin", *_RAW_EXACT_RENAMES, "--", *paths, stdin=lines
        )
        flow = parse_raw_pairs(source, lines)
        done = -1
        for number in left:
            done = number
            changes = _next(flow)
            if changes is None:
                break
            entries[number] = tuple(oid for change in changes for oid in _needed(change))
        left = {number: item for number, item in left.items() if number > done}
    missing = missing_objects(repo, {oid for oids in entries.values() for oid in oids})
    return {n: whole[n] for n, oids in entries.items() if missing.isdisjoint(oids)}


def missing_objects(repo: Repository, oids: Iterable[str]) -> frozenset[str]:
    """Those of the objects that this clone does not have."""
    asked = sorted(oids)
    request = "".join(f"{oid}\n" for oid in asked).encode()
    with object_store(repo) as store:
        answers = run(store, "cat-file", "--batch-check=%(objecttype)", stdin=request).splitlines()
    return frozenset(
        oid for oid, answer in zip(asked, answers, strict=True) if answer.endswith(b" missing")
    )


def _apart(repo: Repository, item: Comparison, paths: Sequence[str]) -> Changes | Problem:
    try:
        return _piecemeal(repo, ("diff-tree", item.before, item.after), paths)
    except GitError as error:
        return Problem(Stage.GIT, None, f"the trees cannot be compared: {error.message}")


def _piecemeal(repo: Repository, command: tuple[str, ...], paths: Sequence[str]) -> Changes:
    """What can be compared, compared; the rest with a problem. In git's order, by path."""
    name, *arguments = command
    source = blocks(repo, name, *_RAW_EXACT_RENAMES, *arguments, "--", *paths)
    entries = parse_raw_single(source)
    missing = missing_objects(repo, {oid for entry in entries for oid in _needed(entry)})
    lacking = [entry for entry in entries if not missing.isdisjoint(_needed(entry))]
    settled = [entry for entry in entries if not _needed(entry)]
    present = [entry for entry in entries if _needed(entry) and missing.isdisjoint(_needed(entry))]
    compared = [*(_unreadable(entry) for entry in lacking), *_halving(repo, command, present)]
    return tuple(sorted([*settled, *_doubtful(compared)], key=_path_bytes))


def _doubtful(changes: Sequence[FileChange]) -> Iterator[FileChange]:
    """Gives a problem to new files where a lost one is unreadable, and the other way round.

    The one may be the other under a new name, and its lines neither new nor gone.
    """
    counterparts = {
        FileStatus.ADDED: FileStatus.DELETED,
        FileStatus.DELETED: FileStatus.ADDED,
    }
    unreadable = {change.status for change in changes if change.problem is not None}
    for change in changes:
        if change.problem is None and counterparts.get(change.status) in unreadable:
            yield _unreadable(change, "it may be a renamed file that is not in this clone")
        else:
            yield change


def _path_bytes(change: FileChange) -> bytes:
    return change.path.encode("utf-8", "surrogateescape")


def _halving(
    repo: Repository, command: tuple[str, ...], entries: Sequence[FileChange]
) -> list[FileChange]:
    """Compares just these entries, in ever smaller lots until what git dies on stands alone."""
    if not entries:
        return []
    names = sorted({version.path for entry in entries for version in _versions(entry)})
    if sum(map(len, names)) <= _MOST_ARGUMENTS or len(entries) == 1:
        changes = _patched(repo, command, [f":(literal){name}" for name in names])
        if not isinstance(changes, GitError):
            # A literal path also matches what is in a folder of that name on the other side.
            return [change for change in changes if change.path in names]
        if len(entries) == 1:
            return [_unreadable(entries[0], changes.message)]
    half = len(entries) // 2
    return _halving(repo, command, entries[:half]) + _halving(repo, command, entries[half:])


def _unreadable(
    entry: FileChange, reason: str = "a version of it is not in this clone"
) -> FileChange:
    problem = Problem(Stage.GIT, entry.path, f"no comparison: {reason}")
    return replace(entry, hunks=(), problem=problem)


def _versions(entry: FileChange) -> list[FileVersion]:
    return [version for version in (entry.before, entry.after) if version is not None]


def _needed(entry: FileChange) -> list[str]:
    """The objects git has to read for the hunks of an entry."""
    versions = _versions(entry)
    if entry.status is FileStatus.UNMERGED or len(
        {version.blob for version in versions}
    ) < 2 <= len(versions):
        return []
    return [version.blob for version in versions if version.mode is not FileMode.SUBMODULE]
