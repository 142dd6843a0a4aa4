"""`datetime.UTC` for `datetime.timezone.utc`, or the other way round: the same object."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_NAMES = {"timezone.utc": "datetime.timezone.utc", "UTC": "datetime.UTC"}


def _edits(usual: str, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Attribute):
        name = dotted(node)
        if name == "timezone.utc" and not isinstance(code.parent(node), cst.Attribute):
            yield Refusal("another name would have to be imported")
        elif name in _NAMES.values() and name != _NAMES[usual]:
            if not code.is_module("datetime"):
                yield Refusal("`datetime` may be something else here")
            elif has_comment(node):
                yield Refusal(COMMENT_INSIDE)
            else:
                new = cst.parse_expression(_NAMES[usual])
                yield CodeEdit(node, new.with_changes(lpar=node.lpar, rpar=node.rpar))


def _towards(usual: str) -> Edits:
    return partial(_edits, usual)


CODEMOD = ConventionCodemod("utc-name", tuple(_NAMES), _towards)
