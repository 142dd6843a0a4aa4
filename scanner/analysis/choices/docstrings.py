"""What the code says about itself."""

from __future__ import annotations

import ast
import re

from scanner.analysis.choices.family import (
    FUNCTIONS,
    Alternative,
    Family,
    Function,
    Scene,
    Seen,
    Topic,
    decorator_names,
    is_public,
    is_test,
)
from scanner.base.model import UnitKind

Documented = Function | ast.ClassDef | ast.Module
_GOOGLE = re.compile(
    r"^[^\S\n]*(Args|Arguments|Returns|Yields|Raises|Attributes|Example|Examples):[^\S\n]*$",
    re.MULTILINE,
)
_NUMPY = re.compile(
    r"^[^\S\n]*(Parameters|Returns|Yields|Raises|Attributes|Examples)[^\S\n]*\n[^\S\n]*-{3,}[^\S\n]*$",
    re.MULTILINE,
)
_REST = re.compile(
    r"^[^\S\n]*:(param|parameter|arg|returns?|rtype|raises?|type)\b[^:\n]*:", re.MULTILINE
)


def docstring(node: Documented) -> ast.Constant | None:
    """The docstring's node, or None."""
    first = node.body[0] if node.body else None
    value = first.value if isinstance(first, ast.Expr) else None
    is_it = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return value if isinstance(value, ast.Constant) and is_it else None


def _presence(node: Documented) -> str:
    return "present" if docstring(node) is not None else "missing"


def _function(node: Function, scene: Scene) -> str | None:
    is_counted = scene.is_unit and is_public(node.name) and not is_test(node)
    is_part = any(
        name.endswith((".setter", ".deleter", "overload")) for name in decorator_names(node)
    )
    if not is_counted or is_part or (docstring(node) is None and _extends(node)):
        return None
    return _presence(node)


def _extends(node: Function) -> bool:
    """Whether a method calls the one it overrides, which says what both are for."""
    return any(
        isinstance(inner, ast.Attribute)
        and inner.attr == node.name
        and isinstance(inner.value, ast.Call)
        and isinstance(inner.value.func, ast.Name)
        and inner.value.func.id == "super"
        for inner in ast.walk(node)
    )


def _private(node: Function, scene: Scene) -> str | None:
    is_counted = scene.is_unit and not is_public(node.name) and not node.name.startswith("__")
    return _presence(node) if is_counted else None


def _test(node: Function, scene: Scene) -> str | None:
    return _presence(node) if scene.is_unit and is_test(node) else None


def _class(node: ast.ClassDef, scene: Scene) -> str | None:
    is_counted = scene.is_unit and is_public(node.name) and not node.name.startswith("Test")
    return _presence(node) if is_counted else None


def _module(node: ast.Module, scene: Scene) -> Seen | None:
    if scene.kind is not UnitKind.MODULE or not node.body:
        return None
    return Seen(_presence(node), line=1)


def _text(node: Documented, scene: Scene) -> ast.Constant | None:
    is_own = scene.is_unit or isinstance(node, ast.Module)
    is_module = isinstance(node, ast.Module) and scene.kind is not UnitKind.MODULE
    return docstring(node) if is_own and not is_module else None


def _style(node: Documented, scene: Scene) -> Seen | None:
    found = _text(node, scene)
    if found is None:
        return None
    for style, sections in (("NumPy", _NUMPY), ("Google", _GOOGLE), ("reST", _REST)):
        if sections.search(str(found.value)):
            return Seen(style, line=found.lineno)
    return None


def _opening(node: Documented, scene: Scene) -> Seen | None:
    found = _text(node, scene)
    if found is None or "\n" not in str(found.value).strip():
        return None
    return Seen(
        "next line" if str(found.value).startswith("\n") else "first line", line=found.lineno
    )


def _period(node: Documented, scene: Scene) -> Seen | None:
    found = _text(node, scene)
    if found is None:
        return None
    summary = re.split(r"\n\s*\n", str(found.value).strip(), maxsplit=1)[0].rstrip()
    # A summary that runs on into a list or an example has no end of its own.
    if len(summary) < 2 or (not summary[-1].isalnum() and summary[-1] != "."):
        return None
    is_prose = summary[0].isalpha() and summary.count("\n") < 3
    ending = "period" if summary.endswith(".") else "no period"
    return Seen(ending, line=found.lineno) if is_prose else None


_ALL = (*FUNCTIONS, ast.ClassDef, ast.Module)


def _pair(example: str, documented: str) -> tuple[Alternative, Alternative]:
    return (
        Alternative(
            "present",
            "given a docstring",
            "write a docstring",
            documented,
            improves_on=("missing",),
        ),
        Alternative("missing", "without a docstring", "leave off the docstring", example),
    )


FAMILIES = (
    Family(
        "docstring-function",
        Topic.DOCUMENTATION,
        "public functions",
        FUNCTIONS,
        _function,
        _pair("def f():\n    return 1\n", 'def f():\n    """One."""\n    return 1\n'),
        ("ruff:D102", "ruff:D103", "pylint:C0116"),
        in_tests=False,
    ),
    Family(
        "docstring-private",
        Topic.DOCUMENTATION,
        "private functions",
        FUNCTIONS,
        _private,
        _pair("def _f():\n    return 1\n", 'def _f():\n    """One."""\n    return 1\n'),
        in_tests=False,
    ),
    Family(
        "docstring-test",
        Topic.DOCUMENTATION,
        "test functions",
        FUNCTIONS,
        _test,
        _pair("def test_f():\n    pass\n", 'def test_f():\n    """One."""\n'),
    ),
    Family(
        "docstring-class",
        Topic.DOCUMENTATION,
        "public classes",
        (ast.ClassDef,),
        _class,
        _pair("class A:\n    x = 1\n", 'class A:\n    """One."""\n'),
        ("ruff:D101", "pylint:C0115"),
        in_tests=False,
    ),
    Family(
        "docstring-module",
        Topic.DOCUMENTATION,
        "modules",
        (ast.Module,),
        _module,
        _pair("import os\n", '"""One."""\nimport os\n'),
        ("ruff:D100", "pylint:C0114"),
    ),
    Family(
        "docstring-style",
        Topic.DOCUMENTATION,
        "docstrings with sections",
        _ALL,
        _style,
        (
            Alternative(
                "Google",
                "in Google's style",
                "write the sections as `Args:`, `Returns:`, `Raises:`",
                'def f(x):\n    """One.\n\n    Args:\n        x: It.\n    """\n',
            ),
            Alternative(
                "NumPy",
                "in NumPy's style",
                "underline the sections (`Parameters` over `----------`)",
                'def f(x):\n    """One.\n\n    Parameters\n    ----------\n    x : int\n    """\n',
            ),
            Alternative(
                "reST",
                "in reST's style",
                "write the fields as `:param x:`, `:returns:`",
                'def f(x):\n    """One.\n\n    :param x: It.\n    """\n',
            ),
        ),
        ("ruff:D406", "ruff:D407"),
    ),
    Family(
        "docstring-opening",
        Topic.DOCUMENTATION,
        "docstrings of several lines",
        _ALL,
        _opening,
        (
            Alternative(
                "first line",
                "started beside the quotes",
                "begin the text beside the opening quotes",
                'def f():\n    """One.\n\n    More.\n    """\n',
            ),
            Alternative(
                "next line",
                "started on the line after the quotes",
                "begin the text on the line after the quotes",
                'def f():\n    """\n    One.\n\n    More.\n    """\n',
            ),
        ),
        ("ruff:D212", "ruff:D213"),
    ),
    Family(
        "docstring-period",
        Topic.DOCUMENTATION,
        "first lines of docstrings",
        _ALL,
        _period,
        (
            Alternative(
                "period",
                "given a full stop at the end",
                "end the first line with a full stop",
                'def f():\n    """One."""\n',
            ),
            Alternative(
                "no period",
                "left without a full stop",
                "leave off the full stop",
                'def f():\n    """One"""\n',
            ),
        ),
        ("ruff:D400", "ruff:D415"),
    ),
)
