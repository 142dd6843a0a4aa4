"""One walk over a unit's syntax tree: each node that any metric counts, with where it stands.

Walking costs more than counting, so the metrics share one walk and each is a fold over its result.
The walk keeps its own stack, so that an expression of any depth can be measured.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.analysis.parsing.syntax import CHILDREN

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Frame:
    """A scope: the text's top level (`node` None), a class, a function."""

    node: FunctionNode | ast.ClassDef | None
    parent: Frame | None


@dataclass(frozen=True, slots=True)
class WalkPlace:
    """Where a node stands: SonarSource's level of `nesting`, and `depth`, the blocks round it."""

    frame: Frame
    nesting: int = 0
    depth: int = 0

    def block(self) -> WalkPlace:
        """The inside of a control-flow block."""
        return self._inside(1, 1)

    def nested(self) -> WalkPlace:
        """The inside of what nests but is no block."""
        return self._inside(1, 0)

    def flat(self) -> WalkPlace:
        """The inside of a block that does not nest."""
        return self._inside(0, 1)

    def _inside(self, nesting: int, depth: int) -> WalkPlace:
        # Not `dataclasses.replace`, which takes six times as long.
        return WalkPlace(self.frame, self.nesting + nesting, self.depth + depth)


class Visit(NamedTuple):
    node: ast.AST
    place: WalkPlace


@dataclass(frozen=True, slots=True)
class Walk:
    """All visits, parents before their children, and all frames, the text's own first."""

    visits: list[Visit]
    frames: list[Frame]


def walk(tree: ast.Module) -> Walk:
    """Visits every node of the tree once."""
    top = WalkPlace(Frame(None, None))
    visits: list[Visit] = []
    frames = [top.frame]
    stack: list[tuple[Any, WalkPlace]] = [(tree, top)]
    pop, push = stack.pop, stack.append
    children, counted, enter = CHILDREN, _COUNTED, _ENTER
    while stack:
        node, place = pop()
        if type(node) is list:
            for item in node:
                push((item, place))
            continue
        kind = type(node)
        if kind in counted:
            visits.append(Visit(node, place))
        special = enter.get(kind)
        if special is not None:
            stack.extend(special(node, place, frames))
            continue
        getter = children.get(kind)
        if getter is not None:
            for child in getter(node):
                if child:
                    push((child, place))
    return Walk(visits, frames)


Entry = tuple[Any, WalkPlace]


def _block_statement(node: Any, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    """`for`, `while`: the header stands outside of the block, body and else inside."""
    inside = place.block()
    header = [
        (getattr(node, name), place) for name in ("target", "iter", "test") if hasattr(node, name)
    ]
    return [*header, (node.body, inside), (node.orelse, inside)]


def is_elif(node: ast.If) -> bool:
    """Whether the else branch is an `elif`: its `if` stands in the same column."""
    orelse = node.orelse
    return (
        len(orelse) == 1 and type(orelse[0]) is ast.If and orelse[0].col_offset == node.col_offset
    )


def _if(node: ast.If, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    inside = place.block()
    return [
        (node.test, place),
        (node.body, inside),
        (node.orelse, place if is_elif(node) else inside),
    ]


def _try(node: ast.Try, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    """The bodies of try and finally do not nest, those of except and else do; all are one block."""
    inside = place.block()
    flat = place.flat()
    return [
        (node.body, flat),
        (node.finalbody, flat),
        (node.handlers, flat),
        (node.orelse, inside),
    ]


def _handler(node: ast.ExceptHandler, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    return [(node.type, place), (node.body, place.nested())]


def _match(node: ast.Match, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    flat = place.flat()
    return [(node.subject, place), (node.cases, flat)]


def _case(node: ast.match_case, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    return [(node.pattern, place), (node.guard, place), (node.body, place.nested())]


def _ternary(node: ast.IfExp, place: WalkPlace, _frames: list[Frame]) -> list[Entry]:
    inside = place.nested()
    return [(node.test, inside), (node.body, inside), (node.orelse, inside)]


def _function(node: FunctionNode, place: WalkPlace, frames: list[Frame]) -> list[Entry]:
    frame = Frame(node, place.frame)
    frames.append(frame)
    inside = WalkPlace(frame, _function_nesting(node, place), place.depth)
    return [
        (node.decorator_list, inside),
        (node.args, inside),
        (node.returns, inside),
        (node.body, inside),
    ]


def _function_nesting(node: FunctionNode, place: WalkPlace) -> int:
    """A nested function adds a level, unless its parent does nothing but return it.

    A function in a class, or of the top level, starts anew.
    """
    parent = place.frame.node
    if not isinstance(parent, FunctionNode):
        return 0
    return place.nesting if _wraps(parent, node) else place.nesting + 1


def _wraps(parent: FunctionNode, child: FunctionNode) -> bool:
    return all(
        statement is child
        or (isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name))
        for statement in parent.body
    )


def _class(node: ast.ClassDef, place: WalkPlace, frames: list[Frame]) -> list[Entry]:
    frame = Frame(node, place.frame)
    frames.append(frame)
    inside = WalkPlace(frame, 0, place.depth)
    return [
        (node.decorator_list, inside),
        (getattr(node, "type_params", None) or [], inside),
        (node.bases, inside),
        (node.keywords, inside),
        (node.body, inside),
    ]


_ENTER: dict[type[ast.AST], Callable[[Any, WalkPlace, list[Frame]], list[Entry]]] = {
    ast.If: _if,
    ast.For: _block_statement,
    ast.AsyncFor: _block_statement,
    ast.While: _block_statement,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.ExceptHandler: _handler,
    ast.Match: _match,
    ast.match_case: _case,
    ast.IfExp: _ternary,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}

_COUNTED = frozenset(_ENTER) | {ast.BoolOp}
