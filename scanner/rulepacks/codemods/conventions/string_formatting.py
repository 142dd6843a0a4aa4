"""An f-string for `"...".format(...)` of plain values."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment, is_plain
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

#: Others could stand for a brace.
_ESCAPES = re.compile(r"\\(?![nrt\\'\"])")
_NOT_PLAIN = "its values are more than plain names, each used once"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Call, cst.BinaryOperation):
        match node:
            case cst.Call(func=cst.Attribute(cst.SimpleString() as text, cst.Name("format"))):
                yield _edit(code, node, text)
            case cst.BinaryOperation(cst.SimpleString(), cst.Modulo()):
                yield Refusal("`%` asks objects for their text in another way")


def _edit(code: Code, call: cst.Call, text: cst.SimpleString) -> CodeEdit | Refusal:
    if text.prefix or _ESCAPES.search(text.raw_value):
        return Refusal("its text has a prefix or backslashes")
    if has_comment(call):
        return Refusal(COMMENT_INSIDE)
    values = _values(code, call)
    written = values and _written(text, values)
    if not written:
        return Refusal(_NOT_PLAIN)
    new = cst.parse_expression(f"f{text.quote}{written}{text.quote}")
    return CodeEdit(call, new.with_changes(lpar=call.lpar, rpar=call.rpar))


def _values(code: Code, call: cst.Call) -> dict[str, str] | None:
    """The text of each value by its place or name; None where one is more than plain."""
    if any(arg.star or not is_plain(arg.value) or arg.value.lpar for arg in call.args):
        return None
    if any(isinstance(arg.value, cst.FormattedString | cst.Call) for arg in call.args):
        return None
    return {
        arg.keyword.value if arg.keyword else str(place): code.text(arg.value)
        for place, arg in enumerate(call.args)
    }


def _written(text: cst.SimpleString, values: Mapping[str, str]) -> str | None:
    """What stands between the quotes of the f-string."""
    left, place, pieces = dict(values), 0, []
    try:
        parsed = list(string.Formatter().parse(text.raw_value))
    except ValueError:
        return None
    for literal, name, spec, conversion in parsed:
        pieces.append(literal.replace("{", "{{").replace("}", "}}"))
        if name is None:
            continue
        key, place = (str(place), place + 1) if name == "" else (name, place)
        value = left.pop(key, "")
        if not value or "{" in (spec or "") or {"\\", "\n", "'", '"'} & set(value):
            return None
        after = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        pieces.append(f"{{{value}{after}}}")
    return None if left or not values else "".join(pieces)


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("string-formatting", ("f-string",), _towards)
