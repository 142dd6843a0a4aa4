"""A range of commits → the changes in it: judged, attributed, and followed to what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.errors import ScanError
from scanner.git.commits import first_parent_chain, head, read_commits, resolve
from scanner.git.process import Repository
from scanner.model import Commit


class UnitOfChange(StrEnum):
    """What counts as one change: what was integrated at once, or each commit."""

    CHANGE = "change"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which changes are looked at: `base` and what it reaches is left out, if given."""

    tip: str
    base: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    unit: UnitOfChange = UnitOfChange.CHANGE

    @property
    def words(self) -> str:
        """The range as a user would write it, with full ids."""
        return f"{self.base}..{self.tip}" if self.base else self.tip


@dataclass(frozen=True, slots=True)
class IntegratedChange:
    """A change that is looked at: its commit, and the commits that it brought in, oldest first."""

    commit: Commit
    commits: tuple[str, ...]

    @property
    def pair(self) -> tuple[str | None, str]:
        """The two trees to compare: the first parent's and its own."""
        return (self.commit.parents[0] if self.commit.parents else None, self.commit.oid)


def parse_range(repository: Repository, text: str | None) -> tuple[str | None, str]:
    """Base and tip of `A..B`, `B`, or None for HEAD, resolved.

    Raises:
        ScanError: a revision is unknown, or there is no commit yet.
    """
    if text is None:
        tip = head(repository)
        if tip is None:
            raise ScanError(
                "This repository has no commit yet, so there is no history to report on.",
                hint="Commit something first; `tallystick check` works without a commit.",
            )
        return None, tip
    base, dots, tip_text = text.partition("..")
    if not dots:
        return None, resolve(repository, text)
    if tip_text.startswith("."):
        raise ScanError(
            f"'{text}' is a symmetric range.", hint=f"Write {base}..{tip_text.lstrip('.')} instead."
        )
    return resolve(repository, base or "HEAD"), resolve(repository, tip_text or "HEAD")


def select_changes(
    commits: Sequence[Commit], selection: Selection, left_out: frozenset[str]
) -> tuple[IntegratedChange, ...]:
    """The changes of a selection, oldest first. Pure.

    Args:
        commits: all commits that the tip reaches, parents before children.
        selection: which of them are looked at; its `tip` and `base` are full ids.
        left_out: the commits that the base reaches.
    """
    if selection.unit is UnitOfChange.COMMIT:
        changes = [IntegratedChange(commit, (commit.oid,)) for commit in commits if not commit.is_merge]
    else:
        changes = _integrated(commits, selection.tip)
    return tuple(
        change
        for change in changes
        if change.commit.oid not in left_out and _is_within(change.commit.committed, selection)
    )


def _is_within(time: datetime, selection: Selection) -> bool:
    after = selection.since is None or time >= selection.since
    return after and (selection.until is None or time < selection.until)


def _integrated(commits: Sequence[Commit], tip: str) -> list[IntegratedChange]:
    """First-parent commits, each with the commits that came in with it."""
    by_oid = {commit.oid: commit for commit in commits}
    order = {commit.oid: i for i, commit in enumerate(commits)}
    seen: set[str] = set()
    changes = []
    for commit in first_parent_chain(commits, tip):
        brought = sorted(_newly_reached(commit, by_oid, seen), key=order.__getitem__)
        changes.append(IntegratedChange(commit, tuple(brought)))
    return changes


def _newly_reached(commit: Commit, by_oid: Mapping[str, Commit], seen: set[str]) -> Iterable[str]:
    waiting = [commit.oid]
    reached = []
    while waiting:
        oid = waiting.pop()
        if oid not in seen and oid in by_oid:
            seen.add(oid)
            reached.append(oid)
            waiting.extend(by_oid[oid].parents)
    return reached


def all_pairs(commits: Iterable[Commit]) -> list[tuple[str | None, str]]:
    """Every parent-child pair, in the order of commits and of their parents; None for roots."""
    return [
        (parent, commit.oid) for commit in commits for parent in (commit.parents or (None,))
    ]


def read_all(repository: Repository, selection: Selection) -> tuple[tuple[Commit, ...], frozenset[str]]:
    """All commits that the tip reaches, and the ids of those that the base reaches."""
    commits = read_commits(repository, [selection.tip])
    if selection.base is None:
        return commits, frozenset()
    kept = {c.oid for c in read_commits(repository, [selection.tip], [selection.base])}
    return commits, frozenset(c.oid for c in commits if c.oid not in kept)

