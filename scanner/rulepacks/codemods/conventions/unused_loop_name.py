"""`_` for a loop variable that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.conventions.renaming import TAKEN, obstacle, renamed


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.For):
        match node.target:
            case cst.Name(name) as target if not name.startswith("_"):
                yield _edit(code, target)


def _edit(code: Code, target: cst.Name) -> CodeEdit | Refusal:
    scope = code.function_round(target)
    if scope is None or scope is not code.outermost_function(target):
        return Refusal("it is a variable of a module, a class or a function within another")
    uses = [one for one in code.uses(target.value) if code.is_within(one, scope)]
    why_not = obstacle(code, scope, uses)
    if why_not is not None:
        return why_not
    if len(uses) != 1:
        return Refusal("its name is used elsewhere in the function")
    # What reads `_` may mean a function that translates.
    name = f"_{target.value}" if code.uses("_") else "_"
    return Refusal(TAKEN) if code.uses(name) else renamed(uses, name)


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("unused-loop-name", ("underscore",), _towards)
