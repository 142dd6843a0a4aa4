"""PURE: one unit as a rule in code sees it: its tree, each node's surroundings, its comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from scanner.analysis.parsing.comments import Comment, comments_in
from scanner.analysis.parsing.source import split_lines

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
N = TypeVar("N", bound=ast.AST)


class CodeStep(NamedTuple):
    """One step down to a node: the node above it, and the field of that node it stands in."""

    node: ast.AST
    field: str


@dataclass(frozen=True)
class UnitCode:
    """A unit's text, which parses by itself, and its tree. Lines are 1-based."""

    text: str
    tree: ast.Module
    _above: dict[int, CodeStep] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.text)

    @cached_property
    def comments(self) -> dict[int, Comment]:
        """The comments by line."""
        return {comment.line: comment for comment in comments_in(self.text)}

    def _is_alone(self, comment: Comment) -> bool:
        """Whether nothing but white space stands before a comment on its line."""
        return not self.lines[comment.line - 1][: comment.column].strip()

    def all_of(self, *kinds: type[N]) -> Iterator[N]:
        """Every node of some kinds, in no promised order."""
        return (node for node in self._nodes if isinstance(node, kinds))

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        nodes: list[ast.AST] = [self.tree]
        for node in nodes:
            for name, value in ast.iter_fields(node):
                for child in value if isinstance(value, list) else (value,):
                    if isinstance(child, ast.AST):
                        self._above[id(child)] = CodeStep(node, name)
                        nodes.append(child)
        return nodes

    def steps_up(self, node: ast.AST) -> Iterator[CodeStep]:
        """From a node that `all_of` gave up to the module: what it stands in, and where in that."""
        step = self._above.get(id(node))
        while step is not None:
            yield step
            step = self._above.get(id(step.node))

    def steps_in_function(self, node: ast.AST) -> Iterator[CodeStep]:
        """As `steps_up`, as far as the innermost function."""
        for step in self.steps_up(node):
            if isinstance(step.node, FunctionNode | ast.Lambda):
                return
            yield step

    def functions_round(self, node: ast.AST) -> list[FunctionNode]:
        """The functions that a node stands in, the innermost first."""
        return [step.node for step in self.steps_up(node) if isinstance(step.node, FunctionNode)]

    def comments_above(self, line: int, column: int | None = None) -> list[str]:
        """The comment lines right above a line, the lowest first, in one column if one is given."""
        found: list[str] = []
        while True:
            line -= 1
            comment = self.comments.get(line)
            if comment is None or not self._is_alone(comment):
                return found
            if column is not None and comment.column != column:
                return found
            found.append(comment.text)

    def comments_between(self, first: int, last: int) -> list[str]:
        """The comments of the lines `first` to `last`, both included."""
        return [one.text for line, one in self.comments.items() if first <= line <= last]


def dotted(node: ast.expr) -> str:
    """`a.b.c` for names and attributes of names; other parts are empty."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def names(node: ast.AST, name: str) -> bool:
    """Whether a name is used anywhere in a node."""
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def last_line(node: ast.stmt | ast.expr | ast.excepthandler) -> int:
    """The last line of a node."""
    assert node.end_lineno is not None
    return node.end_lineno


_DIRECTIVE = re.compile(r"noqa(?::[ \t]*[A-Z]+\d+(?:[ ,]+[A-Z]+\d+)*)?", re.IGNORECASE)
_TO_TOOLS = re.compile(
    r"pylint|pragma|type:|mypy:|pyright:|ruff:|nosec|nosem|todo|fixme|xxx", re.IGNORECASE
)
#: "Ignore errors" says what the code says already.
_SAYS_NOTHING = re.compile(
    r"(?:silently )?(?:ignor|skip|pass\b|continu|swallow|suppress|do nothing)\w*"
    r"(?:[^\w\n]+\w+){0,2}[^\w\n]*$",
    re.IGNORECASE,
)
_TWO_WORDS = re.compile(r"\w+[^\w\n]+\w+")


def gives_a_reason(comment: str) -> bool:
    """Whether a comment says why, in two words at least: no order to a tool, no "ignore errors"."""
    text = comment.lstrip("#").lstrip(" \t")
    directive = _DIRECTIVE.match(text)
    text = text[directive.end() :] if directive else text
    text = re.sub(r"^[^\w\n]+", "", text)
    if _TO_TOOLS.match(text) or _SAYS_NOTHING.match(text):
        return False
    return _TWO_WORDS.match(text) is not None
