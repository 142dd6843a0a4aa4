"""`raise Other(...) from error` in a handler that caught `error`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_DOUBT = "what is raised names its cause from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_cause(code, code.at(span, cst.Raise))


def with_cause(code: Code, raised: Iterable[cst.Raise]) -> Iterator[CodeEdit | Refusal]:
    """`from error` for those of some exceptions that are raised without a cause."""
    for node in raised:
        if node.cause is None and node.exc is not None:
            name = _caught_round(code, node)
            if name is None:
                yield Refusal("what was caught has no name here")
            else:
                yield CodeEdit(node, node.with_changes(cause=cst.From(cst.Name(name))), _DOUBT)


def _caught_round(code: Code, node: cst.Raise) -> str | None:
    for up in code.above(node):
        match up:
            case cst.ExceptHandler(name=cst.AsName(cst.Name(name))):
                return name
            case cst.ExceptHandler() | cst.FunctionDef() | cst.ClassDef():
                return None
    return None


CODEMOD = Codemod("raise-without-cause", _edits)
