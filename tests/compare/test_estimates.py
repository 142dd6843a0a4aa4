from __future__ import annotations

import numpy as np
import pytest

from fixtures.simulated import PLANS, Plan, draw, outcome_of
from scanner.base.model import Duration, Label, Missing, Ratio
from scanner.compare.estimates import Adjusted, estimate, with_q_values
from scanner.compare.evidence import (
    CouldNotMeasure,
    Measured,
    NotApplicable,
)
from scanner.compare.inference import IntervalMethod, Resampling
from scanner.compare.readings import Reading
from scanner.compare.strata import Factor
from scanner.compare.table import ClusterBy, Row
from tests.compare.rows import AMOUNT, SHARE, WAIT, YES_NO, ai_arms, balanced, row, table

FEW = Resampling(seed=1, rounds=199)


def adjusted(rows: list[Row]) -> Adjusted:
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.adjusted, Measured)
    return one.adjusted.value


def test_equal_arms_show_no_difference() -> None:
    found = adjusted(balanced(5, 20, 0.0))
    assert found.reading in (Reading.UNCLEAR, Reading.ALIKE)
    assert found.effect.p is not None
    assert found.effect.p > 0.05
    assert found.rank is not None
    assert found.rank.chance == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("effect", "reading"), [(2.0, Reading.HIGHER), (-2.0, Reading.LOWER)])
def test_a_clear_difference_is_found(effect: float, reading: Reading) -> None:
    found = adjusted(balanced(6, 20, effect))
    assert found.reading is reading
    assert found.effect.difference == pytest.approx(effect, abs=0.4)
    assert found.effect.clusters == 6
    assert found.stratification.holds_fixed[0] is Factor.AUTHOR


def test_adjusting_undoes_who_writes_what() -> None:
    """The author with the worst values uses AI most: raw differs, adjusted does not."""
    random = np.random.default_rng(0)
    rows = []
    for number in range(6):
        for _ in range(60):
            is_ai = bool(random.random() < (0.85 if number < 3 else 0.15))
            level = 5.0 if number < 3 else 1.0
            label = Label.AI if is_ai else Label.UNMARKED
            rows.append(row(level + random.normal(), author=f"a{number}", label=label))
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.raw, Measured)
    assert isinstance(one.adjusted, Measured)
    assert one.raw.value.effect.difference > 2
    assert abs(one.adjusted.value.effect.difference) < 0.5
    assert one.adjusted.value.reading in (Reading.UNCLEAR, Reading.ALIKE)


def test_few_changes_have_an_estimate_and_a_wide_interval() -> None:
    few = adjusted(balanced(2, 5, 0.0))
    many = adjusted(balanced(6, 40, 0.0))
    assert few.reading is Reading.UNCLEAR
    assert width(few) > 3 * width(many)
    assert few.effect.resolution.further is not None
    assert few.effect.resolution.further > 0


def width(one: Adjusted) -> float:
    bounds = one.effect.difference_interval
    assert bounds.low is not None
    assert bounds.high is not None
    return bounds.high - bounds.low


def test_below_five_changes_an_arm_nothing_is_concluded() -> None:
    rows = [row(float(100 * ai), label=Label.AI if ai else Label.UNMARKED) for ai in (0, 1)] * 4
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.reading is Reading.DESCRIBED
    assert one.treated is not None
    assert one.treated.single == (100.0,) * 4


def test_one_against_one_is_shown() -> None:
    rows = [row(3.0, label=Label.AI), row(1.0)]
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.adjusted, Measured)
    effect = one.adjusted.value.effect
    assert (effect.treated_mean, effect.others_mean, effect.ratio) == (3.0, 1.0, 3.0)
    assert effect.difference_interval.is_open


def test_one_giant_change_is_told_and_ranks_do_not_follow_it() -> None:
    rows = balanced(5, 20, 0.0)
    giant = row(5000.0, author="author 0", label=Label.AI, change="giant")
    one = estimate(table([*rows, giant], AMOUNT), ai_arms([*rows, giant]), AMOUNT, FEW)
    assert isinstance(one.adjusted, Measured)
    found = one.adjusted.value
    assert found.reading is Reading.UNCLEAR
    assert found.influential[0].change == "giant"
    assert abs(found.influential[0].difference_without) < 1
    assert found.rank is not None
    assert found.rank.chance == pytest.approx(0.5, abs=0.1)


def test_a_ratio_of_sums_is_that_of_the_sums() -> None:
    rows = [
        row(Ratio(float(i % 3), 10.0 + 7 * (i % 5)), author=f"a{i % 4}", label=label)
        for i in range(60)
        for label in (Label.AI, Label.UNMARKED)
    ]
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.raw, Measured)
    assert one.treated is not None
    ai = [r.values[0] for r in rows if r.label is Label.AI]
    pooled = sum(v.amount for v in ai if isinstance(v, Ratio)) / sum(
        v.of for v in ai if isinstance(v, Ratio)
    )
    assert one.treated.mean == pytest.approx(pooled)
    assert one.raw.value.effect.treated_mean == pytest.approx(pooled)
    assert one.raw.value.effect.ratio == pytest.approx(1.0)


def test_nobody_in_an_arm_and_nothing_measured_are_told_apart() -> None:
    nobody = balanced(5, 20, 0.0)
    nobody = [one for one in nobody if one.label is not Label.AI]
    none = estimate(table(nobody), ai_arms(nobody), SHARE, FEW)
    assert none.raw == NotApplicable("there are no AI-attributed changes")
    missing = [
        row(
            Missing("no forge") if one.label is Label.AI else 1.0,
            author=one.author,
            label=one.label,
        )
        for one in balanced(5, 20, 0.0)
    ]
    found = estimate(table(missing), ai_arms(missing), SHARE, FEW)
    assert found.raw == CouldNotMeasure("not measured for any of the AI-attributed changes")
    assert found.missing == (("no forge", 100),)
    assert found.coverage == 0.5


def test_arms_without_a_common_stratum_have_a_raw_figure_only() -> None:
    rows = [row(1.0 + i % 3, author=f"a{i % 4}", lines=5, label=Label.AI) for i in range(40)]
    rows += [row(1.0 + i % 2, author=f"b{i % 4}", lines=500) for i in range(40)]
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.raw, Measured)
    assert one.adjusted == NotApplicable("no stratum holds changes of both arms")


def test_a_single_author_is_clustered_on_weeks() -> None:
    random = np.random.default_rng(3)
    rows = [
        row(float(random.normal()), label=Label.AI if i % 2 else Label.UNMARKED, day=float(i))
        for i in range(120)
    ]
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.effect.cluster_by is ClusterBy.WEEK
    assert one.adjusted.value.effect.clusters > 10


def test_one_author_who_writes_nearly_all_is_clustered_on_weeks_too() -> None:
    rows = [
        row(
            float(i % 7),
            author="a0" if i % 12 else f"a{1 + i // 12 % 3}",
            label=Label.AI if i // 12 % 2 else Label.UNMARKED,
            day=float(i % 80),
        )
        for i in range(480)
    ]
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.effect.cluster_by is ClusterBy.AUTHOR_WEEK
    assert one.adjusted.value.effect.effective_clusters > 5


def test_a_yes_or_no_outcome_has_risks_and_their_ratio() -> None:
    rows = [
        row(
            float(i % 10 < (4 if ai else 2)),
            author=f"a{i % 5}",
            label=Label.AI if ai else Label.UNMARKED,
        )
        for i in range(200)
        for ai in (0, 1)
    ]
    one = estimate(table(rows, YES_NO), ai_arms(rows), YES_NO, FEW)
    assert one.treated is not None
    assert one.treated.proportion is not None
    assert one.treated.proportion.value == 0.4
    assert isinstance(one.raw, Measured)
    assert one.raw.value.effect.difference == pytest.approx(0.2)
    assert one.raw.value.effect.ratio == pytest.approx(2.0)


def test_a_handful_of_events_has_a_score_interval() -> None:
    rows = [
        row(float(i < 3), author=f"a{i % 5}", label=Label.AI if i % 2 else Label.UNMARKED)
        for i in range(200)
    ]
    one = estimate(table(rows, YES_NO), ai_arms(rows), YES_NO, FEW)
    assert isinstance(one.raw, Measured)
    bounds = one.raw.value.effect.difference_interval
    assert bounds.method is IntervalMethod.SCORE
    assert not bounds.excludes(0.0)
    assert one.treated is not None
    assert one.treated.proportion is not None
    assert one.treated.proportion.events == 1


def test_waits_are_compared_capped_and_described_with_those_still_open() -> None:
    rows = []
    for i in range(160):
        open_still = i % 4 == 0
        wait = Duration(50 if open_still else 5 + i % 2, ended=not open_still, follow_up=50)
        label = Label.AI if i % 8 < 4 else Label.UNMARKED
        rows.append(row(wait, author=f"a{i % 5}", label=label))
    one = estimate(table(rows, WAIT), ai_arms(rows), WAIT, FEW)
    assert one.treated_wait is not None
    assert (one.treated_wait.ended, one.treated_wait.open) == (60, 20)
    assert one.treated_wait.median == 6
    assert one.treated_wait.p90 is None
    assert one.treated is not None
    assert one.treated.largest == 30


def test_q_values_are_over_what_was_measured() -> None:
    rows = balanced(5, 20, 0.6)
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    alone = [one for one in rows if one.label is Label.AI]
    absent = estimate(table(alone), ai_arms(alone), SHARE, FEW)
    judged = with_q_values([one, absent, one])
    assert isinstance(judged[0].adjusted, Measured)
    assert judged[0].adjusted.value.q == pytest.approx(judged[0].adjusted.value.effect.p)
    assert judged[1] == absent


def test_every_level_of_strata_is_shown() -> None:
    found = adjusted(balanced(5, 20, 1.0))
    assert len(found.ladder) == 7
    assert all(step.difference == pytest.approx(1.0, abs=0.5) for step in found.ladder)


def test_seeds_decide() -> None:
    rows = balanced(5, 20, 0.3)
    same = [
        estimate(table(rows), ai_arms(rows), SHARE, Resampling(seed, 199)) for seed in (1, 1, 2)
    ]
    assert same[0] == same[1]
    assert same[0] != same[2]


@pytest.mark.parametrize("plan", PLANS[:2], ids=lambda plan: plan.name)
def test_planted_effects_are_covered_by_the_whole_pipeline(plan: Plan) -> None:
    rounds, held = 40, 0
    for seed in range(rounds):
        history, arms = draw(plan, np.random.default_rng(seed))
        one = estimate(history, arms, outcome_of(plan), Resampling(seed, 99))
        assert isinstance(one.adjusted, Measured)
        bounds = one.adjusted.value.effect.difference_interval
        held += not bounds.excludes(plan.effect)
    assert held / rounds >= 0.95 - 3 * 0.0345


@pytest.mark.parametrize(
    ("treated", "others", "excludes"),
    [
        ({"small": 1, "large": 8}, {"small": 1, "large": 8}, False),
        ({"small": 0, "large": 9}, {"small": 2, "large": 9}, False),
        ({"small": 0, "large": 9}, {"small": 6, "large": 9}, True),
    ],
)
def test_what_strata_explain_is_not_held_against_a_share(
    treated: dict[str, int], others: dict[str, int], excludes: bool
) -> None:
    """Nine small and nine large changes: nearly all large ones have it. Shuffled labels decide."""
    rows = [
        row(float(number < held[size]), label=label, lines=lines, author=f"author {number % 4}")
        for label, held in ((Label.AI, treated), (Label.UNMARKED, others))
        for size, lines in (("small", 5), ("large", 90))
        for number in range(9)
    ]
    ladder = ((Factor.SIZE,),)
    one = estimate(table(rows, YES_NO), ai_arms(rows), YES_NO, FEW, ladder).adjusted
    assert isinstance(one, Measured)
    effect = one.value.effect
    assert effect.p is not None
    assert effect.difference_interval.excludes(0.0) is excludes is (effect.p < 0.05)
