"""`raise-not-implemented-constant`: a value raised as if it were an exception."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted


def _find(code: UnitCode) -> Iterator[Span]:
    for node in code.all_of(ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is not None and dotted(raised) == "NotImplemented":
            yield lines_of(node)


RULE = UnitRule(
    "raise-not-implemented-constant",
    "edge-case",
    Severity.ERROR,
    "`NotImplemented` is a value that operators return, not an exception: raising it is a "
    "`TypeError`. Write `raise NotImplementedError`.",
    ("NotImplemented",),
    _find,
    elsewhere=(),
    own_points=5.0,
    cases="""
def abstract(self):
    # ok: raise-not-implemented-constant
    raise NotImplementedError


def operator(self, other):
    # ok: raise-not-implemented-constant
    return NotImplemented


def mistaken(self):
    # ruleid: raise-not-implemented-constant
    raise NotImplemented


def mistaken_too(self):
    # ruleid: raise-not-implemented-constant
    raise NotImplemented("later")
""",
)
