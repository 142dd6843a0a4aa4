"""Where a habit holds: which code is compared with which."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from scanner.roles.paths import Role, roles_of


class Population(StrEnum):
    """Kinds of code that are written by habits of their own."""

    CODE = "code"
    TESTS = "tests"
    ASIDE = "scripts and examples"
    STUBS = "stubs"


class ScopeLevel(StrEnum):
    """How wide a scope is: the files of one directory, all below an outermost one, or all files."""

    DIRECTORY = "directory"
    PACKAGE = "package"
    REPOSITORY = "repository"


class Scope(NamedTuple):
    """The code of one kind in a directory, below one, or in the whole repository."""

    population: Population
    level: ScopeLevel
    directory: str

    @property
    def words(self) -> str:
        """As a reader would say it: "`api/`", "the tests of `tests/`", "this repository"."""
        place = f"`{self.directory}/`" if self.directory else "the top directory"
        words = {
            ScopeLevel.DIRECTORY: place,
            ScopeLevel.PACKAGE: f"the package {place}",
            ScopeLevel.REPOSITORY: "this repository",
        }[self.level]
        return words if self.population is Population.CODE else f"the {self.population} of {words}"

    def holds(self, other: Scope) -> bool:
        """Whether all code of another scope is in this one."""
        if self.population is not other.population:
            return False
        if self.level is ScopeLevel.PACKAGE and other.level is not ScopeLevel.REPOSITORY:
            return f"{other.directory}/".startswith(f"{self.directory}/")
        return self.level is ScopeLevel.REPOSITORY or self == other


#: Directories that only hold packages and say nothing of their own.
_HOLDERS = frozenset({"src", "lib", "libs", "packages", "python"})


@lru_cache(maxsize=65_536)
def population_of(path: str) -> Population:
    """The kind of code a path holds, by its names alone."""
    roles = roles_of(path)
    if Role.STUB in roles:
        return Population.STUBS
    if Role.TEST in roles:
        return Population.TESTS
    is_aside = not roles.isdisjoint((Role.SCRIPT, Role.EXAMPLE))
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
    return (
        Scope(population, ScopeLevel.DIRECTORY, path.rpartition("/")[0]),
        Scope(population, ScopeLevel.PACKAGE, package_of(path)),
        Scope(population, ScopeLevel.REPOSITORY, ""),
    )
