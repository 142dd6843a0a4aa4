from __future__ import annotations

import pytest

from scanner.base.model import ChangeType
from scanner.changes.change_type import change_title, change_type

FEATURE, FIX, REFACTOR = ChangeType.FEATURE, ChangeType.FIX, ChangeType.REFACTOR
TEST, DOCS, OTHER = ChangeType.TEST, ChangeType.DOCS, ChangeType.OTHER

CODE = ("src/a.py",)

CASES = [
    # what it touches decides first
    ("feat: more tests", ("tests/test_a.py", "conftest.py"), TEST),
    ("Fix example", ("docs/index.md", "README.rst"), DOCS),
    ("Fix example", ("docs/conf.py", "README.rst"), DOCS),
    ("fix: crash", ("src/a.py", "tests/test_a.py"), FIX),
    # then a conventional type
    ("feat(api)!: x", CODE, FEATURE),
    ("FIX: x", CODE, FIX),
    ("perf: x", CODE, REFACTOR),
    ("chore(deps): add y", CODE, OTHER),
    ("docs: x", CODE, DOCS),
    ("style: fix it", CODE, OTHER),
    # then the verb
    ("Add x", CODE, FEATURE),
    ("Allow x to be y", CODE, FEATURE),
    ("Fixed #12: x", CODE, FIX),
    ("[ENG-12] Prevent x", CODE, FIX),
    ("ABC-12: Handle None", CODE, FIX),
    ("Rename x", CODE, REFACTOR),
    ("Remove dead code", CODE, REFACTOR),
    ("Add tests for x", CODE, TEST),
    ("Fix typo", CODE, DOCS),
    ("Bump x from 1 to 2", CODE, OTHER),
    ("Update docs", CODE, OTHER),
    ("Small bug", CODE, FIX),
    ("Better x", CODE, OTHER),
    ("x.y: something", CODE, OTHER),
    ("", CODE, OTHER),
    ("", (), OTHER),
    # merges are what they merge
    ("Merge pull request #1 from a/b\n\nfeat: x", CODE, FEATURE),
    ("Merge branch 'fix/some-crash'", CODE, FIX),
    ("Merge pull request #1 from a/b", CODE, OTHER),
    ("Merge remote-tracking branch 'origin/add-thing'", CODE, FEATURE),
]


@pytest.mark.parametrize(("message", "paths", "expected"), CASES)
def test_change_types(message: str, paths: tuple[str, ...], expected: ChangeType) -> None:
    assert change_type(message, paths) is expected


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("One\n\nTwo", "One"),
        ("\n\n  One", "One"),
        ("Merge pull request #1 from a/b\n\nTitle\n\nBody", "Title"),
        ("Merge branch 'topic/do-this_now' into main", "topic do this now"),
        ("Merged something", "Merged something"),
        ("", ""),
    ],
)
def test_titles(message: str, title: str) -> None:
    assert change_title(message) == title
