"""What this codebase always does: its choices, counted by scope."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from scanner.analysis.choices import BY_ID, Choice, Reach
from scanner.conventions.scopes import Population, Scope, ScopeLevel, population_of, scopes_of
from scanner.conventions.tallies import Convention, Key, Point, ScopeTallies, Stamp

#: No departure costs more than this, in points.
HIGHEST_COST = 3.0

#: How often a file makes each choice, and when those were written.
Made = Mapping[Key, Mapping[Stamp, int]]


@dataclass(frozen=True, slots=True)
class CountedDeviation:
    """A choice that departs from a convention. `cost` is min(3, -log2 of the choice's share)."""

    convention: Convention
    choice: str
    count: int
    cost: float


class StoredTallies(msgspec.Struct):
    """The by_scope of a book by name, each still encoded, and the paths by number."""

    paths: list[str]
    by_scope: dict[str, msgspec.Raw]


class StoredFiles(msgspec.Struct):
    """What each file of a book makes, still encoded: pairs of the number of a key and stamps."""

    keys: list[Key]
    files: dict[str, msgspec.Raw]


#: A file as it is stored: for each key's number, times, commits and counts.
_StoredMade = list[tuple[int, list[tuple[int, int, int]]]]
_LEDGER = msgspec.msgpack.Decoder(ScopeTallies)
_MADE = msgspec.msgpack.Decoder(_StoredMade)


class ConventionCounts:
    """Choices of a codebase by scope, kept up to date file by file.

    Putting in and taking out are exact opposites, so that a book that followed a history equals
    one that was made of the tree it ends in. A book that was stored is decoded as far as it is
    asked for: a change of a few files asks for little of it.
    """

    def __init__(
        self,
        by_scope: StoredTallies | None = None,
        files: Callable[[], StoredFiles] | None = None,
    ) -> None:
        self._by_scope: dict[tuple[Scope, Point], ScopeTallies] = {}
        self._conventions: dict[tuple[Scope, Point], Convention | None] = {}
        self._stored = dict(by_scope.by_scope) if by_scope else {}
        self._paths = list(by_scope.paths) if by_scope else []
        self._path_numbers: dict[str, int] = {}
        self._files: dict[str, Made] = {}
        self._read_files = files
        self._stored_files: StoredFiles | None = None

    def put(self, path: str, made: Made) -> None:
        """Takes what a file makes now in the place of what it made before."""
        before = self._take(path)
        for key in {**before, **made}:
            difference = _difference(made.get(key, {}), before.get(key, {}))
            if difference:
                self._post(path, key, difference)
        if made:
            self._files[path] = made

    def remove(self, path: str) -> None:
        """Takes a file out."""
        self.put(path, {})

    def convention(self, path: str, point: Point) -> Convention | None:
        """What the narrowest scope with enough choices does, also if the codebase is leaving it."""
        place = self._deciding(path, point)
        return self._convention(place) if place is not None else None

    def deviation(self, path: str, key: Key) -> CountedDeviation | None:
        """How a choice at a path departs from the convention there; None if it does not.

        The narrowest scope with enough choices decides, also if it has no convention.
        """
        place = self._deciding(path, key.point)
        convention = self._convention(place) if place is not None else None
        if place is None or convention is None or not convention.is_established:
            return None
        return _deviation(convention, key.alternative, self._by_scope[place])

    def files_of(self, scope: Scope, key: Key) -> list[str]:
        """The files of a scope that make a choice, most often first."""
        scope_tallies = self._scope_tallies((scope, key.point))
        tally = scope_tallies.tallies.get(key.alternative) if scope_tallies is not None else None
        if tally is None:
            return []
        by_path = {self._paths[number]: count for number, count in tally.files.items()}
        return sorted(by_path, key=lambda path: (-by_path[path], path))

    def counts(self, scope: Scope, point: Point) -> dict[str, int]:
        """How often each alternative is chosen in a scope, whether that is a habit or none."""
        found = self._scope_tallies((scope, point))
        return {name: tally.count for name, tally in found.tallies.items()} if found else {}

    def conventions(self) -> Iterator[Convention]:
        """All conventions and migrations of all scopes."""
        for name in list(self._stored):
            self._scope_tallies(_place(name))
        for place in sorted(self._by_scope):
            found = self._convention(place) if self._by_scope[place].is_enough else None
            if found is not None:
                yield found

    def stored(self) -> tuple[StoredTallies, StoredFiles]:
        """The book as it is kept."""
        by_scope = {
            _name(*place): _raw(scope_tallies) for place, scope_tallies in self._by_scope.items()
        }
        known = self._known_files()
        numbers = {key: number for number, key in enumerate(known.keys)}
        files = dict(known.files)
        for path, made in self._files.items():
            files[path] = _raw(
                [
                    (
                        numbers.setdefault(key, len(numbers)),
                        [(*stamp, count) for stamp, count in stamps.items()],
                    )
                    for key, stamps in made.items()
                ]
            )
        return (
            StoredTallies(self._paths, {**self._stored, **by_scope}),
            StoredFiles(list(numbers), files),
        )

    # ----------------------------------------------------------------- behind the doors

    def _deciding(self, path: str, point: Point) -> tuple[Scope, Point] | None:
        for scope in _counted_scopes(path, point):
            scope_tallies = self._scope_tallies((scope, point))
            if scope_tallies is not None and scope_tallies.is_enough:
                return scope, point
        return None

    def _convention(self, place: tuple[Scope, Point]) -> Convention | None:
        if place not in self._conventions:
            self._conventions[place] = self._by_scope[place].convention(*place)
        return self._conventions[place]

    def _scope_tallies(self, place: tuple[Scope, Point]) -> ScopeTallies | None:
        found = self._by_scope.get(place)
        if found is None and self._stored:
            encoded = self._stored.pop(_name(*place), None)
            if encoded is not None:
                found = self._by_scope[place] = _LEDGER.decode(encoded)
        return found

    def _post(self, path: str, key: Key, made: Mapping[Stamp, int]) -> None:
        number = self._number(path)
        for scope in _counted_scopes(path, key.point):
            place = (scope, key.point)
            scope_tallies = self._scope_tallies(place)
            if scope_tallies is None:
                scope_tallies = self._by_scope[place] = ScopeTallies()
            scope_tallies.post(key.alternative, number, made)
            self._conventions.pop(place, None)
            if not scope_tallies.total:
                del self._by_scope[place]

    def _number(self, path: str) -> int:
        if not self._path_numbers:
            self._path_numbers = {known: number for number, known in enumerate(self._paths)}
        number = self._path_numbers.setdefault(path, len(self._paths))
        if number == len(self._paths):
            self._paths.append(path)
        return number

    def _take(self, path: str) -> Made:
        known = self._known_files()
        encoded = known.files.pop(path, None)
        if encoded is None:
            return self._files.pop(path, {})
        return {
            known.keys[number]: {Stamp(time, commit): count for time, commit, count in stamps}
            for number, stamps in _MADE.decode(encoded)
        }

    def _known_files(self) -> StoredFiles:
        if self._stored_files is None:
            self._stored_files = self._read_files() if self._read_files else StoredFiles([], {})
        return self._stored_files


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(value))


def _name(scope: Scope, point: Point) -> str:
    """A scope_tallies's place in one string."""
    return "\0".join((*scope, *point))


def _place(name: str) -> tuple[Scope, Point]:
    population, level, directory, family, subject = name.split("\0")
    return Scope(Population(population), ScopeLevel(level), directory), Point(family, subject)


def _difference(now: Mapping[Stamp, int], before: Mapping[Stamp, int]) -> dict[Stamp, int]:
    if now == before:
        return {}
    balance = Counter(now)
    balance.subtract(before)
    return {stamp: count for stamp, count in balance.items() if count}


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


def _improvements(family: str, choice: str) -> tuple[str, ...]:
    return BY_ID[family].alternative(choice).improves_on


def _deviation(
    convention: Convention, choice: str, scope_tallies: ScopeTallies
) -> CountedDeviation | None:
    is_better = convention.alternative in _improvements(convention.point.family, choice)
    if choice == convention.alternative or is_better:
        return None
    tally = scope_tallies.tallies.get(choice)
    count = tally.count if tally is not None else 0
    # The choice itself is not in the book yet: it is the one more that makes the share positive.
    share = (count + 1) / (scope_tallies.total + 1)
    return CountedDeviation(convention, choice, count, min(HIGHEST_COST, -math.log2(share)))
