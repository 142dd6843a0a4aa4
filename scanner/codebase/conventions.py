"""What this codebase always does: counted choices, and the conventions they amount to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
    `recent.alternative`: a migration.
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

    def replace(
        self, before: str | None, after: str | None, points: Iterable[Choice], stamp: Stamp
    ) -> None:
        """Puts the choices of a file as it is now in the place of those it made before.

        A choice that the file made before as often keeps its stamp; only what is new gets `stamp`.
        `before` is None for a new file, `after` for a deleted one; they differ for a rename.
        """
        old = self._files.pop(before, {}) if before is not None else {}
        wanted = Counter(keys_of(after, points)) if after is not None else Counter[Key]()
        new = {
            key: [*stamps[-count:], *[stamp] * (count - len(stamps))]
            for key, count in wanted.items()
            for stamps in (old.get(key, []),)
        }
        if before is not None and before != after:
            self._post(before, old, -1)
        elif before is not None:
            self._post(before, _surplus(old, new), -1)
        if after is not None:
            self._post(after, _surplus(new, old) if before == after else new, 1)
            self._files[after] = new

    def counts(self, path: str) -> Counter[Key]:
        """How often a file makes each choice now."""
        return Counter({key: len(stamps) for key, stamps in self._files.get(path, {}).items()})

    def deviation(self, path: str, key: Key) -> Deviation | None:
        """How a choice at a path departs from the convention there; None if it does not.

        The narrowest scope with enough choices decides, also if it has no convention.
        """
        for scope in _counted_scopes(path, key.point):
            ledger = self._ledgers.get((scope, key.point))
            if ledger is None or not _is_enough(ledger):
                continue
            convention = _convention(scope, key.point, ledger)
            if convention is None or not convention.is_established:
                return None
            return _deviation(convention, key.alternative, ledger)
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

    def _post(self, path: str, choices: dict[Key, list[Stamp]], sign: int) -> None:
        for key, stamps in choices.items():
            for scope in _counted_scopes(path, key.point):
                self._post_to((scope, key.point), key.alternative, path, stamps, sign)

    def _post_to(
        self,
        place: tuple[Scope, Point],
        alternative: str,
        path: str,
        stamps: list[Stamp],
        sign: int,
    ) -> None:
        ledger = self._ledgers.get(place)
        if ledger is None:
            ledger = self._ledgers[place] = _Ledger()
        ledger.memo.clear()
        tally = ledger.tallies.setdefault(alternative, _Tally())
        by = sign * len(stamps)
        ledger.total += by
        tally.count += by
        _count(tally.files, path, by)
        for stamp in stamps:
            _count(tally.commits, stamp.commit, sign)
            week = ledger.weeks.setdefault(stamp.time // _WEEK, {})
            _count(week, alternative, sign)
            if not week:
                del ledger.weeks[stamp.time // _WEEK]
        if not tally.count:
            del ledger.tallies[alternative]
        if not ledger.total:
            del self._ledgers[place]


def _surplus(more: dict[Key, list[Stamp]], less: dict[Key, list[Stamp]]) -> dict[Key, list[Stamp]]:
    """The stamps that `more` has over `less`."""
    found = {}
    for key, stamps in more.items():
        other = less.get(key)
        if other is None:
            found[key] = stamps
        elif stamps != other:
            rest = Counter(stamps) - Counter(other)
            if rest:
                found[key] = list(rest.elements())
    return found


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
    subject = choice.subject
    if population_of(path) is Population.TESTS and not BY_ID[choice.family].in_tests:
        return None
    if choice.family == "import-origin":
        if subject and subject not in path.split("/"):
            return None
        subject = ""
    elif choice.family in _MODULE_FAMILIES and path.endswith("__init__.py"):
        subject = PACKAGE_MODULES
    return Key(Point(choice.family, subject), choice.alternative)


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
    alternative, tally = max(ledger.tallies.items(), key=lambda entry: (entry[1].count, entry[0]))
    bound = wilson_lower_bound(tally.count, ledger.total)
    is_broad = len(tally.files) >= FEWEST_FILES and len(tally.commits) >= FEWEST_COMMITS
    if tally.count < FEWEST_CHOICES or bound < LEAST_LOWER_BOUND or not is_broad:
        return None
    return Convention(
        scope,
        point,
        alternative,
        tally.count,
        ledger.total,
        len(tally.files),
        len(tally.commits),
        bound,
        _recent(ledger),
    )


def _recent(ledger: _Ledger) -> Trend:
    """The leading alternative among the newest quarter of the choices."""
    wanted = math.ceil(ledger.total * RECENT)
    counts: Counter[str] = Counter()
    for week in sorted(ledger.weeks, reverse=True):
        counts.update(ledger.weeks[week])
        if counts.total() >= wanted:
            break
    alternative, count = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
    return Trend(alternative, count / counts.total(), counts.total())


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
