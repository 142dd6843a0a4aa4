"""Groups of copies in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.render.paths import sentence
from scanner.render.wording import counted

if TYPE_CHECKING:
    from scanner.base.model import Place
    from scanner.clones.groups import CloneGroup

_ALIKE = {"exact": "the same", "renamed": "with other names", "gapped": "some statements differ"}


def unit(place: Place) -> str:
    """The name of the unit of a place, printable; nothing for a module's own code."""
    return "" if place.unit.startswith("<") else sentence(place.unit)


def headline(group: CloneGroup) -> str:
    """`20 code lines in 3 places, under other names, 40 lines to save`."""
    places = counted(len(group.places), "place")
    lines = counted(group.code_lines, "code line")
    return f"{lines} in {places}, {_ALIKE[group.type]}, {counted(group.saving, 'line')} to save"


def advice(group: CloneGroup) -> str:
    """What to do about a group: what to call, or where the common lines would go."""
    if group.use is not None:
        target = sentence(group.use.call.target or "")
        private = ", with a public name" if group.use.call.is_private else ""
        others = _others(group)
        if group.use.call.needs_parameter:
            return "Merge them into one function, with a parameter for what differs."
        return f"Call {target} instead{private}{others}."
    units = {(place.path, place.unit) for place in group.places}
    owners = {(path, unit.rpartition(".")[0]) for path, unit in units}
    if len(units) == 1:
        return "Move the common lines into a function that is called each time."
    if group.is_test:
        return "Share a fixture, or let one parametrized test take what differs."
    if len(owners) > 1 and all(owner for _, owner in owners):
        return "Give the classes a common base, or one function that all of them call."
    return "Move the common lines into a function that all of them call."


def _others(group: CloneGroup) -> str:
    """How many places the call is for, where it is not for all the others."""
    assert group.use is not None
    count = len(group.use.callers)
    return "" if count == len(group.places) - 1 else f" from {counted(count, 'place')}"
