"""Intervals and p-values that respect clusters.

Interval: the wild cluster bootstrap with the null imposed and Webb's six-point weights, inverted
(Cameron, Gelbach & Miller 2008; Webb 2023; MacKinnon, Nielsen & Webb 2023). The usual percentile
bootstrap over clusters covers too seldom with few or unequal clusters – 73 to 91% instead of 95%
in `benchmarks/comparison_calibration.py` – and authors are always few and unequal. Below four
clusters the bootstrap has too few distinct draws, and the cluster jackknife with Student's t
(effective clusters − 1 degrees of freedom; Bell & McCaffrey 2002) takes its place.

Both arms' difference and ratio are one problem: find θ such that the adjusted difference of
p − θq is 0, with p = y, q = arm for the difference, and p = y·arm, q = −y·(1 − arm) for the ratio.
Every statistic is then linear or quadratic in θ, so inverting the test costs next to nothing.

p-value: the same bootstrap at θ = 0, so that it never contradicts the interval. Where a yes or a
no is rare, no resampling of a handful of events carries an interval; score intervals of the two
shares are combined instead (Newcombe 1998; Donner & Zou 2012). They know nothing of what strata
explain, so from ten changes an arm on shuffled labels decide whether they exclude no difference.

With few changes an arm, labels are shuffled instead: see `permutation`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from scanner.base.wilson import wilson
from scanner.compare.arrays import FloatArray
from scanner.compare.design import Design
from scanner.compare.student import student_quantile

_WEBB = np.array([-math.sqrt(1.5), -1, -math.sqrt(0.5), math.sqrt(0.5), 1, math.sqrt(1.5)])
TIE = 1e-9
_FEWEST_FOR_BOOTSTRAP = 4
#: Ratios beyond e to this power are no figures.
_LARGEST_LOG = 50.0


class IntervalMethod(StrEnum):
    """How an interval was made; shown beside it."""

    WILD_CLUSTER_BOOTSTRAP = "wild cluster bootstrap"
    CLUSTER_JACKKNIFE = "cluster jackknife"
    CLUSTER_BOOTSTRAP = "cluster bootstrap with Student's t"
    SCORE = "score intervals of both shares"
    SCORE_AND_PERMUTATION = "score intervals of both shares, decided by shuffled labels"
    PERMUTATION = "shuffled labels within strata"
    PLACEMENTS = "cluster-robust variance of placements with Student's t"


#: No outcome is told in steps as small as this.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval; a bound is None where the data set no limit on that side."""

    low: float | None
    high: float | None
    method: IntervalMethod | None = None
    level: float = 0.95

    @property
    def is_open(self) -> bool:
        """Whether the data set no limit at all."""
        return self.low is None and self.high is None

    def excludes(self, value: float) -> bool:
        """Whether a value lies outside, by more than rounding: arms without any variation differ by
        some 1e-17.
        """
        below = self.high is not None and self.high < value - ROUNDING
        above = self.low is not None and self.low > value + ROUNDING
        return below or above


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often to resample, and the seed, which the report prints."""

    seed: int = 20_240_101
    rounds: int = 999


class Quadratic(NamedTuple):
    """(p − θq)² / (a − 2θb + θ²c), elementwise: squared statistics as functions of θ."""

    p: FloatArray
    q: FloatArray
    a: FloatArray
    b: FloatArray
    c: FloatArray

    def at(self, theta: float) -> FloatArray:
        """The squared statistics at θ; infinite where there is a difference and no spread."""
        spread = self.a - 2 * theta * self.b + theta**2 * self.c
        top = (self.p - theta * self.q) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(spread > 0, top / spread, np.where(top > 0, np.inf, 0.0))
        return np.asarray(ratio, dtype=np.float64)


class InferenceProblem(NamedTuple):
    """The parts p and q of the estimating equation, one element a row of the design."""

    p: FloatArray
    q: FloatArray


def difference_problem(design: Design, values: FloatArray) -> InferenceProblem:
    """θ is the adjusted difference of means, treated less others."""
    return InferenceProblem(values, design.treated)


def ratio_problem(design: Design, values: FloatArray) -> InferenceProblem:
    """θ is the ratio of the standardised means, treated over others."""
    return InferenceProblem(values * design.treated, -values * (1 - design.treated))


def solve(design: Design, problem: InferenceProblem) -> float:
    """The estimate: the θ that solves the equation; NaN where q carries nothing."""
    top = float(design.pull @ problem.p)
    bottom = float(design.pull @ problem.q)
    return top / bottom if bottom else math.nan


#: Where the data set no limit.
OPEN = Interval(None, None)


def interval(
    design: Design, problem: InferenceProblem, weights: FloatArray, *, of_ratio: bool = False
) -> Interval:
    """The 95% interval of the estimate; open if a single cluster carries everything.

    `weights` are `wild_weights` of this design. A ratio's jackknife is that of its logarithm.
    """
    estimate = solve(design, problem)
    if not math.isfinite(estimate) or design.clusters < 2 or design.spare < 1:
        return OPEN
    if design.clusters < _FEWEST_FOR_BOOTSTRAP:
        return _jackknife_interval(design, problem, estimate, of_ratio)
    observed, drawn = _observed(design, problem), _drawn(design, problem, weights)
    first = first_step(observed, estimate)
    rejects = partial(_rejects, observed, drawn)
    low, high = edge(rejects, estimate, -first), edge(rejects, estimate, first)
    if low is None and high is None:
        return _jackknife_interval(design, problem, estimate, of_ratio)
    return Interval(low, high, IntervalMethod.WILD_CLUSTER_BOOTSTRAP)


def between(few: Interval, many: Interval, share: float) -> Interval:
    """Ends between those of two intervals, by the share (0 to 1) that the second has in them."""
    named = many if share >= 0.5 else few
    return replace(
        named, low=_mixed(few.low, many.low, share), high=_mixed(few.high, many.high, share)
    )


def _mixed(few: float | None, many: float | None, share: float) -> float | None:
    """Where one has no end, that of the one which has the greater part."""
    if few is None or many is None:
        return many if share >= 0.5 else few
    return (1 - share) * few + share * many


def bootstrap_p(design: Design, values: FloatArray, weights: FloatArray) -> float | None:
    """The two-sided p of no difference; None with too few clusters to draw from."""
    if design.clusters < _FEWEST_FOR_BOOTSTRAP:
        return None
    problem = difference_problem(design, values)
    observed, drawn = _observed(design, problem), _drawn(design, problem, weights)
    if not np.any(design.centre(values)):
        return 1.0
    threshold = float(observed.at(0.0)) * (1 - TIE)
    hits = int(np.count_nonzero(drawn.at(0.0) >= threshold))
    return (hits + 1) / (len(weights) + 1)


class Shares(NamedTuple):
    """The shares of two arms, 0 to 1, with how many each is of."""

    treated: float
    treated_of: float
    others: float
    others_of: float


def score_difference(shares: Shares) -> Interval:
    """Of the difference of two shares (Newcombe 1998, method 10)."""
    (p, low, high), (q, floor, ceiling) = _scored(shares)
    reach_down = math.hypot(p - low, ceiling - q)
    reach_up = math.hypot(high - p, q - floor)
    return Interval(p - q - reach_down, p - q + reach_up, IntervalMethod.SCORE)


def score_ratio(shares: Shares) -> Interval:
    """Of the ratio of two shares (Donner & Zou 2012); no upper limit where the others have none."""
    (p, low, high), (q, floor, ceiling) = _scored(shares)
    product = p * q
    below = ceiling * (2 * q - ceiling)
    inside = max(0.0, product**2 - low * (2 * p - low) * below)
    least = (product - math.sqrt(inside)) / below if below else 0.0
    above = floor * (2 * q - floor)
    if floor <= TIE or above <= 0:
        return Interval(max(least, 0.0), None, IntervalMethod.SCORE)
    inside = max(0.0, product**2 - high * (2 * p - high) * above)
    return Interval(max(least, 0.0), (product + math.sqrt(inside)) / above, IntervalMethod.SCORE)


def _scored(shares: Shares) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Each share between the ends of its score interval."""
    first = min(max(shares.treated, 0.0), 1.0)
    second = min(max(shares.others, 0.0), 1.0)
    return (
        (first, *wilson(first * shares.treated_of, shares.treated_of)),
        (second, *wilson(second * shares.others_of, shares.others_of)),
    )


def wild_weights(design: Design, random: np.random.Generator, rounds: int) -> FloatArray:
    """Webb's weights, shape (rounds, clusters)."""
    return np.asarray(random.choice(_WEBB, (rounds, design.clusters)), dtype=np.float64)


def _scores(design: Design, values: FloatArray) -> FloatArray:
    return design.by_cluster(design.pull * design.centre(values))


def _observed(design: Design, problem: InferenceProblem) -> Quadratic:
    return _quadratic(design, _scores(design, problem.p), _scores(design, problem.q))


def _drawn(design: Design, problem: InferenceProblem, weights: FloatArray) -> Quadratic:
    return _quadratic(
        design,
        _wild_scores(design, problem.p, weights),
        _wild_scores(design, problem.q, weights),
    )


def _wild_scores(design: Design, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Scores of the residuals under the null times the weights, centred anew in each stratum."""
    scores = weights * _scores(design, values)
    if design.is_nested:
        return scores
    cells = design.cells(design.mass * design.centre(values))
    shift = (weights @ cells) / design.stratum_mass
    scores -= shift @ design.cells(design.pull).T
    return scores


def _quadratic(design: Design, p: FloatArray, q: FloatArray) -> Quadratic:
    """Sums of scores over clusters, and of squared scores after taking out the fitted effect."""
    share = design.cluster_weight / design.cluster_weight.sum()
    p_sum, q_sum = p.sum(axis=-1), q.sum(axis=-1)
    p_left = p - p_sum[..., None] * share
    q_left = q - q_sum[..., None] * share
    return Quadratic(
        p_sum,
        q_sum,
        (p_left**2).sum(axis=-1),
        (p_left * q_left).sum(axis=-1),
        (q_left**2).sum(axis=-1),
    )


def first_step(observed: Quadratic, estimate: float) -> float:
    """One standard error, with which to look for an edge; something small where there is none."""
    spread = observed.a - 2 * estimate * observed.b + estimate**2 * observed.c
    error = math.sqrt(max(float(spread), 0.0)) / abs(float(observed.q))
    return error or max(abs(estimate), 1.0) * 1e-6


def _rejects(observed: Quadratic, drawn: Quadratic, theta: float) -> bool:
    threshold = float(observed.at(theta)) * (1 - TIE)
    return float(np.mean(drawn.at(theta) >= threshold)) < 0.05


def edge(rejects: Callable[[float], bool], estimate: float, step: float) -> float | None:
    """The last θ on the side of `step` that a test does not reject, by doubling and halving."""
    inside, reach = estimate, step
    for _ in range(30):
        outside = estimate + reach
        if rejects(outside):
            break
        inside, reach = outside, reach * 2
    else:
        return None
    for _ in range(40):
        middle = (inside + outside) / 2
        if rejects(middle):
            outside = middle
        else:
            inside = middle
    return (inside + outside) / 2


def _jackknife_interval(
    design: Design, problem: InferenceProblem, estimate: float, of_ratio: bool
) -> Interval:
    """Leaving out one cluster at a time, with Student's t."""
    p, q = _scores(design, problem.p), _scores(design, problem.q)
    rest = q.sum() - q
    if np.any(np.abs(rest) <= TIE * abs(q.sum())):
        return OPEN
    left_out = (p.sum() - p) / rest
    count = design.clusters
    on_logs = of_ratio and estimate > 0 and bool(np.all(left_out > 0))
    if on_logs:
        left_out, estimate = np.log(left_out), math.log(estimate)
    error = math.sqrt((count - 1) / count * float(np.sum((left_out - estimate) ** 2)))
    # a handful of unequal clusters tells less than it counts
    is_handful = count < _FEWEST_FOR_BOOTSTRAP
    freedom = max(design.effective_clusters, 2.0) - 1 if is_handful else count - 1
    reach = student_quantile(0.975, freedom) * error
    low, high = estimate - reach, estimate + reach
    if on_logs:
        low, high = (math.exp(min(end, _LARGEST_LOG)) for end in (low, high))
    return Interval(low, high, IntervalMethod.CLUSTER_JACKKNIFE)
