"""Which changes the comparison leaves out, and why. Pure; every one is counted in the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.attribution.messages import is_release_title
from scanner.base.model import Attribution, Commit, Exclusion, Label, TreeDiff
from scanner.roles.foreign import AttributeRule, is_foreign_path


def read_ignored_revisions(text: str) -> frozenset[str]:
    """The commits that a `.git-blame-ignore-revs` lists, as full ids."""
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", line))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What deciding on an exclusion takes. Each predicate is asked only when it matters.

    `diff` is against the first parent, Python files alone. `is_format_only` is asked of the whole
    change, `is_revert` of the commit.
    """

    rules: tuple[AttributeRule, ...] = ()
    ignored: frozenset[str] = frozenset()
    is_format_only: Callable[[TreeDiff], bool] = lambda _: False
    is_revert: Callable[[Commit], bool] = lambda _: False
    is_generated: Callable[[str], bool] = lambda _: False


def exclusion(
    commit: Commit,
    diff: TreeDiff,
    attribution: Attribution,
    grounds: Grounds,
    *,
    resolves_nothing: bool = False,
) -> Exclusion | None:
    """Why a change is left out, or None.

    `resolves_nothing` is for the unit of commits: a merge that adds nothing of its own. (A merge on
    the first-parent chain stands for what it merges.) Vendored paths are told by `grounds.rules`
    and names; generated contents by `grounds.is_generated`, which is asked with blob ids.
    """
    if commit.is_merge and resolves_nothing:
        return Exclusion.CLEAN_MERGE
    if attribution.label is Label.AUTOMATION:
        return Exclusion.AUTOMATION
    if not commit.parents:
        return Exclusion.INITIAL_IMPORT
    if not any(file.hunks for file in diff.files):
        problem = any(file.problem or file.is_binary for file in diff.files)
        return Exclusion.COULD_NOT_MEASURE if problem else Exclusion.NO_PYTHON
    if _all_foreign(diff, grounds):
        return Exclusion.GENERATED
    if commit.oid in grounds.ignored or grounds.is_format_only(diff):
        return Exclusion.FORMAT_ONLY
    if not commit.is_merge and is_release_title(commit.subject):
        return Exclusion.RELEASE
    return Exclusion.REVERT if grounds.is_revert(commit) else None


def _all_foreign(diff: TreeDiff, grounds: Grounds) -> bool:
    touched = (file for file in diff.files if file.hunks)
    return all(
        is_foreign_path(file.path, grounds.rules)
        or (file.after is not None and grounds.is_generated(file.after.blob))
        for file in touched
    )


def joins_history(commits: Sequence[Commit], edge: frozenset[str] = frozenset()) -> frozenset[str]:
    """Merges of another project: of commits that do not descend from the first one here.

    `commits` are parents first, the tip last; those at the `edge` of a shallow clone may descend
    from it. A subtree that is pulled again is such a merge too.
    """
    by_oid = {commit.oid: commit for commit in commits}
    first = next(reversed(commits), None)
    while first is not None and first.parents and first.parents[0] in by_oid:
        first = by_oid[first.parents[0]]
    own = set()
    for commit in commits:
        is_edge = commit is first or commit.oid in edge
        if is_edge or any(parent in own for parent in commit.parents):
            own.add(commit.oid)
    return frozenset(
        commit.oid
        for commit in commits
        if any(parent in by_oid and parent not in own for parent in commit.parents[1:])
    )
