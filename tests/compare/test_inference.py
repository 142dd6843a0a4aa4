"""Known answers: the interval holds a planted effect, shuffled labels are rejected by chance only.

The full versions, 1,000 histories each, are in `benchmarks/comparison_calibration.py`.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scanner.compare.design import Design, make_design
from scanner.compare.inference import (
    Interval,
    IntervalMethod,
    difference_problem,
    interval,
    ratio_problem,
    wild_weights,
)
from scanner.compare.permutation import permutation_p


def drawn(random: np.random.Generator, clusters: int, effect: float) -> tuple[Design, np.ndarray]:
    """Changes of unequal authors, each with a level and an effect of their own."""
    n = 240
    weight = 1 / np.arange(1, clusters + 1)
    author = random.choice(clusters, n, p=weight / weight.sum())
    arm = (random.random(n) < 0.4).astype(float)
    design = make_design(arm, author * 3 + random.integers(0, 3, n), author)
    assert design is not None
    own = effect + random.normal(0, 0.4, clusters)[author]
    values = random.exponential(1, n) + random.normal(0, 1, clusters)[author] + own * arm
    return design, values[design.rows]


def bounds(design: Design, values: np.ndarray, random: np.random.Generator) -> Interval:
    weights = wild_weights(design, random, 199)
    found = interval(design, difference_problem(design, values), weights)
    assert found is not None
    return found


@pytest.mark.parametrize("clusters", [3, 8, 30])
def test_a_planted_effect_is_covered(clusters: int) -> None:
    random = np.random.default_rng(clusters)
    rounds = 300
    held = 0
    for _ in range(rounds):
        design, values = drawn(random, clusters, 1.0)
        held += not bounds(design, values, random).excludes(1.0)
    # Three standard errors of a share of 0.95 in 300 rounds are 0.038.
    assert held / rounds >= 0.95 - 0.038


def test_shuffled_labels_are_rejected_as_often_as_alpha_says() -> None:
    random = np.random.default_rng(5)
    design, values = drawn(random, 10, 0.0)
    rounds, rejected = 600, 0
    for _ in range(rounds):
        arm = design.treated.copy()
        for code in range(design.strata):
            here = design.stratum == code
            arm[here] = random.permutation(arm[here])
        mixed = Design(design.rows, arm, design.stratum, design.cluster, design.mass)
        rejected += permutation_p(mixed, values, random, 199) <= 0.05
    assert rejected / rounds == pytest.approx(0.05, abs=0.027)


def test_a_clear_effect_is_found_and_nothing_is_not() -> None:
    random = np.random.default_rng(7)
    design, values = drawn(random, 12, 0.0)
    assert permutation_p(design, values + 3 * design.treated, random, 499) <= 0.01
    assert permutation_p(design, np.ones(len(values)), random, 499) == 1.0
    assert bounds(design, values + 3 * design.treated, random).excludes(0.0)


def test_with_a_cluster_for_each_row_the_interval_is_close_to_students() -> None:
    random = np.random.default_rng(3)
    values = random.normal(0, 1, 400)
    arm = np.repeat([1.0, 0.0], 200)
    design = make_design(arm, np.zeros(400, np.int64), np.arange(400))
    assert design is not None
    found = interval(design, difference_problem(design, values), wild_weights(design, random, 4000))
    theirs = stats.ttest_ind(values[:200], values[200:]).confidence_interval()
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)
    p = permutation_p(design, values, random, 4000)
    assert p == pytest.approx(stats.ttest_ind(values[:200], values[200:]).pvalue, abs=0.03)


@pytest.mark.parametrize("seed", range(8))
def test_arms_without_any_variation_do_not_differ(seed: int) -> None:
    random = np.random.default_rng(seed)
    design, values = drawn(random, 9, 0.0)
    found = bounds(design, np.full_like(values, 1.1), random)
    assert not found.excludes(0.0)


def test_a_ratio_of_equal_arms_holds_one_and_never_goes_below_zero() -> None:
    random = np.random.default_rng(11)
    design, values = drawn(random, 10, 0.0)
    positive = np.abs(values)
    found = interval(design, ratio_problem(design, positive), wild_weights(design, random, 499))
    assert found is not None
    assert not found.excludes(1.0)
    doubled = positive * (1 + design.treated)
    found = interval(design, ratio_problem(design, doubled), wild_weights(design, random, 499))
    assert found is not None
    assert not found.excludes(2.0)


def test_two_clusters_use_the_jackknife_and_one_cannot_be_judged() -> None:
    arm = np.tile([1.0, 0.0], 20)
    values = np.random.default_rng(1).normal(0, 1, 40)
    two = make_design(arm, np.repeat([0, 1], 20), np.repeat([0, 1], 20))
    one = make_design(arm, np.zeros(40, np.int64), np.zeros(40, np.int64))
    assert two is not None
    assert one is not None
    random = np.random.default_rng(0)
    problem = difference_problem(two, values[two.rows])
    found = interval(two, problem, wild_weights(two, random, 99))
    assert found is not None
    assert found.method is IntervalMethod.CLUSTER_JACKKNIFE
    alone = interval(one, difference_problem(one, values), wild_weights(one, random, 99))
    assert alone.is_open


def test_equal_seeds_give_equal_figures() -> None:
    design, values = drawn(np.random.default_rng(2), 9, 0.5)
    runs = [
        (
            bounds(design, values, np.random.default_rng(42)),
            permutation_p(design, values, np.random.default_rng(42), 299),
        )
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
