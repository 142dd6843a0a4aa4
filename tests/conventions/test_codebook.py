"""All books together, along changes of whole files."""

from __future__ import annotations

import textwrap

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.parsing.outline import read_outline, unit_lines, unit_source
from scanner.analysis.tokens import UnitTokens, read_tokens
from scanner.base.model import Problem
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.profile import ConventionProfile, FileEdit, KnownUnit
from scanner.conventions.surprises import NgramCounts
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
        choices, tokens = read_choices(source), read_tokens(source)
        assert isinstance(choices, Choices)
        assert isinstance(tokens, UnitTokens)
        units.append(KnownUnit(UnitChoices(unit, unit_lines(read, unit), choices), tokens))
    return tuple(units)


def new(path: str, text: str) -> FileEdit:
    return FileEdit(None, path, (), known(text), all_lines(text))


def edit(path: str, before: str, after: str) -> FileEdit:
    return FileEdit(path, path, known(before), known(after), all_lines(after))


def put(book: ConventionProfile, path: str, text: str, day: int) -> None:
    book.put(path, known(text), lambda _line: stamp(day), day)


def profile(files: int = 40) -> ConventionProfile:
    book = ConventionProfile()
    for i in range(files):
        put(book, f"app/m{i}.py", USUAL.format(i=i), i)
    return book


def token_book(files: int = 40) -> NgramCounts:
    book = NgramCounts()
    for i in range(files):
        book.put(f"app/m{i}.py", known(USUAL.format(i=i)))
    return book


def exemplars(path: str) -> list[UnitChoices]:
    number = path.removeprefix("app/m").removesuffix(".py")
    return [one.choices for one in known(USUAL.format(i=number))]


def test_a_change_like_the_codebase_is_not_told_of() -> None:
    change = [new("app/more.py", USUAL.format(i=99))]
    assert profile().judge(change, exemplars) == ()
    (first, _) = token_book().surprises(change)
    assert first.bits < 2
    assert first.place.unit == "load_99"


def test_a_change_unlike_it_is() -> None:
    change = [new("app/odd.py", ODD)]
    rules = {finding.rule for finding in profile().judge(change, exemplars)}
    assert {"deviation/output-channel", "deviation/docstring-function"} <= rules
    (surprise,) = token_book().surprises(change)
    assert surprise.percentile == 100.0
    assert len(surprise.lines) == 3
    assert all(5 <= line <= 9 for line, _ in surprise.lines)


def test_untouched_functions_are_not_scored_again() -> None:
    before = USUAL.format(i=3)
    assert token_book().surprises([edit("app/m3.py", before, before + "\nx = 1\n")]) == ()


def test_everything_can_be_taken_out_again() -> None:
    book, tokens = profile(5), token_book(5)
    for i in range(5):
        book.remove(f"app/m{i}.py")
        tokens.remove(f"app/m{i}.py")
    assert not list(book.conventions.conventions())
    assert book.architecture.edges() == {}
    assert tokens.model.tokens == 0
    assert not tokens.model._counts.any()


def test_a_walked_book_is_that_of_its_tree() -> None:
    walked, made = profile(), ConventionProfile()
    for i in range(40):
        put(walked, f"app/m{i}.py", ODD, 50)
    for i in reversed(range(40)):
        put(walked, f"app/m{i}.py", USUAL.format(i=i), i)
        put(made, f"app/m{i}.py", USUAL.format(i=i), i)
    assert list(walked.conventions.conventions()) == list(made.conventions.conventions())
    change = [new("app/odd.py", ODD)]
    assert walked.judge(change, exemplars) == made.judge(change, exemplars)
