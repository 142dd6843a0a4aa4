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

from scanner.base.model import Arm, ChangeType, Duration, Label, Level, Missing
from scanner.compare.arrays import BoolArray, FloatArray, IntArray

#: A change falls into the bin of the last bound that its added code lines reach.
SIZE_BOUNDS = (0, 10, 50, 200, 1000)


Value: TypeAlias = float | Duration | Missing


class Scale(StrEnum):
    """What kind of number an outcome is."""

    AMOUNT = "amount"
    SHARE = "share"
    YES_NO = "yes or no"
    DURATION = "duration"


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

    `note` is what a reader must know before reading the figure, such as that it is a proxy.
    """

    key: str
    title: str
    unit: str
    theme: Theme
    scale: Scale
    wanted: Direction = Direction.LOWER
    capped_at: float | None = None
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

    @property
    def plural(self) -> str:
        return "authors" if self is ClusterBy.AUTHOR else "weeks"


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
        """The numbers of an outcome, NaN where missing; durations as far as their cap."""
        place = self.outcomes.index(outcome)
        known = self._values.get(place)
        if known is None:
            known = np.array([_number(row.values[place], outcome) for row in self.rows])
            known.flags.writeable = False
            self._values[place] = known
        return known

    def waits(self, outcome: OutcomeSpec) -> tuple[FloatArray, BoolArray]:
        """Days of a duration, uncapped, and whether it ended; NaN and False where missing."""
        place = self.outcomes.index(outcome)
        found = [row.values[place] for row in self.rows]
        waits = [one if isinstance(one, Duration) else None for one in found]
        days = np.array([one.days if one else np.nan for one in waits], dtype=np.float64)
        return days, np.array([one is not None and one.ended for one in waits], dtype=np.bool_)

    def missing(self, outcome: OutcomeSpec, chosen: Sequence[int]) -> tuple[tuple[str, int], ...]:
        """The reasons why chosen rows have no number, with counts, the commonest first."""
        place = self.outcomes.index(outcome)
        if place not in self._reasons:
            self._reasons[place] = [_reason(row.values[place], outcome) for row in self.rows]
        reasons = map(self._reasons[place].__getitem__, chosen)
        return tuple(Counter(reason for reason in reasons if reason).most_common())


def _codes(values: Sequence[str]) -> IntArray:
    if not values:
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.int64)


def _number(value: Value, outcome: OutcomeSpec) -> float:
    if isinstance(value, Missing) or _reason(value, outcome):
        return float("nan")
    if isinstance(value, Duration):
        return value.days if outcome.capped_at is None else min(value.days, outcome.capped_at)
    return float(value)


def _reason(value: Value, outcome: OutcomeSpec) -> str | None:
    """Why there is no number; a wait counts only where all of its kind could be seen as long."""
    if isinstance(value, Missing):
        return value.reason
    if not isinstance(value, Duration):
        return None
    if outcome.capped_at is None:
        return None if value.ended else "still open"
    if value.follow_up < outcome.capped_at:
        return f"younger than {outcome.capped_at:g} days"
    return None
