"""Scores as rows, with what was not measured told apart from zero."""

from __future__ import annotations

from msgspec import Struct

from scanner.base import model

NOT_IN_THIS_RUN = "not part of this run"
NOTHING_MEASURED = "no dimension was measured"


class ScoreRow(Struct, frozen=True):
    """A line of the table of scores; its numbers are None exactly where `unmeasured` says why.

    Only deviation may have points without a score.
    """

    name: str
    score: float | None
    points: float | None
    repaid: float | None
    limit: float | None
    unmeasured: str | None

    @property
    def grade(self) -> str | None:
        """A to E, None where there is no score; a percentile has no grade."""
        is_percentile = self.name == model.Dimension.DEVIATION
        return None if self.score is None or is_percentile else model.Grade.of(self.score).value


def parts(card: model.Scorecard) -> tuple[model.DimensionScore, ...]:
    """All four dimensions in their order; one that the scorecard lacks is unmeasured."""
    held = {part.dimension: part for part in card.dimensions}
    return tuple(
        held.get(dimension) or model.DimensionScore(dimension, unmeasured=NOT_IN_THIS_RUN)
        for dimension in model.Dimension
    )


def debt(card: model.Scorecard) -> float | None:
    """The debt score, or None where no dimension was measured."""
    return card.debt if any(part.unmeasured is None for part in card.dimensions) else None


def score_rows(
    card: model.Scorecard, thresholds: tuple[model.Threshold, ...] = ()
) -> tuple[ScoreRow, ...]:
    """One row for each dimension and, last, one for the debt score."""
    limits = {threshold.dimension: threshold.limit for threshold in thresholds}
    rows = (_row(part, card, limits.get(part.dimension)) for part in parts(card))
    return (*rows, _debt_row(card, limits.get(None)))


def _row(part: model.DimensionScore, card: model.Scorecard, limit: float | None) -> ScoreRow:
    if part.unmeasured is not None:
        return ScoreRow(part.dimension, None, None, None, limit, part.unmeasured)
    value = card.score(part.dimension)
    return ScoreRow(part.dimension, value, part.points, part.repaid, limit, None)


def _debt_row(card: model.Scorecard, limit: float | None) -> ScoreRow:
    value = debt(card)
    if value is None:
        return ScoreRow("debt", None, None, None, limit, NOTHING_MEASURED)
    return ScoreRow("debt", value, card.points, card.repaid, limit, None)
