"""What adopting something did, over units and months: Borusyak, Jaravel and Spiess' imputation.

What would have been without adoption is learnt from units that never adopted and from those that
had not yet (effects of the unit and of the month, and controls), and the effect is what was seen
less that (Borusyak, Jaravel & Spiess 2024). Unlike two-way fixed effects over everything it never
takes those who adopted early as a comparison for those who did later.

The trend before adoption is tested by a regression over the untreated months alone, as they
propose, so that the test is independent of the estimate. Errors are clustered by unit; those of the
effect are their conservative ones, from residuals around the mean effect of a cohort in a month
since adoption. Intervals are Student's with one degree of freedom less than units that adopted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray, IntArray, counts, sums
from scanner.compare.student import student_quantile

#: A coefficient whose part of the design is below this share of the largest is not identified.
_RANK = 1e-9


@dataclass(frozen=True, eq=False)
class Panel:
    """One row a unit and month, in any order.

    `unit` counts from 0, `month` is a count of months, `adopted` the month in which the unit
    adopted, or NaN for never. `outcome` is finite; `controls` has a column for each.
    """

    unit: IntArray
    month: IntArray
    adopted: FloatArray
    outcome: FloatArray
    controls: FloatArray

    @cached_property
    def since(self) -> FloatArray:
        """Months since adoption, NaN for a unit that never adopted."""
        return self.month - self.adopted

    @cached_property
    def treated(self) -> BoolArray:
        """Whether the unit had adopted by then."""
        return np.asarray(self.since >= 0)


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """A mean effect with its 95% interval, over so many months of so many units.

    `since` is the month since adoption, negative for a test of the trend before; None for all. The
    bounds are None for a single unit.
    """

    since: int | None
    effect: float
    low: float | None
    high: float | None
    months: int
    units: int


@dataclass(frozen=True, slots=True)
class EventStudy:
    """What adoption did: over all months since, by month since, and the trend before.

    `imputed` is the share, 0 to 1, of months since adoption for which there is a comparison.
    `trend_p` is of no trend before (Wald), None where it cannot be tested.
    """

    over_all: StudyEffect
    since: tuple[StudyEffect, ...]
    before: tuple[StudyEffect, ...]
    trend_p: float | None
    imputed: float


def event_study(panel: Panel, horizons: Sequence[int], leads: int) -> EventStudy | None:
    """The effects of adoption; None where nothing adopted can be compared with anything.

    Args:
        panel: the months of all units.
        horizons: months since adoption that are told one by one.
        leads: how many months before adoption the trend is tested over; 0 for none.
    """
    if not panel.treated.any() or panel.treated.all():
        return None
    model = _Model.of(panel)
    known = panel.treated & model.can_impute
    if not known.any():
        return None
    over_all = model.effect(known, None)
    since = tuple(
        model.effect(chosen, horizon)
        for horizon in horizons
        for chosen in (known & (panel.since == horizon),)
        if chosen.any()
    )
    before, p = _before(panel, leads) if leads else ((), None)
    return EventStudy(over_all, since, before, p, float(known.sum() / panel.treated.sum()))


@dataclass(frozen=True, eq=False)
class _Model:
    """The months without treatment, fitted, with units absorbed.

    `others` are the columns beside the units' own: months, then controls. `centred` are those of
    the untreated rows about their unit's mean, `inverse` the pseudo-inverse of their squares.
    """

    panel: Panel
    others: FloatArray
    size: FloatArray
    mean: FloatArray
    inverse: FloatArray
    effects: FloatArray
    can_impute: BoolArray

    @staticmethod
    def of(panel: Panel, extra: FloatArray | None = None) -> _Model:
        """Fits the untreated rows; `extra` are further columns."""
        months, month = np.unique(panel.month, return_inverse=True)
        # the first month is what the units' own effects hold
        dummies = (month[:, None] == np.arange(1, len(months))).astype(np.float64)
        parts = [dummies, panel.controls, *([] if extra is None else [extra])]
        others = np.hstack(parts)
        free = ~panel.treated
        units = int(panel.unit.max()) + 1
        size = counts(panel.unit[free], units)
        seen = np.maximum(size, 1)
        columns = [sums(panel.unit[free], column, units) / seen for column in others[free].T]
        mean = np.stack(columns, axis=1)
        centred = others[free] - mean[panel.unit[free]]
        level = sums(panel.unit[free], panel.outcome[free], units) / seen
        target = panel.outcome[free] - level[panel.unit[free]]
        scale = np.sqrt((centred**2).sum(axis=0))
        scale[scale == 0] = 1.0
        inverse = np.linalg.pinv(
            (centred / scale).T @ (centred / scale), rcond=_RANK, hermitian=True
        )
        inverse = inverse / np.outer(scale, scale)
        effects = inverse @ (centred.T @ target)
        has_month = np.bincount(month[free], minlength=len(months)) > 0
        can_impute = (size[panel.unit] > 0) & has_month[month]
        return _Model(panel, others, size, mean, inverse, effects, np.asarray(can_impute))

    @cached_property
    def residual(self) -> FloatArray:
        """What was seen less what would have been without adoption; NaN where that is unknown."""
        panel, free = self.panel, ~self.panel.treated
        explained = self.others @ self.effects
        left = panel.outcome - explained
        own = sums(panel.unit, np.where(free, left, 0.0)) / np.maximum(self.size, 1)
        return np.where(self.can_impute, left - own[panel.unit], np.nan)

    @cached_property
    def around_cohort(self) -> FloatArray:
        """Residuals: of treated rows about the mean effect of their cohort and month since."""
        panel = self.panel
        known = panel.treated & self.can_impute
        found = np.where(panel.treated, 0.0, self.residual)
        pairs = np.stack([panel.adopted[known], panel.since[known]], axis=1)
        _, group = np.unique(pairs, axis=0, return_inverse=True)
        group = group.reshape(-1)
        mean = np.bincount(group, self.residual[known]) / np.bincount(group)
        found[known] = self.residual[known] - mean[group]
        return found

    def effect(self, chosen: BoolArray, since: int | None) -> StudyEffect:
        """The mean effect over chosen treated rows."""
        value = float(self.residual[chosen].mean())
        return _told(since, value, self.error(chosen / chosen.sum()), self.panel.unit[chosen])

    def error(self, weight: FloatArray) -> float:
        """The standard error of a weighted sum of effects, clustered by unit.

        The estimate is linear in all outcomes: a treated row has its weight, an untreated one what
        imputing takes from it.
        """
        panel, free = self.panel, ~self.panel.treated
        own = sums(panel.unit, weight)
        slope = self.inverse @ (self.others.T @ weight - self.mean.T @ own)
        taken = (own / np.maximum(self.size, 1))[panel.unit]
        taken += (self.others - self.mean[panel.unit]) @ slope
        influence = np.where(free, -taken, weight)
        scores = sums(panel.unit, influence * np.nan_to_num(self.around_cohort))
        return math.sqrt(float(scores @ scores))


def _before(panel: Panel, leads: int) -> tuple[tuple[StudyEffect, ...], float | None]:
    """The trend before adoption, against the months before that, and p of there being none."""
    marks = np.stack([panel.since == -lead for lead in range(leads, 0, -1)], axis=1)
    model = _Model.of(panel, marks.astype(np.float64))
    free = ~panel.treated
    centred = (model.others - model.mean[panel.unit])[free]
    pulls = centred * model.residual[free][:, None]
    scores = np.stack([sums(panel.unit[free], column) for column in pulls.T], axis=1)
    spread = model.inverse @ (scores.T @ scores) @ model.inverse
    value, own = model.effects[-leads:], spread[-leads:, -leads:]
    found = []
    for place, lead in enumerate(range(leads, 0, -1)):
        rows = marks[:, place]
        error = math.sqrt(max(float(own[place, place]), 0.0))
        if rows.any() and error > 0:
            found.append(_told(-lead, float(value[place]), error, panel.unit[rows]))
    if len(found) < leads or np.linalg.matrix_rank(own) < leads:
        return tuple(found), None
    units = len(np.unique(panel.unit[marks.any(axis=1)]))
    # as F has it with so many units, or a handful finds trends where there are none
    wald = float(value @ np.linalg.solve(own, value)) * max(units - leads, 0) / units
    return tuple(found), chi_squared_tail(wald, leads)


def _told(since: int | None, value: float, error: float, unit: IntArray) -> StudyEffect:
    units = len(np.unique(unit))
    if units < 2:
        return StudyEffect(since, value, None, None, len(unit), units)
    reach = student_quantile(0.975, units - 1) * error
    return StudyEffect(since, value, value - reach, value + reach, len(unit), units)


def chi_squared_tail(value: float, freedom: int) -> float:
    """The chance of more than `value` (at least 0) with whole degrees of freedom (at least 1)."""
    half = value / 2
    # each step of two degrees adds a term: of Poisson's for even ones, after the normal's for odd
    first, total = (0.5, math.erfc(math.sqrt(half))) if freedom % 2 else (0.0, 0.0)
    powers = (first + step for step in range((freedom + 1) // 2 - (freedom % 2)))
    terms = (half**power * math.exp(-half) / math.gamma(power + 1) for power in powers)
    return min(1.0, total + math.fsum(terms))
