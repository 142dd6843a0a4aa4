"""Cognitive complexity as SonarSource defines it, over a shared walk.

The walk knows the nesting of each node (`walk.Place.nesting`); here it becomes points. Definition:
G. A. Campbell, Cognitive Complexity, SonarSource 2018, as SonarSource's analyzer for Python applies
it; every rule stands as a case in `tests/analysis/test_cognitive.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from enum import Enum

from scanner.analysis.metrics.walk import FunctionNode, Walk, is_elif

#: Gives a line of text by the number that the tree's nodes have for it.
LineAt = Callable[[int], str]


class Rules(Enum):
    """Whose reading of the definition counts."""

    SONARSOURCE = "as SonarSource's analyzer counts"
    PAPER = "as the paper counts: direct recursion adds one"


def measure(walk: Walk, line_at: LineAt, rules: Rules = Rules.SONARSOURCE) -> int:
    """The cognitive complexity of all that was walked, of the text that `line_at` gives."""
    chains = _Chains(line_at)
    total = 0
    for node, place in walk.visits:
        kind = type(node)
        if kind in _NESTING_INCREMENTS:
            total += 1 + place.nesting
        if kind is ast.BoolOp:
            total += chains.increments(node)  # type: ignore[arg-type]
        elif kind is ast.If:
            total += _else_of_if(node, place.nesting)  # type: ignore[arg-type]
        elif kind in _WITH_ELSE:
            total += bool(node.orelse)  # type: ignore[attr-defined]
    return total + (_recursions(walk) if rules is Rules.PAPER else 0)


_NESTING_INCREMENTS = frozenset(
    (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp)
)
_WITH_ELSE = frozenset((ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar))


def _else_of_if(node: ast.If, nesting: int) -> int:
    """One for an else. An elif is an `if` of its own in the walk: its nesting is taken back."""
    if not node.orelse:
        return 0
    return -nesting if is_elif(node) else 1


class _Chains:
    """Counts runs of like boolean operators, from left to right; a parenthesis ends a chain."""

    def __init__(self, line_at: LineAt) -> None:
        self.line_at = line_at
        self.counted: set[int] = set()

    def increments(self, node: ast.BoolOp) -> int:
        """One for each change of operator in the chain that starts here; 0 if counted before."""
        if id(node) in self.counted:
            return 0
        operators = self._operators(node)
        return sum(
            before is not after
            for before, after in zip([None, *operators], operators, strict=False)
        )

    def _operators(self, node: ast.BoolOp) -> list[type[ast.boolop]]:
        """The operators from left to right. Only an `and` can stand bare in an `or`."""
        operators: list[type[ast.boolop]] = []
        kind = type(node.op)
        for index, value in enumerate(node.values):
            if index:
                operators.append(kind)
            if kind is ast.Or and type(value) is ast.BoolOp and type(value.op) is ast.And:
                if self._parenthesised(node.values, index):
                    continue
                self.counted.add(id(value))
                operators.extend([ast.And] * (len(value.values) - 1))
        return operators

    def _parenthesised(self, values: list[ast.expr], index: int) -> bool:
        """Between two operands stand only the operator, comments and parentheses."""
        if index:
            return "(" in self._between(values[index - 1], values[index])
        return ")" in self._between(values[0], values[1])

    def _between(self, before: ast.expr, after: ast.expr) -> str:
        assert before.end_lineno is not None
        line_at, first, last = self.line_at, before.end_lineno, after.lineno
        if first == last:
            return _cut(line_at(first), before.end_col_offset, after.col_offset)
        parts = [
            _cut(line_at(first), before.end_col_offset, None),
            *map(line_at, range(first + 1, last)),
            _cut(line_at(last), 0, after.col_offset),
        ]
        return "\n".join(_COMMENT.sub("", part) for part in parts)


_COMMENT = re.compile("#.*")


def _cut(line: str, start: int | None, end: int | None) -> str:
    """A piece of a line by the offsets that `ast` gives, in bytes of UTF-8."""
    if line.isascii():
        return line[start:end]
    return line.encode("utf-8", "surrogatepass")[start:end].decode("utf-8", "replace")


def _recursions(walk: Walk) -> int:
    """One for each function that calls itself by its name, bare or on `self` or `cls`."""
    functions = [frame.node for frame in walk.frames if isinstance(frame.node, FunctionNode)]
    return sum(_calls_itself(node) for node in functions)


def _calls_itself(function: FunctionNode) -> bool:
    return any(
        isinstance(node, ast.Call) and _callee(node.func) == function.name
        for node in ast.walk(function)
    )


def _callee(node: ast.expr) -> str | None:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return node.attr
    return None
