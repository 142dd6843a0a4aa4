"""Groups drawn towards what all of them show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.compare.estimates import Estimate, estimate
from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.inference import Interval, Resampling
from scanner.compare.partial_pooling import partly_pooled
from tests.compare.rows import SHARE, ai_arms, balanced, table

ROWS = balanced(3, 4, 1.0)
ONE = estimate(table(ROWS), ai_arms(ROWS), SHARE, Resampling(1, 49))


def told(difference: float, half: float | None) -> Estimate:
    assert isinstance(ONE.adjusted, Measured)
    ends = (None, None) if half is None else (difference - half, difference + half)
    adjusted = ONE.adjusted.value
    effect = replace(adjusted.effect, difference=difference, difference_interval=Interval(*ends))
    return replace(ONE, adjusted=Measured(replace(adjusted, effect=effect)))


def test_one_group_is_not_pooled_and_what_has_no_limits_takes_no_part() -> None:
    absent = replace(ONE, adjusted=NotApplicable("none"))
    assert partly_pooled([]) == ()
    assert partly_pooled([told(1.0, 1.0), told(2.0, None), absent]) == (None, None, None)


@pytest.mark.parametrize("half", [1e-17, 1e-12, 1e-8, 1e-5])
def test_a_group_without_any_spread_breaks_nothing(half: float) -> None:
    drawn = partly_pooled([told(0.0, half), told(1.0, 1.0), told(2.0, 3.0)])
    assert all(value is None or 0.0 <= value <= 2.0 for value in drawn)


def test_groups_that_differ_by_chance_alone_are_told_as_one() -> None:
    first, second = partly_pooled([told(1.0, 5.0), told(3.0, 5.0)])
    assert first == second == pytest.approx(2.0)


def test_the_less_sure_group_is_drawn_further() -> None:
    sure, unsure, other = partly_pooled([told(0.0, 1.0), told(10.0, 8.0), told(8.0, 1.0)])
    assert sure is not None
    assert unsure is not None
    assert other is not None
    assert 0.0 < sure < 0.5
    assert 7.5 < other < 8.0
    assert abs(10.0 - unsure) > abs(8.0 - other)
