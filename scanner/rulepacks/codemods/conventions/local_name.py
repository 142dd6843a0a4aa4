"""`my_value` for a local variable that is called `myValue`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.conventions.renaming import (
    TAKEN,
    is_bound_inside,
    obstacle,
    renamed,
)

_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Assign):
        match node.targets[0].target:
            case cst.Name(name) as target if _snake(name) != name:
                yield _edit(code, target, name, _snake(name))


def _snake(name: str) -> str:
    return _SEAM.sub("_", name).lower()


def _edit(code: Code, target: cst.Name, old: str, new: str) -> CodeEdit | Refusal:
    scope = code.function_round(target)
    if scope is None or scope is not code.outermost_function(target):
        return Refusal("it is a variable of a module, a class or a function within another")
    uses = [one for one in code.uses(old) if code.is_within(one, scope)]
    why_not = obstacle(code, scope, uses)
    if why_not is not None:
        return why_not
    bound = [one for one in code.bindings(old) if code.is_within(one, scope)]
    if is_bound_inside(code, scope, old) or not all(_is_plain(code, one) for one in bound):
        return Refusal("it is not bound by assignments of this function alone")
    if keyword.iskeyword(new) or any(code.is_within(one, scope) for one in code.uses(new)):
        return Refusal(TAKEN)
    return renamed(uses, new)


def _is_plain(code: Code, bound: cst.CSTNode) -> bool:
    return isinstance(bound, cst.Name) and not isinstance(code.parent(bound), cst.AsName)


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("local-name", ("snake case",), _towards)
