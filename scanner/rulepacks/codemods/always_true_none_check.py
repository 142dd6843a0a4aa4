"""No question whether what was just made is `None`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE, IN_CHAIN
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_NEVER_NONE = frozenset(("dict", "list", "str", "len", "open"))
_RUN_NEVER = "its body cannot simply be removed: it binds names or yields"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(Span(span.first, span.first), cst.SimpleStatementLine):
        match node.body:
            case [cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]:
                yield _edit(code, node, name, value)
            case [cst.AnnAssign(target=cst.Name(name), value=cst.BaseExpression() as value)]:
                yield _edit(code, node, name, value)


def _edit(
    code: Code, made: cst.SimpleStatementLine, name: str, value: cst.BaseExpression
) -> CodeEdit | Refusal:
    if not _is_never_none(code, value):
        return Refusal("what is made here may be `None` after all")
    match _after(code, made):
        case (
            cst.If(
                test=cst.Comparison(
                    cst.Name(asked), [cst.ComparisonTarget(cst.Is(), cst.Name("None"))]
                ) as test,
                orelse=None,
            ) as node
        ) if asked == name and not test.lpar:
            if has_comment(node):
                return Refusal(COMMENT_INSIDE)
            function = code.function_round(node)
            if function is None or not code.can_go(function, [node]):
                return Refusal(_RUN_NEVER)
            return CodeEdit(node, None)
        case cst.If(orelse=cst.If() | cst.Else()):
            return Refusal(IN_CHAIN)
    return Refusal("what stands below the condition would have to be re-indented")


def _is_never_none(code: Code, value: cst.BaseExpression) -> bool:
    match value:
        case cst.List() | cst.Dict() | cst.Set():
            return True
        case cst.Call(func=cst.Name(name)):
            return name in _NEVER_NONE and code.is_builtin(name)
    return False


def _after(code: Code, line: cst.SimpleStatementLine) -> cst.CSTNode | None:
    block = code.parent(line)
    if not isinstance(block, cst.IndentedBlock | cst.Module):
        return None
    place = next(n for n, one in enumerate(block.body) if one is line)
    return block.body[place + 1] if place + 1 < len(block.body) else None


CODEMOD = Codemod("always-true-none-check", _edits)
