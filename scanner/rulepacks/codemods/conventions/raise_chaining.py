"""`raise Other(...) from error` for an exception that is raised without a cause."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.raise_without_cause import with_cause


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_cause(code, code.starting(span.first, cst.Raise))


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("raise-chaining", ("from the cause",), _towards)
