"""Files of tests that a `conftest.py` no longer lets pytest collect."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Finding
from scanner.config import GuardPoints
from scanner.guards.finding import Loss, in_file, tampering
from scanner.guards.tests import Read
from scanner.roles.paths import is_test_path
from scanner.scoring.change import ChangedFile

#: pytest's names for lists of paths, and of patterns, below the folder of the `conftest.py`.
_LISTS = frozenset({"collect_ignore", "collect_ignore_glob"})


def uncollected_files(
    files: Sequence[ChangedFile], points: GuardPoints, read: Read
) -> Iterator[Finding]:
    """A finding for each entry by which a `conftest.py` takes out tests that are still there.

    `read` gives files of the tree after the change. An entry for what holds no tests, such as
    `setup.py`, is none, nor is one for a file that the change brings.
    """
    new = {file.path for file in files if file.before is None}

    def is_there(path: str) -> bool:
        return "*" in path or (path not in new and read(path) is not None)

    for file in files:
        for entry, line in _gained(file):
            path = normpath(join(dirname(file.path), entry))
            if is_test_path(entry) and is_there(path):
                yield tampering(_loss(path), in_file(file.path, line), points.lost_test)


def _gained(file: ChangedFile) -> Iterator[tuple[str, int]]:
    """The entries that a `conftest.py` did not have before, with their lines."""
    if file.after is None or file.path.rpartition("/")[2] != "conftest.py":
        return
    before = dict(_entries(file.before)) if file.before else {}
    yield from ((entry, line) for entry, line in _entries(file.after) if entry not in before)


def _loss(path: str) -> Loss:
    return Loss(
        "test-not-collected",
        f"{path} is no longer collected: this takes it out of the tests that pytest looks for.",
        "Fix its tests, or skip those that cannot run here, with the reason.",
        f"{path} collected",
        f"{path} ignored",
    )


def _entries(file: ReadFile) -> Iterator[tuple[str, int]]:
    """What the lists name, in an assignment, `append`, `extend` or `+=`, with the lines."""
    if not any("collect_ignore" in line for line in file.lines):
        return
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        values = _values(node)
        for inner in ast.walk(values) if values else ():
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value, inner.lineno


def _values(node: ast.AST) -> ast.AST | None:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=value)
            | ast.AugAssign(target=ast.Name(id=name), value=value)
        ) if name in _LISTS:
            return value
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in _LISTS:
            return node
    return None
