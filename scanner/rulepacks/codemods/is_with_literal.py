"""`x == "text"` for `x is "text"`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_DOUBT = "what is equal and not the same object counts from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Comparison):
        match node.comparisons:
            case [cst.ComparisonTarget(cst.Is() as operator)]:
                new: cst.BaseCompOp = cst.Equal(
                    operator.whitespace_before, operator.whitespace_after
                )
                yield CodeEdit(operator, new, _DOUBT)
            case [cst.ComparisonTarget(cst.IsNot() as no)]:
                yield CodeEdit(
                    no,
                    cst.NotEqual(
                        whitespace_before=no.whitespace_before,
                        whitespace_after=no.whitespace_after,
                    ),
                    _DOUBT,
                )


CODEMOD = Codemod("is-with-literal", _edits)
