"""`check=True` for `subprocess.run(...)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code, dotted
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword

_DOUBT = "a process that fails raises an exception from now on"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.at(span, cst.Call):
        match dotted(call.func):
            case "subprocess.run":
                yield CodeEdit(call, with_keyword(call, "check", cst.Name("True")), _DOUBT)
            case "subprocess.call":
                yield Refusal("`subprocess.call` takes no `check`")


CODEMOD = Codemod("process-failure-ignored", _edits)
