"""`os.getenv(...)` for `os.environ.get(...)`, which it calls, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_NAMES = {"environ.get": "os.environ.get", "getenv": "os.getenv"}


def _edits(usual: str, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for call in code.starting(span.first, cst.Call):
        name = dotted(call.func)
        if name == "os.environ" or name not in _NAMES.values() or name == _NAMES[usual]:
            continue
        if not code.is_module("os"):
            yield Refusal("`os` may be something else here")
        elif has_comment(call.func):
            yield Refusal(COMMENT_INSIDE)
        else:
            yield CodeEdit(call.func, cst.parse_expression(_NAMES[usual]))


def _towards(usual: str) -> Edits:
    return partial(_edits, usual)


CODEMOD = ConventionCodemod("environment-access", tuple(_NAMES), _towards)
