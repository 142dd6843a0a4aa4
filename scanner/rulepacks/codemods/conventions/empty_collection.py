"""`{}` for `dict()`, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_LITERALS = {"dict": "{}", "list": "[]", "tuple": "()"}


def _literal(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Call):
        match node:
            case cst.Call(func=cst.Name(name), args=[]) if name in _LITERALS:
                if not code.is_builtin(name):
                    yield Refusal(f"`{name}` may be something else here")
                elif has_comment(node):
                    yield Refusal(COMMENT_INSIDE)
                else:
                    yield _made(node, cst.parse_expression(_LITERALS[name]))


def _call(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Dict, cst.List):
        if not isinstance(node, cst.Dict | cst.List):
            continue
        name = "dict" if isinstance(node, cst.Dict) else "list"
        above = code.parent(node)
        is_value = isinstance(above, cst.Return) or (
            isinstance(above, cst.Assign) and above.value is node
        )
        if node.elements or not (isinstance(node, cst.Dict) or is_value):
            continue
        if not code.is_builtin(name):
            yield Refusal(f"`{name}` may be something else here")
        elif has_comment(node):
            yield Refusal(COMMENT_INSIDE)
        else:
            yield _made(node, cst.Call(cst.Name(name)))


def _made(old: cst.BaseExpression, new: cst.BaseExpression) -> CodeEdit:
    if not old.lpar:
        return CodeEdit(old, new)
    lpar, rpar = [*old.lpar, *new.lpar], [*new.rpar, *old.rpar]
    return CodeEdit(old, new.with_changes(lpar=lpar, rpar=rpar))


def _towards(usual: str) -> Edits:
    return _literal if usual == "literal" else _call


CODEMOD = ConventionCodemod("empty-collection", ("literal", "call"), _towards)
