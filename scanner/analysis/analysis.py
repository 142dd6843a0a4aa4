"""What an analysis is: a pure function from the text of one unit to its facts, with a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Analysis(Generic[T]):
    """One registered analysis. Facts are stored by (content of the unit, `name`, `version`).

    `version` grows whenever `compute` would give another result for any text. `result` is a frozen
    dataclass or NamedTuple of plain data. `compute` depends on the unit's text alone.
    """

    name: str
    version: int
    result: type[T]
    compute: Callable[[UnitSource], T | Problem]
