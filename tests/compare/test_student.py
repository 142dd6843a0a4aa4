"""The quantile of Student's t against published tables, and against SciPy between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from scanner.compare.student import student_quantile

#: Upper points by degrees of freedom: Abramowitz and Stegun, table 26.10.
PUBLISHED = {
    1: (3.078, 6.314, 12.706, 31.821, 63.657),
    2: (1.886, 2.920, 4.303, 6.965, 9.925),
    3: (1.638, 2.353, 3.182, 4.541, 5.841),
    5: (1.476, 2.015, 2.571, 3.365, 4.032),
    10: (1.372, 1.812, 2.228, 2.764, 3.169),
    30: (1.310, 1.697, 2.042, 2.457, 2.750),
    120: (1.289, 1.658, 1.980, 2.358, 2.617),
}
PROBABILITIES = (0.90, 0.95, 0.975, 0.99, 0.995)


@pytest.mark.parametrize("freedom", PUBLISHED)
def test_published_tables(freedom: int) -> None:
    ours = [student_quantile(probability, freedom) for probability in PROBABILITIES]
    assert ours == pytest.approx(PUBLISHED[freedom], abs=5.1e-4)


@given(st.floats(0.0001, 0.9999), st.floats(0.5, 1e6))
def test_scipy_says_the_same(probability: float, freedom: float) -> None:
    ours, theirs = student_quantile(probability, freedom), float(stdtrit(freedom, probability))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_the_middle_is_nothing_and_the_sides_are_alike() -> None:
    assert student_quantile(0.5, 3) == 0
    assert student_quantile(0.25, 3) == -student_quantile(0.75, 3)
