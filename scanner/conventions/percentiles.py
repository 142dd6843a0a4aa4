"""From what was measured of functions to deviation scores: percentiles among a reference. Pure.

A part of a function is the mean surprise of what it is made of, drawn to the median of the
reference as if so many more had been ordinary (`ORDINARY`); short functions so say less. Parts are
put on one scale by the middle half of the reference and added up by `WEIGHTS`, which
`benchmarks/deviation/learn.py` learned over public repositories that are listed there.

The functions of one change are alike: the mean of the log odds of n percentiles has a standard
error of √((1 + (n − 1)ρ) / n) of one's (Mudholkar and George 1979, for correlated percentiles).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from scanner.base.model import DeviationPart
from scanner.conventions.unusual import Measured

#: How much each part weighs.
WEIGHTS: Mapping[DeviationPart, float] = {
    DeviationPart.NATURALNESS: 1.0,
    DeviationPart.CHOICES: 0.34,
    DeviationPart.STRUCTURE: 0.23,
    DeviationPart.VOCABULARY: 0.72,
    DeviationPart.TEXTURE: 0.02,
}
#: How many ordinary tokens, choices, names, words and sizes a function is given beside its own.
ORDINARY: Mapping[DeviationPart, float] = {
    DeviationPart.NATURALNESS: 15.0,
    DeviationPart.CHOICES: 3.0,
    DeviationPart.STRUCTURE: 4.0,
    DeviationPart.VOCABULARY: 5.0,
    DeviationPart.TEXTURE: 4.0,
}
#: How alike the functions of one change are (ρ).
LIKENESS = 0.3
#: How far a part may be from the ordinary, in halves of the middle half.
_FARTHEST = 8.0
#: No percentile counts as nearer to 0 or 1 than this.
_EDGE = 0.001


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where the middle of the reference lies, and how wide its middle half is."""

    raw: float
    middle: float
    width: float


@dataclass(frozen=True, slots=True)
class FunctionScore:
    """Percentiles of a function: of the whole and of each part."""

    score: float
    parts: tuple[tuple[DeviationPart, float], ...]


class Reference:
    """The functions that a codebase took in last, to compare others with."""

    def __init__(self, functions: Sequence[Measured]) -> None:
        self.size = len(functions)
        self._scales = {part: _scale(functions, part) for part in DeviationPart}
        placed = [self.placed(one) for one in functions]
        self._parts = {part: sorted(one[part] for one in placed) for part in DeviationPart}
        self._totals = sorted(map(_total, placed))

    def score(self, function: Measured) -> FunctionScore:
        """The percentiles of a function, 0 to 100; equals count half."""
        placed = self.placed(function)
        return FunctionScore(
            _percentile(_total(placed), self._totals),
            tuple((part, _percentile(placed[part], self._parts[part])) for part in DeviationPart),
        )

    def placed(self, function: Measured) -> dict[DeviationPart, float]:
        """How far a function is from the ordinary, in halves of the middle half, part by part."""
        return {part: self._place(function, part) for part in DeviationPart}

    def _place(self, function: Measured, part: DeviationPart) -> float:
        scale = self._scales[part]
        place = (_value(function, part, scale.raw) - scale.middle) / scale.width
        return round(max(-_FARTHEST, min(_FARTHEST, place)), 6)


def combined(scores: Sequence[float], sizes: Sequence[int]) -> float:
    """The score of a change from those of its functions, each weighed by its size."""
    weights = [sqrt(size) for size in sizes]
    whole = sum(weights)
    places = [_deviate(score) for score in scores]
    mean = sum(w * z for w, z in zip(weights, places, strict=True)) / whole
    count = whole * whole / sum(w * w for w in weights)
    error = sqrt((1 + (count - 1) * LIKENESS) / count)
    return scores[0] if len(scores) == 1 else round(100 / (1 + exp(-mean / error)), 1)


def _deviate(score: float) -> float:
    share = min(max(score / 100, _EDGE), 1 - _EDGE)
    return log(share / (1 - share))


def _total(placed: Mapping[DeviationPart, float]) -> float:
    return round(sum(WEIGHTS[part] * placed[part] for part in DeviationPart), 6)


def _value(function: Measured, part: DeviationPart, ordinary: float) -> float:
    found, more = function.part(part), ORDINARY[part]
    return (found.millibits + more * ordinary) / (found.things + more)


def _scale(functions: Sequence[Measured], part: DeviationPart) -> _Scale:
    known = [found for one in functions if (found := one.part(part)).things]
    raw = _middle(sorted(one.millibits / one.things for one in known))
    values = sorted(_value(one, part, raw) for one in functions)
    low, high = values[len(values) // 4], values[(3 * len(values)) // 4]
    middle = _middle(values)
    # A part that nearly all functions are equal in is told by the few that differ.
    spread = sqrt(sum((v - middle) ** 2 for v in values) / len(values))
    return _Scale(raw, middle, max((high - low) / 2, spread / 3, 1.0))


def _middle(ordered: Sequence[float]) -> float:
    return ordered[len(ordered) // 2] if ordered else 0.0


def _percentile(value: float, ordered: Sequence[float]) -> float:
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    return round(50 * (below + upto) / len(ordered), 1) if ordered else 50.0
