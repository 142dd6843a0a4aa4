"""The quotes that are usual, round strings with no quotes in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_MARKS = {"double": '"', "single": "'"}


def _edits(usual: str, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    mark = _MARKS[usual]
    first = next((one for one in code.starting(span.first, cst.SimpleString)
                  if _can_be_written(code, one, mark)), None)  # fmt: skip
    if first is None:
        yield Refusal("other quotes would need a backslash")
        return
    unit = code.outermost_function(first) or next(
        (up for up in code.above(first) if isinstance(up, cst.ClassDef)), code.module
    )
    edits = [
        CodeEdit(one, one.with_changes(value=f"{mark}{one.raw_value}{mark}"))
        for one in code.nodes(cst.SimpleString)
        if code.is_within(one, unit)
        and _can_be_written(code, one, mark)
        and (isinstance(unit, cst.FunctionDef) or code.outermost_function(one) is None)
    ]
    yield CodeEdit(edits[0].old, edits[0].new, also=tuple(edits[1:]))


def _can_be_written(code: Code, text: cst.SimpleString, mark: str) -> bool:
    """Whether a string has other quotes and no choice but its own: in an f-string there is none."""
    is_plain = not text.prefix and len(text.quote) == 1 and text.quote != mark
    return (
        is_plain
        and not {"'", '"'} & set(text.raw_value)
        and not any(isinstance(up, cst.FormattedString) for up in code.above(text))
    )


def _towards(usual: str) -> Edits:
    return partial(_edits, usual)


CODEMOD = ConventionCodemod("quotes", tuple(_MARKS), _towards)
