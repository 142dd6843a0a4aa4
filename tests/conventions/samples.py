"""Files made of text, as the books and the scoring take them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.parsing.outline import read_outline, unit_lines, unit_source
from scanner.base.model import Problem
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import UnitChoices, made_by
from scanner.conventions.tallies import Stamp

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
    return Stamp(day * DAY, day)


def put(book: ConventionCounts, path: str, text: str, day: int) -> None:
    """Puts a file into a book, all lines of which were written on one day."""
    book.put(path, made_by(path, units_of(text), lambda _line: stamp(day)))


def book_of(files: Mapping[str, str], first_day: int = 0) -> ConventionCounts:
    """A book of files, each of a commit on a day of its own."""
    book = ConventionCounts()
    for day, (path, text) in enumerate(files.items(), first_day):
        put(book, path, text, day)
    return book


def all_lines(text: str) -> frozenset[int]:
    return frozenset(range(1, textwrap.dedent(text).count("\n") + 2))
