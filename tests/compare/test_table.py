from __future__ import annotations

import numpy as np
import pytest

from scanner.base.model import Arm, Duration, Label, Missing
from scanner.compare.table import ClusterBy, Value
from tests.compare.rows import AMOUNT, WAIT, row, table


@pytest.mark.parametrize(
    ("value", "number", "reason"),
    [
        (Duration(4, ended=True, follow_up=40), 4.0, None),
        (Duration(45, ended=True, follow_up=90), 30.0, None),
        (Duration(40, ended=False, follow_up=40), 30.0, None),
        (Duration(10, ended=False, follow_up=10), None, None),
        # Young ones count as far as they were seen, but have no figure of their own:
        # ended early, but others of its age could not have been seen to end later.
        (Duration(4, ended=True, follow_up=10), None, None),
        (Missing("no pull request"), None, "no pull request"),
    ],
)
def test_a_wait_counts_where_all_waits_could_be_seen(
    value: Value, number: float | None, reason: str | None
) -> None:
    one = table([row(value)], WAIT)
    found = one.values(WAIT)[0]
    assert (None if np.isnan(found) else found) == number
    assert one.missing(WAIT, [0]) == (((reason, 1),) if reason else ())


def test_reasons_are_counted_the_commonest_first() -> None:
    rows = [row(Missing("a")), row(Missing("b")), row(Missing("b")), row(1.0)]
    assert table(rows, AMOUNT).missing(AMOUNT, range(4)) == (("b", 2), ("a", 1))


@pytest.mark.parametrize(
    ("lines", "bin_of"), [(0, 1), (9, 1), (10, 2), (49, 2), (50, 3), (200, 4), (999, 4), (1000, 5)]
)
def test_size_bins(lines: int, bin_of: int) -> None:
    assert table([row(1.0, lines=lines)]).size.tolist() == [bin_of]


def test_quarters_and_weeks_follow_the_calendar() -> None:
    one = table([row(1.0), row(1.0, day=83), row(1.0, day=84), row(1.0, day=7)])
    assert one.quarter.tolist() == [8100, 8100, 8100, 8100]
    assert table([row(1.0), row(1.0, day=90)]).quarter.tolist() == [8100, 8101]
    assert one.week.tolist() == [202502, 202513, 202514, 202503]


def test_one_author_is_clustered_by_week() -> None:
    assert table([row(1.0), row(1.0, day=7)]).cluster_by is ClusterBy.WEEK
    assert table([row(1.0), row(1.0, author="b")]).cluster_by is ClusterBy.AUTHOR


@pytest.mark.parametrize(
    ("label", "arm"),
    [
        (Label.AI, Arm.AI),
        (Label.MIXED, Arm.MIXED),
        (Label.ASSISTED, Arm.MIXED),
        (Label.HUMAN, Arm.OTHER),
        (Label.UNMARKED, Arm.OTHER),
        (Label.AUTOMATION, None),
    ],
)
def test_arms_of_labels(label: Label, arm: Arm | None) -> None:
    assert row(1.0, label=label).arm is arm
