from __future__ import annotations

import numpy as np
import pytest

from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.inference import Resampling
from scanner.compare.readings import Reading
from scanner.compare.table import Row
from scanner.compare.validity import Validity, validity
from tests.compare.rows import AMOUNT, SHARE, row, table

FEW = Resampling(seed=5, rounds=199)


def history(slope: float, *, seed: int = 0) -> list[Row]:
    """Rework follows the score with the given slope."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(600):
        score = float(random.choice([0.0, 0.0, random.exponential(20)]))
        rework = float(np.clip(random.normal(0.2, 0.1) + slope * (score > 15), 0, 1))
        rows.append(row(score, rework, author=f"a{number % 6}", day=number / 8))
    return rows


def checked(rows: list[Row]) -> Validity:
    found = validity(table(rows, AMOUNT, SHARE), AMOUNT, [SHARE], FEW)
    assert isinstance(found, Measured)
    return found.value


def test_a_score_without_relation_is_told_so_and_suggests_nothing() -> None:
    found = checked(history(0.0))
    (followed,) = found.followed
    assert isinstance(followed.adjusted, Measured)
    assert followed.adjusted.value.reading in (Reading.UNCLEAR, Reading.ALIKE)
    assert isinstance(found.threshold, NotApplicable)
    assert found.threshold.reason == "no relation of Amount to what followed was shown"


def test_a_score_with_a_relation_suggests_a_limit_that_later_changes_confirm() -> None:
    found = checked(history(0.3))
    (followed,) = found.followed
    assert isinstance(followed.adjusted, Measured)
    assert followed.adjusted.value.reading is Reading.HIGHER
    assert found.lower_quartile == 0
    assert isinstance(found.threshold, Measured)
    limit = found.threshold.value
    assert limit.limit < 40
    assert 0 < limit.above < 0.5
    assert limit.is_confirmed


def test_equal_scores_have_no_quarters() -> None:
    rows = [row(0.0, 0.1, author=f"a{i % 5}") for i in range(100)]
    found = validity(table(rows, AMOUNT, SHARE), AMOUNT, [SHARE], FEW)
    assert isinstance(found, NotApplicable)


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_seeds_give_equal_answers(seed: int) -> None:
    rows = history(0.2, seed=seed)
    assert checked(rows) == checked(rows)
