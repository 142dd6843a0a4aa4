"""Commits' times, where a clock was wrong: bounded by those of parents and children. Pure.

Along first parents times do not fall. Of a chain of them the most that agree are believed; a time
that is beyond its neighbours' by more than a day, in the first year of the epoch, or in the future
is not a time, and gives way to the nearest that is possible. What a branch brought in came after
its parents and before the commit that merged it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scanner.base.model import Commit, Problem, Stage

#: Clocks and time zones that are set wrong by hand are wrong by less.
SLACK = timedelta(days=1)

#: How many commits a problem names.
_NAMED = 3

_EPOCH_ENDS = datetime(1971, 1, 1, tzinfo=UTC)


def with_possible_times(
    commits: Sequence[Commit], chain: Sequence[Commit], now: datetime
) -> tuple[Commit, ...]:
    """The commits, parents first, with times that are possible; most are as they were.

    `chain` are the tip's first parents, oldest first. A commit's author wrote it no later than it
    was committed.
    """
    latest = _landing_times(commits, chain, _believed(chain, now))
    found: dict[str, Commit] = {}
    for commit in commits:
        earliest = max((found[p].committed for p in commit.parents if p in found), default=None)
        found[commit.oid] = _bounded(commit, earliest, latest.get(commit.oid), now)
    return tuple(found.values())


def _believed(chain: Sequence[Commit], now: datetime) -> list[Commit]:
    """The most commits of a chain whose times do not fall, the later of two that disagree."""
    possible = [one for one in chain if _EPOCH_ENDS <= one.committed <= now + SLACK]
    # Patience sorting from the newest back: `heads` ends each length with its latest start.
    heads: list[float] = []
    rank = []
    for one in reversed(possible):
        place = bisect_right(heads, -one.committed.timestamp())
        heads[place : place + 1] = [-one.committed.timestamp()]
        rank.append(place)
    return list(_longest(list(reversed(possible)), rank))[::-1]


def _longest(chain: Sequence[Commit], rank: Sequence[int]) -> Iterator[Commit]:
    """One of the longest sequences, from the end of the patience sorting."""
    wanted = max(rank, default=-1)
    found = []
    for one, place in zip(reversed(chain), reversed(rank), strict=True):
        if place == wanted:
            found.append(one)
            wanted -= 1
    yield from reversed(found)


def _landing_times(
    commits: Sequence[Commit], chain: Sequence[Commit], believed: Sequence[Commit]
) -> dict[str, datetime]:
    """For each commit the time of the first believed commit of the chain that holds it."""
    latest: dict[str, datetime] = {}
    trusted = {one.oid for one in believed}
    bound: datetime | None = None
    bounds: dict[str, datetime] = {}
    for one in reversed(chain):
        bound = one.committed if one.oid in trusted else bound
        if bound is not None:
            bounds[one.oid] = bound
    for commit in reversed(commits):
        own = bounds.get(commit.oid)
        if own is not None and (commit.oid not in latest or own < latest[commit.oid]):
            latest[commit.oid] = own
        if commit.oid in latest:
            for parent in commit.parents:
                latest[parent] = min(latest[commit.oid], latest.get(parent, latest[commit.oid]))
    return latest


def _bounded(
    commit: Commit, earliest: datetime | None, latest: datetime | None, now: datetime
) -> Commit:
    time = commit.committed
    if time > (latest or now) + SLACK:
        time = latest or earliest or time
    elif time < _EPOCH_ENDS and earliest is None:
        time = latest or time
    if earliest is not None and time < earliest - SLACK:
        time = earliest
    if time == commit.committed:
        return commit
    is_one_clock = abs(commit.authored - commit.committed) <= SLACK
    authored = time if is_one_clock else min(commit.authored, time)
    return replace(commit, committed=time, authored=authored)


def clock_problems(before: Sequence[Commit], after: Sequence[Commit]) -> tuple[Problem, ...]:
    """What to say where times were bounded; both are the same commits in the same order."""
    wrong = [old.oid for old, new in zip(before, after, strict=True) if old is not new]
    if not wrong:
        return ()
    named = ", ".join(oid[:12] for oid in wrong[:_NAMED]) + (", …" if len(wrong) > _NAMED else "")
    reason = (
        f"a clock was wrong: some times do not fit those of parents and children (commits: "
        f"{len(wrong)}; {named}), and the nearest that fit are taken"
    )
    return (Problem(Stage.GIT, None, reason),)
