from __future__ import annotations

import numpy as np
import pytest

from fixtures.simulated import PLANS, Plan, draw, outcome_of
from scanner.base.model import Duration, Label, Missing
from scanner.compare.estimates import Adjusted, Finding, estimate, with_q_values
from scanner.compare.evidence import (
    CouldNotMeasure,
    InsufficientEvidence,
    Measured,
    NotApplicable,
)
from scanner.compare.inference import Resampling
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
    assert found.finding is Finding.NOT_SHOWN
    assert found.p > 0.05
    assert found.cliffs_delta.value == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize(("effect", "finding"), [(2.0, Finding.HIGHER), (-2.0, Finding.LOWER)])
def test_a_clear_difference_is_found(effect: float, finding: Finding) -> None:
    found = adjusted(balanced(6, 20, effect))
    assert found.finding is finding
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
    assert one.adjusted.value.finding is Finding.NOT_SHOWN


def test_too_few_changes_name_what_is_missing() -> None:
    rows = balanced(2, 5, 0.0)
    one = estimate(table(rows), ai_arms(rows), SHARE, FEW)
    assert isinstance(one.raw, InsufficientEvidence)
    parts = [(part.have, part.need, part.what) for part in (one.raw, *one.raw.also)]
    assert parts == [
        (10, 30, "AI-attributed changes"),
        (2, 3, "authors with AI-attributed changes"),
        (10, 30, "other changes"),
        (2, 3, "authors with other changes"),
    ]
    assert one.adjusted == one.raw


def test_one_change_with_most_of_an_amount_is_no_evidence() -> None:
    rows = balanced(5, 20, 0.0)
    giant = row(5000.0, author="author 0", label=Label.AI)
    one = estimate(table([*rows, giant], AMOUNT), ai_arms([*rows, giant]), AMOUNT, FEW)
    assert isinstance(one.raw, InsufficientEvidence)
    assert one.raw.what.startswith("largest share of one change")
    assert one.raw.have > 0.9


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
    assert one.treated.proportion.per_thousand == 400
    assert isinstance(one.raw, Measured)
    assert one.raw.value.effect.difference == pytest.approx(0.2)
    assert one.raw.value.effect.ratio == pytest.approx(2.0)


def test_a_handful_of_events_is_no_evidence() -> None:
    rows = [
        row(float(i < 3), author=f"a{i % 5}", label=Label.AI if i % 2 else Label.UNMARKED)
        for i in range(200)
    ]
    one = estimate(table(rows, YES_NO), ai_arms(rows), YES_NO, FEW)
    assert one.raw == InsufficientEvidence(3, 5, "changes with this in both arms together")
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
    absent = estimate(table(balanced(2, 5, 0.0)), ai_arms(balanced(2, 5, 0.0)), SHARE, FEW)
    judged = with_q_values([one, absent, one])
    assert isinstance(judged[0].adjusted, Measured)
    assert judged[0].adjusted.value.q == pytest.approx(judged[0].adjusted.value.p)
    assert judged[1] == absent


def test_every_level_of_strata_is_shown() -> None:
    found = adjusted(balanced(5, 20, 1.0))
    assert [step.enough for step in found.ladder] == [True] * 7
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
        assert bounds is not None
        held += not bounds.excludes(plan.effect)
    assert held / rounds >= 0.95 - 3 * 0.0345
