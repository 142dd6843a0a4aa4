"""What a change does to the architecture, and how its new members differ from their siblings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.choices import Import
from scanner.base.model import Place, Span
from scanner.conventions.architecture import DependencyProfile
from scanner.conventions.siblings import (
    MissingFeature,
    ShapedUnit,
    SiblingProfile,
    Trait,
    tested_names,
)
from scanner.scoring.grain import Lacking, PlacedStrain, Strain


@dataclass(frozen=True, slots=True)
class ChangedShape:
    """A file after a change, with its units' shapes, and the code lines that the change adds.

    `imports` pairs each import of the file with its line and the name of the unit it is in.
    """

    path: str
    is_new: bool
    units: tuple[ShapedUnit, ...]
    imports: tuple[PlacedImport, ...]
    added: frozenset[int]


@dataclass(frozen=True, slots=True)
class PlacedImport:
    """An import with its line in the file and its unit."""

    statement: Import
    line: int
    unit: str


def strains_in(files: Sequence[ChangedShape], book: DependencyProfile) -> Iterator[PlacedStrain]:
    """The imports that a change adds against the grain, each edge and each library once."""
    told: set[tuple[Strain, str, str]] = set()
    for file in files:
        for one in file.imports:
            if one.line not in file.added:
                continue
            for strain in book.strains(file.path, [one.statement]):
                if strain.usual and _is_given_up(strain.usual, files, book):
                    continue
                source = "" if strain.strain is Strain.LIBRARY else strain.source
                if (what := (strain.strain, source, strain.target)) not in told:
                    told.add(what)
                    yield PlacedStrain(strain, Place(file.path, Span(one.line, one.line), one.unit))


def _is_given_up(library: str, files: Sequence[ChangedShape], book: DependencyProfile) -> bool:
    """Whether a change takes a library out of a file: it moves to another one."""
    users = frozenset(book.library_users(library))
    return any(
        file.path in users
        and all(one.statement.module.split(".")[0] != library for one in file.imports)
        for file in files
    )


def lacking_in(files: Sequence[ChangedShape], book: SiblingProfile) -> Iterator[Lacking]:
    """What new modules and classes of a change lack that their siblings have."""
    tested = tested_names(file.path for file in files)
    for file in files:
        for missing in book.missing(file.path, file.units, tested):
            if file.is_new or missing.member.line in file.added:
                yield _lacking(missing)


def _lacking(missing: MissingFeature) -> Lacking:
    member, feature = missing.member, missing.feature
    place = Place(member.path, Span(member.line, member.line), member.name or "<module>")
    return Lacking(
        place=place,
        name=member.name,
        siblings=member.family.words,
        feature=feature.words,
        trait=feature.trait,
        what=feature.name,
        hint=_hint(missing),
        support=missing.support,
        total=missing.total,
        examples=missing.examples,
    )


def _hint(missing: MissingFeature) -> str:
    if missing.feature.trait is Trait.TEST:
        return "Add a test module for it, as its siblings have."
    return f"Give it {missing.feature.words}, as in {missing.examples[0]}."


def shaped_imports(units: Iterable[tuple[ShapedUnit, Sequence[int]]]) -> tuple[PlacedImport, ...]:
    """The imports of a file, given each unit with the file's line of each line of its text."""
    return tuple(
        PlacedImport(statement, lines[statement.line], one.unit.name)
        for one, lines in units
        for statement in one.shape.imports
        if statement.line < len(lines)
    )
