"""New nodes in the layout that most code has."""

from __future__ import annotations

import libcst as cst

_NOTHING = cst.SimpleWhitespace("")


def with_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """The call with a keyword argument at the end, laid out as the arguments before it are."""
    told = cst.Arg(value, cst.Name(name), equal=cst.AssignEqual(_NOTHING, _NOTHING))
    if not call.args:
        return call.with_changes(args=[told])
    *most, last = call.args
    told = told.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if most and isinstance(most[-1].comma, cst.Comma):
        space = most[-1].comma.whitespace_after
    comma = cst.Comma(whitespace_after=space)
    return call.with_changes(
        args=[*most, last.with_changes(comma=comma, whitespace_after_arg=_NOTHING), told]
    )
