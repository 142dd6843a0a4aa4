"""What makes a convention, and the books' arithmetic."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from scipy.stats import binomtest

from scanner.base.wilson import wilson
from scanner.conventions.counts import ConventionCounts, Made
from scanner.conventions.deviations import made_by
from scanner.conventions.scopes import (
    Population,
    Scope,
    ScopeLevel,
    package_of,
    population_of,
    scopes_of,
)
from scanner.conventions.tallies import Key, Point, Stamp
from tests.conventions.samples import book_of, put, stamp, units_of

CHANNEL = Point("output-channel", "")
PRINT, LOGGING = Key(CHANNEL, "print"), Key(CHANNEL, "logging")


def reports(channel: str, count: int) -> str:
    call = {"print": "print(x)", "logging": "logger.info('%s', x)"}[channel]
    return "\n".join(f"def f{i}(x):\n    {call}\n" for i in range(count))


@pytest.mark.parametrize(("successes", "trials"), [(10, 10), (41, 43), (0, 7), (96, 100)])
def test_wilson_agrees_with_scipy(successes: int, trials: int) -> None:
    interval = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials).low == pytest.approx(interval.low, abs=1e-6)


NO_CONVENTION = [
    pytest.param({f"a/{i}.py": ("print", 4) for i in range(3)}, id="too few choices"),
    pytest.param({"a/0.py": ("print", 15), "a/1.py": ("print", 15)}, id="too few files"),
    pytest.param(
        {**{f"a/{i}.py": ("print", 5) for i in range(4)}, "a/9.py": ("logging", 5)}, id="mixed"
    ),
]


@pytest.mark.parametrize("files", NO_CONVENTION)
def test_stays_quiet(files: dict[str, tuple[str, int]]) -> None:
    book = book_of({path: reports(*made) for path, made in files.items()})
    assert book.deviation("a/new.py", LOGGING) is None
    assert not any(one.point == CHANNEL for one in book.conventions())


def test_one_commit_is_no_convention() -> None:
    book = ConventionCounts()
    for i in range(5):
        put(book, f"a/{i}.py", reports("logging", 8), 1)
    assert book.deviation("a/new.py", PRINT) is None


def test_a_departure_costs_by_its_share() -> None:
    book = book_of({f"a/{i}.py": reports("logging", 8) for i in range(5)})
    found = book.deviation("a/new.py", PRINT)
    assert found is not None
    assert (found.convention.support, found.convention.total) == (40, 40)
    assert found.convention.scope == Scope(Population.CODE, ScopeLevel.DIRECTORY, "a")
    assert found.cost == 3.0


def test_more_than_was_asked_is_no_departure() -> None:
    book = book_of({f"a/{i}.py": reports("print", 8) for i in range(5)})
    assert book.deviation("a/new.py", LOGGING) is None


def test_the_narrowest_scope_with_enough_decides() -> None:
    files = {f"a/{i}.py": reports("logging", 8) for i in range(9)}
    files |= {f"a/cli/{i}.py": reports("print", 8) for i in range(4)}
    book = book_of(files)
    assert book.deviation("a/cli/new.py", PRINT) is None
    assert book.deviation("a/new.py", PRINT) is not None


def test_a_mixed_directory_does_not_fall_back_on_the_repository() -> None:
    files = {f"a/{i}.py": reports("logging", 30) for i in range(9)}
    files |= {f"a/cli/{i}.py": reports("print", 3) + reports("logging", 3) for i in range(4)}
    assert book_of(files).deviation("a/cli/new.py", PRINT) is None


def test_a_migration_is_named_and_charged_neither_way() -> None:
    old = {f"a/{i}.py": reports("print", 12) for i in range(8)}
    new = {f"a/new{i}.py": reports("logging", 3) for i in range(6)}
    book = book_of(old)
    for day, (path, text) in enumerate(new.items(), 200):
        put(book, path, text, day)
    (found,) = [
        one
        for one in book.conventions()
        if one.point == CHANNEL and one.scope.level is ScopeLevel.DIRECTORY
    ]
    assert not found.is_established
    assert (found.alternative, found.recent.alternative) == ("print", "logging")
    assert found.recent.share > 0.5
    assert book.deviation("a/x.py", PRINT) is None
    assert book.deviation("a/x.py", LOGGING) is None


def test_tests_are_apart_from_code() -> None:
    files = {f"tests/test_{i}.py": "def test_a():\n    x = 'a %s' % b\n" * 9 for i in range(4)}
    book = book_of(files)
    key = Key(Point("string-formatting", ""), "format")
    assert book.deviation("tests/test_new.py", key) is not None
    assert book.deviation("a/new.py", key) is None


PATHS = [
    ("src/click/core.py", Population.CODE, "src/click"),
    ("tests/test_core.py", Population.TESTS, "tests"),
    ("pkg/testing/plugin.py", Population.TESTS, "pkg"),
    ("pkg/latest/core.py", Population.CODE, "pkg"),
    ("examples/a.py", Population.ASIDE, "examples"),
    ("tools/release.py", Population.ASIDE, "tools"),
    ("src/app/tools/run.py", Population.CODE, "src/app"),
    ("setup.py", Population.ASIDE, ""),
    ("app/tasks.py", Population.CODE, "app"),
    ("pkg/a.pyi", Population.STUBS, "pkg"),
    ("main.py", Population.CODE, ""),
]


@pytest.mark.parametrize(("path", "population", "package"), PATHS)
def test_scopes_of_a_path(path: str, population: Population, package: str) -> None:
    assert population_of(path) is population
    assert package_of(path) == package
    assert scopes_of(path)[-1] == Scope(population, ScopeLevel.REPOSITORY, "")


def written(text: str, path: str, births: Callable[[int], Stamp]) -> Made:
    return made_by(path, units_of(text), births)


def test_lines_that_stay_keep_their_age() -> None:
    book = ConventionCounts()
    old, new = reports("print", 12), reports("print", 13)
    for i in range(3):
        put(book, f"a/{i}.py", old, i)
    last = old.count("\n") + 1
    book.put("a/0.py", written(new, "a/0.py", lambda line: stamp(0 if line <= last else 500)))
    (found,) = [
        one
        for one in book.conventions()
        if one.point == CHANNEL and one.scope.level is ScopeLevel.DIRECTORY
    ]
    assert (found.support, found.commits) == (37, 4)


def test_a_stored_book_is_the_book() -> None:
    files = {f"a/{i}.py": reports("logging", 8) for i in range(9)}
    book = book_of(files | {f"b/{i}.py": reports("print", 8) for i in range(9)})
    ledgers, kept = book.stored()
    asked = ConventionCounts(ledgers, lambda: kept)
    assert asked.deviation("a/new.py", PRINT) == book.deviation("a/new.py", PRINT)
    for one in (book, asked):
        put(one, "b/1.py", reports("logging", 3), 70)
        one.remove("b/2.py")
    assert list(asked.conventions()) == list(book.conventions())
    again, _ = asked.stored()
    assert list(ConventionCounts(again).conventions()) == list(book.conventions())


def test_any_order_of_changes_ends_in_the_book_of_the_tree() -> None:
    texts = [
        reports("print", 5),
        reports("logging", 7),
        "x = 1\n",
        "import os\n\nx = os.getenv('a')\n",
    ]
    chance = random.Random(7)  # noqa: S311 - a fixed sequence of edits
    state: dict[str, str] = {}
    book = ConventionCounts()
    for _ in range(200):
        path = f"p{chance.randrange(3)}/{chance.randrange(4)}.py"
        text = chance.choice([*texts, None])
        state.pop(path, None)
        if text is None:
            book.remove(path)
            continue
        state[path] = text
        put(book, path, text, 1)
    whole = ConventionCounts()
    for path, text in state.items():
        put(whole, path, text, 1)
    assert list(book.conventions()) == list(whole.conventions())
    for path in list(state):
        book.remove(path)
    assert not list(book.conventions())
    assert not book._by_scope
    assert not book._files
