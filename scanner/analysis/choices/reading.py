"""Reads all choices of a unit in one walk over its syntax tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.choices.all_families import FAMILIES
from scanner.analysis.choices.family import Choice, Family, Function, Scene, Seen
from scanner.analysis.choices.shape import Shape, shape_of
from scanner.analysis.parsing.source import UnitSource, split_lines
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Stage, UnitKind


class Choices(NamedTuple):
    """Which alternative of each family a unit chose, in order of their lines, and its shape."""

    points: tuple[Choice, ...]
    shape: Shape


def read_choices(source: UnitSource) -> Choices | Problem:
    """All choices of a unit. Depends on its text alone."""
    try:
        tree, first_line, indentation = _tree_of(source)
        scene = Scene(_kind_of(tree), tuple(split_lines(source.text)), first_line, indentation)
        points = _walk(tree, scene)
    except (SyntaxError, MemoryError) as error:
        return Problem(Stage.PARSE, None, f"unit does not parse by itself: {error}")
    except RecursionError:
        return Problem(Stage.ANALYSE, None, "nested too deep to read its choices")
    points.sort(key=lambda point: point.line)
    return Choices(tuple(points), shape_of(tree, scene.kind, first_line))


def _tree_of(source: UnitSource) -> tuple[ast.Module, int, int]:
    """The tree, the number of its first line, and its indentation in bytes.

    The tree of the file is taken where it is at hand; that of a class there has its methods in it.
    """
    origin = source.origin
    if origin is None or isinstance(origin.node, ast.ClassDef):
        return parse(source.text), 1, 0
    return ast.Module([origin.node], []), origin.first_line, origin.node.col_offset


def _kind_of(tree: ast.Module) -> UnitKind:
    """The kind by the text alone, for equal texts share their facts."""
    only = tree.body[0] if len(tree.body) == 1 else None
    if isinstance(only, ast.ClassDef):
        return UnitKind.CLASS
    if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef):
        return UnitKind.METHOD if _has_receiver(only) else UnitKind.FUNCTION
    return UnitKind.MODULE


def _has_receiver(function: Function) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    decorators = {one.id for one in function.decorator_list if isinstance(one, ast.Name)}
    takes_self = bool(arguments) and arguments[0].arg in ("self", "cls", "mcs")
    return takes_self or bool(decorators & {"staticmethod", "classmethod"})


def _by_node(families: Sequence[Family]) -> dict[type[ast.AST], tuple[Family, ...]]:
    table: dict[type[ast.AST], list[Family]] = defaultdict(list)
    for family in families:
        for node in dict.fromkeys(family.nodes):
            table[node].append(family)
    return {node: tuple(readers) for node, readers in table.items()}


_READERS = _by_node(FAMILIES)
_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in ("ctx", "op", "ops", "type_comment"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def _walk(tree: ast.Module, scene: Scene) -> list[Choice]:
    """Visits every node once, with the nodes above it, without recursion."""
    found: list[Choice] = []
    stack: list[tuple[Any, int]] = [(tree, 0)]
    ancestors = scene.ancestors
    whole = 0 if scene.kind is UnitKind.MODULE else 1
    in_template = 0  # the depth of the f-string that holds the node; 0 where none does
    while stack:
        node, depth = stack.pop()
        del ancestors[depth:]
        in_template = in_template if depth > in_template else 0
        kind = type(node)
        if depth != whole:
            _read(node, scene, found)
        if kind is ast.JoinedStr:
            in_template = in_template or depth
        elif kind is ast.Constant and not in_template and isinstance(node.value, str):
            scene.texts.append(node)
        elif kind is ast.Return:
            scene.returns.append(node)
        ancestors.append(node)
        for name in _FIELDS[kind]:
            value = getattr(node, name, None)
            if isinstance(value, list):
                stack.extend((one, depth + 1) for one in value if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST):
                stack.append((value, depth + 1))
    # What is said of the unit as a whole comes last: then its texts and returns are known.
    del ancestors[whole:]
    _read(tree.body[0] if whole else tree, scene, found)
    return found


def _read(node: Any, scene: Scene, found: list[Choice]) -> None:
    for family in _READERS.get(type(node), ()):
        seen = family.read(node, scene)
        if seen is not None:
            found.append(_choice(family, seen, node, scene.first_line))


def _choice(family: Family, seen: Seen | str, node: Any, first_line: int) -> Choice:
    if isinstance(seen, str):
        return Choice(family.id, "", seen, _line(node) - first_line)
    line = (seen.line or _line(node)) - first_line
    return Choice(family.id, seen.subject, seen.alternative, line)


def _line(node: Any) -> int:
    """The line of a node; a `with` item and a comprehension have only those of their parts."""
    if isinstance(node, ast.withitem):
        node = node.context_expr
    elif isinstance(node, ast.comprehension):
        node = node.target
    number: int = getattr(node, "lineno", 1)
    return number


ANALYSIS = Analysis("choices", 5, Choices, read_choices)
