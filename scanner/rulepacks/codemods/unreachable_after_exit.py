"""Statements below one that leaves their block go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for line in code.starting(span.first, cst.SimpleStatementLine):
        block = code.parent(line)
        if isinstance(line.body[-1], _LEAVING) and isinstance(block, cst.IndentedBlock):
            place = next(n for n, one in enumerate(block.body) if one is line)
            yield _edit(code, line, block.body[place + 1 :])


def _edit(
    code: Code, line: cst.SimpleStatementLine, dead: Sequence[cst.CSTNode]
) -> CodeEdit | Refusal:
    function = code.function_round(line)
    if not dead or function is None:
        return Refusal("it is not the end of a block in a function")
    if has_comment(*dead):
        return Refusal(COMMENT_INSIDE)
    if not code.can_go(function, dead):
        return Refusal("what never runs makes the function a generator or a name its variable")
    first, *rest = [CodeEdit(one, None) for one in dead]
    return CodeEdit(first.old, None, also=tuple(rest))


CODEMOD = Codemod("unreachable-after-exit", _edits)
