"""What stands in an `else` below branches that all leave, one level further out."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE, unnested
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.If):
        if isinstance(node.orelse, cst.Else):
            yield without_else(code, node, node.orelse)


def _top(code: Code, node: cst.If) -> cst.If:
    above = code.parent(node)
    while isinstance(above, cst.If) and above.orelse is node:
        node, above = above, code.parent(above)
    return node


def without_else(code: Code, node: cst.If, last: cst.Else) -> CodeEdit | Refusal:
    """The chain of branches that ends in an `else`, and what stood in that below it."""
    top = _top(code, node)
    if not _all_leave(top):
        return Refusal("not all branches above it leave")
    if has_comment(*last.leading_lines):
        return Refusal(COMMENT_INSIDE)
    statements = unnested(last.body)
    if isinstance(statements, Refusal):
        return statements
    return CodeEdit(top, cst.FlattenSentinel([_without_else(top), *statements]))


def _all_leave(node: cst.If) -> bool:
    leaves = _leaves(node.body)
    return leaves and (not isinstance(node.orelse, cst.If) or _all_leave(node.orelse))


def _leaves(block: cst.BaseSuite) -> bool:
    last = block.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Return | cst.Raise)


def _without_else(node: cst.If) -> cst.If:
    below = node.orelse
    return node.with_changes(orelse=_without_else(below) if isinstance(below, cst.If) else None)


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("else-after-return", ("none",), _towards)
