"""Cyclomatic complexity and Halstead's counts of a syntax tree, by radon's own visitors.

Three things that radon leaves out are added here, and nothing else:

- `except*`, which its visitors do not know, is read as `except`;
- functions inside functions, and methods of classes inside functions, which it drops from what it
  lists, are visited one by one;
- a tree deeper than Python's recursion limit is visited on a deep stack.

Raw counts are not radon's (`lexing`): its scan is quadratic in the length of a literal.
"""

from __future__ import annotations

import ast
import copy
from typing import Any

from radon.metrics import halstead_visitor_report
from radon.visitors import ComplexityVisitor, HalsteadVisitor

from scanner.analysis.metrics.dispatch import dispatched
from scanner.analysis.metrics.walk import Frame, FunctionNode, Walk
from scanner.analysis.parsing.syntax import on_a_deep_stack
from scanner.base.model import Closure, Halstead


def readable(tree: ast.AST, walk: Walk) -> ast.AST:
    """The tree as radon can read it: the same, or a copy in which `except*` is `except`."""
    if all(type(node) is not ast.TryStar for node, _ in walk.visits):
        return tree
    read: ast.AST = on_a_deep_stack(lambda: _ExceptStarRead().visit(copy.deepcopy(tree)))
    return read


class _ExceptStarRead(ast.NodeTransformer):
    def visit_TryStar(self, node: ast.TryStar) -> ast.Try:
        self.generic_visit(node)
        plain = ast.Try(node.body, node.handlers, node.orelse, node.finalbody)
        return ast.copy_location(plain, node)


def cyclomatic(tree: ast.AST) -> int:
    """radon's `total_complexity`: one more than the decisions that it sees in the text.

    It sees the top level, functions and classes of the top level, and the methods of those classes,
    each method one more than its decisions; not closures, nor classes inside classes or functions.
    """
    return int(_visited(ComplexityVisitor, tree).total_complexity)


def assertions(tree: ast.AST) -> int:
    """How much of the cyclomatic complexity `assert` statements are: radon counts each as one."""
    if not any(type(node) is ast.Assert for node in ast.walk(tree)):
        return 0
    without = _visited(ComplexityVisitor, tree, no_assert=True).total_complexity
    return cyclomatic(tree) - int(without)


def halstead(tree: ast.AST) -> tuple[Halstead, float]:
    """Halstead's base counts and the volume in bits, as `radon.metrics.h_visit` has them."""
    found = halstead_visitor_report(_visited(HalsteadVisitor, tree))
    return Halstead(found.h1, found.h2, found.N1, found.N2), float(found.volume)


def closures(tree: ast.AST, walk: Walk, first_line: int) -> tuple[Closure, ...]:
    """The functions inside the functions of a tree that `readable` gave, by line."""
    inner = {
        (frame.node.lineno, frame.node.col_offset): _name_inside_unit(frame)
        for frame in walk.frames
        if isinstance(frame.node, FunctionNode) and _is_inside_function(frame)
    }
    if not inner:
        return ()
    found = [
        Closure(
            name,
            node.lineno - first_line,
            cyclomatic(node),
            parameters(node),
            assertions(node),
            dispatched(node),
        )
        for node in ast.walk(tree)
        if isinstance(node, FunctionNode)
        and (name := inner.get((node.lineno, node.col_offset))) is not None
    ]
    return tuple(sorted(found, key=lambda closure: (closure.line_offset, closure.name)))


def _visited(visitor: Any, tree: ast.AST, **options: bool) -> Any:
    """One of radon's visitors after it went over a tree."""
    try:
        return visitor.from_ast(tree, **options)
    except RecursionError:
        return on_a_deep_stack(lambda: visitor.from_ast(tree, **options))


def _is_inside_function(frame: Frame) -> bool:
    outer = frame.parent
    while outer is not None and not isinstance(outer.node, FunctionNode):
        outer = outer.parent
    return outer is not None


def _name_inside_unit(frame: Frame) -> str:
    """The dotted name below the unit's own function."""
    names: list[str] = []
    current: Frame | None = frame
    while current is not None and current.node is not None:
        names.append(current.node.name)
        current = current.parent
    return ".".join(reversed(names[:-1]))


_RECEIVERS = frozenset(("self", "cls", "mcs", "mcls", "metacls"))
#: Decorators by which a framework calls a function: commands and their options, routes, fixtures.
_REGISTERED = frozenset(
    {
        "api_route", "argument", "callback", "command", "delete", "fixture", "get", "group", "head",
        "option", "options", "parametrize", "patch", "post", "put", "route", "tool", "websocket",
    }
)  # fmt: skip


def is_called_by_a_framework(node: FunctionNode) -> bool:
    """Whether a function's arguments are passed by name by what registered it: nobody writes them.

    A test is called so by its name, a fixture, a command or a route by a decorator.
    """
    return node.name.startswith("test") or any(map(_is_registration, node.decorator_list))


def _is_registration(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in _REGISTERED


def parameters(node: FunctionNode) -> int:
    """How many parameters a caller has to think of; none of a function that a framework calls.

    Positional, keyword-only, `*args` and `**kwargs` count one each. A first positional parameter
    named as a receiver (`self`, `cls`, `mcs`, `mcls`, `metacls`) does not count; the name decides,
    so that equal text has equal facts, whether it stands in a class or not.
    """
    if is_called_by_a_framework(node):
        return 0
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    receiver = bool(positional) and positional[0].arg in _RECEIVERS
    stars = (spec.vararg is not None) + (spec.kwarg is not None)
    return len(positional) - receiver + len(spec.kwonlyargs) + stars
