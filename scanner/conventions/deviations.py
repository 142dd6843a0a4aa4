"""Where a change departs from what this codebase always does.

Low false alarms come before anything: a departure is told only where it is new in the whole change,
where the convention has hardly an exception, and where nothing speaks for intent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scanner.analysis.choices import Choices
from scanner.base.model import Place, Span, Unit
from scanner.conventions.counts import ConventionCounts, CountedDeviation, Made, key_of, keys_of
from scanner.conventions.tallies import Convention, Key, Stamp
from scanner.scoring.deviation import Departed

#: Conventions that are in the profile, and that few reviewers would hold a change to: read on real
#: changes, departures from them were true and not worth a word.
TOLD_ONLY = frozenset(
    {"docstring-test", "fixture-parentheses", "import-lines", "quoted-annotations"}
)


@dataclass(frozen=True, slots=True)
class DeviationRules:
    """When a departure is charged.

    The definition of a convention asks for a lower bound of 0.8; charging at that bound raises a
    false alarm in every fourth change (see docs/decisions/0006-conventions.md), so that more is
    asked before a change is told. `converted` is how many old choices a change has to replace to be
    taken for a deliberate migration.
    """

    least_lower_bound: float = 0.95
    least_recent_share: float = 0.9
    fewest_commits: int = 10
    converted: int = 3

    def is_firm(self, convention: Convention) -> bool:
        """Whether departures from a convention are charged."""
        return (
            convention.point.family not in TOLD_ONLY
            and convention.lower_bound >= self.least_lower_bound
            and convention.recent.share >= self.least_recent_share
            and convention.commits >= self.fewest_commits
        )


DEFAULT_RULES = DeviationRules()
EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class UnitChoices:
    """A unit of a file with its choices. `lines` gives the file's line of each line of its text."""

    unit: Unit
    lines: Sequence[int]
    choices: Choices

    def line_of(self, offset: int) -> int:
        """The line of the file that a line of the unit's text stands on, counted from 0."""
        return self.lines[min(offset, len(self.lines) - 1)] if len(self.lines) else 1


@dataclass(frozen=True, slots=True)
class ChangedChoices:
    """One file of a change. `path` is None where the file is gone, `path_before` where it is new.

    `held` are the units that the file had before; `gone` are those of them that it has no more and
    `come` those that are new. `added` are the numbers of the code lines that the change adds, less
    moved ones.
    """

    path_before: str | None
    path: str | None
    held: tuple[UnitChoices, ...]
    gone: tuple[UnitChoices, ...]
    come: tuple[UnitChoices, ...]
    added: frozenset[int]

    def makes_before(self, key: Key) -> bool:
        """Whether the file made a choice before the change."""
        return _keys(self.path_before, self.held)[key] > 0

    def keys_gone(self) -> Counter[Key]:
        """How often the units that are gone made each choice."""
        return _keys(self.path_before, self.gone)

    def keys_come(self) -> Counter[Key]:
        """How often the units that came make each choice."""
        return _keys(self.path, self.come)


def changed_choices(
    path_before: str | None,
    path: str | None,
    before: Sequence[UnitChoices],
    after: Sequence[UnitChoices],
    added: frozenset[int],
) -> ChangedChoices:
    """A file of a change, less the units that stand in it before and after."""
    return ChangedChoices(
        path_before, path, tuple(before), _without(before, after), _without(after, before), added
    )


def _without(
    units: Sequence[UnitChoices], others: Sequence[UnitChoices]
) -> tuple[UnitChoices, ...]:
    """The units whose content the others do not have as often."""
    left = Counter(other.unit.content for other in others)
    found = []
    for one in units:
        if left[one.unit.content] > 0:
            left[one.unit.content] -= 1
        else:
            found.append(one)
    return tuple(found)


def _keys(path: str | None, units: Iterable[UnitChoices]) -> Counter[Key]:
    points = (point for unit in units for point in unit.choices.points)
    return Counter(keys_of(path, points)) if path is not None else Counter()


class Exemplars(Protocol):
    """Looks up the units of a file as it was before the change, for examples."""

    def __call__(self, path: str) -> Iterable[UnitChoices]: ...


#: Says when a line of a file, by its number, was written.
Births = Callable[[int], Stamp]


@dataclass(frozen=True, slots=True)
class _Made:
    """A choice in added code."""

    path: str
    unit: Unit
    line: int


def departures_in(
    files: Sequence[ChangedChoices],
    book: ConventionCounts,
    exemplars: Exemplars,
    silenced: frozenset[str] = frozenset(),
    rules: DeviationRules = DEFAULT_RULES,
) -> tuple[Departed, ...]:
    """The conventions that the added code of a change departs from, each once for a file.

    `book` is of the codebase before the change; `silenced` are families that a tool governs.
    """
    balance = _balance(files)
    found = []
    for file in files:
        for key, made in _added(file):
            if key.point.family in silenced:
                continue
            net = min(len(made), balance[key])
            deviation = book.deviation(made[0].path, key) if net > 0 else None
            if deviation is None or not _is_charged(deviation, file, balance, rules):
                continue
            balance[key] -= net
            found.append(_departed(key, deviation, made[-net:], book, exemplars))
    return tuple(found)


def _balance(files: Sequence[ChangedChoices]) -> Counter[Key]:
    """How much more often the change makes each choice than what it replaces did."""
    balance: Counter[Key] = Counter()
    for file in files:
        balance.update(file.keys_come())
        balance.subtract(file.keys_gone())
    return balance


def _added(file: ChangedChoices) -> Iterator[tuple[Key, list[_Made]]]:
    """The choices that a file makes more often than before, as far as they stand in added lines."""
    if file.path is None or not file.added:
        return
    more = file.keys_come() - file.keys_gone()
    made: defaultdict[Key, list[_Made]] = defaultdict(list)
    for unit in file.come:
        for point in unit.choices.points:
            key = key_of(file.path, point)
            line = unit.line_of(point.line)
            if key is not None and key in more and line in file.added:
                made[key].append(_Made(file.path, unit.unit, line))
    for key, places in made.items():
        yield key, places[-more[key] :]


def _is_charged(
    deviation: CountedDeviation,
    file: ChangedChoices,
    balance: Mapping[Key, int],
    rules: DeviationRules,
) -> bool:
    convention = deviation.convention
    if not rules.is_firm(convention):
        return False
    usual = Key(convention.point, convention.alternative)
    if balance[usual] <= -rules.converted:
        return False
    # A file that has its own way already keeps to it.
    return not file.makes_before(Key(convention.point, deviation.choice))


def _departed(
    key: Key,
    deviation: CountedDeviation,
    made: Sequence[_Made],
    book: ConventionCounts,
    exemplars: Exemplars,
) -> Departed:
    convention, first = deviation.convention, made[0]
    return Departed(
        family=key.point.family,
        subject=key.point.subject,
        usual=convention.alternative,
        choice=key.alternative,
        scope=convention.scope.words,
        support=convention.support,
        total=convention.total,
        cost=deviation.cost,
        place=Place(first.path, Span(first.line, first.line), first.unit.name),
        units=len({one.unit.name for one in made}),
        examples=find_examples(convention, book, exemplars),
        lines=tuple(sorted({one.line for one in made})),
    )


def find_examples(
    convention: Convention, book: ConventionCounts, exemplars: Exemplars, count: int = EXAMPLES
) -> tuple[Place, ...]:
    """Places that keep a convention, each in another file, those that keep it most first."""
    usual = Key(convention.point, convention.alternative)
    found: list[Place] = []
    for path in book.files_of(convention.scope, usual):
        place = _first_place(path, usual, exemplars(path))
        if place is not None:
            found.append(place)
        if len(found) == count:
            break
    return tuple(found)


def _first_place(path: str, key: Key, units: Iterable[UnitChoices]) -> Place | None:
    for unit in units:
        for point in unit.choices.points:
            if key_of(path, point) == key:
                line = unit.line_of(point.line)
                return Place(path, Span(line, line), unit.unit.name)
    return None


def made_by(path: str, units: Iterable[UnitChoices], births: Births) -> Made:
    """How often the units of a file make each choice, and when those were written."""
    made: defaultdict[Key, Counter[Stamp]] = defaultdict(Counter)
    for unit in units:
        for point in unit.choices.points:
            key = key_of(path, point)
            if key is not None:
                made[key][births(unit.line_of(point.line))] += 1
    return made
