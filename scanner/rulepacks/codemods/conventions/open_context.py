"""`with open(...) as file:` round a statement that reads an open file and forgets it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code, dotted
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.file_never_closed import with_closed_files


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for opened in code.starting(span.first, cst.Call):
        if dotted(opened.func) == "open":
            users = [up for up in code.above(opened) if isinstance(up, cst.Call)][:1]
            yield from with_closed_files(code, users)


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("open-context", ("with",), _towards)
