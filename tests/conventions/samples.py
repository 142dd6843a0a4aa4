"""Files made of text, as the books and the scoring take them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.outline import read_outline, unit_lines, unit_source
from scanner.codebase.conventions import ConventionBook, Stamp
from scanner.codebase.departures import UnitChoices, choices_of
from scanner.model import Problem

DAY = 24 * 3600


def units_of(text: str) -> tuple[UnitChoices, ...]:
    """All units of a file with their choices."""
    read = read_outline(textwrap.dedent(text).encode())
    assert not isinstance(read, Problem)
    found = []
    for unit in read.outline.units:
        choices = read_choices(unit_source(read, unit))
        assert isinstance(choices, Choices)
        found.append(UnitChoices(unit, unit_lines(read, unit), choices))
    return tuple(found)


def stamp(day: int) -> Stamp:
    """A commit of its own on a day."""
    return Stamp(day * DAY, f"commit-{day}")


def book_of(files: Mapping[str, str], first_day: int = 0) -> ConventionBook:
    """A book of files, each of a commit on a day of its own."""
    book = ConventionBook()
    for day, (path, text) in enumerate(files.items(), first_day):
        book.add(path, choices_of(units_of(text)), stamp(day))
    return book


def all_lines(text: str) -> frozenset[int]:
    return frozenset(range(1, textwrap.dedent(text).count("\n") + 2))
