"""The event study: on panels whose effect is known, and against least squares by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scanner.compare.event_study import Panel, chi_squared_tail, event_study

MONTHS = 12


def panel(
    adopted: list[float], effect: float, noise: float = 0.0, seed: int = 1, trend: float = 0.0
) -> Panel:
    """Units with levels, months with shocks, one control, and an effect that grows by the month.

    `trend` is what future adopters grow by in each of the three months before.
    """
    random = np.random.default_rng(seed)
    units = len(adopted)
    unit, month = np.divmod(np.arange(units * MONTHS), MONTHS)
    start = np.array(adopted)[unit]
    level, shock = random.normal(0, 3, units)[unit], random.normal(0, 2, MONTHS)[month]
    control = random.normal(0, 1, (units * MONTHS, 1))
    since = month - start
    outcome = level + shock + 0.7 * control[:, 0] + random.normal(0, 1, units * MONTHS) * noise
    outcome += np.where(since >= 0, effect * (1 + since), 0.0)
    outcome += np.where((since < 0) & (since >= -3), trend * (4 + since), 0.0)
    return Panel(unit, month, start, outcome, control)


NEVER = math.nan


@pytest.mark.parametrize(
    "adopted",
    [[NEVER, NEVER], [0.0, 0.0, 0.0], []],
    ids=["nobody adopted", "nobody was seen before", "nothing"],
)
def test_nothing_to_compare_is_no_answer(adopted: list[float]) -> None:
    if not adopted:
        empty = np.zeros(0, dtype=np.int64)
        made = Panel(empty, empty, empty.astype(float), empty.astype(float), np.zeros((0, 1)))
    else:
        made = panel(adopted, 1.0)
    assert event_study(made, range(3), 2) is None


def test_without_noise_the_effect_is_found_exactly() -> None:
    found = event_study(panel([NEVER, NEVER, 4.0, 6.0, 8.0], 0.5), range(4), 0)
    assert found is not None
    assert [round(one.effect, 9) for one in found.since] == [0.5, 1.0, 1.5, 2.0]
    assert [one.units for one in found.since] == [3, 3, 3, 3]
    assert found.imputed == 1


def test_all_that_adopt_in_the_end_are_enough_until_the_last_does() -> None:
    found = event_study(panel([4.0, 6.0, 8.0], 0.5), range(1), 0)
    assert found is not None
    assert found.since[0].effect == pytest.approx(0.5)
    # from the last adoption on there is nobody to compare with
    assert found.imputed == pytest.approx(6 / (8 + 6 + 4))


def test_a_trend_before_is_seen_and_its_absence_too() -> None:
    adopted = [NEVER] * 30 + [float(5 + number % 4) for number in range(30)]
    flat = event_study(panel(adopted, 0.3, noise=0.5, seed=2), range(2), 3)
    rising = event_study(panel(adopted, 0.3, noise=0.5, trend=0.5), range(2), 3)
    assert flat is not None
    assert rising is not None
    assert flat.trend_p is not None
    assert rising.trend_p is not None
    assert flat.trend_p > 0.05 > 0.001 > rising.trend_p
    assert [one.since for one in rising.before] == [-3, -2, -1]


def test_it_is_what_least_squares_over_untreated_rows_imputes() -> None:
    made = panel([NEVER, NEVER, 4.0, 6.0], 0.5, noise=1.0)
    free = ~made.treated
    units = (made.unit[:, None] == np.arange(4)).astype(float)
    months = (made.month[:, None] == np.arange(1, MONTHS)).astype(float)
    design = np.hstack([units, months, made.controls])
    fitted, *_ = np.linalg.lstsq(design[free], made.outcome[free], rcond=None)
    mean = float((made.outcome - design @ fitted)[made.treated].mean())
    found = event_study(made, range(1), 0)
    assert found is not None
    assert found.over_all.effect == pytest.approx(mean)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Conservative by construction, so at least as often; and it is not open."""
    adopted = [NEVER] * 25 + [float(4 + number % 6) for number in range(25)]
    held = 0
    for seed in range(200):
        found = event_study(panel(adopted, 0.0, noise=1.0, seed=seed), range(1), 0)
        assert found is not None
        low, high = found.over_all.low, found.over_all.high
        assert low is not None
        assert high is not None
        held += low <= 0 <= high
    assert 0.92 <= held / 200 <= 1


@pytest.mark.parametrize(
    ("value", "freedom", "chance"),
    [(0.0, 1, 1.0), (0.0, 4, 1.0), (3.841458820694124, 1, 0.05), (5.991464547107979, 2, 0.05),
     (7.814727903251179, 3, 0.05), (12.591587243743977, 6, 0.05)],
)  # fmt: skip
def test_the_tail_of_chi_squared_is_that_of_tables(
    value: float, freedom: int, chance: float
) -> None:
    assert chi_squared_tail(value, freedom) == pytest.approx(chance)
