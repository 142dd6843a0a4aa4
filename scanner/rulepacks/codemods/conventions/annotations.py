"""`-> None` for functions that give nothing back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Refusal


def returning_none(
    is_meant: Callable[[str], bool], code: Code, span: Span
) -> Iterator[CodeEdit | Refusal]:
    """The annotation for functions of some names whose head begins on a line and has none."""
    for node in code.starting(span.first, cst.FunctionDef):
        if node.returns is None and is_meant(node.name.value):
            yield _edit(code, node)


def _edit(code: Code, node: cst.FunctionDef) -> CodeEdit | Refusal:
    if gives_values(code, node) or yields(code, node):
        return Refusal("it gives something back")
    if "type:" in code.text(node.body).split("\n", 2)[0]:
        return Refusal("its types stand in a comment")
    return CodeEdit(node, node, change=_annotated)


def gives_values(code: Code, function: cst.FunctionDef) -> bool:
    """Whether a `return` of a function gives something else than None."""
    return any(
        code.function_round(one) is function and not _is_nothing(one.value)
        for one in code.nodes(cst.Return)
    )


def yields(code: Code, function: cst.FunctionDef) -> bool:
    """Whether it is a generator."""
    return any(code.function_round(one) is function for one in code.nodes(cst.Yield))


def _annotated(node: cst.CSTNode) -> cst.CSTNode:
    return node.with_changes(returns=cst.Annotation(cst.Name("None")))


def _is_nothing(value: cst.BaseExpression | None) -> bool:
    return value is None or (isinstance(value, cst.Name) and value.value == "None")
