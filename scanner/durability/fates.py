"""What became of each change: survival, rework, and who did it. Counts of code lines.

Time runs from one integration to the next: a line is born when its change lands and ends when the
change that removes it lands. What a change wrote and threw away itself was never part of the
codebase and counts nowhere. Observation ends at the newest change, never at the wall clock, so that
equal input gives equal output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import Label, Lifetimes, Survival
from scanner.durability.lives import NONE, Lives

HORIZONS = (7, 14, 30, 90)
_SECONDS_A_DAY = 86_400

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Landed:
    """A change as durability sees it. `commits` are indices into the lifelines' commits.

    `time` is when it was integrated, in seconds since 1970; `author` an opaque key.
    """

    oid: str
    commits: tuple[int, ...]
    time: float
    label: Label
    author: str


@dataclass(frozen=True, slots=True)
class FollowedLines:
    """One element a line: its change and the change that ended it (by index; −1: none did).

    `line` is its identity in the lifelines. `days` is how long it lived, or was observed to live
    where `ended` is false.
    """

    line: Ints
    change: Ints
    ended_by: Ints
    days: Floats
    ended: Bools
    key: Ints


@dataclass(frozen=True, slots=True)
class Rework:
    """Of `lines` that a change added, those changed or deleted within `days`, and by whom.

    `is_observed` is false where the change is younger than that: then the counts are a lower bound
    and no share should be made of them. The sums `same_label` + `other_label` and `same_author` +
    `other_author` both are `reworked`.
    """

    days: int
    lines: int
    reworked: int
    same_label: int
    other_label: int
    same_author: int
    other_author: int
    is_observed: bool

    @property
    def share(self) -> float | None:
        """The reworked share, 0 to 1; None if it cannot be known yet or nothing was added."""
        return self.reworked / self.lines if self.is_observed and self.lines else None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one change's lines, seen over `follow_up` days. `rework` is by `HORIZONS`."""

    added: int
    alive: int
    follow_up: float
    rework: tuple[Rework, ...]

    @property
    def survival(self) -> Survival:
        """The same as the model has it, beside each count the lines that were seen that long."""
        within = tuple(
            (one.days, one.reworked, one.lines if one.is_observed else 0) for one in self.rework
        )
        return Survival(self.added, self.alive, within)

    def within(self, days: int) -> Rework:
        """The rework within one of the horizons."""
        return next(one for one in self.rework if one.days == days)


def follow_changes(lives: Lives, changes: Sequence[Landed], commits: int) -> FollowedLines:
    """The lines of all changes, given how many `commits` the lifelines have.

    `changes` are all that were integrated, oldest first, whether compared later or not: a commit in
    none of them is taken to be outside the history, and its lines are left out.
    """
    change_of = changes_of_commits(changes, commits)
    time = np.array([change.time for change in changes], np.float64)
    origin, ended_by = change_of[lives.birth], change_of[lives.end]
    kept = (origin != NONE) & (origin != ended_by)
    origin, ended_by = origin[kept], ended_by[kept]
    left = time[ended_by] if len(time) else np.zeros(0)
    newest = time.max(initial=0.0)
    days = np.where(ended_by == NONE, newest, left) - time[origin]
    return FollowedLines(
        lives.line[kept],
        origin,
        ended_by,
        np.maximum(days, 0.0) / _SECONDS_A_DAY,
        (ended_by != NONE) & ~lives.is_censored[kept],
        lives.key[kept],
    )


def changes_of_commits(changes: Sequence[Landed], commits: int) -> Ints:
    """For each commit of the lifelines its change by index; the last element is for no commit."""
    change_of = np.full(commits + 1, NONE, np.int64)
    for number, change in enumerate(changes):
        change_of[list(change.commits)] = number
    return change_of


def fates(followed: FollowedLines, changes: Sequence[Landed]) -> tuple[Fate, ...]:
    """The fate of each change, in their order."""
    count = len(changes)
    if not count:
        return ()
    newest = max(change.time for change in changes)
    follow_up = [max(0.0, newest - change.time) / _SECONDS_A_DAY for change in changes]
    added = _count(followed.change, count)
    alive = _count(followed.change[followed.ended_by == NONE], count)
    tables = [_rework(followed, changes, days) for days in HORIZONS]
    return tuple(
        Fate(
            added[i],
            alive[i],
            follow_up[i],
            tuple(
                Rework(days, added[i], *row[i], is_observed=follow_up[i] >= days)
                for days, row in zip(HORIZONS, tables, strict=True)
            ),
        )
        for i in range(count)
    )


def lifetimes(followed: FollowedLines, changes: Sequence[Landed]) -> tuple[Lifetimes, ...]:
    """How long the lines of each change lived, as far as the longest horizon that is asked for."""
    newest = max((change.time for change in changes), default=0.0)
    # rounded up: what ended within a day had ended by its close
    day = np.minimum(np.ceil(followed.days), HORIZONS[-1] + 1).astype(np.int64)
    ended = followed.ended & (day <= HORIZONS[-1])
    cells, counts = np.unique(
        np.stack([followed.change, day, ended], axis=1), axis=0, return_counts=True
    )
    held: list[list[tuple[int, int, int]]] = [[] for _ in changes]
    for (change, at, is_end), count in zip(cells.tolist(), counts.tolist(), strict=True):
        held[change].append((at, count, 0) if is_end else (at, 0, count))
    return tuple(
        Lifetimes(tuple(days), max(0.0, newest - change.time) / _SECONDS_A_DAY)
        for days, change in zip(held, changes, strict=True)
    )


_Counts = tuple[int, int, int, int, int]


def _rework(followed: FollowedLines, changes: Sequence[Landed], days: int) -> list[_Counts]:
    """By change: reworked, and by the same or another label, the same or another author."""
    done = followed.ended & (followed.days <= days)
    origin, by = followed.change[done], followed.ended_by[done]
    label = _codes([change.label for change in changes])
    author = _codes([change.author for change in changes])
    same_label, same_author = label[origin] == label[by], author[origin] == author[by]
    count = len(changes)
    columns = (
        _count(origin, count),
        _count(origin[same_label], count),
        _count(origin[~same_label], count),
        _count(origin[same_author], count),
        _count(origin[~same_author], count),
    )
    return list(zip(*columns, strict=True))


def _codes(names: Sequence[str]) -> Ints:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)


def _count(change: Ints, changes: int) -> list[int]:
    return [int(value) for value in np.bincount(change, minlength=changes)]
