"""How the pull requests of each arm stand: merged, still open, closed without being merged.

A wait until merged that leaves the open ones out flatters whoever has most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scanner.base.model import Arm
from scanner.compare.effects import Wait, waiting
from scanner.delivery.pulls import PullRequest, PullState

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class PullStanding:
    """The pull requests of one arm, opened by the newest change.

    `wait` is from opened to merged, in days, those still open censored at the newest change; closed
    ones are counted and not in it. `longest_open` is None where none is open.
    """

    arm: Arm
    merged: int
    open: int
    closed: int
    wait: Wait | None
    longest_open: float | None


def standings(
    pulls: Sequence[PullRequest],
    arm_of: Callable[[PullRequest], Arm | None],
    newest: datetime,
) -> tuple[PullStanding, ...]:
    """One standing for each arm that has any, as things were at the newest change."""
    seen = [pull for pull in pulls if pull.created <= newest]
    arms = [(pull, arm_of(pull)) for pull in seen]
    by_arm = {arm: [pull for pull, mine in arms if mine is arm] for arm in Arm}
    return tuple(_standing(arm, mine, newest) for arm, mine in by_arm.items() if mine)


def _standing(arm: Arm, pulls: Sequence[PullRequest], newest: datetime) -> PullStanding:
    merged = [_days(pull.created, pull.merged) for pull in pulls if _is_in(pull, newest)]
    waiting_still = [
        _days(pull.created, newest)
        for pull in pulls
        if pull.state is PullState.OPEN or _ended_later(pull, newest)
    ]
    days = np.array([*merged, *waiting_still], np.float64)
    ended = np.arange(len(days)) < len(merged)
    return PullStanding(
        arm,
        len(merged),
        len(waiting_still),
        len(pulls) - len(days),
        waiting(days, ended),
        max(waiting_still, default=None),
    )


def _is_in(pull: PullRequest, newest: datetime) -> bool:
    return pull.merged is not None and pull.merged <= newest


def _ended_later(pull: PullRequest, newest: datetime) -> bool:
    """Whether it was still open at the newest change, though it is not any more."""
    end = pull.merged or pull.closed
    return end is not None and end > newest


def _days(start: datetime, end: datetime | None) -> float:
    assert end is not None  # asked of those that ended
    return max(0.0, (end - start).total_seconds() / _SECONDS_A_DAY)
