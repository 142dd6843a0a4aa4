"""One outcome, two arms: raw and adjusted effect, each with what it rests on."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scanner.compare.arrays import FloatArray
from scanner.compare.design import Design, make_design
from scanner.compare.effects import (
    Description,
    Rank,
    Wait,
    benjamini_hochberg,
    describe,
    rank,
    waiting,
)
from scanner.compare.evidence import CouldNotMeasure, Measured, NotApplicable, State
from scanner.compare.inference import (
    OPEN,
    InferenceProblem,
    Interval,
    IntervalMethod,
    Resampling,
    Shares,
    between,
    bootstrap_p,
    difference_problem,
    interval,
    ratio_problem,
    score_difference,
    score_ratio,
    solve,
    wild_weights,
)
from scanner.compare.permutation import Shuffled, shares_p, shuffled_interval, shuffled_p
from scanner.compare.readings import Means, Reading, Resolution, read, resolution
from scanner.compare.strata import (
    LADDER,
    Arms,
    Factor,
    Rung,
    StrataSelection,
    Stratification,
    choose,
    clustered,
    rungs,
    select,
)
from scanner.compare.table import ClusterBy, OutcomeSpec, Scale, Table

SIGNIFICANCE = 0.05
#: With fewer changes than this that have it, or that have it not, in an arm, a share is compared by
#: score intervals: no resampling of a handful of events carries one.
FEWEST_EVENTS = 5
#: With so many changes in the smaller arm labels are shuffled, with so many clusters are resampled.
_SHUFFLED_UP_TO, _CLUSTERS_FROM = 20, 60
#: From so many changes in the smaller arm on there are enough ways to hand out labels for them to
#: decide whether two shares differ; score intervals know nothing of what strata explain.
_LABELS_DECIDE_FROM = 10
#: How near to no difference an interval ends that just excludes it.
_NEXT = 1e-6
#: How many of the changes that make a difference are named.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """Treated against others: figures, difference and ratio with 95% intervals.

    `ratio` is None where it would mean nothing: the others' figure is not above 0, or a percentile.
    For a yes-or-no outcome the difference is the risk difference and the ratio the risk ratio.
    `cluster_by` is what was resampled: unless it is authors, the figures hold for these authors.
    `p` is of no difference, None with too few clusters.
    """

    treated_mean: float
    others_mean: float
    difference: float
    difference_interval: Interval
    ratio: float | None
    ratio_interval: Interval | None
    cluster_by: ClusterBy
    clusters: int
    effective_clusters: float
    treated: int
    others: int
    p: float | None

    @property
    def means(self) -> Means:
        return Means(self.treated_mean, self.others_mean, self.treated, self.others)

    @property
    def reading(self) -> Reading:
        """The word for this effect alone."""
        return read(self.means, self.difference_interval, self.ratio_interval)

    @property
    def resolution(self) -> Resolution:
        """What so much evidence would have shown, and how much more would settle it."""
        return resolution(self.means, self.difference_interval, self.reading)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """The difference at one level of strata, so that a reader sees what adjusting does to it."""

    stratification: Stratification
    difference: float


@dataclass(frozen=True, slots=True)
class Influence:
    """One change, by its id, and what the difference would be without it."""

    change: str
    difference_without: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The effect within strata, and its rank form (None where no change has a figure yet).

    `q` is p after Benjamini–Hochberg over all outcomes shown. `influential` are the changes that
    make most of the difference, the heaviest first.
    """

    effect: Effect
    stratification: Stratification
    q: float | None
    rank: Rank | None
    ladder: tuple[LadderStep, ...]
    influential: tuple[Influence, ...]

    @property
    def reading(self) -> Reading:
        """The word for it."""
        return self.effect.reading

    @property
    def may_be_chance(self) -> bool:
        """Whether among so many outcomes as are shown such an interval is no surprise."""
        return self.reading.is_difference and self.q is not None and self.q > SIGNIFICANCE

    @property
    def ranks_disagree(self) -> bool:
        """Whether most pairs of comparable changes point the other way than the pooled figures."""
        if self.rank is None:
            return False
        by_rank, by_sum = self.rank.chance - 0.5, self.effect.difference
        return by_rank * by_sum < 0 and (
            self.rank.interval.excludes(0.5) or self.reading.is_difference
        )


@dataclass(frozen=True, slots=True)
class Raw:
    """The effect without strata: how the two groups differ, whatever the reason."""

    effect: Effect
    rank: Rank | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything about one outcome. `missing` counts why changes of the arms have no value.

    `cluster_by` is what `clusters` of the descriptions counts; an effect has its own.
    `coverage` is the share, 0 to 1, of the changes in both arms that have a value. `treated_wait`
    and `others_wait` hold medians of a duration, those still open censored.
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
    ladder: tuple[tuple[Factor, ...], ...] = LADDER,
) -> Estimate:
    """Compares the arms in one outcome; `q` equals p until `with_q_values` is called."""
    resampling = resampling or Resampling()
    selection = select(table, arms, outcome)
    in_arms = np.flatnonzero(~np.isnan(arms.treated))
    random = np.random.default_rng((resampling.seed, zlib.crc32(outcome.key.encode())))
    sampled = _Sampled(table, outcome, selection, resampling, random)
    absent = _nothing_measured(arms, selection, outcome)
    raw = absent or Measured(_raw(sampled))
    adjusted = absent or _adjusted(sampled, rungs(table, selection, ladder))
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
    """The estimates with q over all that have a p."""
    p_values = [p for p in map(_p, estimates) if p is not None]
    q_values = iter(benjamini_hochberg(p_values))
    return tuple(
        replace(one, adjusted=Measured(replace(one.adjusted.value, q=next(q_values))))
        if isinstance(one.adjusted, Measured) and _p(one) is not None
        else one
        for one in estimates
    )


def _p(one: Estimate) -> float | None:
    return one.adjusted.value.effect.p if isinstance(one.adjusted, Measured) else None


@dataclass(frozen=True)
class _Sampled:
    """An outcome of both arms, and what resamples it."""

    table: Table
    outcome: OutcomeSpec
    selection: StrataSelection
    resampling: Resampling
    random: np.random.Generator


def _describe(
    table: Table, selection: StrataSelection, outcome: OutcomeSpec, side: float
) -> Description | None:
    chosen = selection.treated == side
    return describe(
        selection.values[chosen],
        selection.weights[chosen],
        selection.figures[chosen],
        table.cluster[selection.rows[chosen]],
        is_binary=outcome.scale is Scale.YES_NO,
    )


def _wait(table: Table, arms: Arms, outcome: OutcomeSpec, side: float) -> Wait | None:
    if outcome.scale is not Scale.DURATION:
        return None
    days, ended = table.waits(outcome)
    chosen = (arms.treated == side) & ~np.isnan(days)
    return waiting(days[chosen], ended[chosen])


def _nothing_measured(
    arms: Arms, selection: StrataSelection, outcome: OutcomeSpec
) -> NotApplicable | CouldNotMeasure | None:
    for side, name in ((1.0, arms.treated_name), (0.0, arms.others_name)):
        if not np.any(arms.treated == side):
            return NotApplicable(f"there are no {name} changes")
        if not np.any(selection.treated == side):
            limit = outcome.within or outcome.capped_at
            young = f", or none is {limit:g} days old yet" if limit else ""
            return CouldNotMeasure(f"not measured for any of the {name} changes{young}")
    return None


def _raw(sampled: _Sampled) -> Raw:
    selection = sampled.selection
    stratum = np.zeros(len(selection.rows), dtype=np.int64)
    cluster = sampled.table.cluster[selection.rows]
    design = make_design(selection.treated, stratum, cluster, selection.weights)
    assert design is not None  # both arms have rows, and there is one stratum
    design, cluster_by = clustered(sampled.table, selection, design)
    return Raw(_effect_of(sampled, design, cluster_by), _rank_of(selection, design))


def _adjusted(sampled: _Sampled, found: tuple[Rung, ...]) -> State[Adjusted]:
    rung = choose(found)
    if rung is None:
        return NotApplicable("no stratum holds changes of both arms")
    selection = sampled.selection
    design, cluster_by = clustered(sampled.table, selection, rung.design)
    effect = _effect_of(sampled, design, cluster_by)
    return Measured(
        Adjusted(
            effect,
            rung.stratification,
            effect.p,
            _rank_of(selection, design),
            tuple(_step(one, selection) for one in found),
            _influential(sampled, design),
        )
    )


def _step(rung: Rung, selection: StrataSelection) -> LadderStep:
    values = selection.values[rung.design.rows]
    difference = solve(rung.design, difference_problem(rung.design, values))
    return LadderStep(rung.stratification, difference)


def _rank_of(selection: StrataSelection, design: Design) -> Rank | None:
    """Over the rows of the design that have a figure of their own."""
    figures = selection.figures[design.rows]
    known = ~np.isnan(figures)
    if known.all():
        return rank(design, figures)
    cut = make_design(design.treated[known], design.stratum[known], design.cluster[known])
    return rank(cut, figures[known][cut.rows]) if cut else None


def _influential(sampled: _Sampled, design: Design) -> tuple[Influence, ...]:
    """The changes without which the difference would be another, those that matter most first."""
    values = sampled.selection.values[design.rows]
    difference = solve(design, difference_problem(design, values))
    fitted = values - difference * design.treated
    weight = np.abs(design.pull * design.centre(fitted))
    rows = sampled.selection.rows[design.rows]
    named = []
    for place in np.argsort(-weight, kind="stable")[:_NAMED]:
        kept = np.arange(len(values)) != place
        without = make_design(
            design.treated[kept], design.stratum[kept], design.cluster[kept], design.mass[kept]
        )
        if without is not None and weight[place] > 0:
            left = solve(without, difference_problem(without, values[kept][without.rows]))
            named.append(Influence(sampled.table.rows[rows[place]].change, left))
    return tuple(named)


def _effect_of(sampled: _Sampled, design: Design, cluster_by: ClusterBy) -> Effect:
    """Difference and ratio of the standardised figures over the design, with their intervals."""
    values = sampled.selection.values[design.rows]
    figures = sampled.selection.figures[design.rows]
    treated_mean, others_mean = design.arm_means(values)
    treated = int(design.treated.sum())
    others = len(values) - treated
    has_ratio = (
        others_mean > 0
        and treated_mean >= 0
        and not np.any(figures < 0)
        and sampled.outcome.scale is not Scale.PERCENTILE
    )
    ratio_interval, p = None, None
    if sampled.outcome.scale is Scale.YES_NO and (
        min(treated, others) <= _SHUFFLED_UP_TO
        or _is_rare(Shares(treated_mean, treated, others_mean, others))
    ):
        counts = design.equal_changes
        shares = Shares(treated_mean, counts[0], others_mean, counts[1])
        difference_interval = score_difference(shares)
        if has_ratio:
            ratio_interval = score_ratio(shares)
        if _LABELS_DECIDE_FROM <= min(treated, others) <= _SHUFFLED_UP_TO:
            labels = Shuffled.of(design, sampled.random, sampled.resampling.rounds)
            p = shares_p(design, values, labels)
            found = treated_mean - others_mean if p < SIGNIFICANCE else 0.0
            difference_interval = _decided(difference_interval, 0.0, found)
            ratio_interval = ratio_interval and _decided(ratio_interval, 1.0, found)
    else:
        sampler = _Sampler.of(sampled, design)
        difference_interval = sampler.interval(difference_problem(design, values))
        p = sampler.p(values)
        if has_ratio:
            ratio_interval = (
                _of_nothing(difference_interval, others_mean)
                if not np.any(values * design.treated)
                else _above_zero(sampler.interval(ratio_problem(design, values), of_ratio=True))
            )
    if ratio_interval is not None:
        difference_interval, ratio_interval = _agreeing(difference_interval, ratio_interval)
    return Effect(
        treated_mean,
        others_mean,
        treated_mean - others_mean,
        difference_interval,
        treated_mean / others_mean if has_ratio else None,
        ratio_interval,
        cluster_by,
        design.clusters,
        design.effective_clusters,
        treated,
        others,
        p,
    )


@dataclass(frozen=True)
class _Sampler:
    """What resamples a design: shuffled labels with few changes an arm, clusters with many.

    Between both their ends are mixed, so that one more change never makes an interval another.
    `clusters_share` is the part of the clusters, 0 to 1.
    """

    design: Design
    clusters_share: float
    shuffled: Shuffled | None
    weights: FloatArray | None

    @staticmethod
    def of(sampled: _Sampled, design: Design) -> _Sampler:
        treated = int(design.treated.sum())
        smaller = min(treated, len(design.treated) - treated)
        reach = _CLUSTERS_FROM - _SHUFFLED_UP_TO
        share = min(1.0, max(0.0, (smaller - _SHUFFLED_UP_TO) / reach))
        random, rounds = sampled.random, sampled.resampling.rounds
        return _Sampler(
            design,
            share,
            Shuffled.of(design, random, rounds) if share < 1 else None,
            wild_weights(design, random, rounds) if share > 0 else None,
        )

    def interval(self, problem: InferenceProblem, *, of_ratio: bool = False) -> Interval:
        few = many = None
        if self.shuffled is not None:
            few = shuffled_interval(self.design, problem, self.shuffled)
        if self.weights is not None:
            many = interval(self.design, problem, self.weights, of_ratio=of_ratio)
        if few is None or many is None:
            return few or many or OPEN
        return between(few, many, self.clusters_share)

    def p(self, values: FloatArray) -> float | None:
        few = many = None
        if self.shuffled is not None:
            few = shuffled_p(self.design, values, self.shuffled)
        if self.weights is not None:
            many = bootstrap_p(self.design, values, self.weights)
        if few is None or many is None:
            return many if self.weights is not None else few
        return (1 - self.clusters_share) * few + self.clusters_share * many


def _is_rare(shares: Shares) -> bool:
    counts = (
        count
        for share, of in (
            (shares.treated, shares.treated_of),
            (shares.others, shares.others_of),
        )
        for count in (share * of, (1 - share) * of)
    )
    return min(counts) < FEWEST_EVENTS


def _agreeing(difference: Interval, ratio: Interval) -> tuple[Interval, Interval]:
    """Both, where they disagree on whether there is a difference widened to hold none: or else a
    reader is told that nothing can be told, and shown an interval that says otherwise.
    """
    if difference.excludes(0.0) == ratio.excludes(1.0):
        return difference, ratio
    return _holding(difference, 0.0), _holding(ratio, 1.0)


def _decided(found: Interval, nothing: float, difference: float) -> Interval:
    """An interval that excludes no difference where shuffled labels say so, on the side of the
    difference, and holds it where they don't (`difference` is 0).
    """
    method = IntervalMethod.SCORE_AND_PERMUTATION
    if not difference:
        return replace(_holding(found, nothing), method=method)
    low, high = found.low, found.high
    if difference > 0:
        low = nothing + _NEXT if low is None else max(low, nothing + _NEXT)
    else:
        high = nothing - _NEXT if high is None else min(high, nothing - _NEXT)
    return replace(found, low=low, high=high, method=method)


def _holding(found: Interval, value: float) -> Interval:
    low = None if found.low is None else min(found.low, value)
    return replace(found, low=low, high=None if found.high is None else max(found.high, value))


def _of_nothing(difference: Interval, others_mean: float) -> Interval:
    """The ratio where no treated change has any: as far as the difference may still reach."""
    if difference.high is None:
        return Interval(0.0, None, difference.method)
    return Interval(0.0, max(0.0, 1 + difference.high / others_mean), difference.method)


def _above_zero(found: Interval) -> Interval:
    """A ratio of two amounts cannot be negative."""
    if found.low is None or math.isnan(found.low):
        return found
    return replace(found, low=max(found.low, 0.0))
