"""Pull requests by arm: those still open count, as far as they were seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scanner.base.model import Arm
from scanner.compare.pull_requests import PullStanding, standings
from scanner.delivery.pulls import Forge, PullRequest, PullState

START = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST = START + timedelta(days=100)


def pull(
    opened: float, merged: float | None = None, closed: float | None = None, branch: str = "x"
) -> PullRequest:
    state = PullState.MERGED if merged else PullState.CLOSED if closed else PullState.OPEN
    return PullRequest(
        Forge.GITHUB, 1, "Add", None, state, START + timedelta(days=opened),
        None if merged is None else START + timedelta(days=merged),
        None if closed is None else START + timedelta(days=closed),
        branch, (), None, (), (), None, None, None, None,
    )  # fmt: skip


def standing(*pulls: PullRequest) -> PullStanding:
    (one,) = standings(pulls, lambda _: Arm.OTHER, NEWEST)
    return one


def test_nothing_is_nobodys() -> None:
    assert standings((), lambda _: Arm.AI, NEWEST) == ()
    assert standings((pull(0),), lambda _: None, NEWEST) == ()


def test_what_came_after_the_newest_change_is_not_known_yet() -> None:
    assert standings((pull(101),), lambda _: Arm.AI, NEWEST) == ()
    one = standing(pull(90, merged=120), pull(95, closed=130))
    assert (one.merged, one.open, one.closed) == (0, 2, 0)


def test_open_ones_are_censored_and_closed_ones_counted_apart() -> None:
    one = standing(pull(0, merged=2), pull(0, merged=4), pull(40), pull(10), pull(0, closed=50))
    assert (one.merged, one.open, one.closed, one.longest_open) == (2, 2, 1, 90)
    assert one.wait is not None
    assert (one.wait.median, one.wait.p90) == (4, None)


@pytest.mark.parametrize(("still_open", "median"), [(0, 2.0), (5, None)])
def test_leaving_open_ones_out_would_flatter(still_open: int, median: float | None) -> None:
    one = standing(*[pull(0, merged=2)] * 4, *[pull(0)] * still_open)
    assert one.wait is not None
    assert one.wait.median == median


def test_arms_apart() -> None:
    both = standings(
        (pull(0, merged=1, branch="ai"), pull(0), pull(50)),
        lambda one: Arm.AI if one.head_branch == "ai" else Arm.OTHER,
        NEWEST,
    )
    assert [(one.arm, one.merged, one.open) for one in both] == [(Arm.AI, 1, 0), (Arm.OTHER, 0, 2)]
