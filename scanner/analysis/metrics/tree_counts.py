"""Cyclomatic complexity and Halstead's counts of a syntax tree in one walk, equal to radon's.

radon's visitors take three walks, each some four times as long. What is counted is theirs
(`radon.visitors`, 6.0); two things that they leave out are added here, and nothing else:

- `except*`, which they do not know, is read as `except`;
- functions inside functions, and methods of classes inside functions, which they drop from what
  they list, are counted one by one.

The walk keeps its own stack, so that an expression of any depth can be counted.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from scanner.analysis.metrics.dispatch import dispatched
from scanner.analysis.metrics.walk import Frame, FunctionNode, Walk
from scanner.analysis.parsing.syntax import CHILDREN
from scanner.base.model import Closure, Halstead


@dataclass(frozen=True, slots=True)
class FunctionCounts:
    """Of one function, those inside it left out: cyclomatic, and how much of it is `assert`."""

    cyclomatic: int
    assertions: int


@dataclass(frozen=True, slots=True)
class TreeCounts:
    """The counts of a tree.

    `cyclomatic` is radon's `total_complexity`: one more than the decisions that it sees in the
    text. It sees the top level, functions and classes of the top level, and the methods of those
    classes, each method one more than its decisions; not closures, nor classes inside classes or
    functions. `assertions` is how much of it `assert` statements are, each one. `volume` is
    Halstead's, in bits. `functions` has each function's own counts.
    """

    cyclomatic: int
    assertions: int
    halstead: Halstead
    volume: float
    functions: Mapping[FunctionNode, FunctionCounts]


class _Kind(Enum):
    """What a scope is; what radon does not see of a text is ASIDE, with all that is inside."""

    TOP = auto()
    CLASS = auto()
    FUNCTION = auto()
    ASIDE = auto()


class _Scope:
    """What is counted of a stretch of text. `name` is that of the innermost function round it."""

    __slots__ = ("assertions", "decisions", "kind", "name")

    def __init__(self, name: str | None, kind: _Kind) -> None:
        self.name = name
        self.kind = kind
        self.decisions = 0
        self.assertions = 0


_Entry = tuple[Any, _Scope]


def count(tree: ast.Module) -> TreeCounts:
    """The counts of a tree."""
    scopes, words = _Scopes(), _Words()
    enter: Mapping[type, Callable[[Any, _Scope], list[_Entry]]] = {
        list: lambda nodes, scope: [(node, scope) for node in nodes],
        ast.Assert: scopes.assertion,
        ast.FunctionDef: scopes.function,
        ast.AsyncFunctionDef: scopes.function,
        ast.ClassDef: scopes.class_,
    }
    decisions, operations, children = _DECISIONS, _OPERATIONS, CHILDREN
    stack: list[_Entry] = [(tree, scopes.top)]
    pop, push = stack.pop, stack.append
    while stack:
        node, scope = pop()
        kind = type(node)
        special = enter.get(kind)
        if special is not None:
            stack += special(node, scope)
            continue
        weigh = decisions.get(kind)
        if weigh is not None:
            scope.decisions += weigh(node)
        operation = operations.get(kind)
        if operation is not None:
            words.add(scope.name, *operation(node))
        getter = children.get(kind)
        if getter is not None:
            for child in getter(node):
                if child:
                    push((child, scope))
    return scopes.counts(words)


class _Scopes:
    """All scopes of a tree. What enters one gives what is to be walked there."""

    def __init__(self) -> None:
        self.top = _Scope(None, _Kind.TOP)
        self._seen = [self.top]
        self._methods = 0
        self._functions: dict[FunctionNode, _Scope] = {}

    def function(self, node: FunctionNode, scope: _Scope) -> list[_Entry]:
        """The body; radon looks at neither decorators nor parameters."""
        inner = self._entered(scope, node.name, _Kind.FUNCTION)
        self._functions[node] = inner
        self._methods += scope.kind is _Kind.CLASS
        return [(node.body, inner)]

    def class_(self, node: ast.ClassDef, scope: _Scope) -> list[_Entry]:
        """The body, and the head, in which operators count and decisions do not."""
        parameters = getattr(node, "type_params", ())
        head = [*node.decorator_list, *parameters, *node.bases, *node.keywords]
        return [
            (head, _Scope(scope.name, _Kind.ASIDE)),
            (node.body, self._entered(scope, scope.name, _Kind.CLASS)),
        ]

    def assertion(self, node: ast.Assert, scope: _Scope) -> list[_Entry]:
        """What is asserted, in which operators count and decisions do not."""
        scope.assertions += 1
        return [([node.test, *filter(None, [node.msg])], _Scope(scope.name, _Kind.ASIDE))]

    def _entered(self, scope: _Scope, name: str | None, kind: _Kind) -> _Scope:
        is_seen = scope.kind is _Kind.TOP or (scope.kind is _Kind.CLASS and kind is _Kind.FUNCTION)
        inner = _Scope(name, kind if is_seen else _Kind.ASIDE)
        if is_seen:
            self._seen.append(inner)
        return inner

    def counts(self, words: _Words) -> TreeCounts:
        """All that was counted."""
        asserted = sum(scope.assertions for scope in self._seen)
        decisions = sum(scope.decisions for scope in self._seen)
        functions = {
            node: FunctionCounts(1 + one.decisions + one.assertions, one.assertions)
            for node, one in self._functions.items()
        }
        total = 1 + self._methods + decisions + asserted
        return TreeCounts(total, asserted, words.halstead(), words.volume(), functions)


def _handlers(node: Any) -> int:
    return len(node.handlers) + bool(node.orelse)


def _loop(node: Any) -> int:
    return 1 + bool(node.orelse)


def _cases(node: Any) -> int:
    """A case that takes whatever comes is no decision."""
    takes_all = any(getattr(case.pattern, "pattern", False) is None for case in node.cases)
    return max(0, len(node.cases) - takes_all)


_DECISIONS: Mapping[type[ast.AST], Callable[[Any], int]] = {
    ast.Try: _handlers,
    ast.TryStar: _handlers,
    ast.BoolOp: lambda node: len(node.values) - 1,
    ast.If: lambda _node: 1,
    ast.IfExp: lambda _node: 1,
    ast.Match: _cases,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _loop,
    ast.comprehension: lambda node: len(node.ifs) + 1,
}

_Operation = tuple[Sequence[ast.AST], Sequence[ast.AST]]

#: The operators of a node and their operands.
_OPERATIONS: Mapping[type[ast.AST], Callable[[Any], _Operation]] = {
    ast.BinOp: lambda node: ((node.op,), (node.left, node.right)),
    ast.UnaryOp: lambda node: ((node.op,), (node.operand,)),
    ast.BoolOp: lambda node: ((node.op,), node.values),
    ast.AugAssign: lambda node: ((node.op,), (node.target, node.value)),
    ast.Compare: lambda node: (node.ops, (*node.comparators, node.left)),
}
#: Operands that are equal where this is, in functions of one name; all others are distinct.
_SAME_BY: Mapping[type[ast.AST], str] = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.Constant: "value",
}


class _Words:
    """Operators and operands, all and distinct."""

    def __init__(self) -> None:
        self._operators = self._operands = 0
        self._kinds: set[type[ast.AST]] = set()
        self._distinct: set[tuple[str | None, object]] = set()

    def add(
        self, function: str | None, operators: Sequence[ast.AST], operands: Sequence[ast.AST]
    ) -> None:
        self._operators += len(operators)
        self._operands += len(operands)
        self._kinds.update(map(type, operators))
        for operand in operands:
            field = _SAME_BY.get(type(operand))
            value = operand if field is None else getattr(operand, field)
            self._distinct.add((function, value))

    def halstead(self) -> Halstead:
        return Halstead(len(self._kinds), len(self._distinct), self._operators, self._operands)

    def volume(self) -> float:
        vocabulary = len(self._kinds) + len(self._distinct)
        length = self._operators + self._operands
        # radon's logarithm, whose last digit differs from that of `log2`.
        return length * math.log(vocabulary, 2) if vocabulary else 0.0  # noqa: FURB163


def closures(counts: TreeCounts, walk: Walk, first_line: int) -> tuple[Closure, ...]:
    """The functions inside the functions of a tree, by line."""
    found = [
        Closure(
            _name_inside_unit(frame),
            frame.node.lineno - first_line,
            counts.functions[frame.node].cyclomatic,
            parameters(frame.node),
            counts.functions[frame.node].assertions,
            dispatched(frame.node),
        )
        for frame in walk.frames
        if isinstance(frame.node, FunctionNode) and _is_inside_function(frame)
    ]
    return tuple(sorted(found, key=lambda closure: (closure.line_offset, closure.name)))


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
