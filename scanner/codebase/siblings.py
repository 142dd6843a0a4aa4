"""What the modules of a directory, and the classes that share a base in it, have in common."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from scanner.analysis.choices import Shape
from scanner.codebase.conventions import Stamp, wilson_lower_bound
from scanner.codebase.scopes import Population, population_of
from scanner.model import Unit, UnitKind


class Trait(StrEnum):
    """A kind of feature that siblings share."""

    BASE = "class derived from"
    DECORATOR = "definition decorated with"
    CALL = "call at the top level of"
    DEFINES = "definition named"
    METHOD = "method named"
    ATTRIBUTE = "attribute named"
    TEST = "test module"


class Feature(NamedTuple):
    """One thing that a module or class has."""

    trait: Trait
    name: str

    @property
    def words(self) -> str:
        """As in "34 of 34 modules have a method named `run`"."""
        if self.trait is Trait.TEST:
            return "a test module of their own"
        article = "an" if self.trait is Trait.ATTRIBUTE else "a"
        return f"{article} {self.trait} `{self.name}`"


class Family(NamedTuple):
    """Members that are compared: the modules of a directory (`base` empty), or the classes that
    derive from one base in a directory.
    """

    directory: str
    base: str

    @property
    def words(self) -> str:
        """As in "34 of 34 modules in `api/`"."""
        place = f"`{self.directory}/`" if self.directory else "the top directory"
        return f"subclasses of `{self.base}` in {place}" if self.base else f"modules in {place}"


@dataclass(frozen=True, slots=True)
class Member:
    """One module or class: its family, its path, its name (empty for a module), what it has."""

    family: Family
    path: str
    name: str
    line: int
    features: frozenset[Feature]


@dataclass(frozen=True, slots=True)
class Missing:
    """A feature that a new member lacks and its siblings have: `support` of `total`."""

    member: Member
    feature: Feature
    support: int
    total: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShapedUnit:
    """A unit of a file and its shape."""

    unit: Unit
    shape: Shape


#: A lower bound of 0.8 takes 16 siblings that agree, or 25 of which one does not.
LEAST_LOWER_BOUND = 0.8
FEWEST_COMMITS = 2
_NO_SIBLINGS = re.compile(r"^(_|conftest|base|main|utils?|helpers?|const|types|exceptions|errors)")
_COMMON = frozenset({"logger", "log", "_LOGGER", "LOG", "main", "console"})


class SiblingBook:
    """The features of all modules and classes by family, kept up to date file by file."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[Member, ...]] = {}
        self._stamps: dict[str, Stamp] = {}
        self._families: defaultdict[Family, dict[tuple[str, str], Member]] = defaultdict(dict)
        self._tests: Counter[str] = Counter()

    def put(self, path: str, units: Sequence[ShapedUnit], stamp: Stamp) -> None:
        """Takes a file as it is now in the place of what it was."""
        first = self._stamps.get(path, stamp)
        self.remove(path)
        self._stamps[path] = first
        if population_of(path) is Population.TESTS:
            self._tests[_tested(path)] += 1
        self._members[path] = tuple(members_of(path, units))
        for member in self._members[path]:
            self._families[member.family][path, member.name] = member

    def remove(self, path: str) -> None:
        """Takes a file out."""
        if path not in self._members:
            return
        del self._stamps[path]
        if population_of(path) is Population.TESTS:
            self._tests[_tested(path)] -= 1
        for member in self._members.pop(path):
            family = self._families[member.family]
            del family[path, member.name]
            if not family:
                del self._families[member.family]

    def has(self, path: str, name: str) -> bool:
        """Whether a member is known."""
        return any(member.name == name for member in self._members.get(path, ()))

    def missing(
        self, path: str, units: Sequence[ShapedUnit], tested: frozenset[str] = frozenset()
    ) -> Iterator[Missing]:
        """What new members of a file lack that their siblings have.

        `tested` are the names of modules that the same change brings tests for.
        """
        for member in members_of(path, units):
            if not self.has(path, member.name):
                yield from self._missing(member, tested)

    def _missing(self, member: Member, tested: frozenset[str]) -> Iterator[Missing]:
        siblings = [
            sibling
            for (path, _), sibling in self._families.get(member.family, {}).items()
            if path != member.path
        ]
        total = len(siblings)
        if wilson_lower_bound(total, total) < LEAST_LOWER_BOUND:
            return
        if len({self._stamps[one.path].commit for one in siblings}) < FEWEST_COMMITS:
            return
        counts = Counter(feature for one in siblings for feature in self._features(one, tested))
        own = self._features(member, tested)
        for feature, support in sorted(counts.items()):
            if feature in own or wilson_lower_bound(support, total) < LEAST_LOWER_BOUND:
                continue
            holders = [one for one in siblings if feature in self._features(one, tested)]
            examples = tuple(sorted({one.path for one in holders}))[:2]
            yield Missing(member, feature, support, total, examples)

    def _features(self, member: Member, tested: frozenset[str]) -> frozenset[Feature]:
        if member.name:
            return member.features
        stem = _stem(member.path)
        has_test = self._tests[stem] > 0 or stem in tested
        return member.features | {Feature(Trait.TEST, "")} if has_test else member.features


def members_of(path: str, units: Sequence[ShapedUnit]) -> Iterator[Member]:
    """The members that a file has: itself, and each of its top-level classes that has one base."""
    stem = _stem(path)
    is_member = population_of(path) in (Population.CODE, Population.ASIDE)
    if not is_member or _NO_SIBLINGS.match(stem):
        return
    directory = path.rpartition("/")[0]
    yield Member(Family(directory, ""), path, "", 1, frozenset(_module_features(units)))
    for one in units:
        is_top_class = one.unit.kind is UnitKind.CLASS and "." not in one.unit.name
        if is_top_class and len(one.shape.bases) == 1:
            family = Family(directory, one.shape.bases[0])
            features = frozenset(_class_features(one, units))
            yield Member(family, path, one.unit.name, one.unit.span.first, features)


def _module_features(units: Sequence[ShapedUnit]) -> Iterator[Feature]:
    for one in units:
        if "." in one.unit.name:
            continue
        shape = one.shape
        if one.unit.kind is UnitKind.MODULE:
            yield from (Feature(Trait.CALL, name) for name in shape.calls)
            yield from _defined(shape.members)
            continue
        yield from _defined([shape.name])
        yield from (Feature(Trait.BASE, name) for name in shape.bases)
        yield from (Feature(Trait.DECORATOR, name) for name in shape.decorators)


def _defined(names: Iterable[str]) -> Iterator[Feature]:
    for name in names:
        if name not in _COMMON and not name.startswith("__"):
            yield Feature(Trait.DEFINES, name)


def _class_features(owner: ShapedUnit, units: Sequence[ShapedUnit]) -> Iterator[Feature]:
    prefix = owner.unit.name + "."
    yield from (Feature(Trait.DECORATOR, name) for name in owner.shape.decorators)
    yield from (Feature(Trait.ATTRIBUTE, name) for name in owner.shape.members)
    for one in units:
        inner = one.unit.name.removeprefix(prefix)
        is_method = one.unit.name.startswith(prefix) and "." not in inner
        if is_method and one.unit.kind is UnitKind.METHOD:
            yield Feature(Trait.METHOD, inner.partition("#")[0])


def tested_names(paths: Iterable[str]) -> frozenset[str]:
    """The names of the modules that test modules among these paths are for."""
    return frozenset(_tested(path) for path in paths if population_of(path) is Population.TESTS)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _tested(path: str) -> str:
    """The module that a test module is for, by its name."""
    return _stem(path).removeprefix("test_").removesuffix("_test")
