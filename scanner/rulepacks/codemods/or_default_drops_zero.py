"""`(default if x is None else x)` for `x or default`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.BooleanOperation):
        match node:
            case cst.BooleanOperation(cst.Name() as name, cst.Or(), default):
                if has_comment(node):
                    yield Refusal(COMMENT_INSIDE)
                    continue
                test = cst.Comparison(name, [cst.ComparisonTarget(cst.Is(), cst.Name("None"))])
                new = cst.IfExp(test, default, name, node.lpar, node.rpar)
                if not node.lpar:
                    new = new.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
                yield CodeEdit(node, new, "0 and what is empty are no longer replaced")


CODEMOD = Codemod("or-default-drops-zero", _edits)
