"""Times of commits where a clock was wrong: what is left alone, then what is bounded."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.base.model import Commit, Person
from scanner.git.clocks import SLACK, clock_problems, with_possible_times

NOW = datetime(2026, 11, 30, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ADA = Person("Ada", "ada@example.org")


def commit(oid: str, time: datetime, *parents: str) -> Commit:
    return Commit(oid, "", parents, ADA, time, ADA, time, "")


def on_day(day: float) -> datetime:
    return START + day * DAY


def chain(*times: datetime) -> list[Commit]:
    return [commit(str(n), time, *([str(n - 1)] if n else [])) for n, time in enumerate(times)]


def days(commits: list[Commit]) -> list[float]:
    found = with_possible_times(commits, commits, NOW)
    return [(one.committed - START) / DAY for one in found]


LEAVE_ALONE = [
    ("in order", [0, 1, 2, 3]),
    ("at once", [0, 0, 0]),
    ("hours behind", [0, 1, 0.5, 2]),
    ("a year's pause", [0, 1, 300, 301]),
    ("alone", [5]),
    ("none", []),
]


@pytest.mark.parametrize(("why", "given_days"), LEAVE_ALONE)
def test_times_that_can_be(why: str, given_days: list[float]) -> None:
    assert days(chain(*map(on_day, given_days))) == given_days, why


FUTURE, EPOCH = datetime(2099, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC)
WRONG = [
    ("in the future, between", [on_day(0), FUTURE, on_day(2)], [0, 2, 2]),
    ("in the future, last", [on_day(0), on_day(1), FUTURE], [0, 1, 1]),
    ("in the future, twice", [on_day(0), FUTURE, FUTURE, on_day(3)], [0, 3, 3, 3]),
    ("at the epoch, between", [on_day(0), EPOCH, on_day(2)], [0, 0, 2]),
    ("at the epoch, last", [on_day(0), EPOCH], [0, 0]),
    ("at the epoch, first", [EPOCH, on_day(1), on_day(2)], [1, 1, 2]),
    ("months ahead", [on_day(0), on_day(200), on_day(2), on_day(3)], [0, 2, 2, 3]),
    ("years behind", [on_day(0), on_day(1), on_day(-900), on_day(3)], [0, 1, 1, 3]),
    ("years behind, last", [on_day(0), on_day(-900)], [0, 0]),
]


@pytest.mark.parametrize(("why", "times", "expected"), WRONG)
def test_times_that_cannot_be(why: str, times: list[datetime], expected: list[float]) -> None:
    assert days(chain(*times)) == expected, why


def test_a_branch_lies_between_where_it_left_and_where_it_came_in() -> None:
    base, merge = commit("b", on_day(0)), commit("m", on_day(9), "b", "s3")
    side = [
        commit("s1", on_day(4), "b"),
        commit("s2", FUTURE, "s1"),
        commit("s3", EPOCH, "s2"),
    ]
    found = with_possible_times([base, *side, merge], [base, merge], NOW)
    assert [(one.committed - START) / DAY for one in found] == [0, 4, 9, 9, 9]
    assert [one.authored for one in found] == [one.committed for one in found]


def test_what_an_author_wrote_long_before_stays_so() -> None:
    base = commit("0", on_day(0))
    late = Commit("1", "", ("0",), ADA, on_day(-50), ADA, FUTURE, "")
    end = commit("2", on_day(2), "1")
    found = with_possible_times([base, late, end], [base, late, end], NOW)
    assert (found[1].authored, found[1].committed) == (on_day(-50), on_day(2))
    (problem,) = clock_problems([base, late, end], found)
    assert "(commits: 1; 1)" in problem.reason
    assert clock_problems(found, found) == ()


@given(st.lists(st.integers(-40_000, 40_000), max_size=12))
def test_times_are_in_order_but_for_the_slack(drawn: list[int]) -> None:
    commits = chain(*(on_day(day / 10) for day in drawn))
    found = with_possible_times(commits, commits, NOW)
    for before, after in itertools.pairwise(found):
        assert after.committed >= before.committed - SLACK
    assert with_possible_times(found, found, NOW) == found
