"""How long things last when some still last: product-limit estimates and residuals.

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


def time_by_which(steps: Steps, share: float) -> float | None:
    """The first time by which at least `share` (0 to 1) has ended; None if never seen."""
    reached = np.flatnonzero(steps.survival <= 1 - share + 1e-12)
    return float(steps.times[reached[0]]) if len(reached) else None


def pseudo_shares(
    days: FloatArray, ended: BoolArray, weights: FloatArray, within: float
) -> FloatArray | None:
    """For each observation its part of the share that ended within so many days.

    Their weighted mean is the Kaplan–Meier estimate of that share, and their spread is what its
    standard error is made of: it plus the influence of each observation (Andersen, Klein & Rosthøj
    2003, in the form of the infinitesimal jackknife). Without censoring they are 1 where it ended
    in time and 0 else. None where nothing was observed so long, so that there is no estimate.
    """
    if days.max() < within:
        return None
    seen, done = np.minimum(days, within), ended & (days <= within)
    grid = _grid(seen, done, weights)
    left = float(grid.survival[-1])
    pull = np.where(done, grid.step[grid.place], 0.0) - grid.drift[grid.place]
    return np.asarray(1 - left + left * pull, dtype=np.float64)


def pseudo_waits(days: FloatArray, ended: BoolArray, cap: float) -> FloatArray | None:
    """For each wait its part of the mean wait, longer ones counted as `cap` days.

    Their mean is the area under the Kaplan–Meier curve as far as the cap (the restricted mean);
    see `pseudo_shares`. None where no wait was observed so long and not all ended.
    """
    if days.max() < cap and not ended.all():
        return None
    seen, done = np.minimum(days, cap), ended & (days <= cap)
    grid = _grid(seen, done, np.ones(len(days)))
    gaps = np.diff(np.append(grid.times, cap))
    area = grid.survival * gaps
    after = np.cumsum(area[::-1])[::-1]
    drifted = np.cumsum(area * grid.drift)
    before = np.concatenate(([0.0], drifted[:-1]))
    mean = float(grid.times[0] + after[0])
    jump = np.where(done, grid.step[grid.place], 0.0) - grid.drift[grid.place]
    return np.asarray(mean + before[grid.place] - jump * after[grid.place], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Distinct times: survival after each, the step of one end there, and the drift until then.

    `drift` is what an observation that has not ended by then adds to the log of survival, `step`
    what its end takes off, both for one observation of weight 1 in a sample of weight 1 in all.
    """

    times: FloatArray
    place: IntArray
    survival: FloatArray
    step: FloatArray
    drift: FloatArray


def _grid(days: FloatArray, ended: BoolArray, weights: FloatArray) -> _Grid:
    times, place = np.unique(days, return_inverse=True)
    gone = sums(place, weights, len(times))
    events = sums(place, weights * ended, len(times))
    at_risk = np.cumsum(gone[::-1], dtype=np.float64)[::-1]
    hazard = events / at_risk
    last = hazard >= 1 - 1e-12  # all that were left ended: survival is 0 and nothing moves it
    step = np.where(last, 0.0, weights.sum() / (at_risk * np.where(last, 1.0, 1 - hazard)))
    survival = np.cumprod(np.where(last, 0.0, 1 - hazard), dtype=np.float64)
    return _Grid(
        times, place.astype(np.int64), survival, step, np.cumsum(hazard * step, dtype=np.float64)
    )


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
