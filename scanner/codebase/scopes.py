"""Where a habit holds: which code is compared with which."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Population(StrEnum):
    """Kinds of code that are written by habits of their own."""

    CODE = "code"
    TESTS = "tests"
    ASIDE = "scripts and examples"
    STUBS = "stubs"


class Scope(NamedTuple):
    """The code of one kind under a directory; "" is the whole repository."""

    population: Population
    directory: str

    @property
    def words(self) -> str:
        """As a reader would say it: "`api/`", "the tests in `tests/api/`", "this repository"."""
        where = f"`{self.directory}/`" if self.directory else "this repository"
        if self.population is Population.CODE:
            return where
        return f"the {self.population} of {where}"


_TEST_PARTS = frozenset({"test", "tests", "testing", "unit_tests", "integration_tests", "e2e"})
_ASIDE_PARTS = frozenset(
    {
        "bench", "benchmark", "benchmarks", "ci", "demo", "demos", "doc", "docs", "example",
        "examples", "notebooks", "samples", "script", "scripts", "tools", "tutorial", "tutorials",
    }
)  # fmt: skip
#: Directories that only hold packages and say nothing of their own.
_HOLDERS = frozenset({"src", "lib", "libs", "packages", "python"})


@lru_cache(maxsize=65_536)
def population_of(path: str) -> Population:
    """The kind of code a path holds, by its names alone."""
    *directories, name = path.split("/")
    if name.endswith(".pyi"):
        return Population.STUBS
    parts = {part.lower() for part in directories}
    is_test = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    if is_test or parts & _TEST_PARTS:
        return Population.TESTS
    is_aside = bool(parts & _ASIDE_PARTS) or name in ("setup.py", "noxfile.py", "tasks.py")
    return Population.ASIDE if is_aside else Population.CODE


@lru_cache(maxsize=65_536)
def package_of(path: str) -> str:
    """The outermost directory of code that a path is in: `src/click` of `src/click/a/b.py`."""
    directories = path.split("/")[:-1]
    depth = next((i for i, name in enumerate(directories) if name not in _HOLDERS), None)
    return "" if depth is None else "/".join(directories[: depth + 1])


@lru_cache(maxsize=65_536)
def scopes_of(path: str) -> tuple[Scope, ...]:
    """The scopes a path counts in, the narrowest first: directory, package, repository."""
    population = population_of(path)
    directory = path.rpartition("/")[0]
    return tuple(
        Scope(population, name) for name in dict.fromkeys((directory, package_of(path), ""))
    )
