"""`import json` for an attempt at it with a fallback that is never used."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE, only_statement
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Try):
        statement = only_statement(node.body)
        if isinstance(statement, cst.Import | cst.ImportFrom):
            yield _edit(code, node, statement)


def _edit(code: Code, node: cst.Try, statement: cst.Import | cst.ImportFrom) -> CodeEdit | Refusal:
    if node.orelse or node.finalbody or len(node.handlers) != 1:
        return Refusal("the `try` has an `else`, a `finally` or several handlers")
    if has_comment(node.body, *node.handlers):
        return Refusal(COMMENT_INSIDE)
    if any(isinstance(up, cst.FunctionDef | cst.ClassDef) for up in code.above(node)):
        return Refusal("names that the handler binds belong to the function or class around it")
    if not isinstance(statement.names, cst.ImportStar) and len(statement.names) > 1:
        return Refusal("several names are imported, and not all may be there")
    plain = statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return CodeEdit(node, cst.SimpleStatementLine([plain], leading_lines=node.leading_lines))


CODEMOD = Codemod("import-of-own-language", _edits)
