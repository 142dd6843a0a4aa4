"""`logger.warning(...)` for `logger.warn(...)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code, dotted
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

NOT_SEEN = "it cannot be seen here that this is a logger of `logging`"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_warning(code, code.at(span, cst.Call))


def with_warning(code: Code, calls: Iterable[cst.Call]) -> Iterator[CodeEdit | Refusal]:
    """`warning` for `warn` in those of some calls that have it."""
    for call in calls:
        match call.func:
            case cst.Attribute(value, cst.Name("warn") as name):
                doubt = None if is_logger(code, value) else NOT_SEEN
                yield CodeEdit(name, name.with_changes(value="warning"), doubt)


def is_logger(code: Code, node: cst.BaseExpression) -> bool:
    """Whether it is `logging` itself, or a name that is only bound to `logging.getLogger(...)`."""
    if not isinstance(node, cst.Name) or not code.is_module("logging"):
        return False
    if node.value == "logging":
        return True
    bound = code.bindings(node.value)
    return bool(bound) and all(_is_made_by_logging(code, one) for one in bound)


def _is_made_by_logging(code: Code, name: cst.CSTNode) -> bool:
    target = code.parent(name)
    match target, code.parent(target) if target else None:
        case cst.AssignTarget(), cst.Assign(value=cst.Call(func=func)):
            return dotted(func) == "logging.getLogger"
        case cst.AnnAssign(target=only, value=cst.Call(func=func)), _ if only is name:
            return dotted(func) == "logging.getLogger"
    return False


CODEMOD = Codemod("logger-warn", _edits)
