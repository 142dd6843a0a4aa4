"""How functions go over collections."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    Alternative,
    Family,
    Scene,
    Topic,
    dotted,
    last_name,
)


def _mapping(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return "comprehension"
    if isinstance(node, ast.Call) and dotted(node.func) in ("map", "filter") and node.args:
        return "map" if isinstance(node.args[0], ast.Lambda) else None
    return None


def _counting(node: ast.For, _scene: Scene) -> str | None:
    if not isinstance(node.iter, ast.Call):
        return None
    name = dotted(node.iter.func)
    if name == "enumerate":
        return "enumerate"
    argument = node.iter.args[0] if len(node.iter.args) == 1 else None
    is_length = isinstance(argument, ast.Call) and dotted(argument.func) == "len"
    return "range of len" if name == "range" and is_length else None


def _keys(node: ast.AST, _scene: Scene) -> str | None:
    iterated = node.iter if isinstance(node, ast.For | ast.comprehension) else None
    if not isinstance(iterated, ast.Call) or not isinstance(iterated.func, ast.Attribute):
        return None
    return (
        iterated.func.attr
        if iterated.func.attr in ("items", "keys") and not iterated.args
        else None
    )


def _accumulate(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.ListComp):
        is_filled = isinstance(scene.parent, ast.Assign | ast.Return)
        return "comprehension" if is_filled else None
    if not isinstance(node, ast.For) or len(node.body) != 1:
        return None
    only = node.body[0]
    call = only.value if isinstance(only, ast.Expr) else None
    is_append = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    return "append" if is_append and last_name(call or node) == "append" else None


FAMILIES = (
    Family(
        "mapping-style",
        Topic.STRUCTURE,
        "sequences mapped or filtered",
        (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.Call),
        _mapping,
        (
            Alternative(
                "comprehension",
                "comprehensions",
                "write a comprehension",
                "x = [f(y) for y in z]\n",
            ),
            Alternative(
                "map",
                "`map` or `filter` with a lambda",
                "write `map` or `filter`",
                "x = map(lambda y: y + 1, z)\n",
                "map(lambda $X: ..., ...)",
            ),
        ),
        ("ruff:C417", "pylint:W0141"),
    ),
    Family(
        "index-loop",
        Topic.STRUCTURE,
        "loops that count",
        (ast.For,),
        _counting,
        (
            Alternative(
                "enumerate",
                "made with `enumerate`",
                "write `for i, x in enumerate(...)`",
                "for i, x in enumerate(z):\n    f(i, x)\n",
            ),
            Alternative(
                "range of len",
                "made with `range(len(…))`",
                "write `for i in range(len(...))`",
                "for i in range(len(z)):\n    f(z[i])\n",
                "for $I in range(len($X)):\n  ...\n",
            ),
        ),
        ("pylint:C0200",),
    ),
    Family(
        "list-building",
        Topic.STRUCTURE,
        "lists built from a loop",
        (ast.ListComp, ast.For),
        _accumulate,
        (
            Alternative(
                "comprehension",
                "comprehensions",
                "write a list comprehension",
                "x = [f(y) for y in z]\n",
            ),
            Alternative(
                "append",
                "loops that append",
                "append in a loop",
                "for y in z:\n    x.append(f(y))\n",
                "for $Y in $Z:\n  $X.append(...)\n",
            ),
        ),
        ("ruff:PERF401",),
    ),
    Family(
        "dict-iteration",
        Topic.STRUCTURE,
        "dicts iterated by a method",
        (ast.For, ast.comprehension),
        _keys,
        (
            Alternative(
                "items",
                "iterated by `.items()`",
                "iterate over `.items()`",
                "for k, v in d.items():\n    f(k, v)\n",
            ),
            Alternative(
                "keys",
                "iterated by `.keys()`",
                "iterate over `.keys()`",
                "for k in d.keys():\n    f(k)\n",
                "for $K in $D.keys():\n  ...\n",
            ),
        ),
        ("ruff:SIM118", "pylint:C0201"),
    ),
)
