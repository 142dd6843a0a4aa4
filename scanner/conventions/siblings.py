"""What the modules of a directory, and the classes that share a base in it, have in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import msgspec

from scanner.analysis.choices import Shape
from scanner.base.model import Unit, UnitKind
from scanner.base.wilson import wilson
from scanner.conventions.scopes import Population, population_of


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


class SiblingFamily(NamedTuple):
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


class SiblingMember(NamedTuple):
    """One module or class: its family, its path, its name (empty for a module), what it has."""

    family: SiblingFamily
    path: str
    name: str
    line: int
    features: frozenset[Feature]


@dataclass(frozen=True, slots=True)
class MissingFeature:
    """A feature that a new member lacks and its siblings have: `support` of `total`."""

    member: SiblingMember
    feature: Feature
    support: int
    total: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShapedUnit:
    """A unit of a file and its shape."""

    unit: Unit
    shape: Shape


class StoredSiblings(msgspec.Struct):
    """The files of each directory, still encoded, and how many test modules each module has."""

    directories: dict[str, msgspec.Raw]
    tests: dict[str, int]


#: A lower bound of 0.8 takes 16 siblings that agree, or 25 of which one does not.
LEAST_LOWER_BOUND = 0.8
FEWEST_COMMITS = 2
_NO_SIBLINGS = re.compile(r"^(_|conftest|base|main|utils?|helpers?|const|types|exceptions|errors)")
_COMMON = frozenset({"logger", "log", "_LOGGER", "LOG", "main", "console"})


class SiblingFile(NamedTuple):
    """The members that a file has, and the number of the commit that wrote its oldest line."""

    members: tuple[SiblingMember, ...]
    commit: int


class SiblingProfile:
    """The features of all modules and classes, kept up to date file by file.

    Siblings are in one directory, so that a book that was stored is decoded by directory.
    """

    def __init__(self, stored: StoredSiblings | None = None) -> None:
        self._directories: dict[str, dict[str, SiblingFile]] = {}
        self._stored = dict(stored.directories) if stored else {}
        self._tests: Counter[str] = Counter(stored.tests if stored else ())

    def put(self, path: str, units: Sequence[ShapedUnit], commit: int) -> None:
        """Takes a file as it is now in the place of what it was; `commit` wrote its oldest line."""
        self.remove(path)
        if population_of(path) is Population.TESTS:
            self._tests[_tested(path)] += 1
        self._directory(path)[path] = SiblingFile(tuple(members_of(path, units)), commit)

    def remove(self, path: str) -> None:
        """Takes a file out."""
        if self._directory(path).pop(path, None) and population_of(path) is Population.TESTS:
            self._tests[_tested(path)] -= 1

    def stored(self) -> StoredSiblings:
        """The book as it is kept."""
        encoded = {
            name: msgspec.Raw(msgspec.msgpack.encode(files))
            for name, files in self._directories.items()
        }
        return StoredSiblings({**self._stored, **encoded}, dict(self._tests))

    def missing(
        self, path: str, units: Sequence[ShapedUnit], tested: frozenset[str] = frozenset()
    ) -> Iterator[MissingFeature]:
        """What new members of a file lack that their siblings have.

        `tested` are the names of modules that the same change brings tests for.
        """
        known = self._directory(path).get(path)
        names = {member.name for member in known.members} if known else set()
        for member in members_of(path, units):
            if member.name not in names:
                yield from self._missing(member, tested)

    def _directory(self, path: str) -> dict[str, SiblingFile]:
        """The files of the directory that a path is in."""
        name = path.rpartition("/")[0]
        if name not in self._directories:
            encoded = self._stored.pop(name, None)
            self._directories[name] = _FILES.decode(encoded) if encoded is not None else {}
        return self._directories[name]

    def _missing(self, member: SiblingMember, tested: frozenset[str]) -> Iterator[MissingFeature]:
        files = self._directory(member.path)
        found = [
            (sibling, file.commit)
            for path, file in sorted(files.items())
            for sibling in file.members
            if path != member.path and sibling.family == member.family
        ]
        siblings = [sibling for sibling, _ in found]
        total = len(siblings)
        if wilson(total, total).low < LEAST_LOWER_BOUND:
            return
        if len({commit for _, commit in found}) < FEWEST_COMMITS:
            return
        counts = Counter(feature for one in siblings for feature in self._features(one, tested))
        own = self._features(member, tested)
        for feature, support in sorted(counts.items()):
            if feature in own or wilson(support, total).low < LEAST_LOWER_BOUND:
                continue
            holders = [one for one in siblings if feature in self._features(one, tested)]
            examples = tuple(sorted({one.path for one in holders}))[:2]
            yield MissingFeature(member, feature, support, total, examples)

    def _features(self, member: SiblingMember, tested: frozenset[str]) -> frozenset[Feature]:
        if member.name:
            return member.features
        stem = _stem(member.path)
        has_test = self._tests[stem] > 0 or stem in tested
        return member.features | {Feature(Trait.TEST, "")} if has_test else member.features


_FILES = msgspec.msgpack.Decoder(dict[str, SiblingFile])


def members_of(path: str, units: Sequence[ShapedUnit]) -> Iterator[SiblingMember]:
    """The members that a file has: itself, and each of its top-level classes that has one base."""
    stem = _stem(path)
    is_member = population_of(path) in (Population.CODE, Population.ASIDE)
    if not is_member or _NO_SIBLINGS.match(stem):
        return
    directory = path.rpartition("/")[0]
    yield SiblingMember(
        SiblingFamily(directory, ""), path, "", 1, frozenset(_module_features(units))
    )
    for one in units:
        is_top_class = one.unit.kind is UnitKind.CLASS and "." not in one.unit.name
        if is_top_class and len(one.shape.bases) == 1:
            family = SiblingFamily(directory, one.shape.bases[0])
            features = frozenset(_class_features(one, units))
            yield SiblingMember(family, path, one.unit.name, one.unit.span.first, features)


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
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _tested(path: str) -> str:
    """The module that a test module is for, by its name."""
    return _stem(path).removeprefix("test_").removesuffix("_test")
