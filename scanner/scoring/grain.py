"""Findings where a change goes against the grain of the architecture or unlike its siblings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.base.model import Departure, Dimension, Finding, Place, Severity, Span


class Strain(StrEnum):
    """What is wrong with an import."""

    UNSEEN = "unseen-edge"
    REVERSED = "reversed-edge"
    CIRCLE = "new-circle"
    LIBRARY = "second-library"


@dataclass(frozen=True, slots=True)
class AgainstTheGrain:
    """An import that departs from the architecture, and what it is measured by.

    `support` of `total` is what the codebase does otherwise. `route` is the circle an edge closes,
    beginning and ending with its source; `users` are files that show the usual way. `usual` is the
    library in use, for a second library.
    """

    strain: Strain
    source: str
    target: str
    support: int
    total: int
    cost: float
    route: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    usual: str = ""


@dataclass(frozen=True, slots=True)
class PlacedStrain:
    """An import against the grain, and where it stands."""

    strain: AgainstTheGrain
    place: Place


@dataclass(frozen=True, slots=True)
class Lacking:
    """A feature that `support` of `total` siblings have and a new member lacks.

    `name` is the member's, empty for a module. `siblings` and `feature` are words ("modules in
    `api/`", "a method named `run`"); `trait` is the kind of feature and `what` its name.
    """

    place: Place
    name: str
    siblings: str
    feature: str
    trait: str
    what: str
    hint: str
    support: int
    total: int
    examples: tuple[str, ...]


#: What a new member that lacks a feature of its siblings costs.
LACKING_COST = 2.0


def score_strains(strains: Iterable[PlacedStrain]) -> tuple[Finding, ...]:
    """A finding for each import against the grain."""
    return tuple(_strain_finding(one.strain, one.place) for one in strains)


def score_lacking(lacking: Iterable[Lacking]) -> tuple[Finding, ...]:
    """A finding for each feature that a new member lacks."""
    return tuple(map(_lacking_finding, lacking))


def _strain_finding(strain: AgainstTheGrain, place: Place) -> Finding:
    message, hint = _wording(strain)
    return Finding(
        dimension=Dimension.DEVIATION,
        rule=f"deviation/{strain.strain}",
        place=place,
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
            examples=_places(strain.users),
        ),
        discriminator=f"{strain.source}>{strain.target}",
    )


def _places(paths: Iterable[str]) -> tuple[Place, ...]:
    return tuple(Place(path, Span(1, 1), "<module>") for path in paths)


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
            message += "other way; this import reverses the dependency."
            return message, f"Move what is needed to {source} or below, or pass it in."
        case Strain.CIRCLE:
            route = " → ".join(step or "." for step in strain.route)
            message = f"This import closes a cycle of packages: {route}{proof}."
            return message, f"Keep {source} free of {target}: move what both need below them."
        case Strain.UNSEEN:
            message = f"None of the {strain.total} imports that {source} makes of other packages "
            message += f"leads to {target}{proof}; this is the first."
            return message, f"Go through a package that {source} imports already."


def _lacking_finding(one: Lacking) -> Finding:
    member = f"class `{one.name}`" if one.name else "module"
    shown = " and ".join(one.examples)
    return Finding(
        dimension=Dimension.DEVIATION,
        rule="deviation/sibling",
        place=one.place,
        points=LACKING_COST,
        severity=Severity.WARNING,
        message=(
            f"{one.support} of {one.total} {one.siblings} have {one.feature} ({shown}); "
            f"this {member} has none."
        ),
        hint=one.hint,
        evidence=Departure(
            family="sibling",
            convention=one.feature,
            choice=f"no {one.feature.partition(' ')[2]}",
            scope=one.siblings,
            support=one.support,
            total=one.total,
            examples=_places(one.examples),
        ),
        discriminator=f"{one.trait}:{one.what}",
    )
