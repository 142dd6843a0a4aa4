"""What a metric of a unit is that charges points: what it counts, its words, limit and points."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A count of a function or method, which costs `points` for each step beyond `limit`.

    `count` is pure: the syntax tree of the unit → a number. `words` says it in a finding, with
    `{}` for the number, and `hint` says what to do. The rule of the finding is `complexity.NAME`.
    """

    name: str
    count: Callable[[ast.Module], int]
    words: str
    hint: str
    limit: int
    points: float
