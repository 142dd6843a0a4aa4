"""`CHILDREN` gives the nodes that `ast` gives, and nothing that is no node."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from scanner.analysis.parsing.syntax import CHILDREN

OF_NO_USE = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.alias)
PATTERNS = """
match a:
    case True | None | 1 | "b" | -1 | 1 + 2j | c.d:
        pass
    case [e, *f] | {"g": h, **i} | J(k, l=m) | (n as o) | [*_] | _:
        global p
        nonlocal q
"""


def _files() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    return [library / name for name in ("argparse.py", "dataclasses.py", "asyncio/tasks.py")]


@pytest.mark.parametrize("text", [PATTERNS, *(file.read_text() for file in _files())])
def test_children(text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        getter = CHILDREN[type(node)]
        found = []
        for child in getter(node) if getter is not None else ():
            found += child if isinstance(child, list) else [child]
        expected = [one for one in ast.iter_child_nodes(node) if not isinstance(one, OF_NO_USE)]
        assert [one for one in found if one is not None] == expected
