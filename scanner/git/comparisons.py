"""Many comparisons through one git, which dies at the first object it cannot read: picked up again.

A partial clone lacks objects on purpose, and git knows no way to go on without one. So the pair it
died on is taken apart: what can be compared is, the rest says why not. The first time, all pairs
that are left are looked through for missing objects, which is cheap and spares a restart for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Problem, Stage
from scanner.git.diffs import (
    Changes,
    parse_pairs,
    parse_raw_pairs,
    parse_raw_single,
    parse_single,
)
from scanner.git.process import GitError, Repository, blocks, object_store, run

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


class TreeComparison(NamedTuple):
    """Two trees by id."""

    before: str
    after: str

    @property
    def line(self) -> bytes:
        """The request to `diff-tree --stdin`, and the line it starts its answer with."""
        return f"{self.before} {self.after}\n".encode()


def compare(
    repo: Repository, comparisons: Sequence[TreeComparison | Problem], paths: Sequence[str]
) -> Iterator[Changes | Problem]:
    """The changes of each comparison in order; a Problem is handed on, or made where trees lack."""
    with object_store(repo) as store:
        yield from _compare(store, comparisons, paths)


def _compare(
    repo: Repository, comparisons: Sequence[TreeComparison | Problem], paths: Sequence[str]
) -> Iterator[Changes | Problem]:
    whole = {n: item for n, item in enumerate(comparisons) if isinstance(item, TreeComparison)}
    flow = _flow(repo, whole, paths)
    survey: _Survey | None = None
    for number, item in enumerate(comparisons):
        if isinstance(item, Problem):
            yield item
            continue
        if number in whole:
            changes = _next(flow)
            if changes is not None:
                yield changes
                continue
            left = {n: later for n, later in whole.items() if n >= number}
            survey = survey or _survey(repo, left, paths)
            whole = {n: left[n] for n in left if n > number and survey.is_readable(n)}
            flow = _flow(repo, whole, paths)
        assert survey is not None
        yield _apart(repo, item, paths, survey, number)


def compare_entries(
    repo: Repository,
    comparisons: Sequence[TreeComparison | Problem],
    paths: Sequence[str],
    is_wanted: Callable[[FileChange], bool],
) -> Iterator[tuple[int, Changes]]:
    """The wanted entries of each comparison that has some, by its number: without hunks or renames.

    A comparison of which a tree lacks is left to `compare`, which says why.
    """
    left = {n: item for n, item in enumerate(comparisons) if isinstance(item, TreeComparison)}
    with object_store(repo) as store:
        while left:
            lines = [item.line for item in left.values()]
            command = ("diff-tree", "--stdin", *RAW, "--no-renames", "--", *paths)
            flow = parse_raw_pairs(blocks(store, *command, stdin=lines), lines)
            for number in list(left):
                del left[number]
                entries = _next(flow)
                wanted = tuple(filter(is_wanted, entries or ()))
                if wanted:
                    yield number, wanted
                if entries is None:
                    break


def compare_one(repo: Repository, command: tuple[str, ...], paths: Sequence[str]) -> Changes:
    """The changes by one command (`diff-index --cached <tree>`, `diff-tree <tree> <tree>`).

    Raises GitError where not even the trees can be read.
    """
    changes = _patched(repo, command, paths)
    if isinstance(changes, GitError):
        return _piecemeal(repo, command, *_entries(repo, command, paths))
    return changes


def _flow(
    repo: Repository, whole: dict[int, TreeComparison], paths: Sequence[str]
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


@dataclass(frozen=True, slots=True)
class _Survey:
    """The entries of comparisons by number, if the trees can be read, and the objects that lack."""

    entries: dict[int, Changes]
    missing: frozenset[str]

    def is_readable(self, number: int) -> bool:
        entries = self.entries.get(number)
        return entries is not None and all(_is_readable(entry, self.missing) for entry in entries)


def _survey(repo: Repository, whole: dict[int, TreeComparison], paths: Sequence[str]) -> _Survey:
    entries: dict[int, Changes] = {}
    left = dict(whole)
    while left:
        lines = [item.line for item in left.values()]
        command = ("diff-tree", "--stdin", *_RAW_EXACT_RENAMES, "--", *paths)
        flow = parse_raw_pairs(blocks(repo, *command, stdin=lines), lines)
        for number in list(left):
            del left[number]
            changes = _next(flow)
            if changes is None:
                break
            entries[number] = changes
    every = (entry for changes in entries.values() for entry in changes)
    return _Survey(entries, missing_objects(repo, {oid for e in every for oid in _needed(e)}))


def missing_objects(repo: Repository, oids: Iterable[str]) -> frozenset[str]:
    """Those of the objects that this clone does not have."""
    asked = sorted(oids)
    request = "".join(f"{oid}\n" for oid in asked).encode()
    with object_store(repo) as store:
        answers = run(store, "cat-file", "--batch-check=%(objecttype)", stdin=request).splitlines()
    return frozenset(
        oid for oid, answer in zip(asked, answers, strict=True) if answer.endswith(b" missing")
    )


def _apart(
    repo: Repository, item: TreeComparison, paths: Sequence[str], survey: _Survey, number: int
) -> Changes | Problem:
    command = ("diff-tree", item.before, item.after)
    entries = survey.entries.get(number)
    if entries is not None:
        return _piecemeal(repo, command, entries, survey.missing)
    try:
        return _piecemeal(repo, command, *_entries(repo, command, paths))
    except GitError as error:
        return Problem(Stage.GIT, None, f"the trees cannot be compared: {error.message}")


def _entries(
    repo: Repository, command: tuple[str, ...], paths: Sequence[str]
) -> tuple[Changes, frozenset[str]]:
    """What differs, without hunks, and which of the objects for these are missing."""
    name, *arguments = command
    source = blocks(repo, name, *_RAW_EXACT_RENAMES, *arguments, "--", *paths)
    entries = parse_raw_single(source)
    return entries, missing_objects(repo, {oid for entry in entries for oid in _needed(entry)})


def _piecemeal(
    repo: Repository, command: tuple[str, ...], entries: Changes, missing: frozenset[str]
) -> Changes:
    """What can be compared, compared; the rest with a problem. In git's order, by path."""
    settled = [entry for entry in entries if not _needed(entry)]
    unsettled = [entry for entry in entries if _needed(entry)]
    present = [entry for entry in unsettled if _is_readable(entry, missing)]
    lacking = [_unreadable(entry) for entry in unsettled if not _is_readable(entry, missing)]
    compared = [*lacking, *_halving(repo, command, present)]
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
    """The objects git has to read for the hunks of an entry; none if it has no hunks anyway."""
    versions = _versions(entry)
    is_unchanged = len(versions) == 2 and versions[0].blob == versions[1].blob
    if is_unchanged or entry.status is FileStatus.UNMERGED:
        return []
    return [version.blob for version in versions if version.mode is not FileMode.SUBMODULE]


def _is_readable(entry: FileChange, missing: frozenset[str]) -> bool:
    return missing.isdisjoint(_needed(entry))
