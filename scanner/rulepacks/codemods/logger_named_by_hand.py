"""`logging.getLogger(__name__)` for `logging.getLogger(__file__)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.at(span, cst.Call):
        match call.args:
            case [cst.Arg(cst.Name("__file__") as name)]:
                yield CodeEdit(
                    name, name.with_changes(value="__name__"), "the logger's name changes"
                )


CODEMOD = Codemod("logger-named-by-hand", _edits)
