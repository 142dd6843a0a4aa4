"""A handler that is never reached goes above the one that takes all."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod

_DOUBT = "the handler that never ran runs from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit]:
    lower = {id(code.parent(one)): one for one in code.starting(span.last, cst.ExceptHandler)}
    for upper in code.starting(span.first, cst.ExceptHandler):
        other = lower.get(id(code.parent(upper)))
        if other is not None and other is not upper:
            yield CodeEdit(upper, other, _DOUBT, (CodeEdit(other, upper),))


CODEMOD = Codemod("handler-never-reached", _edits)
