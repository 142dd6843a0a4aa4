"""`super()` for `super(Class, self)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_SCOPES = (cst.CompFor, cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        match call:
            case cst.Call(
                func=cst.Name("super"),
                args=[
                    cst.Arg(cst.Name(owner), keyword=None, star=""),
                    cst.Arg(cst.Name(receiver), keyword=None, star=""),
                ],
            ):
                why_not = _obstacle(code, call, owner, receiver)
                if why_not is None:
                    space = cst.SimpleWhitespace("")
                    new = call.with_changes(args=[], whitespace_before_args=space)
                    yield CodeEdit(call, new)
                else:
                    yield Refusal(why_not)


def _obstacle(code: Code, call: cst.Call, owner: str, receiver: str) -> str | None:
    method = code.function_round(call)
    block = code.parent(method) if method is not None else None
    cls = code.parent(block) if block is not None else None
    if method is None or not isinstance(cls, cst.ClassDef) or cls.name.value != owner:
        return "it is not in a method of that class"
    is_only = all(one in (cls, cls.name) for one in code.bindings(owner))
    if cls.decorators or cls.keywords or not is_only:
        return "the class may be another one when the method is called"
    first = (*method.params.posonly_params, *method.params.params)[:1]
    bound = [one for one in code.bindings(receiver) if code.is_within(one, method)]
    if not first or not all(one in (first[0], first[0].name) for one in bound) or not bound:
        return f"`{receiver}` is not what the method is called on"
    if any(isinstance(up, _SCOPES) for up in code.above(call) if code.is_within(up, method)):
        return "it is in a function or comprehension of its own"
    if not code.is_builtin("super"):
        return "`super` may be something else here"
    return COMMENT_INSIDE if has_comment(call) else None


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("super-call", ("without arguments",), _towards)
