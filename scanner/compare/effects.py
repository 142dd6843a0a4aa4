"""Effect sizes and plain descriptions: what stands beside every p."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.base.wilson import wilson
from scanner.compare.arrays import BoolArray, FloatArray
from scanner.compare.design import Design
from scanner.compare.inference import OPEN, Interval, IntervalMethod
from scanner.compare.student import student_quantile
from scanner.compare.survival import product_limit, time_by_which


@dataclass(frozen=True, slots=True)
class Rank:
    """The chance that a treated change has the higher figure of two comparable ones, ties halved.

    Every pair counts once, so no giant change can tilt it. 0.5 is no difference.
    """

    chance: float
    interval: Interval


def rank(design: Design, values: FloatArray) -> Rank:
    """Mann and Whitney's chance within strata, each weighted by its pairs (Mann & Whitney 1947).

    The interval is of the cluster-robust variance of placements (DeLong et al. 1988; Obuchowski
    1997), with Student's t. O(n log n).
    """
    order = np.lexsort((values, design.stratum))
    stratum, ordered, treated = design.stratum[order], values[order], design.treated[order]
    both = _mid_ranks(stratum, ordered)
    own = np.empty(len(ordered))
    for side in (1.0, 0.0):
        mine = treated == side
        own[mine] = _mid_ranks(stratum[mine], ordered[mine])
    of_arm = np.bincount(stratum, treated)
    rest = design.stratum_size - of_arm
    beaten = both - own  # how many of the other arm lie below, ties halved
    others = np.where(treated == 1, rest[stratum], of_arm[stratum])
    wins = np.where(treated == 1, beaten, others - beaten)
    pairs = float((of_arm * rest).sum())
    chance = float(wins[treated == 1].sum()) / pairs
    pull = np.empty(len(ordered))
    pull[order] = (wins - chance * others) / pairs
    return Rank(chance, _rank_interval(design, chance, pull))


def _rank_interval(design: Design, chance: float, pull: FloatArray) -> Interval:
    """On the logit scale. A chance of 0 or 1 has no spread of its own; there, and as a floor, the
    variance is a third of that of as many coin flips as the smaller arm has changes.
    """
    count = design.clusters
    if count < 2:
        return OPEN
    treated = float(design.treated.sum())
    smaller = min(treated, len(design.treated) - treated)
    near = (chance * smaller + 0.5) / (smaller + 1)
    centre = chance if 0 < chance < 1 else near
    found = count / (count - 1) * float(np.sum(design.by_cluster(pull) ** 2))
    error = math.sqrt(max(found, near * (1 - near) / (3 * smaller)))
    reach = student_quantile(0.975, max(design.effective_clusters - 1, 1.0)) * error
    middle, width = math.log(centre / (1 - centre)), min(reach / (centre * (1 - centre)), 500.0)
    low, high = (1 / (1 + math.exp(-(middle + way * width))) for way in (-1, 1))
    return Interval(
        0.0 if chance <= 0 else low, 1.0 if chance >= 1 else high, IntervalMethod.PLACEMENTS
    )


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
    """A share with its Wilson 95% interval (Wilson 1927), all 0 to 1."""

    events: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.events / self.of


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


#: Below so many changes an arm is described, change by change, and nothing is concluded.
FEW = 5


@dataclass(frozen=True, slots=True)
class Description:
    """How the values of one arm lie. `n` changes by `clusters` authors (or in so many weeks).

    `mean` is the arm's figure: a share of changes, a ratio of sums, or a Kaplan–Meier estimate.
    The others are of the figures of single changes, None where none has one yet; `single` holds
    them where there are fewer than `FEW`.
    """

    n: int
    clusters: int
    mean: float
    median: float | None
    p90: float | None
    largest: float | None
    proportion: Proportion | None = None
    single: tuple[float, ...] = ()


def describe(
    pooled: FloatArray,
    weights: FloatArray,
    figures: FloatArray,
    cluster: np.ndarray,
    *,
    is_binary: bool,
) -> Description | None:
    """The description of an arm, one element a change (`figures` may be NaN), if it has any."""
    if not len(pooled):
        return None
    known = figures[~np.isnan(figures)]
    median, p90 = np.quantile(known, (0.5, 0.9)) if len(known) else (None, None)
    share = (
        proportion(int(known.sum()), len(known))
        if is_binary and len(known) == len(pooled)
        else None
    )
    return Description(
        len(pooled),
        len(np.unique(cluster)),
        float(weights @ pooled / weights.sum()),
        None if median is None else float(median),
        None if p90 is None else float(p90),
        float(known.max()) if len(known) else None,
        share,
        tuple(sorted(map(float, known))) if len(pooled) < FEW else (),
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
