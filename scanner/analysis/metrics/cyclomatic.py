"""Cyclomatic complexity by radon's rules, over a shared walk."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from scanner.analysis.metrics.walk import Frame, FunctionNode, Walk
from scanner.base.model import Closure


def count_decisions(walk: Walk) -> None:
    """Counts each visit's decisions to the frame it stands in."""
    decisions = _DECISIONS
    for node, place in walk.visits:
        count = decisions.get(type(node))
        if count is not None and place.decides:
            place.frame.decisions += count(node)


def _match_decisions(node: ast.Match) -> int:
    """radon takes one case off where any pattern is a bare name or `_`."""
    open_cases = any(getattr(case.pattern, "pattern", False) is None for case in node.cases)
    return max(0, len(node.cases) - open_cases)


_DECISIONS: dict[type[ast.AST], Callable[[Any], int]] = {
    ast.If: lambda _: 1,
    ast.IfExp: lambda _: 1,
    ast.Assert: lambda _: 1,
    ast.BoolOp: lambda node: len(node.values) - 1,
    ast.For: lambda node: 1 + bool(node.orelse),
    ast.AsyncFor: lambda node: 1 + bool(node.orelse),
    ast.While: lambda node: 1 + bool(node.orelse),
    ast.Try: lambda node: len(node.handlers) + bool(node.orelse),
    ast.comprehension: lambda node: 1 + len(node.ifs),
    ast.Match: _match_decisions,
}


def total(walk: Walk) -> int:
    """radon's `total_complexity` of the whole text: one more than the decisions it sees.

    It sees the top level, functions and classes of the top level, and the methods of those classes,
    each method one more than its decisions; not closures, nor classes inside classes or functions.
    """
    return 1 + sum(_share(frame) for frame in walk.frames)


def _share(frame: Frame) -> int:
    """What a frame adds to the total."""
    parent = frame.parent
    if parent is None or parent.node is None:
        return frame.decisions
    is_method = isinstance(frame.node, FunctionNode) and isinstance(parent.node, ast.ClassDef)
    if is_method and parent.parent is not None and parent.parent.node is None:
        return frame.decisions + 1
    return 0


def closures(walk: Walk, first_line: int) -> tuple[Closure, ...]:
    """The functions inside the text's functions, methods of local classes too, by line."""
    inner = [
        frame
        for frame in walk.frames
        if isinstance(frame.node, FunctionNode) and _outer_function(frame) is not None
    ]
    found = [_closure(frame, first_line) for frame in inner]
    return tuple(sorted(found, key=lambda closure: (closure.line_offset, closure.name)))


def _outer_function(frame: Frame) -> Frame | None:
    outer = frame.parent
    while outer is not None and not isinstance(outer.node, FunctionNode):
        outer = outer.parent
    return outer


def _closure(frame: Frame, first_line: int) -> Closure:
    node = frame.node
    assert isinstance(node, FunctionNode)
    return Closure(
        _name_inside_unit(frame), node.lineno - first_line, 1 + frame.decisions, parameters(node)
    )


def _name_inside_unit(frame: Frame) -> str:
    """The dotted name below the unit's own function."""
    names: list[str] = []
    current: Frame | None = frame
    while current is not None and current.node is not None:
        names.append(current.node.name)
        current = current.parent
    return ".".join(reversed(names[:-1]))


_RECEIVERS = frozenset(("self", "cls", "mcs", "mcls", "metacls"))


def parameters(node: FunctionNode) -> int:
    """How many parameters a caller has to think of.

    Positional, keyword-only, `*args` and `**kwargs` count one each. A first positional parameter
    named as a receiver (`self`, `cls`, `mcs`, `mcls`, `metacls`) does not count; the name decides,
    so that equal text has equal facts, whether it stands in a class or not.
    """
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    receiver = bool(positional) and positional[0].arg in _RECEIVERS
    stars = (spec.vararg is not None) + (spec.kwarg is not None)
    return len(positional) - receiver + len(spec.kwonlyargs) + stars
