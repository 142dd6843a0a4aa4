from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from scanner.base.model import Label
from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.inference import Resampling
from scanner.compare.lines import (
    LineLives,
    LineSurvival,
    Weighing,
    line_survival,
    lives_of,
)
from scanner.compare.table import Row
from scanner.durability.fates import FollowedLines
from tests.compare.rows import ai_arms, row, table

FEW = Resampling(seed=3, rounds=199)


def history(
    hazard_of_ai: float, *, seed: int = 0, lines: int = 30, changes: int = 120
) -> tuple[list[Row], LineLives]:
    """Six authors; a share of each change's lines ends by day 30, more of some changes."""
    random = np.random.default_rng(seed)
    rows, row_of, days, ended = [], [], [], []
    for number in range(changes):
        is_ai = number % 2 == 0
        rows.append(row(1.0, author=f"a{number % 6}", label=Label.AI if is_ai else Label.UNMARKED))
        risk = np.clip(random.normal(hazard_of_ai if is_ai else 0.2, 0.1), 0, 1)
        watched = random.uniform(20, 200)
        for _ in range(lines):
            end = random.uniform(0, 30) if random.random() < risk else np.inf
            row_of.append(number)
            days.append(min(end, watched))
            ended.append(end <= watched)
    return rows, LineLives(np.array(row_of), np.array(days), np.array(ended))


def measured(
    rows: list[Row], lives: LineLives, weighing: Weighing = Weighing.LINES
) -> LineSurvival:
    found = line_survival(table(rows), ai_arms(rows), lives, weighing, FEW)
    assert isinstance(found, Measured)
    return found.value


def test_equal_arms_show_nothing() -> None:
    found = measured(*history(0.2))
    assert found.p > 0.05
    at_30 = found.adjusted[1]
    assert at_30.interval is not None
    assert not at_30.interval.excludes(0.0)


def test_a_shorter_life_is_found_with_its_size() -> None:
    found = measured(*history(0.6))
    assert found.p <= 0.01
    at_30 = found.adjusted[1]
    assert at_30.day == 30
    assert at_30.difference == pytest.approx(-0.4, abs=0.08)
    assert at_30.interval is not None
    assert at_30.interval.excludes(0.0)
    assert at_30.interval.low is not None
    assert at_30.interval.low < -0.4 < (at_30.interval.high or 1)


def test_curves_agree_with_lifelines() -> None:
    rows, lives = history(0.4)
    found = measured(rows, lives)
    mine = np.array([rows[i].label is Label.AI for i in lives.row])
    fitter = KaplanMeierFitter().fit(np.ceil(lives.days[mine]), lives.ended[mine])
    for point in found.treated.points:
        assert point.survival == pytest.approx(float(fitter.predict(point.day)))
    assert found.raw[0].treated == pytest.approx(float(fitter.predict(14)))


def test_intervals_stay_between_zero_and_one_and_hold_the_curve() -> None:
    for curve in (measured(*history(0.9)).treated, measured(*history(0.02)).treated):
        for point in curve.points:
            if point.interval is not None:
                assert point.interval.low is not None
                assert point.interval.high is not None
                assert 0 <= point.interval.low <= point.survival <= point.interval.high <= 1


def test_numbers_at_risk_only_fall() -> None:
    table_of_risk = measured(*history(0.4)).others.at_risk
    assert table_of_risk[0] == (0, 1800, 60)
    lines = [at for _, at, _ in table_of_risk]
    assert lines == sorted(lines, reverse=True)


def test_a_giant_change_leads_by_lines_and_not_by_changes() -> None:
    rows, lives = history(0.4)
    giant = LineLives(
        np.concatenate((lives.row, np.zeros(2000, np.int64))),
        np.concatenate((lives.days, np.full(2000, 5.0))),
        np.concatenate((lives.ended, np.ones(2000, bool))),
    )
    by_lines = measured(rows, giant, Weighing.LINES)
    by_changes = measured(rows, giant, Weighing.CHANGES)
    effective = [
        min(one.treated.effective_clusters, one.others.effective_clusters)
        for one in (by_lines, by_changes)
    ]
    assert effective[0] < effective[1]


def test_each_change_counts_once_if_asked() -> None:
    rows, lives = history(0.4, lines=4)
    found = measured(rows, lives, Weighing.CHANGES)
    shares = [
        np.mean(~(lives.ended & (lives.days <= 14))[lives.row == i])
        for i in range(len(rows))
        if rows[i].label is Label.AI
    ]
    assert found.raw[0].treated == pytest.approx(float(np.mean(shares)), abs=1e-9)


def test_lines_of_excluded_changes_are_left_out() -> None:
    followed = FollowedLines(
        np.arange(4),
        np.array([0, 1, 2, 2]),
        np.array([1, -1, -1, -1]),
        np.array([3.0, 9, 5, 5]),
        np.array([True, False, False, False]),
        np.arange(4),
    )
    lives = lives_of(followed, np.array([0, -1, 1]))
    assert lives.row.tolist() == [0, 1, 1]
    assert lives.days.tolist() == [3, 5, 5]
    assert lives.ended.tolist() == [True, False, False]


def test_no_lines_is_not_applicable() -> None:
    rows, lives = history(0.4, changes=4)
    nothing = LineLives(lives.row[:0], lives.days[:0], lives.ended[:0])
    assert isinstance(line_survival(table(rows), ai_arms(rows), nothing), NotApplicable)


def test_lines_of_one_change_are_not_taken_as_independent() -> None:
    """All lines of a change share its fate and arms do not matter: rejected by chance only."""
    rejected = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        rows = [
            row(1.0, author=f"a{i % 5}", label=Label.AI if i % 2 else Label.UNMARKED)
            for i in range(80)
        ]
        ends = random.exponential(30, 80)
        row_of = np.repeat(np.arange(80), 20)
        lives = LineLives(row_of, np.minimum(ends, 60)[row_of], (ends <= 60)[row_of])
        rejected += measured(rows, lives).p <= 0.05
    assert rejected <= 8
