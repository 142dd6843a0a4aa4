"""`check=False`, which is the default, for `subprocess.run(...)` that does not say it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code, dotted
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.nodes import with_keyword


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        if dotted(call.func) != "subprocess.run":
            continue
        said = [arg.keyword.value for arg in call.args if arg.keyword]
        if any(arg.star == "**" for arg in call.args):
            yield Refusal("the arguments may say `check` already")
        elif not code.is_module("subprocess"):
            yield Refusal("`subprocess` may be something else here")
        elif "check" not in said:
            yield CodeEdit(call, with_keyword(call, "check", cst.Name("False")))


def _towards(_usual: str) -> Edits:
    return _edits


CODEMOD = ConventionCodemod("subprocess-check", ("said",), _towards)
