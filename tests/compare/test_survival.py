"""Survival estimates against the `lifelines` library."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test

from scanner.compare.survival import (
    log_rank,
    product_limit,
    residuals,
    survival_at,
    time_by_which,
)

DAYS = np.array([1.0, 2, 2, 3, 5, 5, 8, 8, 8, 13])
ENDED = np.array([True, True, False, True, False, True, True, True, False, False])


def drawn(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    treated = random.random(n) < 0.4
    lifetime = random.exponential(np.where(treated, 20, 30)).round()
    watched = random.uniform(0, 60, n).round()
    stratum = random.integers(0, 3, n)
    return np.minimum(lifetime, watched), lifetime <= watched, treated, stratum


def test_a_curve_by_hand() -> None:
    steps = product_limit(np.array([1.0, 2, 3, 4]), np.array([True, False, True, False]))
    assert steps.times.tolist() == [1, 3]
    assert steps.at_risk.tolist() == [4, 2]
    assert steps.survival.tolist() == [0.75, 0.375]
    assert [survival_at(steps, day) for day in (0, 1, 2.9, 3, 99)] == [1, 0.75, 0.75, 0.375, 0.375]
    assert time_by_which(steps, 0.25) == 1
    assert time_by_which(steps, 0.5) == 3
    assert time_by_which(steps, 0.9) is None


def test_nothing_that_ended_leaves_everything() -> None:
    steps = product_limit(np.array([5.0, 6]), np.array([False, False]))
    assert survival_at(steps, 100) == 1
    assert time_by_which(steps, 0.5) is None


@pytest.mark.parametrize("seed", range(4))
def test_curves_agree_with_lifelines(seed: int) -> None:
    days, ended, _, _ = drawn(seed)
    fitter = KaplanMeierFitter().fit(days, ended)
    steps = product_limit(days, ended)
    for day in (0, 1, 7, 14, 30, 59):
        assert survival_at(steps, day) == pytest.approx(float(fitter.predict(day)))
    assert time_by_which(steps, 0.5) == pytest.approx(fitter.median_survival_time_)


def test_weights_are_like_repeated_observations() -> None:
    weights = np.array([1.0, 3, 1, 2, 2, 1, 1, 1, 4, 1])
    repeated = np.repeat(np.arange(len(DAYS)), weights.astype(int))
    ours = product_limit(DAYS, ENDED, weights)
    theirs = product_limit(DAYS[repeated], ENDED[repeated])
    assert ours.survival == pytest.approx(theirs.survival)
    assert ours.at_risk == pytest.approx(theirs.at_risk)


@pytest.mark.parametrize("seed", range(4))
def test_log_rank_agrees_with_lifelines(seed: int) -> None:
    days, ended, treated, _ = drawn(seed)
    theirs = logrank_test(days[treated], days[~treated], ended[treated], ended[~treated])
    ours = log_rank(days, ended, treated, np.zeros(len(days), np.int64))
    assert ours.chi_square == pytest.approx(theirs.test_statistic)


def test_a_stratified_log_rank_is_the_sum_over_strata() -> None:
    days, ended, treated, stratum = drawn(9)
    parts = [
        log_rank(
            days[stratum == s],
            ended[stratum == s],
            treated[stratum == s],
            np.zeros(int((stratum == s).sum()), np.int64),
        )
        for s in range(3)
    ]
    whole = log_rank(days, ended, treated, stratum)
    assert whole.observed == sum(part.observed for part in parts)
    assert whole.expected == pytest.approx(sum(part.expected for part in parts))
    assert whole.variance == pytest.approx(sum(part.variance for part in parts))


def test_residuals_carry_the_log_rank_statistic() -> None:
    days, ended, treated, stratum = drawn(11)
    left = residuals(days, ended, stratum)
    whole = log_rank(days, ended, treated, stratum)
    assert left[treated].sum() == pytest.approx(whole.observed - whole.expected)
    for code in range(3):
        assert left[stratum == code].sum() == pytest.approx(0, abs=1e-9)
