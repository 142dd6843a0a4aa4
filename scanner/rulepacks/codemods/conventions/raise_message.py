"""The message of an exception in its call, or put in a variable first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_TEXTS = (cst.SimpleString, cst.FormattedString)
_NOT_ALONE = "it is not a statement of its own in a function"


def _in_place(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Raise):
        match node.exc:
            case cst.Call(args=[cst.Arg(cst.Name(name) as used, keyword=None, star="")]):
                yield _put_in(code, node, name, used)


def _put_in(code: Code, node: cst.Raise, name: str, used: cst.Name) -> CodeEdit | Refusal:
    line, function = code.statement(node), code.function_round(node)
    block = code.parent(line) if line is not None else None
    if line is None or function is None or not isinstance(block, cst.IndentedBlock):
        return Refusal(_NOT_ALONE)
    place = next(n for n, one in enumerate(block.body) if one is line)
    above = block.body[place - 1] if place else None
    match above.body if isinstance(above, cst.SimpleStatementLine) else []:
        case [cst.Assign([cst.AssignTarget(cst.Name(bound))], text)] if bound == name:
            pass
        case _:
            return Refusal("the message is not made on the line above")
    if not isinstance(text, _TEXTS):
        return Refusal("the message is no plain text")
    uses = [one for one in code.uses(name) if code.is_within(one, function)]
    if len(uses) != 2 or code.reads_names_by_text(function):
        return Refusal("the variable is used for something else too")
    assert above is not None
    if has_comment(above):
        return Refusal(COMMENT_INSIDE)
    return CodeEdit(used, text, also=(CodeEdit(above, None),))


def _in_variable(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Raise):
        match node.exc:
            case cst.Call(func=func, args=[cst.Arg(text, keyword=None, star="") as argument]):
                if isinstance(text, _TEXTS) and dotted(func):
                    yield _put_before(code, node, text, argument)


def _put_before(
    code: Code, node: cst.Raise, text: cst.BaseExpression, argument: cst.Arg
) -> CodeEdit | Refusal:
    line, function = code.statement(node), code.function_round(node)
    if line is None or function is None or len(line.body) != 1:
        return Refusal(_NOT_ALONE)
    if not isinstance(code.parent(line), cst.IndentedBlock):
        return Refusal(_NOT_ALONE)
    name = next((one for one in ("msg", "message") if not code.uses(one)), None)
    if name is None:
        return Refusal("there is no free name for the message")
    if has_comment(node) or "\n" in code.text(text):
        return Refusal(COMMENT_INSIDE)
    made = cst.SimpleStatementLine(
        [cst.Assign([cst.AssignTarget(cst.Name(name))], text)], leading_lines=line.leading_lines
    )
    raised = line.deep_replace(argument, argument.with_changes(value=cst.Name(name)))
    assert isinstance(raised, cst.SimpleStatementLine)
    return CodeEdit(line, cst.FlattenSentinel([made, raised.with_changes(leading_lines=[])]))


def _towards(usual: str) -> Edits:
    return _in_place if usual == "in place" else _in_variable


CODEMOD = ConventionCodemod("raise-message", ("in place", "variable"), _towards)
