"""What a function offers to whoever might call it: its signature, and what it says of itself."""

from __future__ import annotations

import ast
from typing import NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Stage, UnitKind

#: So much is kept of what a function says, and of what it takes.
_LONGEST = 300


class Offer(NamedTuple):
    """A function from outside. All empty for a unit that is none.

    `signature` is what stands after its name, annotations included; `says` the first paragraph of
    its docstring on one line; `parameters` are names, `self` and `cls` left out.
    """

    signature: str
    says: str
    parameters: tuple[str, ...]


NOTHING = Offer("", "", ())


def read_offer(source: UnitSource) -> Offer | Problem:
    """What a unit offers. Depends on its text alone."""
    if source.kind not in (UnitKind.FUNCTION, UnitKind.METHOD):
        return NOTHING
    try:
        nodes = parse(source.text).body
    except (SyntaxError, MemoryError) as error:
        return Problem(Stage.PARSE, None, f"unit does not parse by itself: {error}")
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return _offer(node)
    return NOTHING


def _offer(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Offer:
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    said = (ast.get_docstring(node) or "").split("\n\n")[0]
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return Offer(
        f"({ast.unparse(given)}){returned}"[:_LONGEST],
        " ".join(said.split())[:_LONGEST],
        tuple(one.arg for one in named if one.arg not in ("self", "cls")),
    )


ANALYSIS = Analysis("offer", 1, Offer, read_offer)
