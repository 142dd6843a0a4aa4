"""A comment that says what the next line says goes."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for line in code.at(Span(span.first, span.first), cst.EmptyLine):
        if line.comment is not None:
            yield CodeEdit(line, None)


CODEMOD = Codemod("comment-repeats-code", _edits)
