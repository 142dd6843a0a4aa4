"""Estimates of several groups, each drawn towards what all of them show together. Pure.

A group with few changes has an estimate that is mostly chance. How much the groups truly differ is
estimated from all of them (DerSimonian & Laird 1986), and each is drawn to the common mean by as
much as its own error is larger than that (Efron & Morris 1975).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scanner.compare.arrays import FloatArray
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import ROUNDING
from scanner.compare.student import student_quantile

_HALF_WIDTHS = 1.96


def partly_pooled(estimates: Sequence[Estimate]) -> tuple[float | None, ...]:
    """The adjusted difference of each estimate, partly pooled; None for one that has no limits, and
    for all where fewer than two have them.
    """
    known = [_with_error(one) for one in estimates]
    measured = [pair for pair in known if pair is not None]
    together = pooled([value for value, _ in measured], [error for _, error in measured])
    if together is None:
        return (None,) * len(known)
    drawn = iter(together.drawn)
    return tuple(None if pair is None else next(drawn) for pair in known)


def _with_error(one: Estimate) -> tuple[float, float] | None:
    """The difference and its standard error, as its interval has it; None without one."""
    if not isinstance(one.adjusted, Measured):
        return None
    effect = one.adjusted.value.effect
    error = standard_error(effect.difference_interval.low, effect.difference_interval.high)
    return None if error is None else (effect.difference, error)


def standard_error(low: float | None, high: float | None) -> float | None:
    """The standard error that a 95% interval has; None where it is open or without any width."""
    if low is None or high is None or high - low <= ROUNDING:
        return None
    return (high - low) / 2 / _HALF_WIDTHS


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """What several groups show together, as a random effect: each has its own, around a mean.

    `low` to `high` is the 95% interval of the mean (Hartung & Knapp 2001; Sidik & Jonkman 2002,
    never narrower than without). `between` is the standard deviation of the groups' own effects,
    `heterogeneity` the share of their spread that is not chance (I², Higgins & Thompson 2002).
    A further group is expected within `prediction`, None below
    three groups (Higgins, Thompson & Spiegelhalter 2009). `drawn` are the groups' effects drawn to
    the mean, `outlying` whether one is further from all others than chance allows for the furthest
    of so many (Viechtbauer & Cheung 2010).
    """

    mean: float
    low: float
    high: float
    between: float
    heterogeneity: float
    prediction: tuple[float, float] | None
    drawn: tuple[float, ...]
    outlying: tuple[bool, ...]


def pooled(values: Sequence[float], errors: Sequence[float]) -> PooledEffect | None:
    """Effects with their standard errors (above 0), pooled; None for fewer than two."""
    if len(values) < 2:
        return None
    value, weight = np.asarray(values), 1 / np.square(errors)
    between, spread = _between(value, weight)
    whole = 1 / (1 / weight + between)
    mean = float(whole @ value / whole.sum())
    freedom = len(value) - 1
    stretch = max(1.0, float(whole @ (value - mean) ** 2) / freedom)
    variance = stretch / float(whole.sum())
    reach = student_quantile(0.975, freedom) * math.sqrt(variance)
    further = None
    if freedom > 1:
        wide = student_quantile(0.975, freedom - 1) * math.sqrt(between + variance)
        further = (mean - wide, mean + wide)
    return PooledEffect(
        mean,
        mean - reach,
        mean + reach,
        math.sqrt(between),
        max(0.0, (spread - freedom) / spread) if spread > 0 else 0.0,
        further,
        tuple(map(float, mean + between * whole * (value - mean))),
        _outlying(value, weight),
    )


def _between(value: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """The variance between groups (DerSimonian & Laird 1986), and Cochran's Q."""
    common = float(weight @ value / weight.sum())
    spread = float(weight @ (value - common) ** 2)
    usual = float(weight.sum() - (weight @ weight) / weight.sum())
    # one that is far surer than all others leaves nothing to tell how much they differ
    if usual <= ROUNDING * weight.sum():
        return 0.0, spread
    return max(0.0, (spread - (len(value) - 1)) / usual), spread


def _outlying(value: FloatArray, weight: FloatArray) -> tuple[bool, ...]:
    """Each against the mean and the spread of all others; none where fewer than two others are."""
    if len(value) < 3:
        return (False,) * len(value)
    limit = NormalDist().inv_cdf(1 - 0.025 / len(value))
    found = []
    for place in range(len(value)):
        rest, masses = np.delete(value, place), np.delete(weight, place)
        between, _ = _between(rest, masses)
        whole = 1 / (1 / masses + between)
        error = math.sqrt(1 / float(weight[place]) + between + 1 / float(whole.sum()))
        away = abs(float(value[place]) - float(whole @ rest / whole.sum()))
        found.append(away > limit * error)
    return tuple(found)
