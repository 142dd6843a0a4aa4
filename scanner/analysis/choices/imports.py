"""How the code brings in other modules."""

from __future__ import annotations

import ast
import sys

from scanner.analysis.choices.family import (
    OPEN,
    Alternative,
    Family,
    Scene,
    Seen,
    Topic,
    last_name,
)
from scanner.base.model import UnitKind


def _origin(node: ast.ImportFrom, _scene: Scene) -> Seen | None:
    if node.level:
        return Seen("relative")
    return Seen("absolute", (node.module or "").split(".")[0])


def _grain(node: ast.alias, scene: Scene) -> Seen | None:
    parent = scene.parent
    if isinstance(parent, ast.Import):
        return Seen("module", node.name.split(".")[0])
    is_absolute = isinstance(parent, ast.ImportFrom) and not parent.level
    if not is_absolute or not isinstance(parent, ast.ImportFrom) or parent.names[0] is not node:
        return None
    module = parent.module or ""
    is_counted = module != "__future__" and "." not in module
    return Seen("names", module) if is_counted else None


def _alias(node: ast.alias, scene: Scene) -> Seen | None:
    if not isinstance(scene.parent, ast.Import) or ("." in node.name and not node.asname):
        return None
    return Seen(node.asname or node.name, node.name)


def _place(node: ast.Import | ast.ImportFrom, scene: Scene) -> str | None:
    # Other imports are deferred for good reasons: to break a circle, or because they are optional.
    module = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
    is_relative = isinstance(node, ast.ImportFrom) and node.level > 0
    if is_relative or module.split(".")[0] not in sys.stdlib_module_names:
        return None
    if scene.in_function:
        return "in function"
    if scene.kind is not UnitKind.MODULE:
        return None
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return None
    return "top" if isinstance(scene.parent, ast.Module) else None


def _star(node: ast.alias, scene: Scene) -> str | None:
    if not isinstance(scene.parent, ast.ImportFrom):
        return None
    return "star" if node.name == "*" else "names"


def _lines(node: ast.ImportFrom, scene: Scene) -> str | None:
    block = getattr(scene.parent, "body", [])
    if not isinstance(block, list) or node not in block:
        return None
    if len(node.names) > 1:
        return "together"
    position = block.index(node)
    neighbours = block[max(0, position - 1) : position]
    repeats = any(
        isinstance(one, ast.ImportFrom) and (one.module, one.level) == (node.module, node.level)
        for one in neighbours
    )
    return "one a line" if repeats else None


def _exports(node: ast.Module, scene: Scene) -> Seen | None:
    if scene.kind is not UnitKind.MODULE:
        return None
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            return Seen("declared", line=statement.lineno)
    imports = [one for one in node.body if isinstance(one, ast.Import | ast.ImportFrom)]
    return Seen("left out", line=imports[0].lineno) if imports else None


def _fallback(node: ast.Try, _scene: Scene) -> str | None:
    if not any(isinstance(one, ast.Import | ast.ImportFrom) for one in node.body):
        return None
    caught = {last_name(handler.type) for handler in node.handlers if handler.type is not None}
    known = ("ImportError", "ModuleNotFoundError", "Exception")
    return next((name for name in known if name in caught), None)


FAMILIES = (
    Family(
        "import-origin",
        Topic.IMPORTS,
        "imports of the project's own modules",
        (ast.ImportFrom,),
        _origin,
        (
            Alternative(
                "absolute",
                "absolute",
                "import it by its full name",
                "from package.module import name\n",
            ),
            Alternative(
                "relative",
                "relative",
                "import it relative to this package (`from .module import name`)",
                "from .module import name\n",
                "from . import $X",
            ),
        ),
        ("ruff:TID252",),
    ),
    Family(
        "import-grain",
        Topic.IMPORTS,
        "imports of `{subject}`",
        (ast.alias,),
        _grain,
        (
            Alternative(
                "module", "whole (`import {subject}`)", "write `import {subject}`", "import os\n"
            ),
            Alternative(
                "names",
                "by name (`from {subject} import …`)",
                "write `from {subject} import ...`",
                "from os import path\n",
            ),
        ),
    ),
    Family(
        "import-alias",
        Topic.IMPORTS,
        "imports of `{subject}`",
        (ast.alias,),
        _alias,
        (Alternative(OPEN, "known as `{choice}`", "call it `{choice}`"),),
        ("ruff:ICN001",),
    ),
    Family(
        "import-place",
        Topic.IMPORTS,
        "imports of the standard library",
        (ast.Import, ast.ImportFrom),
        _place,
        (
            Alternative(
                "top",
                "at the top of the module",
                "move the import to the top of the module",
                "import os\n",
            ),
            Alternative(
                "in function",
                "inside a function",
                "import it in the function that needs it",
                "def f():\n    import os\n    return os\n",
            ),
        ),
        ("ruff:PLC0415", "pylint:C0415"),
        in_tests=False,
    ),
    Family(
        "import-star",
        Topic.IMPORTS,
        "imports from a module",
        (ast.alias,),
        _star,
        (
            Alternative(
                "names",
                "by name",
                "name what is imported",
                "from a import b\n",
                improves_on=("star",),
            ),
            Alternative(
                "star", "`import *`", "write `import *`", "from a import *\n", "from $M import *"
            ),
        ),
        ("ruff:F403", "flake8:F403", "pylint:W0401"),
    ),
    Family(
        "import-lines",
        Topic.IMPORTS,
        "imports of several names",
        (ast.ImportFrom,),
        _lines,
        (
            Alternative(
                "together",
                "in one statement",
                "import them in one statement",
                "from a import b, c\n",
            ),
            Alternative(
                "one a line",
                "one name a statement",
                "write a statement for each name",
                "from a import b\nfrom a import c\n",
            ),
        ),
        ("formatter:imports", "ruff:I001"),
    ),
    Family(
        "exports",
        Topic.IMPORTS,
        "modules",
        (ast.Module,),
        _exports,
        (
            Alternative(
                "declared",
                "given an `__all__`",
                "declare `__all__`",
                "import os\n__all__ = ['f']\n",
                improves_on=("left out",),
            ),
            Alternative("left out", "without `__all__`", "leave off `__all__`", "import os\n"),
        ),
        in_tests=False,
    ),
    Family(
        "import-fallback",
        Topic.IMPORTS,
        "guarded imports",
        (ast.Try,),
        _fallback,
        (
            Alternative(
                "ImportError",
                "caught as `ImportError`",
                "catch `ImportError`",
                "try:\n    import a\nexcept ImportError:\n    a = None\n",
            ),
            Alternative(
                "ModuleNotFoundError",
                "caught as `ModuleNotFoundError`",
                "catch `ModuleNotFoundError`",
                "try:\n    import a\nexcept ModuleNotFoundError:\n    a = None\n",
            ),
            Alternative(
                "Exception",
                "caught as `Exception`",
                "catch `Exception`",
                "try:\n    import a\nexcept Exception:\n    a = None\n",
            ),
        ),
    ),
)
