"""Variables of functions under another name."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Refusal

TAKEN = "the new name stands for something else there"
BY_TEXT = "the function may read its variables by their names as text"
_BINDERS = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


def renamed(uses: Sequence[cst.Name], name: str) -> CodeEdit:
    """All uses of a variable under another name, as one edit."""
    first, *rest = [CodeEdit(one, one.with_changes(value=name)) for one in uses]
    return CodeEdit(first.old, first.new, also=tuple(rest))


def is_shown(code: Code, uses: Sequence[cst.Name]) -> bool:
    """Whether a variable's name is part of a text: `f"{name=}"`."""
    return any(
        isinstance(up, cst.FormattedStringExpression) and up.equal is not None
        for use in uses
        for up in code.above(use)
    )


def obstacle(code: Code, scope: cst.CSTNode, uses: Sequence[cst.Name]) -> Refusal | None:
    """Why a variable of a scope cannot have another name, whatever that is."""
    if not uses or uses[0].value.startswith("__"):
        return Refusal("the class makes another name of it")
    if code.reads_names_by_text(scope) or is_shown(code, uses):
        return Refusal(BY_TEXT)
    if any(isinstance(code.parent(use), cst.NameItem) for use in uses):
        return Refusal("it is declared `global` or `nonlocal`")
    return None


def is_bound_inside(code: Code, scope: cst.CSTNode, name: str) -> bool:
    """Whether a function or class within a scope has a variable of its own with that name."""
    for bound in code.bindings(name):
        for up in (bound, *code.above(bound)):
            if up is scope:
                break
            if isinstance(up, _BINDERS) and code.is_within(up, scope):
                return True
    return False
