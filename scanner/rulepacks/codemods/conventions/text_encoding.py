"""`encoding="utf-8"` for a text file that is opened without one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.text_without_encoding import with_encoding


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_encoding(code.starting(span.first, cst.Call))


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("text-encoding", ("given",), _towards)
