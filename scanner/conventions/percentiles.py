"""From what was measured of functions to deviation scores: percentiles among a reference. Pure.

A part of a function is the mean surprise of what it is made of, drawn to the median of the
reference as if so many more had been ordinary (`ORDINARY`); short functions so say less. Parts are
put on one scale by the middle half of the reference and added up by `WEIGHTS`, which
`benchmarks/deviation/learn.py` learned over public repositories that are listed there.

The log odds of the percentiles of a change's functions are added up, those of n alike functions to
√n times one's (Stouffer; Mudholkar and George 1979). Its score is the percentile of that among the
changes of the reference, whose functions are as alike.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from typing import NamedTuple

from scanner.base.model import DeviationPart
from scanner.conventions.unusual import MeasuredUnits, PartSum

#: How much each part weighs.
WEIGHTS: Mapping[DeviationPart, float] = {
    DeviationPart.NATURALNESS: 1.0,
    DeviationPart.CHOICES: 0.35,
    DeviationPart.STRUCTURE: 0.29,
    DeviationPart.VOCABULARY: 0.76,
    DeviationPart.TEXTURE: 0.02,
}
#: How many ordinary tokens, choices, names, words and sizes a function is given beside its own.
ORDINARY: Mapping[DeviationPart, float] = {
    DeviationPart.NATURALNESS: 75.0,
    DeviationPart.CHOICES: 15.0,
    DeviationPart.STRUCTURE: 20.0,
    DeviationPart.VOCABULARY: 25.0,
    DeviationPart.TEXTURE: 20.0,
}
#: With fewer functions or changes there is nothing to compare with.
FEWEST_COMPARED = 30
#: How far a part may be from the ordinary, in halves of the middle half.
_FARTHEST = 8.0
#: No percentile counts as nearer to 0 or 1 than this.
_EDGE = 0.001


class _Scale(NamedTuple):
    """Where the middle of the reference lies, and how wide its middle half is."""

    raw: float
    middle: float
    width: float


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Percentiles of a function or a change: of the whole and of each part."""

    score: float
    parts: tuple[tuple[DeviationPart, float], ...]


class Reference:
    """Functions of one kind that a codebase took in last, to compare others with."""

    def __init__(self, functions: Sequence[MeasuredUnits]) -> None:
        self.size = len(functions)
        columns = list(zip(*[one.parts for one in functions], strict=True))
        raws = list(map(_raw, columns))
        values = list(map(_values, columns, raws, _ORDINARY))
        self._scales = list(map(_scale, raws, values))
        places = list(map(_places, values, self._scales))
        self._places = [list(map(_total, zip(*places, strict=True))), *places]
        self._ordered = [sorted(one) for one in self._places]

    def score(self, function: MeasuredUnits) -> Percentiles:
        """The percentiles of a function, 0 to 100; equals count half."""
        return _named(map(_percentile, self._of(function), self._ordered))

    def placed(self, function: MeasuredUnits) -> tuple[float, ...]:
        """How far a function is from the ordinary, in halves of the middle half, part by part."""
        return tuple(self._of(function)[1:])

    def log_odds(self, function: MeasuredUnits) -> list[float]:
        """The log odds of the percentiles of a function, the whole first and then its parts."""
        pairs = zip(self._of(function), self._ordered, strict=True)
        return [_log_odds(_percentile(*pair)) for pair in pairs]

    def all_log_odds(self) -> list[tuple[float, ...]]:
        """Those of each function of the reference, in the order they were given."""
        columns, odds = [], _log_odds_of(self.size)
        for places, ordered in zip(self._places, self._ordered, strict=True):
            upto = {place: number for number, place in enumerate(ordered, 1)}
            known, below = {}, 0
            for place, number in upto.items():
                known[place] = odds[below + number]
                below = number
            columns.append([known[place] for place in places])
        return list(zip(*columns, strict=True))

    def _of(self, function: MeasuredUnits) -> list[float]:
        places = []
        for part, scale, more in zip(function.parts, self._scales, _ORDINARY, strict=True):
            places += _places(_values([part], scale.raw, more), scale)
        return [_total(places), *places]


class LastChanges:
    """The changes that a codebase took in last, to compare others with.

    Functions are compared with their own kind (code, tests). Where there are too few changes, the
    functions of them are taken for changes of one function each.
    """

    def __init__(self, changes: Sequence[Sequence[MeasuredUnits]]) -> None:
        functions = [one for change in changes for one in change]
        kinds = {one.population: 0 for one in functions}
        by_kind = {kind: [one for one in functions if one.population == kind] for kind in kinds}
        self.functions = {
            kind: Reference(found)
            for kind, found in by_kind.items()
            if len(found) >= FEWEST_COMPARED
        }
        odds = {kind: iter(found.all_log_odds()) for kind, found in self.functions.items()}
        known = [
            [(one, next(odds[one.population])) for one in change if one.population in odds]
            for change in changes
        ]
        if sum(map(bool, known)) < FEWEST_COMPARED:
            known = [[pair] for change in known for pair in change]
        sums = [_added_up(change) for change in known if change]
        self._ordered = [sorted(column) for column in zip(*sums, strict=True)]

    def score(self, functions: Sequence[MeasuredUnits]) -> Percentiles:
        """The percentiles of a change of functions, each of a kind that `functions` knows."""
        known = [(one, self.functions[one.population].log_odds(one)) for one in functions]
        return _named(map(_percentile, _added_up(known), self._ordered))


#: In the order of the parts of a `MeasuredUnits`.
_ORDINARY = tuple(ORDINARY[part] for part in DeviationPart)
_WEIGHTS = tuple(WEIGHTS[part] for part in DeviationPart)


def _added_up(functions: Iterable[tuple[MeasuredUnits, Sequence[float]]]) -> list[float]:
    """The weighted sums of log odds, each function weighed by the square root of its size."""
    sums, squares = [0.0] * (1 + len(DeviationPart)), 0.0
    for one, odds in functions:
        squares += one.naturalness.things
        weight = sqrt(one.naturalness.things)
        sums = [so_far + weight * more for so_far, more in zip(sums, odds, strict=True)]
    return [one / sqrt(squares) for one in sums]


def _named(percentiles: Iterable[float]) -> Percentiles:
    whole, *parts = percentiles
    return Percentiles(whole, tuple(zip(DeviationPart, parts, strict=True)))


def _total(places: Sequence[float]) -> float:
    return sum([weight * place for weight, place in zip(_WEIGHTS, places, strict=True)])


def _places(values: Iterable[float], scale: _Scale) -> list[float]:
    places = [(value - scale.middle) / scale.width for value in values]
    if min(places) < -_FARTHEST or max(places) > _FARTHEST:
        return [max(-_FARTHEST, min(_FARTHEST, place)) for place in places]
    return places


def _values(column: Sequence[PartSum], raw: float, more: float) -> list[float]:
    ordinary = more * raw
    return [(sum_of + ordinary) / (things + more) for things, sum_of in column]


def _raw(column: Sequence[PartSum]) -> float:
    return _middle(sorted([sum_of / things for things, sum_of in column if things]))


def _scale(raw: float, found: Sequence[float]) -> _Scale:
    values = sorted(found)
    low, high = values[len(values) // 4], values[(3 * len(values)) // 4]
    middle = _middle(values)
    # A part that nearly all functions are equal in is told by the few that differ.
    spread = sqrt(sum([(value - middle) ** 2 for value in values]) / len(values))
    return _Scale(raw, middle, max((high - low) / 2, spread / 3, 1.0))


def _middle(ordered: Sequence[float]) -> float:
    return ordered[len(ordered) // 2] if ordered else 0.0


def _percentile(value: float, ordered: Sequence[float]) -> float:
    return _share(bisect_left(ordered, value) + bisect_right(ordered, value), len(ordered))


def _share(twice: int, count: int) -> float:
    return round(50 * twice / count, 1) if count else 50.0


@lru_cache(maxsize=64)
def _log_odds_of(count: int) -> tuple[float, ...]:
    """The log odds of all shares of so many, by twice what is below."""
    return tuple(_log_odds(_share(twice, count)) for twice in range(2 * count + 1))


def _log_odds(percentile: float) -> float:
    share = min(max(percentile / 100, _EDGE), 1 - _EDGE)
    return log(share / (1 - share))
