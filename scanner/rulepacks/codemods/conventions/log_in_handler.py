"""`logger.exception(...)` for `logger.error(..., exc_info=True)`, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.logger_warn import NOT_SEEN, is_logger
from scanner.rulepacks.codemods.nodes import with_keyword, without_argument


def _exception(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        match call.func:
            case cst.Attribute(value, cst.Name("error")) as func:
                told = next((arg for arg in call.args if _is_true(arg)), None)
                if told is None:
                    yield Refusal("it logs no traceback so far")
                elif len(call.args) < 2 or any(arg.star for arg in call.args):
                    yield Refusal("its arguments are not written one by one")
                else:
                    yield _edit(code, value, call, without_argument(call, told), func, "exception")


def _exc_info(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        match call.func:
            case cst.Attribute(value, cst.Name("exception")) as func:
                if any(arg.star or (arg.keyword and arg.keyword.value == "exc_info")
                       for arg in call.args):  # fmt: skip
                    yield Refusal("its arguments may say `exc_info` themselves")
                else:
                    new = with_keyword(call, "exc_info", cst.Name("True"))
                    yield _edit(code, value, call, new, func, "error")


def _is_true(arg: cst.Arg) -> bool:
    match arg:
        case cst.Arg(value=cst.Name("True"), keyword=cst.Name("exc_info")):
            return True
    return False


def _edit(
    code: Code, logger: cst.BaseExpression, old: cst.Call, new: cst.Call, func: cst.Attribute,
    name: str,
) -> CodeEdit | Refusal:  # fmt: skip
    if has_comment(old):
        return Refusal(COMMENT_INSIDE)
    new = new.with_changes(func=func.with_changes(attr=cst.Name(name)))
    return CodeEdit(old, new, None if is_logger(code, logger) else NOT_SEEN)


def _towards(usual: str) -> Edits:
    return _exception if usual == "exception" else _exc_info


CODEMOD = ConventionCodemod("log-in-handler", ("exception", "exc_info"), _towards)
