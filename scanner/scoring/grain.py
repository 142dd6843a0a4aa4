"""Findings where a change goes against the grain of the architecture or unlike its siblings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.analysis.choices import Import
from scanner.codebase.architecture import AgainstTheGrain, ArchitectureBook, Strain
from scanner.codebase.siblings import Missing, ShapedUnit, SiblingBook, Trait, tested_names
from scanner.model import Departure, Dimension, Finding, Place, Severity, Span

#: What a new member that lacks a feature of its siblings costs.
MISSING_COST = 2.0


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


def score_architecture(
    files: Sequence[ChangedShape], book: ArchitectureBook
) -> tuple[Finding, ...]:
    """A finding for each import that the change adds against the grain; each strain once."""
    findings: list[Finding] = []
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
                    findings.append(_architecture_finding(file.path, one, strain))
    return tuple(findings)


def _is_given_up(library: str, files: Sequence[ChangedShape], book: ArchitectureBook) -> bool:
    """Whether a change takes a library out of a file: it moves to another one."""
    users = frozenset(book.library_users(library))
    return any(
        file.path in users
        and all(one.statement.module.split(".")[0] != library for one in file.imports)
        for file in files
    )


def score_siblings(files: Sequence[ChangedShape], book: SiblingBook) -> tuple[Finding, ...]:
    """A finding for each feature that a new module or class lacks and its siblings have."""
    tested = tested_names(file.path for file in files)
    return tuple(
        _sibling_finding(missing)
        for file in files
        for missing in book.missing(file.path, file.units, tested)
        if file.is_new or missing.member.line in file.added
    )


def _architecture_finding(path: str, one: PlacedImport, strain: AgainstTheGrain) -> Finding:
    message, hint = _wording(strain)
    examples = tuple(Place(user, Span(1, 1), "<module>") for user in strain.users)
    return Finding(
        dimension=Dimension.DEVIATION,
        rule=f"deviation/{strain.strain}",
        place=Place(path, Span(one.line, one.line), one.unit),
        points=strain.cost,
        severity=Severity.WARNING,
        message=message,
        hint=hint,
        evidence=Departure(
            family=strain.strain,
            convention=_usual(strain),
            choice=f"`{strain.source or '.'}` imports `{strain.target or '.'}`",
            scope="this repository",
            support=strain.support,
            total=strain.total,
            examples=examples,
        ),
        discriminator=f"{strain.source}>{strain.target}",
    )


def _usual(strain: AgainstTheGrain) -> str:
    if strain.strain is Strain.LIBRARY:
        return f"`{strain.usual}` does this job"
    if strain.strain is Strain.REVERSED:
        return f"`{strain.target}` imports `{strain.source}`"
    return "no such import"


def _wording(strain: AgainstTheGrain) -> tuple[str, str]:
    """What is said of an import, and what to do."""
    source, target = f"`{strain.source or '.'}`", f"`{strain.target or '.'}`"
    shown = " and ".join(strain.users)
    proof = f" ({shown})" if shown else ""
    match strain.strain:
        case Strain.LIBRARY:
            message = f"{strain.support} files use `{strain.usual}` for this job{proof}; "
            message += f"this adds {target}, which no file has used so far."
            return message, f"Use `{strain.usual}`."
        case Strain.REVERSED:
            message = f"{strain.support} files of {target} import {source}{proof} and none the "
            message += "other way; this import turns the dependency round."
            return message, f"Move what is needed to {source} or below, or pass it in."
        case Strain.CIRCLE:
            route = " → ".join(step or "." for step in strain.route)
            message = f"This import closes a circle of packages: {route}{proof}."
            return message, f"Keep {source} free of {target}: move what both need below them."
        case Strain.UNSEEN:
            message = f"None of the {strain.total} imports that {source} makes of other packages "
            message += f"leads to {target}{proof}; this is the first."
            return message, f"Go through a package that {source} imports already."


def _sibling_finding(missing: Missing) -> Finding:
    member, feature = missing.member, missing.feature
    what = f"class `{member.name}`" if member.name else "module"
    shown = " and ".join(missing.examples)
    return Finding(
        dimension=Dimension.DEVIATION,
        rule="deviation/sibling",
        place=Place(member.path, Span(member.line, member.line), member.name or "<module>"),
        points=MISSING_COST,
        severity=Severity.WARNING,
        message=(
            f"{missing.support} of {missing.total} {member.family.words} have {feature.words} "
            f"({shown}); this {what} has none."
        ),
        hint=_sibling_hint(missing),
        evidence=Departure(
            family="sibling",
            convention=feature.words,
            choice=f"no {feature.words.partition(' ')[2]}",
            scope=member.family.words,
            support=missing.support,
            total=missing.total,
            examples=tuple(Place(path, Span(1, 1), "<module>") for path in missing.examples),
        ),
        discriminator=f"{feature.trait}:{feature.name}",
    )


def _sibling_hint(missing: Missing) -> str:
    if missing.feature.trait is Trait.TEST:
        return "Add a test module for it, as its siblings have."
    example = missing.examples[0] if missing.examples else "a sibling"
    return f"Give it {missing.feature.words}, as in {example}."


def shaped_imports(units: Iterable[tuple[ShapedUnit, Sequence[int]]]) -> tuple[PlacedImport, ...]:
    """The imports of a file, given each unit with the file's line of each line of its text."""
    return tuple(
        PlacedImport(statement, lines[statement.line], one.unit.name)
        for one, lines in units
        for statement in one.shape.imports
        if statement.line < len(lines)
    )
