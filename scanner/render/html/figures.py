"""Figures as the page shows them: a number, or in what way there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from scanner.base.model import Label
from scanner.compare.evidence import Absent, CouldNotMeasure, Measured, State
from scanner.render.comparison_words import absence, state_words
from scanner.render.paths import unicode_text
from scanner.render.wording import LABEL_WORDS, number


class Look(StrEnum):
    """How a figure or its absence is drawn; each is a class of the style."""

    MEASURED = "measured"
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
    """A word in a coloured frame; `kind` is its class, `anchor` what it leads to on the page."""

    kind: str
    text: str
    anchor: str = ""


def absent(state: Absent) -> Figure:
    """The figure that there is not."""
    return Figure(look_of(state), state_words(state), absence(state))


def look_of(state: State[Any]) -> Look:
    """How a state is drawn."""
    match state:
        case Measured():
            return Look.MEASURED
        case CouldNotMeasure():
            return Look.COULD_NOT_MEASURE
        case _:
            return Look.NOT_APPLICABLE


def amount(value: float) -> str:
    """Points as a reader takes them in: `0.25`, `12.5`, `1,350`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else number(value)


def share(value: float) -> str:
    """A share, 0 to 1, as a percentage; one that rounds to nothing is not nothing."""
    return "under 1%" if 0 < value < 0.005 else f"{value:.0%}"


def label_chip(label: Label) -> Chip:
    """The chip of a label."""
    return Chip(f"l-{label.value}", LABEL_WORDS[label])


def changes_where(**chosen: str) -> str:
    """The anchor of the list of changes, filtered: `changes:label=ai`."""
    known = {name: unicode_text(text) for name, text in chosen.items()}
    return f"changes:{urlencode(known, quote_via=quote)}"
