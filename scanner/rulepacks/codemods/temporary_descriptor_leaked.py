"""`os.close(descriptor)` after `tempfile.mkstemp(...)` of which only the path is kept."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_NAME = "descriptor"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        if dotted(call.func) == "tempfile.mkstemp":
            line = code.statement(call)
            match line.body if line is not None else []:
                case [cst.Assign(targets=[cst.AssignTarget(target)], value=value)] if line:
                    path = _path(call, target, value)
                    if path is None:
                        yield Refusal("the descriptor is not simply dropped")
                    else:
                        yield _edit(code, line, call, path)
                case _:
                    yield Refusal("it is not a statement of its own")


def _path(
    call: cst.Call, target: cst.BaseAssignTargetExpression, value: cst.BaseExpression
) -> cst.Name | None:
    """The name that the path gets, where nothing gets the descriptor."""
    match target, value:
        case cst.Tuple([cst.Element(cst.Name("_")), cst.Element(cst.Name() as path)]), _:
            return path if value is call else None
        case cst.Name() as path, cst.Subscript(
            slice=[cst.SubscriptElement(cst.Index(cst.Integer("1")))]
        ) as item:
            return path if item.value is call else None
    return None


def _edit(
    code: Code, line: cst.SimpleStatementLine, call: cst.Call, path: cst.Name
) -> CodeEdit | Refusal:
    function = code.function_round(line)
    if function is None:
        return Refusal(f"a module or class would get one more name, `{_NAME}`")
    if not code.is_module("tempfile") or (code.mentions("os") and not code.is_module("os")):
        return Refusal("`tempfile` or `os` may be something else here")
    if code.mentions(_NAME) or _is_used_elsewhere(code, function, line):
        return Refusal("the names `descriptor` and `_` are used for something else")
    if has_comment(*line.body) or "\n" in code.text(line.body[0]):
        return Refusal(COMMENT_INSIDE)
    both = cst.Tuple(
        [cst.Element(cst.Name(_NAME)), cst.Element(cst.Name(path.value))], lpar=[], rpar=[]
    )
    opened = cst.Assign([cst.AssignTarget(both)], call)
    closed = cst.Expr(cst.Call(cst.parse_expression("os.close"), [cst.Arg(cst.Name(_NAME))]))
    new = cst.FlattenSentinel([line.with_changes(body=[opened]), cst.SimpleStatementLine([closed])])
    return CodeEdit(line, new, imports=frozenset(("os",)))


def _is_used_elsewhere(code: Code, function: cst.FunctionDef, line: cst.CSTNode) -> bool:
    others = (one for one in code.uses("_") if not code.is_within(one, line))
    return any(code.is_within(one, function) for one in others)


CODEMOD = Codemod("temporary-descriptor-leaked", _edits)
