from __future__ import annotations

import numpy as np
import pytest

from scanner.base.model import Label
from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.trends import by_month, by_release, mean_interval, trend
from tests.compare.rows import SHARE, ai_arms, row, table


def test_months_without_changes_are_there_too() -> None:
    one = table([row(1.0), row(1.0, day=70)])
    periods = by_month(one)
    assert periods.names == ("2025-01", "2025-02", "2025-03")
    assert periods.of_row.tolist() == [0, 2]
    assert by_month(table([])).names == ()


def test_releases_keep_their_order_and_unreleased_changes_are_in_none() -> None:
    one = table([row(1.0, change="a"), row(1.0, change="b"), row(1.0, change="c")])
    periods = by_release(one, ("1.0", "2.0"), {"a": "2.0", "b": "1.0"})
    assert periods.of_row.tolist() == [1, 0, -1]


def test_cells_say_what_they_rest_on() -> None:
    rows = [row(float(i % 2), author=f"a{i % 4}", label=Label.AI) for i in range(12)]
    rows += [row(1.0, author="b") for _ in range(3)]
    rows += [row(0.5, author="b", day=40)]
    one = table(rows)
    cells = trend(one, ai_arms(rows), SHARE, by_month(one)).cells
    assert [(cell.period, cell.arm, cell.changes, cell.clusters) for cell in cells] == [
        ("2025-01", "AI-attributed", 12, 4),
        ("2025-01", "other", 3, 1),
        ("2025-02", "AI-attributed", 0, 0),
        ("2025-02", "other", 1, 1),
    ]
    first, second, third, _ = (cell.value for cell in cells)
    assert isinstance(first, Measured)
    assert first.value.mean == 0.5
    assert first.value.interval is not None
    assert isinstance(second, Measured)
    assert (second.value.mean, second.value.interval) == (1.0, None)
    assert isinstance(third, NotApplicable)


def test_a_mean_of_single_changes_has_students_interval() -> None:
    values = np.array([1.0, 2, 3, 4, 5])
    found = mean_interval(values, np.ones(5), np.arange(5))
    assert found is not None
    reach = 2.7764451 * values.std(ddof=1) / np.sqrt(5)
    assert (found.low, found.high) == pytest.approx((3 - reach, 3 + reach))
    assert mean_interval(values, np.ones(5), np.zeros(5, np.int64)) is None
