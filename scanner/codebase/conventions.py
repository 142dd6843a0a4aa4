"""What this codebase always does: counted choices, and the conventions they amount to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from scanner.analysis.choices import BY_ID, Choice, Reach
from scanner.codebase.scopes import Population, Scope, population_of, scopes_of

#: What it takes for a habit to be a convention.
FEWEST_CHOICES = 10
FEWEST_FILES = 3
FEWEST_COMMITS = 2
LEAST_LOWER_BOUND = 0.8
#: The share of the choices, newest first, that counts as recent.
RECENT = 0.25
#: No departure costs more than this, in points.
HIGHEST_COST = 3.0
_WEEK = 7 * 24 * 3600
_Z = 1.959964


class Stamp(NamedTuple):
    """When and by which commit something was written. `time` is in Unix seconds."""

    time: int
    commit: str


class Point(NamedTuple):
    """A choice point: a family and, where it is counted apart for each, its subject."""

    family: str
    subject: str


class Key(NamedTuple):
    """A choice without its place."""

    point: Point
    alternative: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How the newest choices went: `share` of the last `count` chose `alternative`."""

    alternative: str
    share: float
    count: int


@dataclass(frozen=True, slots=True)
class Convention:
    """A habit of a scope: `support` of `total` choices, in `files` files by `commits` commits.

    `lower_bound` is Wilson's at 95 %. Where `is_established` is false the recent choices lean to
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
    recent: Trend

    @property
    def is_established(self) -> bool:
        return self.recent.alternative == self.alternative


@dataclass(frozen=True, slots=True)
class Deviation:
    """A choice that departs from a convention. `cost` is min(3, -log2 of the choice's share)."""

    convention: Convention
    choice: str
    count: int
    cost: float


def wilson_lower_bound(successes: int, trials: int) -> float:
    """Lower end of the 95 % interval of a share (Wilson 1927). 0 without trials."""
    if not trials:
        return 0.0
    share, square = successes / trials, _Z * _Z
    middle = share + square / (2 * trials)
    spread = _Z * math.sqrt((share * (1 - share) + square / (4 * trials)) / trials)
    return (middle - spread) / (1 + square / trials)


@dataclass(slots=True)
class _Tally:
    """One alternative in one scope: choices by file and by commit."""

    count: int = 0
    files: dict[str, int] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Ledger:
    """All choices at one point in one scope. `memo` is empty when it is out of date."""

    total: int = 0
    tallies: dict[str, _Tally] = field(default_factory=dict)
    weeks: dict[int, dict[str, int]] = field(default_factory=dict)
    memo: list[Convention | None] = field(default_factory=list)

    def post(self, alternative: str, path: str, by_stamp: Counter[Stamp], sign: int) -> None:
        """Adds choices of one alternative in one file, or takes them away."""
        self.memo.clear()
        tally = self.tallies.setdefault(alternative, _Tally())
        by = sign * by_stamp.total()
        self.total += by
        tally.count += by
        _count(tally.files, path, by)
        for stamp, times in by_stamp.items():
            _count(tally.commits, stamp.commit, sign * times)
            week = self.weeks.setdefault(stamp.time // _WEEK, {})
            _count(week, alternative, sign * times)
            if not week:
                del self.weeks[stamp.time // _WEEK]
        if not tally.count:
            del self.tallies[alternative]


def _count(counts: dict[str, int], key: str, by: int) -> None:
    left = counts.get(key, 0) + by
    if left:
        counts[key] = left
    else:
        del counts[key]


class ConventionBook:
    """Choices of a codebase by scope, kept up to date change by change.

    Adding and taking away are exact opposites, so a book that followed a history equals one that
    was made of the tree it ends in, up to when and by whom choices were made.
    """

    def __init__(self) -> None:
        self._files: dict[str, dict[Key, list[Stamp]]] = {}
        self._ledgers: dict[tuple[Scope, Point], _Ledger] = {}

    def add(
        self,
        path: str,
        points: Iterable[Choice],
        stamp: Stamp,
        moved: Mapping[Key, Sequence[Stamp]] = MappingProxyType({}),
    ) -> None:
        """Counts the choices of a new file. Those it made under another name, as `withdraw` gave
        them, keep their stamps.
        """
        file: dict[Key, list[Stamp]] = {}
        for key, count in Counter(keys_of(path, points)).items():
            kept = list(moved.get(key, ())[:count])
            file[key] = kept + [stamp] * (count - len(kept))
            self._post(path, key, file[key], 1)
        if file:
            self._files[path] = file

    def change(
        self, path: str, gone: Iterable[Choice], come: Iterable[Choice], stamp: Stamp
    ) -> None:
        """Takes away the choices of the units that a change took from a file, and adds those of
        the units that came. What the file makes as often as before keeps its stamp.
        """
        balance = Counter(keys_of(path, come))
        balance.subtract(keys_of(path, gone))
        file = self._files.setdefault(path, {})
        for key, by in balance.items():
            if by > 0:
                file.setdefault(key, []).extend([stamp] * by)
                self._post(path, key, [stamp] * by, 1)
            elif by < 0 and key in file:
                # The newest go first: what is rewritten often is no younger for it.
                dropped = file[key][by:]
                del file[key][by:]
                if not file[key]:
                    del file[key]
                self._post(path, key, dropped, -1)
        if not file:
            del self._files[path]

    def withdraw(self, path: str) -> Mapping[Key, Sequence[Stamp]]:
        """Takes a file out that is gone or gets another name; gives what it held."""
        file = self._files.pop(path, {})
        for key, stamps in file.items():
            self._post(path, key, stamps, -1)
        return file

    def count(self, path: str | None, key: Key) -> int:
        """How often a file makes a choice."""
        return len(self._files.get(path, {}).get(key, ())) if path is not None else 0

    def convention(self, path: str, point: Point) -> Convention | None:
        """What the narrowest scope with enough choices does, also if the codebase is leaving it."""
        found = self._deciding(path, point)
        return _convention(found[0], point, found[1]) if found is not None else None

    def deviation(self, path: str, key: Key) -> Deviation | None:
        """How a choice at a path departs from the convention there; None if it does not.

        The narrowest scope with enough choices decides, also if it has no convention.
        """
        found = self._deciding(path, key.point)
        convention = self.convention(path, key.point)
        if found is None or convention is None or not convention.is_established:
            return None
        return _deviation(convention, key.alternative, found[1])

    def _deciding(self, path: str, point: Point) -> tuple[Scope, _Ledger] | None:
        for scope in _counted_scopes(path, point):
            ledger = self._ledgers.get((scope, point))
            if ledger is not None and _is_enough(ledger):
                return scope, ledger
        return None

    def files_of(self, scope: Scope, key: Key) -> list[str]:
        """The files of a scope that make a choice, most often first."""
        ledger = self._ledgers.get((scope, key.point))
        tally = ledger.tallies.get(key.alternative) if ledger is not None else None
        if tally is None:
            return []
        return sorted(tally.files, key=lambda path: (-tally.files[path], path))

    def conventions(self) -> Iterator[Convention]:
        """All conventions and migrations of all scopes."""
        for (scope, point), ledger in sorted(self._ledgers.items()):
            found = _convention(scope, point, ledger) if _is_enough(ledger) else None
            if found is not None:
                yield found

    def _post(self, path: str, key: Key, stamps: list[Stamp], sign: int) -> None:
        by_stamp = Counter(stamps)
        for scope in _counted_scopes(path, key.point):
            place = (scope, key.point)
            ledger = self._ledgers.get(place)
            if ledger is None:
                ledger = self._ledgers[place] = _Ledger()
            ledger.post(key.alternative, path, by_stamp, sign)
            if not ledger.total:
                del self._ledgers[place]


def _counted_scopes(path: str, point: Point) -> tuple[Scope, ...]:
    scopes = scopes_of(path)
    return scopes[:1] if BY_ID[point.family].reach is Reach.DIRECTORY else scopes


_MODULE_FAMILIES = frozenset({"future-annotations", "exports", "docstring-module"})
#: The subject of choices that `__init__` modules make by habits of their own.
PACKAGE_MODULES = "`__init__` "


def key_of(path: str, choice: Choice) -> Key | None:
    """A choice as it counts at a path; None where it is none there.

    Tests make no choices of families that are not theirs. An absolute import is a choice only where
    the module imports from its own package. The modules that make a package are counted apart.
    """
    return _key_of(path, choice.family, choice.subject, choice.alternative)


@lru_cache(maxsize=65_536)
def _key_of(path: str, family: str, subject: str, alternative: str) -> Key | None:
    if population_of(path) is Population.TESTS and not BY_ID[family].in_tests:
        return None
    if family == "import-origin":
        if subject and subject not in path.split("/"):
            return None
        subject = ""
    elif family in _MODULE_FAMILIES and path.endswith("__init__.py"):
        subject = PACKAGE_MODULES
    return Key(Point(family, subject), alternative)


def keys_of(path: str, points: Iterable[Choice]) -> Iterator[Key]:
    """The choices of a file as they count at its path."""
    return (key for point in points if (key := key_of(path, point)) is not None)


def _is_enough(ledger: _Ledger) -> bool:
    if ledger.total < FEWEST_CHOICES:
        return False
    tallies = ledger.tallies.values()
    if max(len(tally.files) for tally in tallies) >= FEWEST_FILES:
        return True
    return len({path for tally in tallies for path in tally.files}) >= FEWEST_FILES


def _convention(scope: Scope, point: Point, ledger: _Ledger) -> Convention | None:
    """What a ledger amounts to; a memo keeps it until the ledger changes."""
    if not ledger.memo:
        ledger.memo.append(_evaluate(scope, point, ledger))
    return ledger.memo[0]


def _evaluate(scope: Scope, point: Point, ledger: _Ledger) -> Convention | None:
    alternative = _leader({name: tally.count for name, tally in ledger.tallies.items()})
    if alternative is None:
        return None
    recent = _recent(ledger)
    leader, trend = _habit(ledger, recent, alternative), _trend(recent)
    if leader is None or trend is None:
        return None
    tally = ledger.tallies[leader]
    if len(tally.files) < FEWEST_FILES or len(tally.commits) < FEWEST_COMMITS:
        return None
    return Convention(
        scope,
        point,
        leader,
        tally.count,
        ledger.total,
        len(tally.files),
        len(tally.commits),
        wilson_lower_bound(tally.count, ledger.total),
        trend,
    )


def _habit(ledger: _Ledger, recent: Counter[str], alternative: str) -> str | None:
    """The alternative that is a convention, or was one before the recent choices left it."""
    count = ledger.tallies[alternative].count
    if count < FEWEST_CHOICES:
        return None
    if wilson_lower_bound(count, ledger.total) >= LEAST_LOWER_BOUND:
        return alternative
    older = {name: tally.count - recent[name] for name, tally in ledger.tallies.items()}
    before = _leader(older)
    if before is None or recent.total() < FEWEST_CHOICES or _leader(recent) == before:
        return None
    bound = wilson_lower_bound(older[before], sum(older.values()))
    return before if bound >= LEAST_LOWER_BOUND else None


def _leader(counts: Mapping[str, int]) -> str | None:
    """The most frequent alternative that is used at all."""
    name = max(counts, key=lambda one: (counts[one], one), default=None)
    return name if name is not None and counts[name] > 0 else None


def _recent(ledger: _Ledger) -> Counter[str]:
    """The newest quarter of the choices, in whole weeks."""
    wanted = math.ceil(ledger.total * RECENT)
    counts: Counter[str] = Counter()
    for week in sorted(ledger.weeks, reverse=True):
        counts.update(ledger.weeks[week])
        if counts.total() >= wanted:
            break
    return counts


def _trend(recent: Counter[str]) -> Trend | None:
    leader = _leader(recent)
    if leader is None:
        return None
    return Trend(leader, recent[leader] / recent.total(), recent.total())


def _improvements(family: str, choice: str) -> tuple[str, ...]:
    return BY_ID[family].alternative(choice).improves_on


def _deviation(convention: Convention, choice: str, ledger: _Ledger) -> Deviation | None:
    is_better = convention.alternative in _improvements(convention.point.family, choice)
    if choice == convention.alternative or is_better:
        return None
    tally = ledger.tallies.get(choice)
    count = tally.count if tally is not None else 0
    # The choice itself is not in the book yet: it is the one more that makes the share positive.
    share = (count + 1) / (ledger.total + 1)
    return Deviation(convention, choice, count, min(HIGHEST_COST, -math.log2(share)))
