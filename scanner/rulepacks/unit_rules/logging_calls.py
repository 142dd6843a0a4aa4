"""PURE: calls of a logger as rules see them."""

from __future__ import annotations

import ast
import re

from scanner.rulepacks.unit_rules.unit_code import dotted

_LOGGER = re.compile(r"(self\.|cls\.)?_?(log|logger|logging)", re.IGNORECASE)


def logging_call(node: ast.AST, levels: frozenset[str]) -> ast.Call | None:
    """The call, where a node is a call of a logger at one of some levels, or a statement of one."""
    if isinstance(node, ast.Expr):
        node = node.value
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    is_logger = _LOGGER.fullmatch(dotted(node.func.value)) is not None
    return node if is_logger and node.func.attr in levels else None
