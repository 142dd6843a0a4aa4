"""What a change is told, and above all what it is not told."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace

import pytest

from scanner.base.model import Departure, Dimension, Finding
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import (
    DEFAULT_RULES,
    ChangedChoices,
    UnitChoices,
    changed_choices,
    departures_in,
)
from scanner.scoring.deviation import score_departures
from tests.conventions.samples import all_lines, book_of, units_of

LOGGED = "\n".join(f"def f{i}(x):\n    logger.info('%s', x)\n" for i in range(20))
FILES = {f"app/m{i}.py": LOGGED for i in range(10)}
NEW = "def report(x):\n    print(x)\n"


@pytest.fixture
def book() -> ConventionCounts:
    return book_of(FILES)


def exemplars(path: str) -> Iterable[UnitChoices]:
    return units_of(FILES.get(path, ""))


def change(
    before: str | None, after: str, added: Iterable[int] | None = None, path: str = "app/new.py"
) -> ChangedChoices:
    return changed_choices(
        path if before is not None else None,
        path,
        units_of(before) if before is not None else (),
        units_of(after),
        frozenset(added) if added is not None else all_lines(after),
    )


def score(book: ConventionCounts, *files: ChangedChoices) -> list[Finding]:
    found = score_departures(departures_in(files, book, exemplars))
    return [one for one in found if one.rule == "deviation/output-channel"]


def test_a_departure_says_what_is_usual_with_proof_and_what_to_write(
    book: ConventionCounts,
) -> None:
    (finding,) = score(book, change(None, NEW))
    assert finding.dimension is Dimension.DEVIATION
    assert (finding.place.path, finding.place.span.first, finding.place.unit) == (
        "app/new.py",
        2,
        "report",
    )
    assert finding.points == 3.0
    assert finding.message == (
        "In `app/` 200 of 200 reports of functions are made through a logger "
        "(app/m0.py:2 and app/m1.py:2); this: made by `print`."
    )
    assert finding.hint == "Call the module's logger, e.g. `logger.info(...)`."
    evidence = finding.evidence
    assert isinstance(evidence, Departure)
    assert (evidence.support, evidence.total, len(evidence.examples)) == (200, 200, 2)


def test_lines_that_were_there_are_not_charged(book: ConventionCounts) -> None:
    after = NEW + "\n\ndef other(x):\n    return x\n"
    assert score(book, change(NEW, after)) == []


def test_touching_a_unit_that_departs_is_not_charged(book: ConventionCounts) -> None:
    assert score(book, change(NEW, NEW.replace("print(x)", "print(x + 1)"))) == []


def test_a_line_that_is_not_added_is_not_charged(book: ConventionCounts) -> None:
    assert score(book, change(None, NEW, added=[1])) == []


def test_what_moves_to_another_file_is_not_charged(book: ConventionCounts) -> None:
    away = changed_choices("app/old.py", None, units_of(NEW), (), frozenset())
    assert score(book, change(None, NEW), away) == []


def test_a_file_that_has_its_own_way_keeps_it() -> None:
    book = book_of({**FILES, "app/new.py": NEW})
    after = NEW + "\n\ndef more(y):\n    print(y)\n"
    assert score(book, change(NEW, after)) == []


def test_a_deliberate_migration_is_not_charged(book: ConventionCounts) -> None:
    old = "\n".join(f"def g{i}(x):\n    logger.info('%s', x)\n" for i in range(4))
    new = old.replace("logger.info('%s', x)", "print(x)")
    assert score(book, change(old, new)) == []


def test_a_silenced_family_is_left_to_its_tool(book: ConventionCounts) -> None:
    silenced = frozenset({"output-channel"})
    found = departures_in([change(None, NEW)], book, exemplars, silenced)
    assert not any(one.family == "output-channel" for one in found)


def test_what_few_would_hold_a_change_to_is_not_charged() -> None:
    test = 'def test_a{i}():\n    """Does it."""\n    assert f()\n\n\n'
    text = "".join(test.format(i=i) for i in range(9))
    files = {f"tests/test_{i}.py": text for i in range(20)}
    bare = change(None, "def test_b():\n    assert f()\n", path="tests/test_new.py")
    found = departures_in([bare], book_of(files), lambda path: units_of(files[path]))
    assert "docstring-test" not in {one.family for one in found}


def test_a_helper_among_methods_that_a_protocol_names_is_not_charged() -> None:
    mock = "".join(f"def SetThing{i}(self):\n    return {i}\n\n\n" for i in range(9))
    files = {f"app/mock_{i}.py": mock for i in range(20)}
    helper = change(None, "def set_thing(self):\n    return 1\n")
    found = departures_in([helper], book_of(files), lambda path: units_of(files[path]))
    assert "function-name" not in {one.family for one in found}


def test_a_convention_with_exceptions_is_charged_only_when_asked() -> None:
    book = book_of({**FILES, "app/odd.py": NEW * 12})
    assert score(book, change(None, NEW)) == []
    lenient = replace(DEFAULT_RULES, least_lower_bound=0.8, least_recent_share=0.5)
    found = departures_in([change(None, NEW)], book, exemplars, rules=lenient)
    assert "output-channel" in {one.family for one in found}


def test_one_finding_for_a_file_counts_its_units(book: ConventionCounts) -> None:
    text = "\n".join(f"def r{i}(x):\n    print(x)\n    print(x)\n" for i in range(3))
    (finding,) = score(book, change(None, text))
    assert finding.points == 9.0
    assert "here and in 2 more units of this file" in finding.message


def test_fingerprint_does_not_depend_on_lines(book: ConventionCounts) -> None:
    (one,) = score(book, change(None, NEW))
    (other,) = score(book, change(None, "\n\n\n" + NEW))
    assert one.fingerprint == other.fingerprint


def test_a_deleted_file_is_no_finding(book: ConventionCounts) -> None:
    gone = changed_choices("app/m0.py", None, units_of(LOGGED), (), frozenset())
    assert score(book, gone) == []


def test_every_finding_of_every_family_can_be_worded() -> None:
    usual = textwrap.dedent(
        """
        import requests
        import numpy as np

        def make_it(a, *, deep=False):
            '''Does it.'''
            try:
                g()
            except OSError as e:
                raise AppError("no") from e
            return f"{a}"
        """
    )
    odd = textwrap.dedent(
        """
        import httpx
        import numpy

        def getIt(a, deep=False):
            try:
                g()
            except Exception as err:
                raise Exception("no")
            return "%s" % a
        """
    )
    files = {f"app/m{i}.py": usual * 10 for i in range(12)}
    found = score_departures(
        departures_in([change(None, odd)], book_of(files), lambda path: units_of(files[path]))
    )
    assert {one.rule.removeprefix("deviation/") for one in found} >= {
        "boolean-parameter", "docstring-function", "except-breadth", "exception-name",
        "exception-raised", "function-name", "import-alias", "library", "raise-chaining",
        "string-formatting",
    }  # fmt: skip
    for finding in found:
        assert "{" not in finding.message + finding.hint
        assert finding.message.endswith(".")
        assert finding.hint[0].isupper() or finding.hint[0] == "`"
