"""The outside of a unit: what it imports, derives from, is decorated with and registers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.choices.family import Function, decorator_names, dotted, last_name
from scanner.base.model import UnitKind


class Import(NamedTuple):
    """One import of one module. `names` are empty for `import module`; `line` counts from 0.

    `level` is the number of leading dots. `is_typing` says that it stands under TYPE_CHECKING, and
    `is_deferred` that it stands in a function.
    """

    module: str
    level: int
    names: tuple[str, ...]
    line: int
    is_typing: bool
    is_deferred: bool


class Shape(NamedTuple):
    """What shows of a unit from outside. `name` is that of the function or class, or empty.

    `calls` are the functions that statements at the top level call (`app.include_router`) and
    `members` the names that a class or module binds at its top level outside of inner units.
    """

    name: str
    bases: tuple[str, ...]
    decorators: tuple[str, ...]
    calls: tuple[str, ...]
    members: tuple[str, ...]
    imports: tuple[Import, ...]


def shape_of(tree: ast.Module, kind: UnitKind, first_line: int = 1) -> Shape:
    """The shape of a unit's tree, whose first line has this number."""
    imports = tuple(_imports(tree, first_line))
    only = tree.body[0] if tree.body else None
    if kind is UnitKind.MODULE or only is None:
        return Shape("", (), (), _calls(tree.body), _members(tree.body), imports)
    assert isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    decorators = decorator_names(only)
    if isinstance(only, ast.ClassDef):
        bases = tuple(name for name in map(last_name, only.bases) if name)
        return Shape(only.name, bases, decorators, (), _members(only.body), imports)
    return Shape(only.name, (), decorators, (), (), imports)


def _calls(body: list[ast.stmt]) -> tuple[str, ...]:
    called = (
        dotted(one.value.func)
        for one in body
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)
    )
    return tuple(name for name in called if name)


def _members(body: list[ast.stmt]) -> tuple[str, ...]:
    names: list[str] = []
    for one in body:
        targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
        names.extend(target.id for target in targets if isinstance(target, ast.Name))
    return tuple(names)


def _imports(tree: ast.Module, first_line: int) -> Iterator[Import]:
    stack: list[tuple[ast.AST, bool, bool]] = [(one, False, False) for one in reversed(tree.body)]
    while stack:
        node, is_typing, is_deferred = stack.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, 0, (), alias.lineno - first_line, is_typing, is_deferred)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            place = node.lineno - first_line
            yield Import(node.module or "", node.level, names, place, is_typing, is_deferred)
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            guard = isinstance(node, ast.If) and last_name(node.test) == "TYPE_CHECKING"
            inner = isinstance(node, Function)
            stack.extend(
                (child, is_typing or guard, is_deferred or inner)
                for child in reversed(list(_suites(node)))
            )


def _suites(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        yield from getattr(node, name, ())
