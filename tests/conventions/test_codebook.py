"""All books together, along changes of whole files."""

from __future__ import annotations

import textwrap

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.parsing.outline import read_outline, unit_lines, unit_source
from scanner.analysis.usage import Usage, read_usage
from scanner.base.model import Problem
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.profile import ConventionProfile, FileEdit, KnownUnit
from scanner.conventions.usage_counts import UsageCounts
from tests.conventions.samples import all_lines, stamp

USUAL = """
import logging

logger = logging.getLogger(__name__)


def load_{i}(path, store):
    '''Loads a part.'''
    logger.info("loading %s", path)
    found = store.get(path)
    if found is None:
        raise LoadError(f"no part at {{path}}")
    for part in found.parts:
        logger.debug("part %s", part.name)
        store.put(part.name, part.content)
    return found


def save_{i}(path, store):
    '''Saves a part.'''
    logger.info("saving %s", path)
    for part in store.parts(path):
        logger.debug("part %s", part.name)
        store.put(part.name, part.content)
    return path
"""
ODD = """
import requests


def MeltWax(candles):
    for drip in candles.drips():
        print("melting " + drip.colour, drip.weight << 3, drip.weight >> 5)
        yield drip ^ candles.wick.length, lambda wax: wax.burn(until=drip.dawn)
        candles.wick.trim(by=drip.height // 7)
"""


def known(text: str) -> tuple[KnownUnit, ...]:
    read = read_outline(textwrap.dedent(text).encode())
    assert not isinstance(read, Problem)
    units = []
    for unit in read.outline.units:
        source = unit_source(read, unit)
        choices, usage = read_choices(source), read_usage(source)
        assert isinstance(choices, Choices)
        assert isinstance(usage, Usage)
        units.append(KnownUnit(UnitChoices(unit, unit_lines(read, unit), choices), usage))
    return tuple(units)


def new(path: str, text: str) -> FileEdit:
    return FileEdit(None, path, (), known(text), all_lines(text))


def edit(path: str, before: str, after: str) -> FileEdit:
    return FileEdit(path, path, known(before), known(after), all_lines(after))


def put(book: ConventionProfile, path: str, text: str, day: int, before: str = "") -> None:
    book.put(path, known(text), lambda _line: stamp(day), day, known(before) if before else ())


def profile(files: int = 40) -> ConventionProfile:
    book = ConventionProfile()
    for i in range(files):
        put(book, f"app/m{i}.py", USUAL.format(i=i), i)
    return book


def exemplars(path: str) -> list[UnitChoices]:
    number = path.removeprefix("app/m").removesuffix(".py")
    return [one.choices for one in known(USUAL.format(i=number))]


def test_a_change_like_the_codebase_is_not_told_of() -> None:
    change = [new("app/more.py", USUAL.format(i=99))]
    assert profile().judge(change, exemplars) == ()


def test_a_change_unlike_it_is() -> None:
    change = [new("app/odd.py", ODD)]
    rules = {finding.rule for finding in profile().judge(change, exemplars)}
    assert {"deviation/output-channel", "deviation/docstring-function"} <= rules


def test_everything_can_be_taken_out_again() -> None:
    book = profile(5)
    for i in range(5):
        book.remove(f"app/m{i}.py", known(USUAL.format(i=i)))
    assert not list(book.conventions.conventions())
    assert book.architecture.edges() == {}
    assert book.usage.stored() == UsageCounts().stored()


def test_a_walked_book_is_that_of_its_tree() -> None:
    walked, made = profile(), ConventionProfile()
    for i in range(40):
        put(walked, f"app/m{i}.py", ODD, 50, USUAL.format(i=i))
    for i in reversed(range(40)):
        put(walked, f"app/m{i}.py", USUAL.format(i=i), i, ODD)
        put(made, f"app/m{i}.py", USUAL.format(i=i), i)
    assert list(walked.conventions.conventions()) == list(made.conventions.conventions())
    assert walked.usage.stored() == made.usage.stored()
    change = [new("app/odd.py", ODD)]
    assert walked.judge(change, exemplars) == made.judge(change, exemplars)
