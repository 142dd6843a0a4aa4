"""The whole comparison on drawn histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from scanner.base.model import Label, Level
from scanner.compare.compare import (
    Comparison,
    Contrast,
    arms_of,
    arms_within,
    check_scores,
    compare,
    coverage,
    named_arms,
    placebo,
    placebo_arms,
    size_of,
)
from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives
from scanner.compare.readings import Reading
from scanner.compare.sensitivity import Scenario
from scanner.compare.table import OutcomeSpec, Row, Scale, Theme
from tests.compare.rows import SHARE, balanced, row, table

FEW = Resampling(seed=9, rounds=199)
DEBT = OutcomeSpec("debt", "Debt", "points", Theme.DEBT, Scale.AMOUNT)
REWORK = OutcomeSpec("rework_14", "Rework", "share", Theme.DURABILITY, Scale.SHARE)


def no_lines() -> LineLives:
    return LineLives(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool))


def compared(rows: Sequence[Row]) -> Comparison:
    return compare(table(rows), no_lines(), FEW)


def test_coverage_counts_labels() -> None:
    rows = [
        row(1.0, label=label) for label in (Label.AI, Label.UNMARKED, Label.UNMARKED, Label.HUMAN)
    ]
    found = coverage(rows)
    assert found.labels == ((Label.AI, 1), (Label.HUMAN, 1), (Label.UNMARKED, 2))
    assert (found.changes, found.ai_share, found.unmarked_share) == (4, 0.25, 0.5)
    assert coverage([]).ai_share == 0


def test_a_planted_effect_goes_through_every_page() -> None:
    found = compared(balanced(6, 25, 1.5))
    (main,) = found.contrasts
    assert main.contrast is Contrast.AI
    assert (main.treated, main.others) == (150, 150)
    (one,) = main.estimates
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.reading is Reading.HIGHER
    (sensitivity,) = main.sensitivity
    assert isinstance(sensitivity.scenarios, Measured)
    worst = next(s for s in sensitivity.scenarios.value if s.scenario is Scenario.WORST_CASE)
    assert worst.had_finding
    assert worst.flips_at is not None
    assert all(isinstance(state, NotApplicable) for _, state in main.survival)
    assert found.resampling == FEW


def test_equal_seeds_give_equal_comparisons() -> None:
    rows = balanced(5, 20, 0.4)
    assert compared(rows) == compared(rows)


def test_a_small_history_is_compared_with_care() -> None:
    found = compared(balanced(2, 3, 0.0))
    (one,) = found.contrasts[0].estimates
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.reading is Reading.UNCLEAR
    assert isinstance(found.contrasts[0].sensitivity[0].scenarios, Measured)
    assert compare(table([]), no_lines(), FEW).coverage.changes == 0


def labelled(*labels: tuple[Label, Level | None]) -> list[Row]:
    return [row(1.0, label=label, level=level) for label, level in labels]


def test_sides_of_each_question() -> None:
    one = table(
        labelled(
            (Label.AI, Level.AUTHOR_IDENTITY),
            (Label.AI, Level.DECLARED_AUTHORSHIP),
            (Label.MIXED, None),
            (Label.ASSISTED, None),
            (Label.UNMARKED, None),
            (Label.HUMAN, None),
            (Label.AUTOMATION, None),
        )
    )
    no = float("nan")
    expected = {
        Contrast.AI: [1, 1, no, no, 0, 0, no],
        Contrast.AGENT_AUTHORED: [1, no, no, no, 0, 0, no],
        Contrast.MIXED: [no, no, 1, 1, 0, 0, no],
        Contrast.AI_UNMARKED: [1, 1, no, no, 0, no, no],
        Contrast.AI_HUMAN: [1, 1, no, no, no, 0, no],
    }
    for contrast, sides in expected.items():
        np.testing.assert_array_equal(arms_of(one, contrast).treated, sides)


def test_only_questions_that_differ_are_asked() -> None:
    plain = compared(balanced(4, 10, 0.0))
    assert [one.contrast for one in plain.contrasts] == [Contrast.AI]
    more = [*balanced(4, 10, 0.0), *labelled((Label.MIXED, None), (Label.HUMAN, None))]
    asked = [one.contrast for one in compared(more).contrasts]
    assert asked == [Contrast.AI, Contrast.AI_UNMARKED, Contrast.AI_HUMAN, Contrast.MIXED]


def test_several_models_are_asked_for_one_by_one_and_one_is_not() -> None:
    rows = balanced(3, 4, 1.0)
    one = [replace(each, models=("opus 4.6",) if each.label is Label.AI else ()) for each in rows]
    assert named_arms(table(one), lambda each: each.models) == ()
    two = [
        replace(each, models=("opus 4.6" if number % 3 else "sonnet 4.5",))
        for number, each in enumerate(rows)
    ]
    found = named_arms(table(two), lambda each: each.models)
    assert [arms.treated_name for arms in found] == ["opus 4.6", "sonnet 4.5"]
    assert sum(int(np.nansum(arms.treated)) for arms in found) == 12
    assert all(np.count_nonzero(arms.treated == 0) == 12 for arms in found)


def before_and_after(level_of_users: float) -> list[Row]:
    random = np.random.default_rng(0)
    rows = []
    for number in range(8):
        is_user = number < 4
        for day in range(40):
            mean = level_of_users if is_user else 1.0
            is_ai = is_user and day >= 30
            label = Label.AI if is_ai else Label.UNMARKED
            rows.append(
                row(float(random.normal(mean, 1)), author=f"a{number}", day=day, label=label)
            )
    return rows


def test_the_placebo_sees_people_who_differed_before() -> None:
    found = placebo(table(before_and_after(4.0)), FEW)
    assert isinstance(found, Measured)
    (one,) = found.value
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.reading is Reading.HIGHER
    assert one.treated is not None
    assert one.treated.n == 120


def test_the_placebo_is_silent_where_people_were_alike() -> None:
    found = placebo(table(before_and_after(1.0)), FEW)
    assert isinstance(found, Measured)
    (one,) = found.value
    assert isinstance(one.adjusted, Measured)
    assert one.adjusted.value.reading in (Reading.UNCLEAR, Reading.ALIKE)


def test_no_placebo_where_everyone_uses_ai_from_the_start() -> None:
    assert placebo_arms(table(balanced(4, 10, 0.0))) is None
    assert isinstance(placebo(table(balanced(4, 10, 0.0)), FEW), NotApplicable)


def test_scores_are_checked_against_what_followed() -> None:
    random = np.random.default_rng(1)
    rows = []
    for number in range(400):
        debt = float(random.exponential(10))
        rework = float(np.clip(0.1 + debt / 60 + random.normal(0, 0.1), 0, 1))
        rows.append(row(debt, rework, author=f"a{number % 5}", day=number / 5))
    (found,) = check_scores(table(rows, DEBT, REWORK), FEW)
    assert isinstance(found, Measured)
    (followed,) = found.value.followed
    assert isinstance(followed.adjusted, Measured)
    assert followed.adjusted.value.reading is Reading.HIGHER
    assert check_scores(table(rows, SHARE, REWORK), FEW) == ()


@pytest.mark.parametrize("authors", [1, 5])
def test_progress_reaches_its_end(authors: int) -> None:
    told: list[tuple[int, int]] = []
    compare(table(balanced(authors, 40, 0.0)), no_lines(), FEW, lambda *at: told.append(at))
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)


def test_the_main_question_is_asked_within_each_size_that_holds_both_arms() -> None:
    def sized(label: Label, lines: int) -> Row:
        return row(1.0, label=label, lines=lines)

    one = table([sized(label, 20) for label in (Label.AI, Label.UNMARKED)])
    assert arms_within(one, size_of) == ()
    both = (Label.AI, Label.UNMARKED, Label.MIXED)
    rows = [sized(label, lines) for lines in (1200, 0, 9, 10, 50) for label in both]
    several = table([*rows, sized(Label.AI, 500)])
    found = arms_within(several, size_of)
    assert [arms.treated_name for arms in found] == [
        "AI-attributed, 0 to 9 lines",
        "AI-attributed, 10 to 49 lines",
        "AI-attributed, 50 to 199 lines",
        "AI-attributed, 1,000 or more lines",
    ]
    assert [int(np.nansum(arms.treated)) for arms in found] == [2, 1, 1, 1]
    assert [int(np.count_nonzero(arms.treated == 0)) for arms in found] == [2, 1, 1, 1]
