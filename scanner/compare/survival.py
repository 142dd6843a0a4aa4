"""How long things last when some still last: product-limit estimates and the log-rank statistic.

Kaplan & Meier 1958; Mantel 1966 for the stratified log-rank. Times are days. Where an end and a
censoring fall on the same time, the end comes first, as is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray, IntArray, sums


@dataclass(frozen=True, slots=True)
class Steps:
    """A product-limit curve: one element for each distinct time at which something ended.

    `at_risk` and `ended` are (weighted) counts at that time, `survival` the share left after it.
    """

    times: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    survival: FloatArray


def product_limit(days: FloatArray, ended: BoolArray, weights: FloatArray | None = None) -> Steps:
    """The Kaplan–Meier estimate; `weights` default to 1 each."""
    mass = np.ones(len(days)) if weights is None else weights
    times, place = np.unique(days, return_inverse=True)
    gone = sums(place, mass, len(times))
    events = sums(place, mass * ended, len(times))
    at_risk = np.cumsum(gone[::-1], dtype=np.float64)[::-1]
    kept = events > 0
    survival = np.cumprod(1 - events[kept] / at_risk[kept], dtype=np.float64)
    return Steps(times[kept], at_risk[kept], events[kept], survival)


def survival_at(steps: Steps, day: float) -> float:
    """The share left after `day`; 1 before anything ended."""
    place = int(np.searchsorted(steps.times, day, side="right"))
    return float(steps.survival[place - 1]) if place else 1.0


def time_by_which(steps: Steps, share: float) -> float | None:
    """The first time by which at least `share` (0 to 1) has ended; None if never seen."""
    reached = np.flatnonzero(steps.survival <= 1 - share + 1e-12)
    return float(steps.times[reached[0]]) if len(reached) else None


@dataclass(frozen=True, slots=True)
class LogRank:
    """Ends observed among the treated, expected if arms did not matter, and its variance.

    The variance is the textbook's, for independent observations. Lines of one change are not: use
    `residuals` with a test that respects changes.
    """

    observed: float
    expected: float
    variance: float

    @property
    def chi_square(self) -> float:
        return (self.observed - self.expected) ** 2 / self.variance if self.variance > 0 else 0.0


def log_rank(days: FloatArray, ended: BoolArray, treated: BoolArray, stratum: IntArray) -> LogRank:
    """The log-rank statistic, summed over strata (codes from 0)."""
    arm = treated.astype(np.float64)
    risk = _risk_sets(days, ended.astype(np.float64), stratum)
    of_arm = _risk_sets(days, ended * arm, stratum, arm)
    share = of_arm.at_risk / risk.at_risk
    expected = risk.events * share
    last = np.maximum(risk.at_risk - 1, 1)
    variance = expected * (1 - share) * (risk.at_risk - risk.events) / last
    return LogRank(float(of_arm.events.sum()), float(expected.sum()), float(variance.sum()))


def residuals(
    days: FloatArray, ended: BoolArray, stratum: IntArray, weights: FloatArray | None = None
) -> FloatArray:
    """Ended (0 or 1) less the cumulative hazard of the stratum at that time, times the weight.

    These martingale residuals sum to 0 in each stratum; their sum over the treated is the log-rank
    statistic's observed less expected. Summed over the lines of each change they turn it into a
    comparison of changes, which permutation within strata can judge.
    """
    mass = np.ones(len(days)) if weights is None else weights
    risk = _risk_sets(days, ended * mass, stratum, mass)
    hazard = risk.events / risk.at_risk
    running = np.cumsum(hazard)
    before = (running - hazard)[risk.first_of_stratum][risk.stratum]
    return np.asarray(mass * (ended - (running - before)[risk.place]), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _RiskSets:
    """One element for each stratum and distinct time in it; `place` maps observations to them."""

    events: FloatArray
    at_risk: FloatArray
    stratum: IntArray
    first_of_stratum: IntArray
    place: IntArray


def _risk_sets(
    days: FloatArray, events: FloatArray, stratum: IntArray, mass: FloatArray | None = None
) -> _RiskSets:
    """Events and mass at risk. The sets depend on `days` and `stratum` alone, so they line up."""
    times, time_code = np.unique(days, return_inverse=True)
    cells, place = np.unique(stratum * len(times) + time_code, return_inverse=True)
    of_cell = np.asarray(cells // len(times), dtype=np.int64)
    weight = np.ones(len(days)) if mass is None else mass
    gone = sums(place, weight, len(cells))
    first = np.flatnonzero(np.diff(of_cell, prepend=-1)).astype(np.int64)
    ordinal = np.cumsum(np.diff(of_cell, prepend=-1) != 0) - 1
    from_here = np.cumsum(gone[::-1])[::-1]
    after_stratum = np.append(from_here[first], 0.0)[1:]
    at_risk = from_here - after_stratum[ordinal]
    events_at = sums(place, events, len(cells))
    return _RiskSets(events_at, at_risk, ordinal.astype(np.int64), first, place.astype(np.int64))
