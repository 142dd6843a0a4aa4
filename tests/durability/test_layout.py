from __future__ import annotations

import difflib

import pytest

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk
from scanner.durability.layout import is_layout_only, relaid_lines


def change(before: list[str], after: list[str]) -> FileChange:
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    hunks = tuple(Hunk(a, b - a, c, d - c) for tag, a, b, c, d in blocks if tag != "equal")
    version = FileVersion("a.py", FileMode.REGULAR, "0" * 40)
    return FileChange(FileStatus.MODIFIED, version, version, hunks)


def pairs(before: str, after: str) -> list[tuple[int, int]] | None:
    old, new = before.split("\n"), after.split("\n")
    found = relaid_lines(change(old, new), old, new)
    return None if found is None else [(pair.before, pair.after) for pair in found]


LEAVE_ALONE = [
    ("another value", "x = 1", "x = 2"),
    ("a comment only", "x = 1\n# a", "x = 1\n# b"),
    ("a blank line only", "x = 1\ny = 2", "x = 1\n\ny = 2"),
    ("nothing", "x = 1", "x = 1"),
    ("other text in a string", "x = 'a b'", "x = 'ab'"),
    ("a tuple made a value", "x = (1,)", "x = 1"),
    ("a comma that is no trailing one", "f(a, b)", "f(a b)"),
    ("quotes that change the string", 'x = "it\'s"', "x = 'it\"s'"),
    ("order", "a = 1\nb = 2", "b = 2\na = 1"),
]


@pytest.mark.parametrize(("why", "before", "after"), LEAVE_ALONE)
def test_more_than_layout(why: str, before: str, after: str) -> None:
    assert pairs(before, after) is None, why


LAYOUT = [
    ("spaces", "x=1", "x = 1", [(0, 0)]),
    ("one line cut up", "f(a, b)", "f(\n    a,\n    b,\n)", [(0, 0), (0, 1), (0, 2), (0, 3)]),
    ("three lines made one", "f(\n    a,\n    b,\n)", "f(a, b)", [(0, 0), (1, 0), (2, 0), (3, 0)]),
    ("quotes", 'x = "a"', "x = 'a'", [(0, 0)]),
    ("a comment behind", "x = 1 # a", "x = 1  # b", [(0, 0)]),
    ("a blank line beside", "x=1\ny=2", "x = 1\n\ny = 2", [(0, 0), (1, 2)]),
    ("new indentation", "x = 1\ny = 2", "  x = 1\n  y = 2", [(0, 0), (1, 1)]),
    ("a backslash for a bracket", "x = 1 + \\\n    2", "x = 1 + 2", [(0, 0), (1, 0)]),
]


@pytest.mark.parametrize(("why", "before", "after", "expected"), LAYOUT)
def test_layout(why: str, before: str, after: str, expected: list[tuple[int, int]]) -> None:
    assert pairs(before, after) == expected, why


def only_layout(before: str, after: str) -> bool:
    old, new = before.split("\n"), after.split("\n")
    return is_layout_only(change(old, new), old, new)


def test_only_the_tree_tells_a_statement_that_left_its_block() -> None:
    inside, outside = "if a:\n    b()\n    c()", "if a:\n    b()\nc()"
    assert pairs(inside, outside) is not None
    assert not only_layout(inside, outside)
    assert only_layout("x=1", "x = 1")
    assert not only_layout("x=1", "x = 2")
    assert not only_layout("x=(", "x = (")
