"""PURE: questions that are asked before something is done."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.rulepacks.unit_rules.unit_code import UnitCode


def asked_before(code: UnitCode) -> Iterator[tuple[ast.If, ast.Call, ast.Call]]:
    """Each `if not ASKED(...): DONE(...)`, with the two calls.

    Not where the question also tells which branch of a chain is taken, so that it cannot go.
    """
    for node in code.all_of(ast.If):
        match node:
            case ast.If(
                ast.UnaryOp(ast.Not(), ast.Call() as asked), [ast.Expr(ast.Call() as done)], []
            ) if not _is_branch(code, node):
                yield node, asked, done


def _is_branch(code: UnitCode, node: ast.If) -> bool:
    line = code.lines[node.lineno - 1].encode("utf-8", "surrogatepass")
    return line[node.col_offset :].startswith(b"elif")
