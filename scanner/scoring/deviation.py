"""Findings for departures from conventions: what is usual, what this does, what to do instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.analysis.choices import BY_ID, Family
from scanner.analysis.choices.family import filled, worded
from scanner.base.model import Departure, Dimension, Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Departed:
    """A convention that added code of one file departs from, in `units` of its units.

    In `scope` (in words) `support` of `total` choices are `usual`; `cost` is the price, in points,
    of one unit that decides for `choice` instead. `place` is the first of them, and `lines` are
    those of all.
    """

    family: str
    subject: str
    usual: str
    choice: str
    scope: str
    support: int
    total: int
    cost: float
    place: Place
    units: int
    examples: tuple[Place, ...]
    lines: tuple[int, ...] = ()


#: One decision made all over a new file is not a hundred: no more units of a file are charged.
MOST_UNITS = 10


def score_departures(departures: Iterable[Departed]) -> tuple[Finding, ...]:
    """A finding for each departure."""
    return tuple(map(_finding, departures))


def _finding(one: Departed) -> Finding:
    family = BY_ID[one.family]
    return Finding(
        dimension=Dimension.DEVIATION,
        rule=f"deviation/{family.id}",
        place=one.place,
        points=one.cost * min(one.units, MOST_UNITS),
        severity=Severity.WARNING,
        message=_message(family, one),
        hint=_hint(family, one),
        evidence=Departure(
            family=family.id,
            convention=worded(family, one.subject, one.usual),
            choice=worded(family, one.subject, one.choice),
            scope=one.scope,
            support=one.support,
            total=one.total,
            examples=one.examples,
            usual=one.usual,
            lines=one.lines,
        ),
        discriminator=f"{one.subject}:{one.choice}",
    )


def _message(family: Family, one: Departed) -> str:
    noun = filled(family.noun, one.subject, "")
    shown = " and ".join(f"{place.path}:{place.span.first}" for place in one.examples)
    proof = f" ({shown})" if shown else ""
    here = worded(family, one.subject, one.choice)
    others = one.units - 1
    more = f"{others} more unit{'s' if others > 1 else ''}"
    those = f", here and in {more} of this file" if others else ""
    return (
        f"In {one.scope} {one.support} of {one.total} {noun} are "
        f"{worded(family, one.subject, one.usual)}{proof}; this: {here}{those}."
    )


def _hint(family: Family, one: Departed) -> str:
    text = filled(family.alternative(one.usual).instead, one.subject, one.usual)
    return f"{text[0].upper()}{text[1:]}."
