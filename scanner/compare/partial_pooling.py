"""Estimates of several groups, each drawn towards what all of them show together. Pure.

A group with few changes has an estimate that is mostly chance. How much the groups truly differ is
estimated from all of them (DerSimonian & Laird 1986), and each is drawn to the common mean by as
much as its own error is larger than that (Efron & Morris 1975).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import ROUNDING

_HALF_WIDTHS = 1.96


def partly_pooled(estimates: Sequence[Estimate]) -> tuple[float | None, ...]:
    """The adjusted difference of each estimate, partly pooled; None for one that has no limits, and
    for all where fewer than two have them.
    """
    known = [_with_error(one) for one in estimates]
    measured = [pair for pair in known if pair is not None]
    if len(measured) < 2:
        return (None,) * len(known)
    drawn = iter(_drawn([value for value, _ in measured], [error for _, error in measured]))
    return tuple(None if pair is None else next(drawn) for pair in known)


def _with_error(one: Estimate) -> tuple[float, float] | None:
    """The difference and its standard error, as its interval has it; None without one."""
    if not isinstance(one.adjusted, Measured):
        return None
    effect = one.adjusted.value.effect
    low, high = effect.difference_interval.low, effect.difference_interval.high
    if low is None or high is None or high - low <= ROUNDING:
        return None
    return effect.difference, (high - low) / 2 / _HALF_WIDTHS


def _drawn(values: Sequence[float], errors: Sequence[float]) -> tuple[float, ...]:
    value, weight = np.asarray(values), 1 / np.square(errors)
    common = float(weight @ value / weight.sum())
    spread = float(weight @ (value - common) ** 2) - (len(value) - 1)
    usual = float(weight.sum() - (weight @ weight) / weight.sum())
    # one that is far surer than all others leaves nothing to tell how much they differ
    between = max(0.0, spread / usual) if usual > ROUNDING * weight.sum() else 0.0
    whole = 1 / (1 / weight + between)
    mean = float(whole @ value / whole.sum())
    return tuple(map(float, mean + between * whole * (value - mean)))
