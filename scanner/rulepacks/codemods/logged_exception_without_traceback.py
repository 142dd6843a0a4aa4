"""`exc_info=True` for a call of a logger in a handler."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.at(span, cst.Call):
        match call.func:
            case cst.Attribute(attr=cst.Name("error" | "critical")):
                new = with_keyword(call, "exc_info", cst.Name("True"))
                yield CodeEdit(call, new, "the log has the traceback too from now on")


CODEMOD = Codemod("logged-exception-without-traceback", _edits)
