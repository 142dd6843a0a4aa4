"""Effect sizes against the textbook and against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scanner.compare.design import make_design
from scanner.compare.effects import (
    Description,
    benjamini_hochberg,
    describe,
    proportion,
    rank,
    waiting,
)


def delta(treated: list[float], others: list[float]) -> float:
    values = np.array(treated + others)
    arm = np.array([1.0] * len(treated) + [0.0] * len(others))
    one = np.zeros(len(values), np.int64)
    design = make_design(arm, one, np.arange(len(values)))
    assert design is not None
    return 2 * rank(design, values[design.rows]).chance - 1


@pytest.mark.parametrize(
    ("treated", "others", "expected"),
    [
        ([1, 1], [1, 1], 0.0),
        ([1, 2], [1, 2], 0.0),
        ([3, 4], [1, 2], 1.0),
        ([1, 2], [3, 4], -1.0),
        ([1, 3], [2, 2], 0.0),
        ([2, 3], [1, 2], 0.75),
    ],
)
def test_the_chance_to_be_higher_counts_pairs(
    treated: list[float], others: list[float], expected: float
) -> None:
    assert delta(treated, others) == pytest.approx(expected)


def test_the_chance_to_be_higher_is_mann_whitney_rescaled() -> None:
    random = np.random.default_rng(0)
    treated, others = random.poisson(3, 40), random.poisson(2, 60)
    u = stats.mannwhitneyu(treated, others).statistic
    expected = 2 * u / (40 * 60) - 1
    assert delta([float(x) for x in treated], [float(x) for x in others]) == pytest.approx(expected)


def test_the_chance_to_be_higher_within_strata_is_weighted_by_pairs() -> None:
    random = np.random.default_rng(1)
    stratum = random.integers(0, 4, 200)
    arm = (random.random(200) < 0.4).astype(float)
    values = (random.poisson(2, 200) + stratum * 10).astype(np.float64)
    design = make_design(arm, stratum, np.arange(200))
    assert design is not None
    won = pairs = 0.0
    for code in range(4):
        treated, others = (
            values[(stratum == code) & (arm == 1)],
            values[(stratum == code) & (arm == 0)],
        )
        won += float(np.sign(treated[:, None] - others[None, :]).sum())
        pairs += len(treated) * len(others)
    assert 2 * rank(design, values[design.rows]).chance - 1 == pytest.approx(won / pairs)


@pytest.mark.parametrize(("events", "of"), [(0, 10), (1, 30), (15, 30), (30, 30), (3, 1000)])
def test_wilson_agrees_with_scipy(events: int, of: int) -> None:
    ours = proportion(events, of)
    theirs = stats.binomtest(events, of).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours.value == pytest.approx(events / of)


def test_benjamini_hochberg_agrees_with_scipy() -> None:
    p = np.random.default_rng(2).random(25) ** 2
    assert benjamini_hochberg([float(x) for x in p]) == pytest.approx(
        stats.false_discovery_control(p)
    )
    assert benjamini_hochberg([]) == ()
    assert benjamini_hochberg([0.03]) == (0.03,)


def described(values: list[float], cluster: list[int], *, is_binary: bool) -> Description | None:
    figures = np.array(values)
    return describe(figures, np.ones(len(values)), figures, np.array(cluster), is_binary=is_binary)


def test_a_description_has_mean_median_and_p90_beside_each_other() -> None:
    found = described([0.0, 0.0, 0.0, 10.0], [1, 1, 2, 2], is_binary=False)
    assert found is not None
    assert (found.n, found.clusters, found.mean, found.median, found.largest) == (4, 2, 2.5, 0, 10)
    assert found.proportion is None
    assert described([], [], is_binary=False) is None


def test_a_yes_or_no_outcome_is_described_as_a_share() -> None:
    found = described([0.0, 1.0, 1.0], [1, 2, 3], is_binary=True)
    assert found is not None
    assert found.proportion == proportion(2, 3)


def test_what_is_still_open_counts_in_a_median_wait() -> None:
    wait = waiting(np.array([1.0, 2.0, 9.0, 9.0]), np.array([True, True, False, False]))
    assert wait is not None
    assert (wait.ended, wait.open, wait.median, wait.p90) == (2, 2, 2.0, None)
    assert waiting(np.array([]), np.array([], dtype=bool)) is None
