"""An `if` with a body of one statement that gives way to a statement, comments kept."""

from __future__ import annotations

import libcst as cst

from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import Refusal

IN_CHAIN = "it is part of an `if`/`elif` chain, and another branch may be taken"
COMMENT_INSIDE = "a comment stands inside the code that would be removed"


def only_statement(block: cst.BaseSuite) -> cst.BaseSmallStatement | None:
    """The one small statement of a body, in an indented block or on the line of its head."""
    match block:
        case cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[statement])]):
            return statement
        case cst.SimpleStatementSuite(body=[statement]):
            return statement
    return None


def instead_of_if(
    code: Code, node: cst.If, statement: cst.BaseSmallStatement
) -> cst.SimpleStatementLine | Refusal:
    """A line with a statement for an `if` whose body is one statement: comments above it and at
    the end of that body's line are kept, and there must be no others.
    """
    if isinstance(code.parent(node), cst.If) or node.orelse is not None:
        return Refusal(IN_CHAIN)
    block = node.body
    if isinstance(block, cst.SimpleStatementSuite):
        trailing = block.trailing_whitespace
        rest: list[cst.CSTNode] = [*block.body]
    elif isinstance(block, cst.IndentedBlock):
        line = block.body[0]
        assert isinstance(line, cst.SimpleStatementLine)
        trailing = line.trailing_whitespace
        rest = [*line.body, block.header, *line.leading_lines, *block.footer]
    else:
        return Refusal(COMMENT_INSIDE)
    if has_comment(node.test, *rest):
        return Refusal(COMMENT_INSIDE)
    return cst.SimpleStatementLine(
        [statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)],
        leading_lines=node.leading_lines,
        trailing_whitespace=trailing,
    )


def unnested(block: cst.BaseSuite) -> list[cst.BaseStatement] | Refusal:
    """The statements of a body, to stand one level further out; none of its comments is lost."""
    if isinstance(block, cst.SimpleStatementSuite):
        line = cst.SimpleStatementLine(block.body, trailing_whitespace=block.trailing_whitespace)
        return [line]
    if not isinstance(block, cst.IndentedBlock) or has_comment(block.header, *block.footer):
        return Refusal(COMMENT_INSIDE)
    return [one for one in block.body if isinstance(one, cst.BaseStatement)]
