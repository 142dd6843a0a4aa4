"""Effect sizes and plain descriptions: what stands beside every p."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.base.wilson import wilson
from scanner.compare.arrays import BoolArray, FloatArray
from scanner.compare.design import Design
from scanner.compare.survival import product_limit, time_by_which


class Magnitude(StrEnum):
    """Bands of |Cliff's δ|: 0.147, 0.33, 0.474 (Romano et al. 2006)."""

    NEGLIGIBLE = "negligible"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class CliffsDelta:
    """P(treated > other) − P(treated < other) for two changes drawn from one stratum, −1 to 1."""

    value: float

    @property
    def magnitude(self) -> Magnitude:
        size = abs(self.value)
        bands = (
            (0.147, Magnitude.NEGLIGIBLE),
            (0.33, Magnitude.SMALL),
            (0.474, Magnitude.MEDIUM),
        )
        return next((band for bound, band in bands if size < bound), Magnitude.LARGE)


def cliffs_delta(design: Design, values: FloatArray) -> CliffsDelta:
    """Cliff's δ within strata, each stratum weighted by its pairs (Cliff 1993).

    Without strata this is the plain δ. O(n log n), by mid-ranks.
    """
    order = np.lexsort((values, design.stratum))
    stratum, ordered = design.stratum[order], values[order]
    ranks = _mid_ranks(stratum, ordered)
    treated = design.treated[order]
    of_arm = np.bincount(stratum, treated)
    pairs = of_arm * (design.stratum_size - of_arm)
    wins = np.bincount(stratum, ranks * treated) - of_arm * (of_arm + 1) / 2
    return CliffsDelta(float(np.sum(2 * wins - pairs) / pairs.sum()))


def _mid_ranks(stratum: np.ndarray, ordered: FloatArray) -> FloatArray:
    """Ranks from 1 within each stratum, ties sharing their mean; rows sorted by stratum, value."""
    position = np.arange(len(ordered))
    new_stratum = np.diff(stratum, prepend=-1) != 0
    new_value = new_stratum | (np.diff(ordered, prepend=np.nan) != 0)
    group = np.cumsum(new_value) - 1
    first = position[new_value]
    last = np.append(first[1:], len(ordered)) - 1
    base = position[new_stratum][np.cumsum(new_stratum) - 1]
    return np.asarray((first + last)[group] / 2 - base + 1, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its Wilson 95 % interval (Wilson 1927), all 0 to 1."""

    events: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.events / self.of

    @property
    def per_thousand(self) -> float:
        return 1000 * self.value


def proportion(events: int, of: int) -> Proportion:
    """The share of `events` in `of` (at least 1) with its interval."""
    return Proportion(events, of, *wilson(events, of))


@dataclass(frozen=True, slots=True)
class Wait:
    """A waiting time with those still open, by Kaplan–Meier, in days.

    `median` and `p90` are None where so many had not ended within what could be observed.
    """

    ended: int
    open: int
    median: float | None
    p90: float | None


def waiting(days: FloatArray, ended: BoolArray) -> Wait | None:
    """How long one arm waits; None if there is nothing that waits."""
    if not len(days):
        return None
    steps = product_limit(days, ended)
    done = int(np.count_nonzero(ended))
    return Wait(done, len(days) - done, time_by_which(steps, 0.5), time_by_which(steps, 0.9))


@dataclass(frozen=True, slots=True)
class Description:
    """How the values of one arm lie. `n` changes by `clusters` authors (or in so many weeks)."""

    n: int
    clusters: int
    mean: float
    median: float
    p90: float
    largest: float
    proportion: Proportion | None = None


def describe(values: FloatArray, cluster: np.ndarray, *, is_binary: bool) -> Description | None:
    """The description of the values, none of them NaN; None if there are none."""
    if not len(values):
        return None
    median, p90 = np.quantile(values, (0.5, 0.9))
    share = proportion(int(values.sum()), len(values)) if is_binary else None
    return Description(
        len(values),
        len(np.unique(cluster)),
        float(values.mean()),
        float(median),
        float(p90),
        float(values.max()),
        share,
    )


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values (q) that bound the false discovery rate (Benjamini & Hochberg 1995)."""
    if not p_values:
        return ()
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    stepped = np.minimum.accumulate(p[order] * len(p) / ranks)
    q = np.empty_like(stepped)
    q[order] = np.minimum(stepped, 1.0)
    return tuple(float(value) for value in q)
