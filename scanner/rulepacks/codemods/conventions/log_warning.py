"""`logger.warning(...)` for `logger.warn(...)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.logger_warn import with_warning


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_warning(code, code.starting(span.first, cst.Call))


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("log-warning", ("warning",), _towards)
