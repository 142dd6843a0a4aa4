"""How functions are built."""

from __future__ import annotations

import ast
from functools import lru_cache

from scanner.analysis.choices.family import (
    FUNCTIONS,
    Alternative,
    Family,
    Function,
    Reach,
    Scene,
    Seen,
    Topic,
    body_after_docstring,
    decorator_names,
    dotted,
    is_public,
    is_test,
    leaves,
)
from scanner.base.model import UnitKind


def _helper(node: Function, scene: Scene) -> str | None:
    if scene.is_unit:
        is_helper = scene.kind is UnitKind.FUNCTION and node.name.startswith("_")
        return "module" if is_helper and not node.name.startswith("__") else None
    outer = scene.enclosing(*FUNCTIONS)
    if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return None
    if not _bound(outer).isdisjoint(_used(node)):
        return None  # what takes from its caller would need parameters elsewhere
    calls, others = 0, 0
    for part in ast.walk(outer):
        if isinstance(part, ast.Call) and dotted(part.func) == node.name:
            calls += 1
        elif isinstance(part, ast.Name) and part.id == node.name:
            others += 1
    return "nested" if calls and others == calls else None


@lru_cache(maxsize=4)
def _bound(node: Function) -> frozenset[str]:
    """The names that a function's parameters and assignments bind.

    Asked once for each function inside of a function, of which there may be many.
    """
    return frozenset(
        part.arg if isinstance(part, ast.arg) else part.id
        for part in ast.walk(node)
        if isinstance(part, ast.arg) or (isinstance(part, ast.Name) and _is_stored(part))
    )


def _used(node: Function) -> set[str]:
    """The names that a function reads and does not bind."""
    read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return read - _bound(node)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def _guard(node: Function, scene: Scene) -> Seen | None:
    if not scene.is_unit:
        return None
    body = body_after_docstring(node)
    for statement in body[:-1]:
        if isinstance(statement, ast.If) and not statement.orelse and leaves(statement.body[-1]):
            return Seen("early", line=statement.lineno)
    last = body[-1] if body else None
    if not isinstance(last, ast.If) or len(last.body) < 4 or len(body) > 3:
        return None
    if any(isinstance(statement, _COMPOUND) for statement in body[:-1]):
        return None  # the condition is of one part of several, and none of the whole
    fails = len(last.orelse) == 1 and leaves(last.orelse[0])
    is_whole = not last.orelse and not leaves(last.body[-1])
    return Seen("nested", line=last.lineno) if fails or is_whole else None


def _else_after(node: ast.If, scene: Scene) -> str | None:
    above = scene.parent
    if isinstance(above, ast.If) and above.orelse == [node] and not leaves(above.body[-1]):
        return None  # of more branches than two, not all of which leave
    if not leaves(node.body[-1]) or not isinstance(node.body[-1], ast.Return | ast.Raise):
        return None
    if node.orelse:
        is_elif = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        return None if is_elif or not leaves(node.orelse[-1]) else "else"
    return "none"


def _asynchrony(node: Function, scene: Scene) -> str | None:
    names = [name.split(".")[-1] for name in decorator_names(node)]
    is_counted = scene.is_unit and is_public(node.name) and not is_test(node)
    if not is_counted or any("property" in name or name == "overload" for name in names):
        return None
    return "async" if isinstance(node, ast.AsyncFunctionDef) else "sync"


def _flags(node: Function, scene: Scene) -> Seen | None:
    if not scene.is_unit:
        return None
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    for parameter, default in defaults:
        if isinstance(default, ast.Constant) and isinstance(default.value, bool):
            return Seen("by position", line=parameter.lineno)
    for parameter, named in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if isinstance(named, ast.Constant) and isinstance(named.value, bool):
            return Seen("by keyword", line=parameter.lineno)
    return None


def _options(node: Function, scene: Scene) -> str | None:
    arguments = node.args
    count = len(arguments.defaults) + sum(one is not None for one in arguments.kw_defaults)
    if not scene.is_unit or count < 3 or not is_public(node.name):
        return None
    return "by keyword" if arguments.kwonlyargs else "by position"


def _nothing(node: ast.Return, scene: Scene) -> str | None:
    if node.value is None:
        return "bare"
    is_none = isinstance(node.value, ast.Constant) and node.value.value is None
    function = scene.enclosing(*FUNCTIONS)
    if not is_none or not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    values = [part.value for part in ast.walk(function) if isinstance(part, ast.Return)]
    is_procedure = all(
        v is None or (isinstance(v, ast.Constant) and v.value is None) for v in values
    )
    return "None" if is_procedure else None


FAMILIES = (
    Family(
        "helper-place",
        Topic.STRUCTURE,
        "helpers",
        FUNCTIONS,
        _helper,
        (
            Alternative(
                "module",
                "private functions of the module",
                "make it a private function of the module",
                "def _helper():\n    return 1\n",
            ),
            Alternative(
                "nested",
                "functions nested in their caller",
                "nest it in the function that calls it",
                "def f():\n    def helper():\n        return 1\n    return helper()\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "guard-style",
        Topic.STRUCTURE,
        "functions with a precondition",
        FUNCTIONS,
        _guard,
        (
            Alternative(
                "early",
                "ones that return early",
                "return or raise early, and leave the rest unindented",
                "def f(x):\n    if not x:\n        return\n    g(x)\n",
            ),
            Alternative(
                "nested",
                "ones that nest the rest under an `if`",
                "put the rest under an `if`",
                "def f(x):\n    if x:\n        a()\n        b()\n        c()\n        d()\n",
            ),
        ),
    ),
    Family(
        "else-after-return",
        Topic.STRUCTURE,
        "branches that return or raise",
        (ast.If,),
        _else_after,
        (
            Alternative(
                "none",
                "without an `else`",
                "leave off the `else`",
                "def f(x):\n    if x:\n        return 1\n    return 2\n",
            ),
            Alternative(
                "else",
                "followed by an `else`",
                "write an `else`",
                "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n",
            ),
        ),
        ("ruff:RET505", "ruff:RET506", "pylint:R1705", "pylint:R1720"),
    ),
    Family(
        "async",
        Topic.STRUCTURE,
        "public functions",
        FUNCTIONS,
        _asynchrony,
        (
            Alternative("sync", "plain `def`", "make it a plain `def`", "def f():\n    pass\n"),
            Alternative(
                "async", "`async def`", "make it `async def`", "async def f():\n    pass\n"
            ),
        ),
        reach=Reach.DIRECTORY,
        in_tests=False,
    ),
    Family(
        "boolean-parameter",
        Topic.STRUCTURE,
        "functions with a boolean option",
        FUNCTIONS,
        _flags,
        (
            Alternative(
                "by position",
                "ones that take it by position too",
                "leave off the `*`",
                "def f(x, deep=False):\n    pass\n",
            ),
            Alternative(
                "by keyword",
                "ones that take it by keyword only",
                "put `*` before it",
                "def f(x, *, deep=False):\n    pass\n",
                improves_on=("by position",),
            ),
        ),
        ("ruff:FBT002",),
        in_tests=False,
    ),
    Family(
        "keyword-only",
        Topic.STRUCTURE,
        "public functions with three options or more",
        FUNCTIONS,
        _options,
        (
            Alternative(
                "by position",
                "ones that take them by position too",
                "leave off the `*`",
                "def f(a=1, b=2, c=3):\n    pass\n",
            ),
            Alternative(
                "by keyword",
                "ones that take some by keyword only",
                "put `*` before the options",
                "def f(*, a=1, b=2, c=3):\n    pass\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "empty-return",
        Topic.STRUCTURE,
        "returns of nothing",
        (ast.Return,),
        _nothing,
        (
            Alternative(
                "bare",
                "a bare `return`",
                "write `return`",
                "def f(x):\n    if x:\n        return\n    g()\n",
            ),
            Alternative(
                "None",
                "`return None`",
                "write `return None`",
                "def f(x):\n    if x:\n        return None\n    g()\n",
            ),
        ),
        ("ruff:RET501", "ruff:PLR1711"),
    ),
)
