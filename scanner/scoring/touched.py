"""What became of the units that a change touches: their facts before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.base.model import Complexity, Place, UnitKind
from scanner.scoring.matching import UnitPair


@dataclass(frozen=True, slots=True)
class TouchedUnit:
    """A unit after a change, and its facts on both sides; `before` is None for a new unit."""

    place: Place
    kind: UnitKind
    before: Complexity | None
    after: Complexity


def touched_units(
    pairs: Iterable[UnitPair], facts: Mapping[str, Complexity]
) -> tuple[TouchedUnit, ...]:
    """The units that are there after a change and were changed by it.

    Those without facts are left out; they have a Problem.
    """
    touched = []
    for pair in pairs:
        after = facts.get(pair.after.unit.content) if pair.after else None
        before = facts.get(pair.before.unit.content) if pair.before else None
        if pair.after is None or after is None or (pair.before and before is None):
            continue
        unit = pair.after.unit
        place = Place(pair.after.path, unit.span, unit.name)
        touched.append(TouchedUnit(place, unit.kind, before, after))
    return tuple(touched)
