"""PURE: the function that a unit's text holds, as Python's own tree."""

from __future__ import annotations

import ast

from scanner.analysis.parsing.outline import ReadFile, unit_source
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Unit

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def function_of(file: ReadFile, unit: Unit) -> FunctionNode | None:
    """The function that a unit of a file is; None of a class, and of what Python cannot read."""
    try:
        body = parse(unit_source(file, unit).text).body
    except (SyntaxError, RecursionError, MemoryError):
        return None
    node = body[0] if body else None
    return node if isinstance(node, FunctionNode) else None
