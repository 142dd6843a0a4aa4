"""`assert condition, message` for an assertion of the two in parentheses."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.at(span, cst.Assert):
        match node:
            case cst.Assert(test=cst.Tuple([first, second]) as both, msg=None):
                if has_comment(both):
                    yield Refusal(COMMENT_INSIDE)
                elif "\n" in code.text(node):
                    yield Refusal("it spans several lines")
                elif not isinstance(first, cst.Element) or not isinstance(second, cst.Element):
                    yield Refusal("a starred item has no place in an assertion")
                else:
                    new = cst.Assert(first.value, second.value, semicolon=node.semicolon)
                    yield CodeEdit(node, new, "the assertion can fail from now on")


CODEMOD = Codemod("always-true-assert", _edits)
