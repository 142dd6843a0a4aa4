"""`os.makedirs(path, exist_ok=True)` for a question and `os.makedirs(path)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import instead_of_if, only_statement
from scanner.rulepacks.codemods.code import Code, dotted, is_plain
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword

_QUESTIONS = {
    # `makedirs` too fails on a file of that name.
    "os.path.isdir": None,
    "os.path.exists": "where there is a file of that name, `makedirs` raises an exception",
}


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.If):
        match node.test, only_statement(node.body):
            case (
                cst.UnaryOperation(cst.Not(), cst.Call(args=[asked]) as question),
                cst.Expr(cst.Call(args=[made]) as call) as statement,
            ) if dotted(call.func) == "os.makedirs" and dotted(question.func) in _QUESTIONS:
                yield _edit(code, node, question, asked, made, call, statement)


def _edit(
    code: Code,
    node: cst.If,
    question: cst.Call,
    asked: cst.Arg,
    made: cst.Arg,
    call: cst.Call,
    statement: cst.Expr,
) -> CodeEdit | Refusal:
    path = made.value
    if not asked.value.deep_equals(path) or made.star or asked.star or made.keyword:
        return Refusal("the path that is tested and the path that is made are not written alike")
    if not is_plain(path):
        return Refusal("the path is computed twice, and need not be the same both times")
    if not code.is_module("os"):
        return Refusal("`os` may be something else here")
    new = statement.with_changes(value=with_keyword(call, "exist_ok", cst.Name("True")))
    line = instead_of_if(code, node, new)
    if isinstance(line, Refusal):
        return line
    return CodeEdit(node, line, _QUESTIONS[dotted(question.func)])


CODEMOD = Codemod("exists-then-makedirs", _edits)
