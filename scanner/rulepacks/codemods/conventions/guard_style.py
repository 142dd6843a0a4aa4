"""An early `return` for an `if` that the rest of a function stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE, unnested
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.conventions.annotations import gives_values
from scanner.rulepacks.codemods.nodes import negated


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.If):
        yield with_guard(code, node)


def with_guard(
    code: Code, node: cst.If, negate: Callable[[cst.BaseExpression], cst.BaseExpression] = negated
) -> CodeEdit | Refusal:
    """An early `return` for an `if` at the end of a function, and its body one level out."""
    block = code.parent(node)
    function = code.parent(block) if isinstance(block, cst.IndentedBlock) else None
    if not isinstance(function, cst.FunctionDef) or function.body.body[-1] is not node:
        return Refusal("the function goes on below it")
    if isinstance(node.orelse, cst.If):
        return Refusal("it is a chain of several questions")
    if has_comment(node.test):
        return Refusal(COMMENT_INSIDE)
    early = _early(node.orelse, gives_values=gives_values(code, function))
    statements = unnested(node.body)
    if isinstance(early, Refusal):
        return early
    if isinstance(statements, Refusal):
        return statements
    guard = cst.If(negate(node.test), early, leading_lines=node.leading_lines)
    return CodeEdit(node, cst.FlattenSentinel([guard, *statements]))


def _early(below: cst.Else | None, *, gives_values: bool) -> cst.BaseSuite | Refusal:
    """What the function does where there is nothing to do."""
    if below is None:
        nothing = cst.Return(cst.Name("None") if gives_values else None)
        return cst.IndentedBlock([cst.SimpleStatementLine([nothing])])
    if has_comment(*below.leading_lines):
        return Refusal(COMMENT_INSIDE)
    last = below.body.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    if not isinstance(last, cst.Return | cst.Raise):
        return Refusal("its `else` does not leave the function")
    return below.body


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("guard-style", ("early",), _towards)
