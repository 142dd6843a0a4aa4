"""What if some of the unmarked changes are AI's too?

`unmarked` is not `human`: a share u of these changes may be hidden AI. What the difference would
then be depends on which they are, so there are three answers, from mild to merciless:

- like the marked: hidden AI changes come out as the marked ones do. The difference is diluted by
  them, and was d / (1 − u) (Aigner 1973; Lewbel 2007);
- like the unmarked: they come out as the other unmarked ones, and join the AI arm;
- worst case: they are just those that speak most against the finding (the bounds of Horowitz &
  Manski 1995). No assumption can be worse than this one.

Intervals are the main one, scaled by how much the cluster-robust standard error grows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray, sums
from scanner.compare.design import Design
from scanner.compare.inference import OPEN, Interval

#: Shares of hidden AI shown in the report.
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_FINE = tuple(step / 100 for step in range(61))


class Scenario(StrEnum):
    """Which of the unmarked changes the hidden ones are."""

    LIKE_MARKED = "like the marked"
    LIKE_UNMARKED = "like the unmarked"
    WORST_CASE = "worst case"


@dataclass(frozen=True, slots=True)
class Supposed:
    """The difference if a share of the unmarked were AI's."""

    share: float
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One scenario. `flips_at` is the least share, in steps of 0.01, at which the finding is gone.

    None: it stands up to 0.6, or there was no finding to begin with (`had_finding`).
    """

    scenario: Scenario
    supposed: tuple[Supposed, ...]
    had_finding: bool
    flips_at: float | None


def sensitivity(
    design: Design, values: FloatArray, unmarked: BoolArray, bounds: Interval
) -> tuple[Sensitivity, ...]:
    """All scenarios for the difference over a design; `unmarked` tells which rows may be hidden AI.

    `bounds` is the interval of the difference as measured.
    """
    base = _supposed(design, values, np.zeros(len(values)))
    had_finding = bounds.excludes(0.0)
    found = []
    for scenario in Scenario:
        line = [_at(scenario, share, design, values, unmarked, bounds, base) for share in _FINE]
        flip = next((one.share for one in line if not _stands(one, base.difference)), None)
        shown = tuple(one for one in line if one.share in SHARES)
        found.append(Sensitivity(scenario, shown, had_finding, flip if had_finding else None))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Fit:
    difference: float
    error: float


def _at(
    scenario: Scenario,
    share: float,
    design: Design,
    values: FloatArray,
    unmarked: BoolArray,
    bounds: Interval,
    base: _Fit,
) -> Supposed:
    if scenario is Scenario.LIKE_MARKED:
        growth = 1 / (1 - share * _unmarked_share(design, unmarked))
        fit = _Fit(base.difference * growth, base.error * growth)
    else:
        hidden = _hidden(scenario, share, design, values, unmarked, base.difference)
        fit = _supposed(design, values, hidden)
    return Supposed(share, fit.difference, _scaled(bounds, base, fit))


def _stands(supposed: Supposed, measured: float) -> bool:
    return supposed.difference * measured > 0 and supposed.interval.excludes(0.0)


def _unmarked_share(design: Design, unmarked: BoolArray) -> float:
    """The share of the others' weight that is unmarked rather than attested human."""
    treated = sums(design.stratum, design.mass * design.treated)
    share = (treated / design.stratum_mass)[design.stratum]
    weight = design.mass * share * (1 - design.treated)
    return float(weight @ unmarked / weight.sum())


def _hidden(
    scenario: Scenario,
    share: float,
    design: Design,
    values: FloatArray,
    unmarked: BoolArray,
    difference: float,
) -> FloatArray:
    """How much of each row is moved to the AI arm, 0 to 1: the share of each stratum's unmarked."""
    movable = unmarked & (design.treated == 0)
    if scenario is Scenario.LIKE_UNMARKED:
        return np.asarray(share * movable, dtype=np.float64)
    weighed = design.mass * design.centre(values)
    against = weighed if difference >= 0 else -weighed
    order = np.lexsort((against, ~movable, design.stratum))
    start = np.searchsorted(design.stratum[order], np.arange(design.strata))
    rank = np.empty(len(values))
    rank[order] = np.arange(len(values)) - start[design.stratum[order]]
    wanted = share * sums(design.stratum, movable)[design.stratum]
    return np.asarray(np.clip(wanted - rank, 0.0, 1.0) * movable, dtype=np.float64)


def _supposed(design: Design, values: FloatArray, hidden: FloatArray) -> _Fit:
    """Difference and cluster-robust standard error with part of each row counted as treated."""
    arm = design.treated + hidden
    mean = (sums(design.stratum, design.mass * arm) / design.stratum_mass)[design.stratum]
    centred = design.centre(values)
    weight = design.mass * (arm * (1 - mean) ** 2 + (1 - arm) * mean**2)
    total = float(weight.sum())
    if total <= 0:
        return _Fit(math.nan, math.nan)
    pull = design.mass * (arm - mean)
    difference = float(pull @ centred) / total
    scores = design.by_cluster(pull * centred - difference * weight)
    return _Fit(difference, math.sqrt(float(scores @ scores)) / total)


def _scaled(bounds: Interval, base: _Fit, fit: _Fit) -> Interval:
    if not math.isfinite(fit.difference):
        return OPEN
    growth = fit.error / base.error if base.error > 0 else 1.0
    low = None if bounds.low is None else fit.difference + growth * (bounds.low - base.difference)
    high = (
        None if bounds.high is None else fit.difference + growth * (bounds.high - base.difference)
    )
    return Interval(low, high, bounds.method)
