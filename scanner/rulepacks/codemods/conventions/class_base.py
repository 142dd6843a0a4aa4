"""`class A:` for `class A(object):`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.ClassDef):
        match node:
            case cst.ClassDef(
                bases=[cst.Arg(cst.Name("object"), keyword=None, star="") as base],
                keywords=[],
                lpar=cst.LeftParen() as opening,
                rpar=cst.RightParen() as closing,
            ):
                if not code.is_builtin("object"):
                    yield Refusal("`object` may be something else here")
                elif has_comment(opening, base, closing):
                    yield Refusal(COMMENT_INSIDE)
                else:
                    yield CodeEdit(
                        base, None, also=(CodeEdit(opening, None), CodeEdit(closing, None))
                    )


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("class-base", ("none",), _towards)
