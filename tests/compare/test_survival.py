"""Survival estimates against the `lifelines` library."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from scanner.compare.survival import (
    product_limit,
    residuals,
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
    assert time_by_which(steps, 0.25) == 1
    assert time_by_which(steps, 0.5) == 3
    assert time_by_which(steps, 0.9) is None


def test_nothing_that_ended_leaves_everything() -> None:
    steps = product_limit(np.array([5.0, 6]), np.array([False, False]))
    assert not len(steps.times)
    assert time_by_which(steps, 0.5) is None


@pytest.mark.parametrize("seed", range(4))
def test_curves_agree_with_lifelines(seed: int) -> None:
    days, ended, _, _ = drawn(seed)
    fitter = KaplanMeierFitter().fit(days, ended)
    steps = product_limit(days, ended)
    theirs = fitter.survival_function_at_times(steps.times).to_numpy()
    assert steps.survival == pytest.approx(theirs)
    assert time_by_which(steps, 0.5) == pytest.approx(fitter.median_survival_time_)


def test_weights_are_like_repeated_observations() -> None:
    weights = np.array([1.0, 3, 1, 2, 2, 1, 1, 1, 4, 1])
    repeated = np.repeat(np.arange(len(DAYS)), weights.astype(int))
    ours = product_limit(DAYS, ENDED, weights)
    theirs = product_limit(DAYS[repeated], ENDED[repeated])
    assert ours.survival == pytest.approx(theirs.survival)
    assert ours.at_risk == pytest.approx(theirs.at_risk)


def observed_less_expected(days: np.ndarray, ended: np.ndarray, treated: np.ndarray) -> float:
    """What the log-rank test compares (Mantel 1966), by its definition, time by time."""
    total = 0.0
    for time in np.unique(days[ended]):
        at_risk, now = days >= time, ended & (days == time)
        total += (now & treated).sum() - now.sum() * (at_risk & treated).sum() / at_risk.sum()
    return float(total)


def test_residuals_carry_the_log_rank_statistic() -> None:
    days, ended, treated, stratum = drawn(11)
    left = residuals(days, ended, stratum)
    parts = [
        observed_less_expected(days[of], ended[of], treated[of])
        for of in (stratum == code for code in range(3))
    ]
    assert left[treated].sum() == pytest.approx(sum(parts))
    for code in range(3):
        assert left[stratum == code].sum() == pytest.approx(0, abs=1e-9)
