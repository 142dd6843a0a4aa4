"""Few changes an arm: what shuffling the labels within strata lets be said."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fixtures.simulated import SMALL_PLANS, Plan, draw, outcome_of, shuffled
from scanner.compare.design import Design, make_design
from scanner.compare.estimates import estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import (
    Interval,
    IntervalMethod,
    Resampling,
    between,
    difference_problem,
    ratio_problem,
)
from scanner.compare.permutation import Shuffled, between_clusters, shuffled_interval, shuffled_p


def one_stratum(arm: list[float]) -> Design:
    design = make_design(
        np.asarray(arm), np.zeros(len(arm), np.int64), np.arange(len(arm), dtype=np.int64)
    )
    assert design is not None
    return design


def drawn(design: Design, seed: int = 1) -> Shuffled:
    return Shuffled.of(design, np.random.default_rng(seed), 499)


def test_arms_without_any_variation_do_not_differ() -> None:
    design = one_stratum([1.0, 0.0] * 8)
    values = np.full(16, 1.1)
    assert shuffled_p(design, values, drawn(design)) == 1.0
    assert not shuffled_interval(
        design, difference_problem(design, values), drawn(design)
    ).excludes(0.0)


def test_too_few_ways_to_shuffle_leave_students_interval() -> None:
    design = one_stratum([1.0, 1.0, 0.0, 0.0])
    values = np.array([3.0, 4.0, 1.0, 1.5])
    found = shuffled_interval(design, difference_problem(design, values), drawn(design))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_p_is_that_of_all_ways_to_hand_out_the_labels() -> None:
    """Against every one of the 252 ways, with the same statistic: Welch's t."""
    random = np.random.default_rng(4)
    design = one_stratum([1.0] * 5 + [0.0] * 5)
    values = random.exponential(1, 10) + design.treated

    def welch(chosen: tuple[int, ...]) -> float:
        mine = np.isin(np.arange(10), chosen)
        a, b = values[mine], values[~mine]
        return float((a.mean() - b.mean()) ** 2 / (a.var() + b.var()))

    seen = welch(tuple(range(5)))
    every = [welch(chosen) for chosen in itertools.combinations(range(10), 5)]
    exact = (
        np.mean([x > seen + 1e-9 for x in every])
        + np.mean([abs(x - seen) <= 1e-9 for x in every]) / 2
    )
    assert shuffled_p(design, values, drawn(design)) == pytest.approx(exact, abs=0.04)


def test_difference_and_ratio_agree_on_whether_there_is_one() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        design = one_stratum([1.0, 0.0] * 9)
        values = random.exponential(1, 18) * (1 + (seed % 4) * design.treated)
        draws = drawn(design)
        difference = shuffled_interval(design, difference_problem(design, values), draws)
        ratio = shuffled_interval(design, ratio_problem(design, values), draws)
        assert difference.excludes(0.0) == ratio.excludes(1.0)
        assert difference.excludes(0.0) == (shuffled_p(design, values, draws) < 0.05)


def test_changes_of_an_author_that_are_alike_are_seen() -> None:
    design = make_design(
        np.array([1.0, 0.0] * 10), np.zeros(20, np.int64), np.repeat(np.arange(4), 5)
    )
    assert design is not None
    random = np.random.default_rng(3)
    apart = random.normal(0, 1, 20)
    assert between_clusters(design, apart) < 0.5
    assert between_clusters(design, apart + 5 * design.cluster) > 5


def test_ends_are_mixed_between_few_and_many() -> None:
    few = Interval(-2.0, 4.0, IntervalMethod.PERMUTATION)
    many = Interval(-4.0, 8.0, IntervalMethod.WILD_CLUSTER_BOOTSTRAP)
    mixed = between(few, many, 0.25)
    assert (mixed.low, mixed.high, mixed.method) == (-2.5, 5.0, IntervalMethod.PERMUTATION)
    assert between(few, Interval(None, 8.0), 0.25).low == -2.0
    assert between(few, Interval(None, 8.0), 0.75).low is None


@pytest.mark.parametrize("plan", SMALL_PLANS[3:6], ids=lambda plan: plan.name)
def test_the_effect_is_covered_and_shuffled_labels_are_rarely_a_finding(plan: Plan) -> None:
    """The full table is made by `benchmarks/comparison_calibration.py`."""
    rounds, held, rejected = 60, 0, 0
    for seed in range(rounds):
        history, arms = draw(plan, np.random.default_rng(seed))
        mixed = shuffled(arms, np.random.default_rng((7, seed)))
        for labels, effect in ((arms, plan.effect), (mixed, 0.0)):
            one = estimate(history, labels, outcome_of(plan), Resampling(seed, 199)).adjusted
            assert isinstance(one, Measured)
            outside = one.value.effect.difference_interval.excludes(effect)
            held += not outside and labels is arms
            rejected += outside and labels is mixed
    # Three standard errors of 60 rounds.
    assert held / rounds >= 0.95 - 0.085
    assert rejected / rounds <= 0.05 + 0.085
