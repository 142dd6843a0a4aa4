"""`[x.name for x in items]` for `list(map(lambda x: x.name, items))`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment, is_plain
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_KINDS = {"list": cst.ListComp, "set": cst.SetComp}
_DOUBT = "a `StopIteration` in it ended the sequence, and is raised from now on"
_EFFECTS = (cst.Lambda, cst.NamedExpr, cst.Yield, cst.Await, cst.CompFor)


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        match call:
            case cst.Call(
                func=cst.Name("map" | "filter" as kind),
                args=[
                    cst.Arg(cst.Lambda() as function, keyword=None, star=""),
                    cst.Arg(items, keyword=None, star=""),
                ],
            ):
                yield _edit(code, call, kind, function, items)


def _edit(
    code: Code, call: cst.Call, kind: str, function: cst.Lambda, items: cst.BaseExpression
) -> CodeEdit | Refusal:
    argument = code.parent(call)
    outer = code.parent(argument) if argument is not None else None
    match outer:
        case cst.Call(func=cst.Name(name), args=[only]) if name in _KINDS and only is argument:
            pass
        case _:
            return Refusal("it is not made a list or a set right there")
    assert isinstance(outer, cst.Call)
    if not code.is_builtin(name) or not code.is_builtin(kind):
        return Refusal(f"`{name}` or `{kind}` may be something else here")
    if has_comment(outer):
        return Refusal(COMMENT_INSIDE)
    parameter = _parameter(function)
    if parameter is None or not is_plain(items):
        return Refusal("its parameter or what it goes over is not a plain name")
    if any(code.is_within(one, function.body) for one in code.nodes(*_EFFECTS)):
        return Refusal("what it does is bound to the function")
    over = cst.CompFor(cst.Name(parameter), items)
    element: cst.BaseExpression = function.body
    if kind == "filter":
        test = function.body
        if isinstance(test, cst.IfExp) and not test.lpar:
            test = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        element, over = cst.Name(parameter), over.with_changes(ifs=[cst.CompIf(test)])
    calls = any(code.is_within(one, function.body) for one in code.nodes(cst.Call))
    new = _KINDS[name](element, over, lpar=outer.lpar, rpar=outer.rpar)
    return CodeEdit(outer, new, _DOUBT if calls else None)


def _parameter(function: cst.Lambda) -> str | None:
    match function.params:
        case cst.Parameters(
            params=[cst.Param(name=cst.Name(name), default=None)],
            kwonly_params=[],
            posonly_params=[],
            star_kwarg=None,
        ) if not isinstance(function.params.star_arg, cst.Param | cst.ParamStar):
            return name
    return None


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("mapping-style", ("comprehension",), _towards)
