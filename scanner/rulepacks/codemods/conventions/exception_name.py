"""A caught exception under the name that is usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.conventions.renaming import (
    TAKEN,
    obstacle,
    renamed,
)


def _edits(usual: str, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for handler in code.starting(span.first, cst.ExceptHandler, cst.ExceptStarHandler):
        match handler:
            case (
                cst.ExceptHandler(name=cst.AsName(cst.Name(name)) as given)
                | cst.ExceptStarHandler(name=cst.AsName(cst.Name(name)) as given)
            ) if name != usual:
                yield _edit(code, handler, given, name, usual)


def _edit(
    code: Code, handler: cst.CSTNode, given: cst.AsName, old: str, new: str
) -> CodeEdit | Refusal:
    scope = code.outermost_function(handler)
    if scope is None or code.function_round(handler) is not scope:
        return Refusal("it is a variable of a module, a class or a function within another")
    uses = [one for one in code.uses(old) if code.is_within(one, scope)]
    here = [one for one in uses if code.is_within(one, handler)]
    why_not = obstacle(code, scope, uses)
    if why_not is not None:
        return why_not
    if not new.isidentifier() or not _is_of_handlers(code, scope, uses):
        return Refusal("its name stands for something else too")
    bound = [one for one in code.bindings(old) if code.is_within(one, handler)]
    if not all(code.is_within(one, given) for one in bound):
        return Refusal("its name is bound again in the handler")
    taken = [one for one in code.uses(new) if code.is_within(one, scope)]
    if any(code.is_within(one, handler) for one in taken) or not _is_of_handlers(
        code, scope, taken
    ):
        return Refusal(TAKEN)
    around = [up for up in code.above(handler) if _binds(up, new) or _binds(up, old)]
    return Refusal(TAKEN) if around else renamed(here, new)


def _is_of_handlers(code: Code, scope: cst.CSTNode, uses: Sequence[cst.Name]) -> bool:
    """Whether a name is only used in handlers that bind it, which forget it at their end."""
    return all(
        any(_binds(up, use.value) for up in code.above(use) if code.is_within(up, scope))
        for use in uses
    ) and not any(isinstance(code.parent(use), cst.Param) for use in uses)


def _binds(node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.ExceptHandler(name=cst.AsName(cst.Name(bound))):
            return bound == name
        case cst.ExceptStarHandler(name=cst.AsName(cst.Name(bound))):
            return bound == name
    return False


def _towards(usual: str) -> Edits:
    return partial(_edits, usual)


CODEMOD = ConventionCodemod("exception-name", ("*",), _towards)
