"""How often each alternative was chosen at one choice point, and the habit that it amounts to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from scanner.base.wilson import wilson
from scanner.conventions.scopes import Scope

#: What it takes for a habit to be a convention.
FEWEST_CHOICES = 10
FEWEST_FILES = 3
FEWEST_COMMITS = 2
LEAST_LOWER_BOUND = 0.8
#: The share of the choices, newest first, that counts as recent.
RECENT = 0.25
_WEEK = 7 * 24 * 3600


class Stamp(NamedTuple):
    """When something was written, in Unix seconds, and the number of the commit that wrote it."""

    time: int
    commit: int


class Point(NamedTuple):
    """A choice point: a family and, where it is counted apart for each, its subject."""

    family: str
    subject: str


class Key(NamedTuple):
    """A choice without its place."""

    point: Point
    alternative: str


@dataclass(frozen=True, slots=True)
class UsageTrend:
    """How the newest choices went: `share` of the last `count` chose `alternative`."""

    alternative: str
    share: float
    count: int


@dataclass(frozen=True, slots=True)
class Convention:
    """A habit of a scope: `support` of `total` choices, in `files` files by `commits` commits.

    `lower_bound` is Wilson's at 95%. Where `is_established` is false the recent choices lean to
    `recent.alternative`: the codebase is moving there from what was its habit until then.
    """

    scope: Scope
    point: Point
    alternative: str
    support: int
    total: int
    files: int
    commits: int
    lower_bound: float
    recent: UsageTrend

    @property
    def is_established(self) -> bool:
        return self.recent.alternative == self.alternative


class Tally(msgspec.Struct, array_like=True):
    """One alternative in one scope: choices by file and by commit, which have numbers."""

    count: int = 0
    files: dict[int, int] = msgspec.field(default_factory=dict)
    commits: dict[int, int] = msgspec.field(default_factory=dict)


class ScopeTallies(msgspec.Struct, array_like=True):
    """All choices at one point in one scope, by alternative, and by week and alternative."""

    total: int = 0
    tallies: dict[str, Tally] = msgspec.field(default_factory=dict)
    weeks: dict[int, dict[str, int]] = msgspec.field(default_factory=dict)

    def post(self, alternative: str, path: int, made: Mapping[Stamp, int]) -> None:
        """Adds choices of one alternative in one file; negative numbers take them away."""
        tally = self.tallies.setdefault(alternative, Tally())
        by = sum(made.values())
        self.total += by
        tally.count += by
        _count(tally.files, path, by)
        for stamp, times in made.items():
            _count(tally.commits, stamp.commit, times)
            week = self.weeks.setdefault(stamp.time // _WEEK, {})
            _count(week, alternative, times)
            if not week:
                del self.weeks[stamp.time // _WEEK]
        if not tally.count:
            del self.tallies[alternative]

    @property
    def is_enough(self) -> bool:
        """Whether there are enough choices to speak of a habit, or of none."""
        if self.total < FEWEST_CHOICES:
            return False
        tallies = self.tallies.values()
        if max(len(tally.files) for tally in tallies) >= FEWEST_FILES:
            return True
        return len({path for tally in tallies for path in tally.files}) >= FEWEST_FILES

    def convention(self, scope: Scope, point: Point) -> Convention | None:
        """The habit that the choices amount to, also where the codebase is leaving it."""
        alternative = _leader({name: tally.count for name, tally in self.tallies.items()})
        if alternative is None:
            return None
        recent = self._recent()
        leader, trend = self._habit(recent, alternative), _trend(recent)
        if leader is None or trend is None:
            return None
        tally = self.tallies[leader]
        if len(tally.files) < FEWEST_FILES or len(tally.commits) < FEWEST_COMMITS:
            return None
        return Convention(
            scope,
            point,
            leader,
            tally.count,
            self.total,
            len(tally.files),
            len(tally.commits),
            wilson(tally.count, self.total).low,
            trend,
        )

    def _habit(self, recent: Counter[str], alternative: str) -> str | None:
        """The alternative that is a convention, or was one before the recent choices left it."""
        count = self.tallies[alternative].count
        if count < FEWEST_CHOICES:
            return None
        if wilson(count, self.total).low >= LEAST_LOWER_BOUND:
            return alternative
        older = {name: tally.count - recent[name] for name, tally in self.tallies.items()}
        before = _leader(older)
        if before is None or recent.total() < FEWEST_CHOICES or _leader(recent) == before:
            return None
        bound = wilson(older[before], sum(older.values())).low
        return before if bound >= LEAST_LOWER_BOUND else None

    def _recent(self) -> Counter[str]:
        """The newest quarter of the choices, in whole weeks."""
        wanted = math.ceil(self.total * RECENT)
        counts: Counter[str] = Counter()
        for week in sorted(self.weeks, reverse=True):
            counts.update(self.weeks[week])
            if counts.total() >= wanted:
                break
        return counts


K = TypeVar("K", int, str)


def _count(counts: dict[K, int], key: K, by: int) -> None:
    left = counts.get(key, 0) + by
    if left:
        counts[key] = left
    else:
        counts.pop(key, None)


def _leader(counts: Mapping[str, int]) -> str | None:
    """The most frequent alternative that is used at all."""
    name = max(counts, key=lambda one: (counts[one], one), default=None)
    return name if name is not None and counts[name] > 0 else None


def _trend(recent: Counter[str]) -> UsageTrend | None:
    leader = _leader(recent)
    if leader is None:
        return None
    return UsageTrend(leader, recent[leader] / recent.total(), recent.total())
