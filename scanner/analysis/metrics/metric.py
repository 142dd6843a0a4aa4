"""What a metric of a unit is that charges points: what it counts, its words, limit and points."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass


def own_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes of a function's own body, without functions, classes and lambdas in it."""
    open_ends: list[ast.AST] = [child for top in tree.body for child in ast.iter_child_nodes(top)]
    while open_ends:
        node = open_ends.pop()
        yield node
        if not isinstance(node, _OF_THEIR_OWN):
            open_ends.extend(ast.iter_child_nodes(node))


_OF_THEIR_OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Metric:
    """A count of a function or method, which costs `points` for each step beyond `limit`.

    `count` is pure: a module with the one function in it → a number. Functions inside of that one
    are in the tree too; `own_nodes` leaves them out. It is also asked of what is left of classes
    and modules, which is not charged. `words` says it in a finding, with `{}` for the number, and
    `hint` says what to do. The rule of the finding is `complexity.NAME`, with
    hyphens.
    """

    name: str
    count: Callable[[ast.Module], int]
    words: str
    hint: str
    limit: int
    points: float
