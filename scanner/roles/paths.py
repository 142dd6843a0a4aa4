"""What role a path plays, by its names alone. The one home of this question.

A path may play several roles: an example for the tests is both. What is generated is told by
contents (`generators`), what is vendored by folders and `.gitattributes` (`foreign`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a Python file is there for. A file without a role is the code that the product runs."""

    TEST = "test"
    EXAMPLE = "example"
    SCRIPT = "script"
    STUB = "stub"
    MIGRATION = "migration"


#: Folders that hold tests and what tests share; so do those whose names end in `_tests`.
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "testdata", "test_data", "e2e"})
_TESTS_OF = re.compile(r"[a-z0-9]+[_-]tests")
#: Names that pytest, unittest and Django look for.
_TEST_NAME = re.compile(r"(test_.*|.*_tests?|conftest|tests)\.py[iw]?")
#: Folders of code that is there to be read, or to be measured with.
_EXAMPLE_FOLDERS = frozenset(
    {
        "bench", "benchmark", "benchmarks", "cookbook", "cookbooks", "demo", "demos", "doc",
        "docs", "docs_src", "example", "examples", "notebooks", "playground", "sample", "samples",
        "sandbox", "tutorial", "tutorials",
    }
)  # fmt: skip
#: Folders of commands that nobody should have to import from.
_SCRIPT_FOLDERS = frozenset({"script", "scripts"})
#: At the top of a repository only: inside a package they are part of it.
_TOP_SCRIPT_FOLDERS = frozenset({".ci", ".github", "bin", "ci", "contrib", "experimental", "tools"})
_TOP_SCRIPTS = frozenset({"setup.py", "noxfile.py", "tasks.py", "fabfile.py", "dodo.py"})
#: Django and South number the files; Alembic calls the folder `versions`.
_MIGRATION = re.compile(
    r"(?:.*/)?migrations/(?:.*/)?\d{4}_\w+\.py|(?:.*/)?versions/[0-9a-z-]{4,}_\w+\.py"
)


@lru_cache(maxsize=65_536)
def roles_of(path: str) -> frozenset[Role]:
    """The roles that a path plays by its folders and name; upper and lower case are one."""
    *parts, name = path.lower().split("/")
    folders = [part.strip("_") for part in parts]
    roles = {
        Role.TEST: _TEST_NAME.fullmatch(name) or any(map(_holds_tests, folders)),
        Role.EXAMPLE: not _EXAMPLE_FOLDERS.isdisjoint(folders),
        Role.SCRIPT: not _SCRIPT_FOLDERS.isdisjoint(folders)
        or not _TOP_SCRIPT_FOLDERS.isdisjoint(folders[:1])
        or (not folders and name in _TOP_SCRIPTS)
        or "." not in name,
        Role.STUB: name.endswith(".pyi"),
        Role.MIGRATION: _MIGRATION.fullmatch(path.lower()),
    }
    return frozenset(role for role, plays in roles.items() if plays)


def is_test_path(path: str) -> bool:
    """Whether a path is that of a test, or of something that tests share."""
    return Role.TEST in roles_of(path)


def is_stub_path(path: str) -> bool:
    """Whether a file only declares what another one does: it has heads of functions alone."""
    return Role.STUB in roles_of(path)


def is_example_path(path: str) -> bool:
    """Whether a file is shown or measured rather than used: each example stands for itself."""
    return Role.EXAMPLE in roles_of(path)


#: Modules that use others rather than being used, wherever they stand.
_ENTRY_POINTS = frozenset({"__main__", "main", "cli", "setup", "manage", "conftest"})


def is_entry_point(path: str) -> bool:
    """Whether a module uses others rather than being used: a command, a script, an example."""
    stem = path.rpartition("/")[2].partition(".")[0].lower()
    return stem in _ENTRY_POINTS or not {Role.SCRIPT, Role.EXAMPLE}.isdisjoint(roles_of(path))


def _holds_tests(folder: str) -> bool:
    return folder in _TEST_FOLDERS or _TESTS_OF.fullmatch(folder) is not None
