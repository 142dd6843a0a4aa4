"""How the code brings in what only types need."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    OPEN,
    Alternative,
    Family,
    Scene,
    Seen,
    Topic,
    dotted,
    last_name,
)
from scanner.base.model import UnitKind

_ABSTRACT = frozenset(
    {
        "Awaitable", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Callable", "Collection",
        "Coroutine", "Generator", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping",
        "MutableSequence", "MutableSet", "Sequence", "Sized",
    }
)  # fmt: skip


def _abstract(node: ast.alias, scene: Scene) -> str | None:
    parent = scene.parent
    if not isinstance(parent, ast.ImportFrom) or node.name not in _ABSTRACT:
        return None
    return {"typing": "typing", "collections.abc": "collections.abc"}.get(parent.module or "")


def _future(node: ast.Module, scene: Scene) -> Seen | None:
    if scene.kind is not UnitKind.MODULE:
        return None
    imports = [one for one in node.body if isinstance(one, ast.Import | ast.ImportFrom)]
    for one in imports:
        is_future = isinstance(one, ast.ImportFrom) and one.module == "__future__"
        if is_future and any(name.name == "annotations" for name in one.names):
            return Seen("imported", line=one.lineno)
    return Seen("left out", line=imports[0].lineno) if len(imports) > 1 else None


def _type_checking(node: ast.ImportFrom, scene: Scene) -> str | None:
    is_type_only = node.module in ("collections.abc", "types", "_typeshed", "typing_extensions")
    if not is_type_only or scene.kind is not UnitKind.MODULE:
        return None
    guard = scene.enclosing(ast.If)
    is_guarded = isinstance(guard, ast.If) and last_name(guard.test) == "TYPE_CHECKING"
    if is_guarded:
        return "guarded"
    return "at run time" if guard is None and node.module == "collections.abc" else None


def _guard(node: ast.If, _scene: Scene) -> str | None:
    name = dotted(node.test)
    return name if name.split(".")[-1] == "TYPE_CHECKING" else None


FAMILIES = (
    Family(
        "abstract-types",
        Topic.TYPES,
        "abstract collection types",
        (ast.alias,),
        _abstract,
        (
            Alternative(
                "collections.abc",
                "imported from `collections.abc`",
                "import it from `collections.abc`",
                "from collections.abc import Iterable\n",
                "from collections.abc import $X",
            ),
            Alternative(
                "typing",
                "imported from `typing`",
                "import it from `typing`",
                "from typing import Iterable\n",
            ),
        ),
        ("ruff:UP035",),
    ),
    Family(
        "future-annotations",
        Topic.TYPES,
        "modules",
        (ast.Module,),
        _future,
        (
            Alternative(
                "imported",
                "started with `from __future__ import annotations`",
                "begin with `from __future__ import annotations`",
                "from __future__ import annotations\nimport os\n",
            ),
            Alternative(
                "left out",
                "without `from __future__ import annotations`",
                "leave off `from __future__ import annotations`",
                "import os\nimport sys\n",
            ),
        ),
        ("ruff:FA100", "ruff:FA102", "ruff:I002"),
    ),
    Family(
        "type-checking-imports",
        Topic.TYPES,
        "imports that only types need",
        (ast.ImportFrom,),
        _type_checking,
        (
            Alternative(
                "guarded",
                "under `if TYPE_CHECKING:`",
                "put the import under `if TYPE_CHECKING:`",
                "if TYPE_CHECKING:\n    from collections.abc import Iterable\n",
                improves_on=("at run time",),
            ),
            Alternative(
                "at run time",
                "imported at run time",
                "import it at the top, without a guard",
                "from collections.abc import Iterable\n",
            ),
        ),
        ("ruff:TC",),
    ),
    Family(
        "type-checking-guard",
        Topic.TYPES,
        "type-checking guards",
        (ast.If,),
        _guard,
        (Alternative(OPEN, "written `if {choice}:`", "write `if {choice}:`"),),
    ),
)
