"""Points that add up to scores, and operations on lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.base.model.findings import Dimension


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Points of one dimension; `unmeasured` says why there are none to give.

    `percentile` is the score of deviation, which is none of points; None where there is no
    reference, or nothing to compare with it.
    """

    dimension: Dimension
    points: float = 0.0
    repaid: float = 0.0
    unmeasured: str | None = None
    percentile: float | None = None


@dataclass(frozen=True, slots=True)
class LineOperations:
    """What a change does to lines. Added and deleted sum to git's own counts:

    added + updated + moved + copied + replaced = lines git counts as added;
    deleted + updated + moved + replaced = lines git counts as deleted,
    where an updated or replaced stretch counts the shorter of its two sides and a moved line once
    on each side.
    """

    added: int = 0
    deleted: int = 0
    updated: int = 0
    moved: int = 0
    copied: int = 0
    replaced: int = 0

    @property
    def changed(self) -> int:
        """Lines that git counts as added, and lines that it counts as deleted."""
        on_one_side = self.added + self.deleted + self.copied
        return on_one_side + 2 * (self.updated + self.moved + self.replaced)

    def __add__(self, other: LineOperations) -> LineOperations:
        return LineOperations(
            self.added + other.added,
            self.deleted + other.deleted,
            self.updated + other.updated,
            self.moved + other.moved,
            self.copied + other.copied,
            self.replaced + other.replaced,
        )


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @classmethod
    def of(cls, score: float) -> Grade:
        """The grade of a score (`docs/scores.md`): A ≤ 5, B ≤ 10, C ≤ 20, D ≤ 50."""
        bounds = ((5.0, cls.A), (10.0, cls.B), (20.0, cls.C), (50.0, cls.D))
        return next((grade for bound, grade in bounds if score <= bound), cls.E)


#: Changes are scored per hundred added code lines, but never per fewer than this many.
SCORE_FLOOR_LINES = 20


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The debt a change adds.

    `added_code_lines` are those that are judged: no blank, comment or moved lines, tables of
    literals, nor files that are left out.
    """

    added_code_lines: int
    dimensions: tuple[DimensionScore, ...]

    @property
    def points(self) -> float:
        return sum(part.points for part in self.dimensions)

    @property
    def repaid(self) -> float:
        return sum(part.repaid for part in self.dimensions)

    @property
    def debt(self) -> float:
        """The debt score, 0 to 100: points of all dimensions per hundred added code lines."""
        return self._per_hundred(self.points)

    def score(self, dimension: Dimension) -> float | None:
        """The score of one dimension, 0 to 100, or None where it was not measured.

        That of deviation is a percentile, that of any other its points per hundred added lines.
        """
        if dimension is Dimension.DEVIATION:
            return next((p.percentile for p in self.dimensions if p.dimension is dimension), None)
        return self.per_hundred(dimension)

    def per_hundred(self, dimension: Dimension) -> float | None:
        """Points of one dimension per hundred added lines, or None where it was not measured."""
        for part in self.dimensions:
            if part.dimension is dimension and part.unmeasured is None:
                return self._per_hundred(part.points)
        return None

    def points_within(self, limit: float) -> float:
        """How many points a change of this size may have for a score of at most `limit`."""
        return limit / 100.0 * max(self.added_code_lines, SCORE_FLOOR_LINES)

    def _per_hundred(self, points: float) -> float:
        return min(100.0, 100.0 * points / max(self.added_code_lines, SCORE_FLOOR_LINES))


def total(operations: Iterable[LineOperations]) -> LineOperations:
    """The sum of line operations."""
    return sum(operations, LineOperations())
