"""How the code writes constants and collections."""

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
from scanner.analysis.choices.records import enum_kind
from scanner.base.model import UnitKind


def _empty(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.Call):
        is_plain = not node.args and not node.keywords
        return "call" if is_plain and dotted(node.func) in ("dict", "list", "tuple") else None
    if isinstance(node, ast.Dict):
        return "literal" if not node.keys else None
    is_value = isinstance(node, ast.List) and not node.elts
    return "literal" if is_value and isinstance(scene.parent, ast.Assign | ast.Return) else None


def _merge(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Dict):
        spreads = sum(key is None for key in node.keys)
        return "spread" if spreads and len(node.keys) > 1 else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return "operator" if isinstance(node.right, ast.Dict) else None
    return None


def _final(node: ast.stmt, scene: Scene) -> str | None:
    if scene.kind is not UnitKind.MODULE or not isinstance(scene.parent, ast.Module):
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if not isinstance(target, ast.Name) or not target.id.isupper() or len(target.id) < 2:
        return None
    if isinstance(node, ast.Assign):
        return "bare"
    assert isinstance(node, ast.AnnAssign)
    annotation = node.annotation
    inner = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return "Final" if last_name(inner) == "Final" else "annotated"


def _constant_place(node: ast.Assign, scene: Scene) -> str | None:
    target = node.targets[0]
    is_constant = isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 2
    if not is_constant or not isinstance(node.value, ast.Constant):
        return None
    if scene.in_function:
        return "function"
    if scene.kind is UnitKind.CLASS:
        owner = scene.parent
        is_enum = isinstance(owner, ast.ClassDef) and enum_kind(owner, scene)
        return None if is_enum else "class"
    return "module" if isinstance(scene.parent, ast.Module) else None


FAMILIES = (
    Family(
        "empty-collection",
        Topic.RECORDS,
        "empty collections",
        (ast.Call, ast.Dict, ast.List),
        _empty,
        (
            Alternative("literal", "written `{}` or `[]`", "write `{}` or `[]`", "x = {}\n"),
            Alternative(
                "call",
                "written `dict()` or `list()`",
                "write `dict()` or `list()`",
                "x = dict()\n",
                "dict()",
            ),
        ),
        ("ruff:C408", "pylint:R1734", "pylint:R1735"),
    ),
    Family(
        "dict-merge",
        Topic.RECORDS,
        "merged dicts",
        (ast.Dict, ast.BinOp),
        _merge,
        (
            Alternative(
                "spread", "merged by `{**a, ...}`", "write `{**a, ...}`", "x = {**a, 'b': 1}\n"
            ),
            Alternative("operator", "merged by `|`", "write `a | {...}`", "x = a | {'b': 1}\n"),
        ),
    ),
    Family(
        "constant-type",
        Topic.RECORDS,
        "module constants",
        (ast.Assign, ast.AnnAssign),
        _final,
        (
            Alternative("bare", "not annotated", "leave off the annotation", "LIMIT = 3\n"),
            Alternative(
                "Final",
                "annotated `Final`",
                "annotate it `Final`",
                "LIMIT: Final = 3\n",
                improves_on=(
                    "bare",
                    "annotated",
                ),
            ),
            Alternative(
                "annotated",
                "annotated with a type",
                "annotate it with its type",
                "LIMIT: int = 3\n",
                improves_on=("bare",),
            ),
        ),
    ),
    Family(
        "constant-place",
        Topic.RECORDS,
        "constants",
        (ast.Assign,),
        _constant_place,
        (
            Alternative(
                "module",
                "at the top of the module",
                "define it at the top of the module",
                "LIMIT = 3\n",
            ),
            Alternative(
                "class",
                "in the class",
                "define it in the class",
                "class A:\n    LIMIT = 3\n",
            ),
            Alternative(
                "function",
                "inside a function",
                "define it in the function",
                "def f():\n    LIMIT = 3\n    return LIMIT\n",
            ),
        ),
        ("ruff:N806",),
        in_tests=False,
    ),
)
