"""PURE: handlers of exceptions as rules see them, and what answers a rule beforehand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.parsing.source import PLACEHOLDER
from scanner.rulepacks.unit_rules.unit_code import (
    FunctionNode,
    UnitCode,
    dotted,
    gives_a_reason,
    last_line,
)

TryNode = ast.Try | ast.TryStar
EVERYTHING = frozenset(("Exception", "BaseException"))

#: Words of a comment that speak of failures that do not matter.
_TOLERATED = (
    r"\b(?:best.effort|ignor(?:e|ing)\b|(?:suppress|swallow)(?:e?s|ed|ing)?\b(?!-)|optional"
    r"|not fatal|harmless|otherwise|even (?:if|when)|(?:may|might|can) (?:not|fail)"
    r"|if (?:it|this|that) fails"
)
_TOLERATED_ABOVE = re.compile(_TOLERATED + ")", re.IGNORECASE)
_TOLERATED_INSIDE = re.compile(_TOLERATED + "|not (?:all|every|always|available))", re.IGNORECASE)
_PROMISE = re.compile(
    r"\b(?:best.effort|never raise|swallow|suppress|ignor(?:es?|ing|ed)\b)", re.IGNORECASE
)
_ANSWERED = re.compile(
    r"\b(?:nosec\b|noqa:[^\n]*\b(?:BLE001|E722|S110|S112|B902)\b)", re.IGNORECASE
)
_ENDING_CALL = re.compile(
    r"(?:^|.*[^a-z])(?:a?close|kill|terminate|stop|shutdown|disconnect|quit|cancel|release|rollback"
    r"|rmtree|unregister|detach|flush|abort|clean_?up|teardown|__a?exit__)(?:_\w+)?"
)
_ENDING_FUNCTION = re.compile(
    r"_*(a?close|stop|shutdown|terminate|kill|clean_?up|tear_?down|disconnect|quit|finali[sz]e"
    r"|connection_lost|a?exit|del|repr|str)(_*|_\w+)"
)
_PLAIN_CALLS = frozenset(("int", "float", "fromisoformat", "strptime", "unlink"))
_PLAIN_DOTTED = frozenset(("json.loads", "os.remove"))


@dataclass(frozen=True)
class Handler:
    """One `except` of a `try` in a unit."""

    code: UnitCode
    block: TryNode
    node: ast.ExceptHandler

    def types(self) -> list[str]:
        """The names of what it catches; empty for a bare `except:`."""
        if self.node.type is None:
            return []
        parts = self.node.type.elts if isinstance(self.node.type, ast.Tuple) else [self.node.type]
        return [dotted(part) for part in parts]

    def catches(self, names: frozenset[str]) -> bool:
        """Whether it is bare, or catches one of some exceptions."""
        return self.node.type is None or not names.isdisjoint(self.types())

    @property
    def first(self) -> ast.stmt:
        return self.node.body[0]

    def does_nothing(self) -> bool:
        """Whether its body is `pass`, `continue` or `...` alone."""
        return len(self.node.body) == 1 and self.starts_with_nothing()

    def starts_with_nothing(self) -> bool:
        """Whether its body begins with `pass`, `continue` or `...`."""
        first = self.first
        if isinstance(first, ast.Pass):
            return self.code.lines[first.lineno - 1].strip() != PLACEHOLDER
        is_ellipsis = isinstance(first, ast.Expr) and (
            isinstance(first.value, ast.Constant) and first.value.value is ...
        )
        return is_ellipsis or isinstance(first, ast.Continue)

    def has_reason(self) -> bool:
        """Whether a comment from its first line to the end of its first statement says why."""
        inside = self.code.comments_between(self.node.lineno, last_line(self.first))
        above = self.code.comments_above(self.node.lineno, self.node.col_offset)
        return any(map(gives_a_reason, inside)) or any(map(gives_a_reason, above[:1]))

    def is_answered(self) -> bool:
        """Whether another linter was told that this is meant."""
        line = self.code.comments.get(self.node.lineno)
        return line is not None and _ANSWERED.search(line.text) is not None

    def is_told_by_the_try(self) -> bool:
        """Whether comments above the `try`, or at the top of its block, speak of such failures."""
        code, line = self.code, self.block.lineno
        above = code.comments_above(line)
        if not above:
            above = code.comments_above(line - 1)
        first = self.block.body[0].lineno
        inside = code.comments_between(line + 1, first - 1)
        return any(map(_TOLERATED_ABOVE.search, above)) or any(
            map(_TOLERATED_INSIDE.search, inside)
        )

    def is_explained_at_length(self) -> bool:
        """Whether two lines of comment or more above the `try` are about what is tried."""
        return len(self.code.comments_above(self.block.lineno, self.block.col_offset)) > 1

    def tries_one_plain_call(self) -> bool:
        """Whether what can fail is in sight: one line that reads a number, a date or JSON."""
        body = self.block.body
        if len(body) != 1 or body[0].lineno != last_line(body[0]):
            return False
        called = {dotted(one.func) for one in ast.walk(body[0]) if isinstance(one, ast.Call)}
        return any(name in _PLAIN_DOTTED or name.split(".")[-1] in _PLAIN_CALLS for name in called)

    def tries_the_next(self) -> bool:
        """Whether a loop tries one after the other until one does: the block leaves the loop."""
        is_next = isinstance(self.first, ast.Continue)
        return is_next and isinstance(self.block.body[-1], ast.Return | ast.Break)

    def tries_to_end_something(self) -> bool:
        """Whether the block begins with a call that ends what is over anyway."""
        return ends_something(self.block.body[0])

    def runs_foreign_code(self) -> bool:
        """Whether the block evaluates text, which can raise whatever it wants."""
        return any(
            isinstance(node, ast.Call) and dotted(node.func) in ("eval", "exec")
            for statement in self.block.body
            for node in ast.walk(statement)
        )


def handlers(code: UnitCode) -> Iterator[Handler]:
    """Every handler of a unit."""
    for block in try_blocks(code):
        for node in block.handlers:
            yield Handler(code, block, node)


def try_blocks(code: UnitCode) -> Iterator[TryNode]:
    """Every `try` of a unit, those with `except*` too."""
    yield from code.all_of(ast.Try)
    yield from code.all_of(ast.TryStar)


def ends_something(statement: ast.stmt, more: Sequence[str] = ()) -> bool:
    """Whether a statement is a call that closes, stops or removes, its result kept or not."""
    value = getattr(statement, "value", None)
    if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
        return False
    value = value.value if isinstance(value, ast.Await) else value
    if not isinstance(value, ast.Call):
        return False
    name = dotted(value.func)
    last = name.split(".")[-1]
    return name == "webbrowser.open" or last in more or _ENDING_CALL.fullmatch(last) is not None


def is_in_ending_function(code: UnitCode, node: ast.AST, more: Sequence[str] = ()) -> bool:
    """Whether a function round a node ends or shows something: what fails there is late news."""
    return any(
        _ENDING_FUNCTION.fullmatch(one.name) or one.name.strip("_").split("_")[0] in more
        for one in code.functions_round(node)
    )


def is_promised(code: UnitCode, node: ast.AST) -> bool:
    """Whether the docstring of a function round a node says that it never raises."""
    return any(_PROMISE.search(docstring(one)) for one in code.functions_round(node))


def docstring(function: FunctionNode) -> str:
    """The docstring as it is written, or nothing."""
    return ast.get_docstring(function, clean=False) or ""


def is_in_cleanup(code: UnitCode, node: ast.AST) -> bool:
    """Whether a node stands in another handler or `finally`, whose failure must not be hidden."""
    return any(
        isinstance(step.node, ast.ExceptHandler)
        or (isinstance(step.node, TryNode) and step.field == "finalbody")
        for step in code.steps_in_function(node)
    )


def is_tolerated_above(code: UnitCode, line: int) -> bool:
    """Whether a comment above a line, or above the one before it, speaks of harmless failures."""
    above = code.comments_above(line) or code.comments_above(line - 1)
    return any(map(_TOLERATED_ABOVE.search, above))
