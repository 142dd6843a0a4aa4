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


def without_argument(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """The call less one of its arguments, the last one's comma staying as it is."""
    left = [one for one in call.args if one is not argument]
    if argument is call.args[-1] and left:
        left[-1] = left[-1].with_changes(
            comma=argument.comma, whitespace_after_arg=argument.whitespace_after_arg
        )
    return call.with_changes(args=left)


def negated(test: cst.BaseExpression) -> cst.BaseExpression:
    """What is true where a test is false, whatever the objects in it make of comparisons."""
    match test:
        case cst.UnaryOperation(cst.Not(), inner):
            return inner
        case cst.Comparison(left, [cst.ComparisonTarget(cst.Is(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.IsNot(), right)])
        case cst.Comparison(left, [cst.ComparisonTarget(cst.IsNot(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.Is(), right)])
        case cst.Comparison(left, [cst.ComparisonTarget(cst.In(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.NotIn(), right)])
        case cst.Comparison(left, [cst.ComparisonTarget(cst.NotIn(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.In(), right)])
    if isinstance(test, _LOOSE) and not test.lpar:
        test = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(), test)


_LOOSE = (cst.BooleanOperation, cst.IfExp, cst.Lambda, cst.NamedExpr)
