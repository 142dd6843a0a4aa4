"""All books together, along changes of whole files."""

from __future__ import annotations

import textwrap

from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.outline import read_outline, unit_lines, unit_source
from scanner.analysis.tokens import UnitTokens, read_tokens
from scanner.codebase.codebook import Codebook, FileEdit, KnownUnit
from scanner.codebase.departures import UnitChoices
from scanner.model import Problem
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


def codebook(files: int = 40) -> Codebook:
    book = Codebook()
    for i in range(files):
        book.advance([new(f"app/m{i}.py", USUAL.format(i=i))], stamp(i))
    return book


def test_a_change_like_the_codebase_is_not_told_of() -> None:
    book = codebook()
    change = [new("app/more.py", USUAL.format(i=99))]
    assert book.judge(change) == ()
    (first, _) = book.surprises(change)
    assert first.bits < 2
    assert first.place.unit == "load_99"


def test_a_change_unlike_it_is() -> None:
    book = codebook()
    change = [new("app/odd.py", ODD)]
    rules = {finding.rule for finding in book.judge(change)}
    assert {"deviation/output-channel", "deviation/docstring-function"} <= rules
    (surprise,) = book.surprises(change)
    assert surprise.percentile == 100.0
    assert len(surprise.lines) == 3
    assert all(5 <= line <= 9 for line, _ in surprise.lines)


def test_untouched_functions_are_not_scored_again() -> None:
    book = codebook()
    before = USUAL.format(i=3)
    assert book.surprises([edit("app/m3.py", before, before + "\nx = 1\n")]) == ()


def test_two_files_may_change_places() -> None:
    book = codebook()
    one, other = USUAL.format(i=0), USUAL.format(i=1).replace("logger.info", "print")
    book.advance([edit("app/m1.py", USUAL.format(i=1), other)], stamp(100))
    swapped = [
        FileEdit("app/m0.py", "app/m1.py", known(one), known(one), frozenset()),
        FileEdit("app/m1.py", "app/m0.py", known(other), known(other), frozenset()),
    ]
    book.advance(swapped, stamp(101))
    whole = Codebook()
    for i in range(40):
        text = {0: other, 1: one}.get(i, USUAL.format(i=i))
        whole.advance([new(f"app/m{i}.py", text)], stamp(i))
    counts = [
        [(c.scope, c.point, c.support, c.total, c.files) for c in b.conventions.conventions()]
        for b in (book, whole)
    ]
    assert counts[0] == counts[1]


def test_everything_can_be_taken_out_again() -> None:
    book = codebook(5)
    for i in range(5):
        path = f"app/m{i}.py"
        book.advance([FileEdit(path, None, known(USUAL.format(i=i)), (), frozenset())], stamp(50))
    assert not list(book.conventions.conventions())
    assert book.architecture.edges() == {}
    assert book.model is not None
    assert book.model.tokens == 0
    assert not book.model._counts.any()
    assert not book.files


def test_without_naturalness_nothing_surprises() -> None:
    book = Codebook(with_naturalness=False)
    book.advance([new("a.py", USUAL.format(i=1))], stamp(1))
    assert book.surprises([new("b.py", ODD)]) == ()


def test_a_loaded_tree_judges_as_a_walked_one() -> None:
    walked, loaded = codebook(), Codebook()
    loaded.architecture.announce(f"app/m{i}.py" for i in range(40))
    for i in range(40):
        births = {line: stamp(i) for line in range(1, 100)}
        loaded.load(f"app/m{i}.py", known(USUAL.format(i=i)), births.__getitem__)
    assert list(walked.conventions.conventions()) == list(loaded.conventions.conventions())
    change = [new("app/odd.py", ODD)]
    assert walked.judge(change) == loaded.judge(change)
    assert walked.surprises(change) == loaded.surprises(change)
