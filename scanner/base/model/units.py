"""Files cut into units, and the facts of a unit or file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Span:
    """Lines `first` to `last`, 1-based, both included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1


class UnitKind(StrEnum):
    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a file that is analysed by itself.

    A function or method carries everything in it, closures too. A class or module is its skeleton:
    its lines less those of the units inside it. The units of a file share out its lines, each line
    once. `name` is qualified inside the file (`Class.method`; `<module>` for the module). `content`
    is the hash of the unit's own text without its indentation: equal content, equal facts.
    """

    name: str
    kind: UnitKind
    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A file cut into units, the module first, in order of their first line."""

    units: tuple[Unit, ...]
    line_count: int

    def unit_at(self, line: int) -> Unit:
        """The innermost unit that holds a line; of two that span the same, the one inside."""
        holders = (unit for unit in reversed(self.units) if line in unit.span)
        return min(holders, key=lambda unit: len(unit.span), default=self.units[0])


@dataclass(frozen=True, slots=True)
class Halstead:
    """Halstead's base counts, as radon counts them: distinct and total operators and operands."""

    distinct_operators: int
    distinct_operands: int
    operators: int
    operands: int


class Dispatched(NamedTuple):
    """What the branches of dispatches after the first count: cases of `match`, and `if`s."""

    cases: int = 0
    ifs: int = 0


_NO_DISPATCH = Dispatched()


class Closure(NamedTuple):
    """A function inside a function, which radon's count of the outer one leaves out."""

    name: str
    line_offset: int
    cyclomatic: int
    parameters: int
    assertions: int = 0
    dispatched: Dispatched = Dispatched()


@dataclass(frozen=True, slots=True)
class Complexity:
    """How hard a unit is to understand and to test. Counts; `halstead_volume` in bits.

    `cyclomatic` is radon's for the unit itself; functions inside it have their own in `closures`,
    and count in `cognitive`, `code_lines` and `nesting` of the unit.
    `assertions` of the `cyclomatic` are `assert` statements. `dispatched` is what the further
    branches of flat dispatches count in it, the `ifs` in `cognitive` too. `metrics` are the counts
    of registered metrics, by name.
    """

    cyclomatic: int
    cognitive: int
    code_lines: int
    parameters: int
    nesting: int
    logical_lines: int
    comment_lines: int
    halstead: Halstead
    halstead_volume: float
    maintainability_index: float
    closures: tuple[Closure, ...] = ()
    assertions: int = 0
    dispatched: Dispatched = _NO_DISPATCH
    metrics: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Raw counts and the maintainability index of a whole file, as radon defines them."""

    lines: int
    logical_lines: int
    source_lines: int
    comment_lines: int
    docstring_lines: int
    blank_lines: int
    single_comment_lines: int
    halstead: Halstead
    halstead_volume: float
    maintainability_index: float
