from __future__ import annotations

import numpy as np
import pytest

from scanner.compare.design import Design, make_design
from scanner.compare.inference import Interval
from scanner.compare.sensitivity import SHARES, Scenario, Sensitivity, sensitivity


def drawn(effect: float) -> tuple[Design, np.ndarray]:
    random = np.random.default_rng(0)
    arm = np.tile([1.0, 0.0, 0.0], 100)
    stratum = np.repeat(np.arange(10), 30)
    design = make_design(arm, stratum, stratum)
    assert design is not None
    return design, (random.normal(0, 1, 300) + effect * arm)[design.rows]


def scenarios(
    effect: float, bounds: Interval, unmarked: float = 1.0
) -> dict[Scenario, Sensitivity]:
    design, values = drawn(effect)
    marked = np.random.default_rng(1).random(300) < unmarked
    found = sensitivity(design, values, marked & (design.treated == 0), bounds)
    return {one.scenario: one for one in found}


def difference(effect: float) -> float:
    design, values = drawn(effect)
    treated, others = design.arm_means(values)
    return treated - others


def test_no_hidden_ai_changes_nothing() -> None:
    for one in scenarios(1.0, Interval(0.7, 1.3)).values():
        first = one.supposed[0]
        assert first.share == 0
        assert first.difference == pytest.approx(difference(1.0))
        assert first.interval is not None
        assert (first.interval.low, first.interval.high) == pytest.approx((0.7, 1.3))
        assert tuple(at.share for at in one.supposed) == SHARES


def test_hidden_ai_like_the_marked_dilutes() -> None:
    one = scenarios(1.0, Interval(0.7, 1.3))[Scenario.LIKE_MARKED]
    assert one.supposed[-1].difference == pytest.approx(difference(1.0) / 0.4)
    assert one.flips_at is None
    assert one.had_finding


def test_hidden_ai_like_the_unmarked_shrinks_the_difference() -> None:
    one = scenarios(1.0, Interval(0.7, 1.3))[Scenario.LIKE_UNMARKED]
    # 10 treated and 20 others a stratum: at u = 0.5 ten of the others join the ten treated.
    half = next(at for at in one.supposed if at.share == 0.5)
    assert half.difference == pytest.approx(difference(1.0) / 2, rel=1e-6)
    assert one.flips_at is None


def test_the_worst_case_flips_first_and_by_hand() -> None:
    found = scenarios(1.0, Interval(0.7, 1.3))
    worst = found[Scenario.WORST_CASE]
    assert worst.flips_at is not None
    assert 0 < worst.flips_at < 0.4
    design, values = drawn(1.0)
    total = weight = 0.0
    for code in range(10):
        here = design.stratum == code
        treated = values[here & (design.treated == 1)]
        others = np.sort(values[here & (design.treated == 0)])
        moved, kept = others[:4], others[4:]
        arm = np.concatenate((treated, moved))
        w = len(arm) * len(kept) / 30
        total += w * (arm.mean() - kept.mean())
        weight += w
    at = next(one for one in worst.supposed if one.share == 0.2)
    assert at.difference == pytest.approx(total / weight)


def test_a_weaker_finding_flips_sooner() -> None:
    strong = scenarios(2.0, Interval(1.7, 2.3))[Scenario.WORST_CASE].flips_at
    weak = scenarios(0.5, Interval(0.2, 0.8))[Scenario.WORST_CASE].flips_at
    assert weak is not None
    assert strong is not None
    assert weak < strong


def test_a_negative_finding_is_tested_from_the_other_side() -> None:
    worst = scenarios(-1.0, Interval(-1.3, -0.7))[Scenario.WORST_CASE]
    assert worst.supposed[-1].difference > 0
    assert worst.flips_at is not None


def test_attested_people_cannot_be_hidden_ai() -> None:
    found = scenarios(1.0, Interval(0.7, 1.3), unmarked=0.0)
    for one in found.values():
        assert one.supposed[-1].difference == pytest.approx(difference(1.0))
        assert one.flips_at is None


def test_where_nothing_was_found_nothing_flips() -> None:
    for one in scenarios(0.0, Interval(-0.3, 0.3)).values():
        assert not one.had_finding
        assert one.flips_at is None
