"""`path.mkdir(exist_ok=True)` for a question and `path.mkdir()`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import instead_of_if, only_statement
from scanner.rulepacks.codemods.code import Code, is_plain
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword

_DOUBT = "where there is a file of that name, `mkdir` raises an exception"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.If):
        match node.test, only_statement(node.body):
            case (
                cst.UnaryOperation(
                    cst.Not(),
                    cst.Call(func=cst.Attribute(asked, cst.Name("exists")), args=[]),
                ),
                cst.Expr(cst.Call(func=cst.Attribute(made, cst.Name("mkdir"))) as call) as said,
            ) if asked.deep_equals(made):
                if not is_plain(made):
                    yield Refusal("the path is computed twice, and need not be the same both times")
                    continue
                new = said.with_changes(value=with_keyword(call, "exist_ok", cst.Name("True")))
                line = instead_of_if(code, node, new)
                yield line if isinstance(line, Refusal) else CodeEdit(node, line, _DOUBT)


CODEMOD = Codemod("exists-then-mkdir", _edits)
