"""`type(value) is str` for `type(value) == str`."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_CLASSES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Comparison):
        match node:
            case cst.Comparison(
                cst.Call(func=cst.Name("type"), args=[_]),
                [cst.ComparisonTarget(cst.Equal() | cst.NotEqual() as operator, right)],
            ):
                yield _edit(code, operator, right)


def _edit(
    code: Code,
    operator: cst.Equal | cst.NotEqual,
    right: cst.BaseExpression,
) -> CodeEdit | Refusal:
    if not code.is_builtin("type"):
        return Refusal("`type` may be something else here")
    if has_comment(operator):
        return Refusal(COMMENT_INSIDE)
    before, after = (
        space if not space.empty else cst.SimpleWhitespace(" ")
        for space in (operator.whitespace_before, operator.whitespace_after)
    )
    new: cst.BaseCompOp = cst.Is(before, after)
    if isinstance(operator, cst.NotEqual):
        new = cst.IsNot(before, whitespace_after=after)
    own = dotted(right)
    is_own = own in _CLASSES and code.is_builtin(own)
    doubt = None if is_own else "what it is compared with may be no class of Python's own"
    return CodeEdit(operator, new, doubt)


CODEMOD = Codemod("type-compared-by-equality", _edits)
