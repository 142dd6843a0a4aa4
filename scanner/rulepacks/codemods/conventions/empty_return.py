"""`return` for `return None`, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal
from scanner.rulepacks.codemods.conventions.annotations import gives_values, yields

_DEFAULT = cst.MaybeSentinel.DEFAULT


def _bare(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.Return):
        if isinstance(node.value, cst.Name) and node.value.value == "None":
            if has_comment(node.value):
                yield Refusal(COMMENT_INSIDE)
            elif _is_one_of_values(code, node):
                yield Refusal("the function gives values elsewhere, or says that it does")
            else:
                new = node.with_changes(value=None, whitespace_after_return=_DEFAULT)
                yield CodeEdit(node, new)


def _is_one_of_values(code: Code, node: cst.Return) -> bool:
    """Whether None is said beside other values: a type checker asks for it there, as PEP 8 does."""
    function = code.function_round(node)
    if function is None or gives_values(code, function):
        return function is not None
    said = function.returns.annotation if function.returns else None
    says_none = isinstance(said, cst.Name) and said.value == "None"
    return said is not None and not says_none and not yields(code, function)


def _none(code: Code, span: Span) -> Iterator[CodeEdit]:
    for node in code.starting(span.first, cst.Return):
        if node.value is None:
            space = cst.SimpleWhitespace(" ")
            yield CodeEdit(
                node, node.with_changes(value=cst.Name("None"), whitespace_after_return=space)
            )


def _towards(usual: str) -> Edits:
    return _bare if usual == "bare" else _none


CODEMOD = ConventionCodemod("empty-return", ("bare", "None"), _towards)
