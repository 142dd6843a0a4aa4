"""How the code builds and writes text."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    Alternative,
    Family,
    Function,
    Scene,
    Seen,
    Topic,
    is_text,
)
from scanner.analysis.choices.logs import is_log_call


def _is_logged(scene: Scene) -> bool:
    return any(is_log_call(node) for node in scene.ancestors[-2:])


def _formatting(node: ast.AST, scene: Scene) -> str | None:
    if _is_logged(scene):
        return None
    if isinstance(node, ast.JoinedStr):
        has_data = any(isinstance(part, ast.FormattedValue) for part in node.values)
        return "f-string" if has_data and not isinstance(scene.parent, ast.FormattedValue) else None
    if isinstance(node, ast.Call):
        is_method = isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        return "format" if is_method and is_text(_receiver(node)) else None
    is_percent = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_text(node.left)
    return "percent" if is_percent else None


def _receiver(node: ast.Call) -> ast.AST | None:
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _quotes(_node: Function | ast.ClassDef, scene: Scene) -> Seen | None:
    """Literals in f-strings have no choice of their own: their marks depend on those outside."""
    if not scene.is_unit:
        return None
    counts = {"'": 0, '"': 0}
    first: dict[str, int] = {}
    for text in scene.texts:
        mark = _opening_quote(text, scene)
        if mark:
            counts[mark] += 1
            first[mark] = min(first.get(mark, text.lineno), text.lineno)
    mark = "'" if counts["'"] > counts['"'] else '"'
    if not counts[mark]:
        return None
    return Seen("single" if mark == "'" else "double", line=first[mark])


def _opening_quote(node: ast.Constant, scene: Scene) -> str:
    """The mark of a plain one-line literal; empty for one with a prefix, three marks, or marks
    inside, which leave no choice.
    """
    if "'" in str(node.value) or '"' in str(node.value):
        return ""
    line = scene.lines[node.lineno - scene.first_line].encode("utf-8", "surrogateescape")
    column = node.col_offset - scene.indentation
    mark = line[column : column + 3].decode("utf-8", "replace")
    is_plain = mark[:1] in ("'", '"') and mark not in ("'''", '"""')
    return mark[:1] if is_plain else ""


def _emptiness_length(node: ast.Compare, scene: Scene) -> str | None:
    call = node.left
    is_length = (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "len"
    )
    limit = node.comparators[0]
    is_zero = isinstance(limit, ast.Constant) and limit.value == 0
    is_tested = isinstance(scene.parent, ast.If | ast.While | ast.BoolOp | ast.IfExp)
    return "length" if is_length and is_zero and is_tested else None


def _emptiness(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.Compare):
        return _emptiness_length(node, scene)
    if not isinstance(node, ast.UnaryOp) or not isinstance(node.op, ast.Not):
        return None
    name = node.operand.id if isinstance(node.operand, ast.Name) else ""
    return "truth" if isinstance(scene.parent, ast.If) and name.endswith("s") else None


FAMILIES = (
    Family(
        "string-formatting",
        Topic.TEXT,
        "strings with data in them",
        (ast.JoinedStr, ast.Call, ast.BinOp),
        _formatting,
        (
            Alternative(
                "f-string",
                "f-strings",
                "write an f-string",
                "s = f'a {x}'\n",
                'f"..."',
                improves_on=("format", "percent"),
            ),
            Alternative(
                "format",
                "built by `.format`",
                "call `'...'.format(...)`",
                "s = 'a {}'.format(x)\n",
                '"...".format(...)',
            ),
            Alternative(
                "percent",
                "built by `%`",
                "use the `%` operator",
                "s = 'a %s' % x\n",
                '"..." % ...',
            ),
        ),
        ("ruff:UP031", "ruff:UP032", "pylint:C0209"),
    ),
    Family(
        "quotes",
        Topic.TEXT,
        "units with strings",
        (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
        _quotes,
        (
            Alternative(
                "double",
                "written with double quotes",
                "use double quotes",
                'def f():\n    return "a"\n',
            ),
            Alternative(
                "single",
                "written with single quotes",
                "use single quotes",
                "def f():\n    return 'a'\n",
            ),
        ),
        ("formatter:quotes", "ruff:Q000", "flake8:Q000"),
    ),
    Family(
        "emptiness-test",
        Topic.TEXT,
        "tests for an empty collection",
        (ast.Compare, ast.UnaryOp),
        _emptiness,
        (
            Alternative(
                "truth",
                "made by truth (`if not items`)",
                "write `if not items`",
                "if not items:\n    f()\n",
            ),
            Alternative(
                "length",
                "made by `len(…) == 0`",
                "compare the length with 0",
                "if len(items) == 0:\n    f()\n",
                "if len($X) == 0:\n  ...\n",
            ),
        ),
        ("ruff:PLC1802", "pylint:C1802"),
    ),
)
