"""One outcome, two arms: raw and adjusted effect, each with what it rests on."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import FloatArray
from scanner.compare.design import Design, make_design
from scanner.compare.effects import (
    CliffsDelta,
    Description,
    Wait,
    benjamini_hochberg,
    cliffs_delta,
    describe,
    waiting,
)
from scanner.compare.evidence import (
    COMPARISON_MINIMUM,
    CouldNotMeasure,
    Measured,
    MinimumEvidence,
    NotApplicable,
    State,
)
from scanner.compare.inference import (
    Interval,
    Resampling,
    difference_problem,
    interval,
    permutation_p,
    ratio_problem,
    solve,
    wild_weights,
)
from scanner.compare.strata import (
    LADDER,
    Arms,
    Factor,
    Rung,
    Selection,
    Stratification,
    choose,
    clustered,
    lacking,
    rungs,
    select,
)
from scanner.compare.table import ClusterBy, OutcomeSpec, Scale, Table

SIGNIFICANCE = 0.05


class Finding(StrEnum):
    """What may be said of a difference. Not shown is never the same as equal."""

    HIGHER = "higher"
    LOWER = "lower"
    NOT_SHOWN = "no difference shown"


@dataclass(frozen=True, slots=True)
class Effect:
    """Treated against others: means, difference and ratio with 95 % intervals.

    `ratio` is None where the others' mean is not above 0, so that a ratio would mean nothing.
    For a yes-or-no outcome the difference is the risk difference and the ratio the risk ratio.
    `cluster_by` is what was resampled: unless it is authors, the figures hold for these authors.
    """

    treated_mean: float
    others_mean: float
    difference: float
    difference_interval: Interval | None
    ratio: float | None
    ratio_interval: Interval | None
    cluster_by: ClusterBy
    clusters: int
    effective_clusters: float


@dataclass(frozen=True, slots=True)
class LadderStep:
    """The difference at one level of strata, so that a reader sees what adjusting does to it."""

    stratification: Stratification
    difference: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The effect within strata. `q` is p after Benjamini–Hochberg over all outcomes shown."""

    effect: Effect
    stratification: Stratification
    p: float
    q: float
    cliffs_delta: CliffsDelta
    finding: Finding
    ladder: tuple[LadderStep, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """The effect without strata: how the two groups differ, whatever the reason."""

    effect: Effect
    cliffs_delta: CliffsDelta


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything about one outcome. `missing` counts why changes of the arms have no value.

    `cluster_by` is what `clusters` of the descriptions counts; an effect has its own.
    `coverage` is the share, 0 to 1, of the changes in both arms that have a value. For a duration,
    values are capped and only changes observed that long have one, so that nothing is censored;
    `treated_wait` and `others_wait` hold medians over all, those still open censored.
    """

    outcome: OutcomeSpec
    treated: Description | None
    others: Description | None
    treated_wait: Wait | None
    others_wait: Wait | None
    raw: State[Raw]
    adjusted: State[Adjusted]
    cluster_by: ClusterBy
    coverage: float
    missing: tuple[tuple[str, int], ...]


def estimate(
    table: Table,
    arms: Arms,
    outcome: OutcomeSpec,
    resampling: Resampling | None = None,
    minimum: MinimumEvidence = COMPARISON_MINIMUM,
    ladder: tuple[tuple[Factor, ...], ...] = LADDER,
) -> Estimate:
    """Compares the arms in one outcome; `q` equals p until `with_q_values` is called."""
    resampling = resampling or Resampling()
    selection = select(table, arms, outcome)
    in_arms = np.flatnonzero(~np.isnan(arms.treated))
    random = np.random.default_rng((resampling.seed, zlib.crc32(outcome.key.encode())))
    raw = _raw(table, arms, selection, outcome, resampling, minimum, random)
    found = rungs(table, arms, selection, minimum, outcome.scale, ladder)
    adjusted = _adjusted(table, raw, found, selection, resampling, random)
    return Estimate(
        outcome,
        _describe(table, selection, outcome, 1.0),
        _describe(table, selection, outcome, 0.0),
        _wait(table, arms, outcome, 1.0),
        _wait(table, arms, outcome, 0.0),
        raw,
        adjusted,
        table.cluster_by,
        len(selection.rows) / len(in_arms) if len(in_arms) else 0.0,
        table.missing(outcome, [int(row) for row in in_arms]),
    )


def with_q_values(estimates: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """The estimates with q over all that were measured, and the finding that follows from it."""
    p_values = [one.adjusted.value.p for one in estimates if isinstance(one.adjusted, Measured)]
    q_values = iter(benjamini_hochberg(p_values))
    return tuple(
        replace(one, adjusted=Measured(_judged(one.adjusted.value, next(q_values))))
        if isinstance(one.adjusted, Measured)
        else one
        for one in estimates
    )


def _judged(adjusted: Adjusted, q: float) -> Adjusted:
    return replace(adjusted, q=q, finding=judge(adjusted.effect, q))


def judge(effect: Effect, q: float) -> Finding:
    """A difference is only called one if the test and the interval both say so."""
    bounds = effect.difference_interval
    if q > SIGNIFICANCE or bounds is None or not bounds.excludes(0.0):
        return Finding.NOT_SHOWN
    return Finding.HIGHER if effect.difference > 0 else Finding.LOWER


def _describe(
    table: Table, selection: Selection, outcome: OutcomeSpec, side: float
) -> Description | None:
    chosen = selection.treated == side
    return describe(
        selection.values[chosen],
        table.cluster[selection.rows[chosen]],
        is_binary=outcome.scale is Scale.YES_NO,
    )


def _wait(table: Table, arms: Arms, outcome: OutcomeSpec, side: float) -> Wait | None:
    if outcome.scale is not Scale.DURATION:
        return None
    days, ended = table.waits(outcome)
    chosen = (arms.treated == side) & ~np.isnan(days)
    return waiting(days[chosen], ended[chosen])


def _raw(
    table: Table,
    arms: Arms,
    selection: Selection,
    outcome: OutcomeSpec,
    resampling: Resampling,
    minimum: MinimumEvidence,
    random: np.random.Generator,
) -> State[Raw]:
    absent = _nothing_measured(arms, selection)
    if absent:
        return absent
    lacks = lacking(table, arms, selection, minimum, outcome.scale)
    if lacks:
        return lacks
    stratum = np.zeros(len(selection.rows), dtype=np.int64)
    design = make_design(selection.treated, stratum, table.cluster[selection.rows])
    assert design is not None  # both arms have rows, and there is one stratum
    design, cluster_by = clustered(table, selection, design)
    values = selection.values[design.rows]
    effect = effect_of(design, values, cluster_by, resampling, random)
    return Measured(Raw(effect, cliffs_delta(design, values)))


def _nothing_measured(arms: Arms, selection: Selection) -> NotApplicable | CouldNotMeasure | None:
    for side, name in ((1.0, arms.treated_name), (0.0, arms.others_name)):
        if not np.any(arms.treated == side):
            return NotApplicable(f"there are no {name} changes")
        if not np.any(selection.treated == side):
            return CouldNotMeasure(f"not measured for any of the {name} changes")
    return None


def _adjusted(
    table: Table,
    raw: State[Raw],
    found: tuple[Rung, ...],
    selection: Selection,
    resampling: Resampling,
    random: np.random.Generator,
) -> State[Adjusted]:
    if not isinstance(raw, Measured):
        return raw
    rung = choose(found)
    if rung is None:
        widest = max(found, key=lambda one: len(one.design.rows), default=None)
        lacks = widest.lacks if widest else None
        return lacks or NotApplicable("no stratum holds changes of both arms")
    design, cluster_by = clustered(table, selection, rung.design)
    values = selection.values[design.rows]
    p = permutation_p(design, values, random, resampling.rounds)
    effect = effect_of(design, values, cluster_by, resampling, random)
    return Measured(
        Adjusted(
            effect,
            rung.stratification,
            p,
            p,
            cliffs_delta(design, values),
            judge(effect, p),
            tuple(_step(one, selection) for one in found),
        )
    )


def _step(rung: Rung, selection: Selection) -> LadderStep:
    values = selection.values[rung.design.rows]
    difference = solve(rung.design, difference_problem(rung.design, values))
    return LadderStep(rung.stratification, difference, rung.lacks is None)


def effect_of(
    design: Design,
    values: FloatArray,
    cluster_by: ClusterBy,
    resampling: Resampling,
    random: np.random.Generator,
) -> Effect:
    """Difference and ratio of the standardised means over the design, with their intervals."""
    treated_mean, others_mean = design.arm_means(values)
    weights = wild_weights(design, random, resampling.rounds)
    difference = difference_problem(design, values)
    ratio, ratio_interval = None, None
    if others_mean > 0 and values.min() >= 0:
        ratio = treated_mean / others_mean
        ratio_interval = _above_zero(interval(design, ratio_problem(design, values), weights))
    return Effect(
        treated_mean,
        others_mean,
        treated_mean - others_mean,
        interval(design, difference, weights),
        ratio,
        ratio_interval,
        cluster_by,
        design.clusters,
        design.effective_clusters,
    )


def _above_zero(found: Interval | None) -> Interval | None:
    """A ratio of two amounts cannot be negative."""
    if found is None or found.low is None or math.isnan(found.low):
        return found
    return replace(found, low=max(found.low, 0.0))
