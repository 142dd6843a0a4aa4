"""Merges tried in a store of their own: what would conflict, and what would come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.base.errors import ExitCode
from scanner.base.model import Problem, Stage
from scanner.git.process import GitError, Repository, run, scratch_store

#: What decides a merge whatever a user's configuration says.
_SETTINGS = (
    "-c", "merge.renames=true", "-c", "merge.directoryRenames=conflict",
    "-c", "merge.renameLimit=1000", "-c", "diff.renameLimit=1000", "-c", "core.attributesFile=",
)  # fmt: skip
#: Pairs that one git merges: it keeps what it read of all of them.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TrialMerge:
    """What merging two commits gives: a tree, and the paths that conflict, in git's order."""

    tree: str
    conflicts: tuple[str, ...]


def try_merges(
    repo: Repository, pairs: Sequence[tuple[str, str]]
) -> Iterator[TrialMerge | Problem]:
    """The merge of each pair of commits, in order, as git's own strategy makes it.

    Needs git 2.39 or newer. Nothing is written to the repository. A pair that cannot be merged (no
    common ancestor, an object that is not here) is a problem and the others go on. Raises GitError
    where git is older.
    """
    with scratch_store(repo) as store:
        for start in range(0, len(pairs), _AT_ONCE):
            some = pairs[start : start + _AT_ONCE]
            try:
                yield from _merged(store, some)
            except GitError:
                for pair in some:
                    yield _alone(store, pair)


def _alone(store: Repository, pair: tuple[str, str]) -> TrialMerge | Problem:
    try:
        (merge,) = _merged(store, [pair])
    except GitError as error:
        if "unknown option" in error.message or "usage:" in error.message:
            message = "This git is too old to try merges; git 2.39 or newer is needed."
            raise GitError(message, exit_code=ExitCode.COULD_NOT_JUDGE) from error
        said = error.message.partition(": ")[2]
        reason = f"{pair[0][:10]} and {pair[1][:10]} cannot be merged: {said}"
        return Problem(Stage.GIT, None, reason, pair[1])
    return merge


def _merged(store: Repository, pairs: Sequence[tuple[str, str]]) -> list[TrialMerge]:
    request = "".join(f"{one} {other}\n" for one, other in pairs).encode()
    command = (*_SETTINGS, "merge-tree", "--stdin", "--name-only", "--no-messages")
    said = run(store, *command, stdin=request).decode("utf-8", "surrogateescape")
    found = list(_records(said))
    if len(found) != len(pairs):
        raise GitError(f"git merge-tree answered {len(found)} of {len(pairs)} merges.")
    return found


def _records(text: str) -> Iterator[TrialMerge]:
    """Each merge: whether it is clean, its tree, the paths that conflict, and an empty field."""
    fields = iter(text.split("\0"))
    for status in fields:
        if not status:
            return
        tree = next(fields)
        yield TrialMerge(tree, tuple(iter(lambda: next(fields, ""), "")))
