"""`encoding="utf-8"` for a text file that is opened without one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword

_CALLED = frozenset(("open", "read_text", "write_text"))
_DOUBT = "a file in the encoding of this machine is read and written as UTF-8 from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Call):
        match node.func:
            case cst.Name(name) | cst.Attribute(attr=cst.Name(name)) if name in _CALLED:
                if any(arg.star for arg in node.args):
                    yield Refusal("the arguments are given by a list, which may hold an encoding")
                else:
                    new = with_keyword(node, "encoding", cst.SimpleString('"utf-8"'))
                    yield CodeEdit(node, new, _DOUBT)


CODEMOD = Codemod("text-without-encoding", _edits)
