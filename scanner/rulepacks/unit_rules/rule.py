"""What a rule in code is: all that there is to know of it, in one value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules.unit_code import UnitCode, last_line

#: Paths that are tests: a rule on how failures are handled has nothing to say there.
TESTS = (
    "tests", "*_tests", "test", "testing", "test_*.py", "*_test.py", "*_tests.py", "conftest.py",
)  # fmt: skip
POINTS = {Severity.INFO: 1.0, Severity.WARNING: 3.0, Severity.ERROR: 10.0}


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A rule that is asked of each unit once, ever.

    `find` gives the lines of each hit in a unit's text. It is asked only where one of the `words`
    stands in the text. `cases` is a text with a `# ruleid: ID` comment above each line where a hit
    must begin, and `# ok: ID` above those that must be left alone; it is the rule's test, and what
    `rules show` shows. Parts of a path that match a pattern of `elsewhere` are not looked at.
    """

    id: str
    category: str
    severity: Severity
    message: str
    words: tuple[str, ...]
    find: Callable[[UnitCode], Iterable[Span]]
    cases: str
    elsewhere: tuple[str, ...] = TESTS
    references: tuple[str, ...] = ()
    is_opt_in: bool = False
    own_points: float | None = None

    @property
    def points(self) -> float:
        return POINTS[self.severity] if self.own_points is None else self.own_points

    def looks_at(self, path: str) -> bool:
        """Whether the rule is asked of a file at a path."""
        parts = PurePosixPath(path).parts
        return not any(fnmatchcase(part, one) for part in parts for one in self.elsewhere)


def lines_of(node: ast.stmt | ast.expr | ast.excepthandler) -> Span:
    """The lines of a node."""
    return Span(node.lineno, last_line(node))
