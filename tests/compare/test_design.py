"""Strata against least squares with one intercept a stratum."""

from __future__ import annotations

import numpy as np
import pytest

from scanner.compare.design import Design, in_both_arms, make_design
from scanner.compare.inference import difference_problem, ratio_problem, solve


def drawn(seed: int = 0, n: int = 200) -> tuple[Design, np.ndarray]:
    random = np.random.default_rng(seed)
    stratum = random.integers(0, 12, n)
    arm = (random.random(n) < 0.3).astype(float)
    design = make_design(arm, stratum, random.integers(0, 9, n))
    assert design is not None
    return design, random.exponential(2, n)[design.rows] + design.treated


def test_strata_of_one_arm_are_left_out() -> None:
    arm, stratum = np.array([1.0, 0, 1, 1, 0]), np.array([7, 7, 8, 8, 9])
    assert in_both_arms(arm, stratum).tolist() == [True, True, False, False, False]
    design = make_design(arm, stratum, np.array([5, 6, 5, 5, 6]))
    assert design is not None
    assert (design.strata, design.clusters, sorted(design.rows.tolist())) == (1, 2, [0, 1])


def test_no_stratum_with_both_arms_is_no_design() -> None:
    assert make_design(np.array([1.0, 0]), np.array([1, 2]), np.array([1, 1])) is None
    assert make_design(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64)) is None


def test_the_difference_is_that_of_a_regression_with_stratum_intercepts() -> None:
    design, values = drawn()
    columns = np.column_stack((design.treated, np.eye(design.strata)[design.stratum]))
    slope = np.linalg.lstsq(columns, values, rcond=None)[0][0]
    treated, others = design.arm_means(values)
    assert treated - others == pytest.approx(slope)
    assert solve(design, difference_problem(design, values)) == pytest.approx(slope)


def test_the_ratio_of_a_yes_or_no_outcome_is_mantel_haenszels() -> None:
    random = np.random.default_rng(4)
    design, _ = drawn(4)
    values = (random.random(len(design.rows)) < 0.3).astype(float)
    top = bottom = 0.0
    for code in range(design.strata):
        here = design.stratum == code
        treated, others = here & (design.treated == 1), here & (design.treated == 0)
        top += values[treated].sum() * others.sum() / here.sum()
        bottom += values[others].sum() * treated.sum() / here.sum()
    assert solve(design, ratio_problem(design, values)) == pytest.approx(top / bottom)


def test_nested_strata_lie_in_one_cluster_each() -> None:
    arm = np.array([1.0, 0, 1, 0])
    nested = make_design(arm, np.array([1, 1, 2, 2]), np.array([5, 5, 6, 6]))
    crossed = make_design(arm, np.array([1, 1, 2, 2]), np.array([5, 6, 5, 6]))
    assert nested is not None
    assert crossed is not None
    assert nested.is_nested
    assert not crossed.is_nested


def test_effective_clusters_are_fewer_where_one_leads() -> None:
    arm = np.tile([1.0, 0.0], 52)
    cluster = np.concatenate((np.zeros(100, np.int64), [1, 1, 2, 2]))
    design = make_design(arm, cluster, cluster)
    assert design is not None
    assert design.clusters == 3
    assert design.effective_clusters == pytest.approx(1.08, abs=0.01)
