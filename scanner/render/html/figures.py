"""Figures as the page shows them: a number, or in what way there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scanner.compare.evidence import (
    Absent,
    CouldNotMeasure,
    InsufficientEvidence,
    Measured,
    State,
)
from scanner.model import Label
from scanner.render.report_words import LABEL_WORDS, absence, state_words


class Look(StrEnum):
    """How a figure or its absence is drawn; each is a class of the style."""

    MEASURED = "measured"
    SCARCE = "scarce"
    NOT_APPLICABLE = "na"
    COULD_NOT_MEASURE = "blind"


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands in a cell: its look, its text, and what is behind it in words."""

    look: Look
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A word in a coloured frame; `kind` is its class."""

    kind: str
    text: str


def absent(state: Absent) -> Figure:
    """The figure that there is not."""
    return Figure(look_of(state), state_words(state), absence(state))


def look_of(state: State[Any]) -> Look:
    """How a state is drawn."""
    match state:
        case Measured():
            return Look.MEASURED
        case InsufficientEvidence():
            return Look.SCARCE
        case CouldNotMeasure():
            return Look.COULD_NOT_MEASURE
        case _:
            return Look.NOT_APPLICABLE


def label_chip(label: Label) -> Chip:
    """The chip of a label."""
    return Chip(f"l-{label.value}", LABEL_WORDS[label])
