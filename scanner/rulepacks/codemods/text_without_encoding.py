"""`encoding="utf-8"` for a text file that is opened without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword

_CALLED = frozenset(("open", "read_text", "write_text"))
_DOUBT = "a file in the encoding of this machine is read and written as UTF-8 from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_encoding(code.at(span, cst.Call))


def with_encoding(calls: Iterable[cst.Call]) -> Iterator[CodeEdit | Refusal]:
    """`encoding="utf-8"` for those of some calls that open a file."""
    for node in calls:
        match node.func:
            case cst.Name(name) | cst.Attribute(attr=cst.Name(name)) if name in _CALLED:
                if _is_settled(node):
                    continue
                if any(arg.star for arg in node.args):
                    yield Refusal("the arguments are given by a list, which may hold an encoding")
                else:
                    new = with_keyword(node, "encoding", cst.SimpleString('"utf-8"'))
                    yield CodeEdit(node, new, _DOUBT)


def _is_settled(call: cst.Call) -> bool:
    """Whether it has an encoding or, by its mode, none."""
    return any(
        (arg.keyword is not None and arg.keyword.value == "encoding")
        or (isinstance(arg.value, cst.SimpleString) and "b" in arg.value.raw_value and place > 0)
        for place, arg in enumerate(call.args)
    )


CODEMOD = Codemod("text-without-encoding", _edits)
