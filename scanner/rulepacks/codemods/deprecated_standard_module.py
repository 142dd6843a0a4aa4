"""`from shlex import quote` for `from pipes import quote`, and the like: the same function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

#: Modules that only passed a function on, and where it comes from.
_PASSED_ON = {("pipes", "quote"): "shlex", ("imp", "reload"): "importlib"}


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.ImportFrom, cst.Import):
        match node:
            case cst.ImportFrom(
                module=cst.Name(old) as module, names=[cst.ImportAlias(name=cst.Name(name))]
            ) if (old, name) in _PASSED_ON:
                yield CodeEdit(module, module.with_changes(value=_PASSED_ON[old, name]))
            case _:
                yield Refusal("what replaces it works in another way")


CODEMOD = Codemod("deprecated-standard-module", _edits)
