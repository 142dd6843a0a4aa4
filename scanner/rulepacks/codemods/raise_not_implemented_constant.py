"""`raise NotImplementedError` for `raise NotImplemented`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_DOUBT = "callers get a NotImplementedError in place of a TypeError"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Raise):
        match node.exc:
            case cst.Name("NotImplemented") as name:
                yield CodeEdit(name, name.with_changes(value="NotImplementedError"), _DOUBT)
            case cst.Call(func=cst.Name("NotImplemented") as name):
                yield CodeEdit(name, name.with_changes(value="NotImplementedError"), _DOUBT)


CODEMOD = Codemod("raise-not-implemented-constant", _edits)
