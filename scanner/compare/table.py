"""The rows of a comparison and the codes that put them into strata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np

from scanner.base.model import (
    Arm,
    ChangeType,
    Duration,
    Label,
    Level,
    Lifetimes,
    Missing,
    Ratio,
)
from scanner.compare.arrays import BoolArray, FloatArray, IntArray
from scanner.compare.survival import pseudo_shares, pseudo_waits

#: A change falls into the bin of the last bound that its added code lines reach.
SIZE_BOUNDS = (0, 10, 50, 200, 1000)


Value: TypeAlias = float | Ratio | Duration | Lifetimes | Missing


class Scale(StrEnum):
    """What kind of number an outcome is."""

    AMOUNT = "amount"
    SHARE = "share"
    YES_NO = "yes or no"
    DURATION = "duration"
    PERCENTILE = "percentile"


class Direction(StrEnum):
    """Which way is the one a team wants; `NEITHER` where more is not worse in itself."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Theme(StrEnum):
    """The page an outcome is shown on."""

    DEBT = "debt"
    DURABILITY = "durability"
    REVIEW = "review"
    BURDEN = "review burden"
    LATENCY = "integration latency"


@dataclass(frozen=True, slots=True)
class OutcomeSpec:
    """One outcome. `capped_at` (days) is for durations: longer waits count as this long.

    `within` (days) makes a share of waits or lifetimes: those that ended in so many days. `note` is
    what a reader must know before reading the figure, such as that it is a proxy.
    """

    key: str
    title: str
    unit: str
    theme: Theme
    scale: Scale
    wanted: Direction = Direction.LOWER
    capped_at: float | None = None
    within: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One change of the comparison. `author` is an opaque key that groups changes; never shown.

    `values` has one element for each outcome of the table, in its order.
    """

    change: str
    author: str
    label: Label
    level: Level | None
    change_type: ChangeType
    added_code_lines: int
    time: datetime
    values: tuple[Value, ...]
    agents: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    @property
    def arm(self) -> Arm | None:
        """The arm of its label, as `model.Attribution.arm` has it."""
        if self.label is Label.AUTOMATION:
            return None
        if self.label is Label.AI:
            return Arm.AI
        return Arm.MIXED if self.label in (Label.MIXED, Label.ASSISTED) else Arm.OTHER


class ClusterBy(StrEnum):
    """What the intervals take as independent of one another."""

    AUTHOR = "author"
    WEEK = "ISO week"
    AUTHOR_WEEK = "author and ISO week"
    CHANGE = "change"

    @property
    def plural(self) -> str:
        """What clusters are called."""
        return {ClusterBy.AUTHOR: "authors", ClusterBy.CHANGE: "changes"}.get(self, "weeks")


@dataclass(frozen=True, slots=True)
class Pooled:
    """One element a row: its value, and the weight with which it enters the arm's figure.

    The weighted mean over an arm is the arm's figure: a share of changes, a ratio of sums, or a
    Kaplan–Meier estimate. NaN where the row has none.
    """

    values: FloatArray
    weights: FloatArray


@dataclass(frozen=True)
class Table:
    """Rows with their outcomes, and integer codes for each thing that strata are made of."""

    outcomes: tuple[OutcomeSpec, ...]
    rows: tuple[Row, ...]

    @cached_property
    def _values(self) -> dict[int, FloatArray]:
        """The columns of numbers that were asked for, by the place of their outcome."""
        return {}

    @cached_property
    def _reasons(self) -> dict[int, Sequence[str | None]]:
        """Why rows have no number, by the place of the outcome."""
        return {}

    @cached_property
    def cluster_by(self) -> ClusterBy:
        """Weeks where one person wrote everything, authors otherwise."""
        return ClusterBy.WEEK if len({row.author for row in self.rows}) == 1 else ClusterBy.AUTHOR

    @cached_property
    def author(self) -> IntArray:
        return _codes([row.author for row in self.rows])

    @cached_property
    def change_type(self) -> IntArray:
        return _codes([row.change_type for row in self.rows])

    @cached_property
    def size(self) -> IntArray:
        lines = np.array([row.added_code_lines for row in self.rows], dtype=np.int64)
        return np.searchsorted(SIZE_BOUNDS, lines, side="right").astype(np.int64)

    @cached_property
    def quarter(self) -> IntArray:
        times = (row.time for row in self.rows)
        return np.array([4 * time.year + (time.month - 1) // 3 for time in times], dtype=np.int64)

    @cached_property
    def week(self) -> IntArray:
        """ISO weeks: 100 × ISO year + week."""
        dates = (row.time.isocalendar() for row in self.rows)
        return np.array([100 * date.year + date.week for date in dates], dtype=np.int64)

    @cached_property
    def cluster(self) -> IntArray:
        return self.clusters(self.cluster_by)

    def clusters(self, by: ClusterBy) -> IntArray:
        """A code for each row's cluster."""
        if by is ClusterBy.AUTHOR_WEEK:
            return self.author * 1_000_000 + self.week
        return self.author if by is ClusterBy.AUTHOR else self.week

    def values(self, outcome: OutcomeSpec) -> FloatArray:
        """The figure of each single change, NaN where it has none or none yet."""
        place = self.outcomes.index(outcome)
        known = self._values.get(place)
        if known is None:
            known = np.array(
                [_number(row.values[place], outcome) for row in self.rows], dtype=np.float64
            )
            known.flags.writeable = False
            self._values[place] = known
        return known

    def pooled(self, outcome: OutcomeSpec, treated: FloatArray) -> Pooled:
        """What the figures of both arms are made of; `treated` is 1, 0 or NaN for each row.

        Young changes count as far as they were observed, where an outcome takes time.
        """
        place = self.outcomes.index(outcome)
        found = [row.values[place] for row in self.rows]
        values, weights = np.full(len(found), np.nan), np.zeros(len(found))
        for number, value in enumerate(found):
            if isinstance(value, Ratio):
                values[number], weights[number] = value.amount / value.of, value.of
            elif isinstance(value, int | float):
                values[number], weights[number] = value, 1.0
        if any(isinstance(value, Duration | Lifetimes) for value in found):
            for side in (0.0, 1.0):
                rows = np.flatnonzero(treated == side)
                timed = _timed([found[row] for row in rows], outcome)
                values[rows], weights[rows] = timed.values, timed.weights
        return Pooled(values, weights)

    def waits(self, outcome: OutcomeSpec) -> tuple[FloatArray, BoolArray]:
        """Days of a duration, uncapped, and whether it ended; NaN and False where missing."""
        place = self.outcomes.index(outcome)
        return _waits([row.values[place] for row in self.rows])

    def missing(self, outcome: OutcomeSpec, chosen: Sequence[int]) -> tuple[tuple[str, int], ...]:
        """The reasons why chosen rows have no number, with counts, the commonest first."""
        place = self.outcomes.index(outcome)
        if place not in self._reasons:
            self._reasons[place] = [
                value.reason if isinstance(value, Missing) else None
                for value in (row.values[place] for row in self.rows)
            ]
        reasons = map(self._reasons[place].__getitem__, chosen)
        return tuple(Counter(reason for reason in reasons if reason).most_common())


def _codes(values: Sequence[str]) -> IntArray:
    if not values:
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.int64)


def _number(value: Value, outcome: OutcomeSpec) -> float:
    match value:
        case Missing():
            return float("nan")
        case Ratio(amount, of):
            return amount / of
        case Duration():
            return _waited(value, outcome)
        case Lifetimes(days, follow_up):
            assert outcome.within is not None  # lines are only asked for a share
            lines = sum(gone + seen for _, gone, seen in days)
            reworked = sum(gone for day, gone, _ in days if day <= outcome.within)
            return reworked / lines if follow_up >= outcome.within else float("nan")
        case _:
            return float(value)


def _waited(value: Duration, outcome: OutcomeSpec) -> float:
    """Days, or whether it ended in time; of those alone that could be observed so long."""
    limit = outcome.capped_at if outcome.within is None else outcome.within
    if limit is None:
        return value.days if value.ended else float("nan")
    if value.follow_up < limit:
        return float("nan")
    if outcome.within is None:
        return min(value.days, limit)
    return float(value.ended and value.days <= limit)


def _waits(values: Sequence[Value]) -> tuple[FloatArray, BoolArray]:
    waits = [one if isinstance(one, Duration) else None for one in values]
    days = np.array([one.days if one else np.nan for one in waits], dtype=np.float64)
    return days, np.array([one is not None and one.ended for one in waits], dtype=np.bool_)


def _timed(values: Sequence[Value], outcome: OutcomeSpec) -> Pooled:
    """The values of one arm in an outcome that takes time."""
    if any(isinstance(value, Lifetimes) for value in values):
        return _of_lines(values, outcome)
    made, weights = np.full(len(values), np.nan), np.zeros(len(values))
    days, ended = _waits(values)
    known = np.flatnonzero(~np.isnan(days))
    if not len(known):
        return Pooled(made, weights)
    if outcome.within is not None:
        # what was not seen to end was seen as long as it could be observed
        found = pseudo_shares(days[known], ended[known], np.ones(len(known)), outcome.within)
    elif outcome.capped_at is not None:
        found = pseudo_waits(days[known], ended[known], outcome.capped_at)
    else:
        known = known[ended[known]]
        found = days[known]
    if found is not None:
        made[known], weights[known] = found, 1.0
    return Pooled(made, weights)


def _of_lines(values: Sequence[Value], outcome: OutcomeSpec) -> Pooled:
    """Lines by Kaplan–Meier, each change with the mean of its lines and weighing as many."""
    made, weights = np.full(len(values), np.nan), np.zeros(len(values))
    cells = [
        (number, day, is_end, lines)
        for number, value in enumerate(values)
        if isinstance(value, Lifetimes)
        for day, gone, seen in value.days
        for is_end, lines in ((True, gone), (False, seen))
        if lines
    ]
    if not cells or outcome.within is None:
        return Pooled(made, weights)
    number, day, is_end, lines = (np.array(column) for column in zip(*cells, strict=True))
    mass = lines.astype(np.float64)
    found = pseudo_shares(day.astype(np.float64), is_end, mass, outcome.within)
    if found is not None:
        total = np.bincount(number, mass, minlength=len(values))
        held = total > 0
        sums_of = np.bincount(number, mass * found, minlength=len(values))
        made[held], weights[held] = sums_of[held] / total[held], total[held]
    return Pooled(made, weights)
