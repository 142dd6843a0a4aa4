"""How long a change took: authored → integrated → released, and with a forge what lay between.

All waits are in days. What has not happened by the newest change is still open (censored), never
left out, because leaving it out would make waiting times look short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.base.model import Commit, Duration, Missing
from scanner.delivery.joining import Integration, MergeStyle
from scanner.delivery.pulls import Export, PullRequest

_SECONDS_A_DAY = 86_400
#: `v1.2`, `1.2.3`, `release-2024.1`, `package-1.0`, `package@1.0`, also with `.post1` behind.
_RELEASE = re.compile(r"^(?:.*[-_/@]|release)?v?\d+(?:\.\d+)+(?:\.?post\d+)?$", re.IGNORECASE)

NO_FORGE = "no pull request data were given"
NOT_IN_FORGE = "not found in the pull request data"
NO_PULL = "no sign of a pull request"
SQUASHED = "a squash keeps no earlier commit; pull request data with commits would tell"
NO_RELEASE_TAGS = "the repository has no release tags"


@dataclass(frozen=True, slots=True)
class Release:
    """A tag that marks a release: its name, its commit, and when it was made."""

    name: str
    commit: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Latency:
    """The waits of one change, each a Duration or the reason why there is none.

    `release` is the name of the first release that holds the change.
    """

    authored_to_integrated: Duration | Missing
    integrated_to_released: Duration | Missing
    release: str | None
    issue_to_opened: Duration | Missing
    opened_to_first_review: Duration | Missing
    first_review_to_merged: Duration | Missing
    opened_to_merged: Duration | Missing


def is_release_name(tag: str) -> bool:
    """Whether a tag names a final release: a version, and no pre-release."""
    return _RELEASE.match(tag) is not None


def first_releases(commits: Sequence[Commit], releases: Sequence[Release]) -> dict[str, Release]:
    """For each commit that a release holds, the first such release by time. O(commits)."""
    parents = {commit.oid: commit.parents for commit in commits}
    first: dict[str, Release] = {}
    for release in sorted(releases, key=lambda one: (one.time, one.name)):
        waiting = [release.commit]
        while waiting:
            oid = waiting.pop()
            if oid in parents and oid not in first:
                first[oid] = release
                waiting.extend(parents[oid])
    return first


def latency(
    commit: Commit,
    brought_in: Sequence[Commit],
    integration: Integration,
    released: Mapping[str, Release] | None,
    export: Export | None,
    newest: datetime,
) -> Latency:
    """The waits of one integrated change.

    `brought_in` are the commits of the change, its own among them; `released` is from
    `first_releases` (None: no release tags); `export` None means that no forge data were given;
    `newest` is the time of the newest change, where observation ends.
    """
    pull = integration.pull
    missing = Missing(_why_no_pull(integration, export))
    release = released.get(commit.oid) if released is not None else None
    review = first_review_time(pull) if pull else None
    merged = pull.merged if pull else None
    return Latency(
        _authoring(commit, brought_in, integration, newest),
        _releasing(commit, release, released is not None, newest),
        release.name if release else None,
        _issue_wait(pull, export, newest) if pull else missing,
        _review_wait(pull, review, newest) if pull else missing,
        _after_review(pull, review, newest) if pull else missing,
        _wait(pull.created, merged, newest) if pull else missing,
    )


def first_review_time(pull: PullRequest) -> datetime | None:
    """When somebody other than the author, and no bot, first reviewed; None if nobody did."""
    reviews = (
        event.time
        for event in pull.reviews or ()
        if event.author != pull.author and not (event.author and event.author.is_bot)
    )
    return min(reviews, default=None)


def _why_no_pull(integration: Integration, export: Export | None) -> str:
    if export is None:
        return NO_FORGE
    no_sign = integration.number is None and integration.style in (
        MergeStyle.DIRECT,
        MergeStyle.MERGE,
    )
    return NO_PULL if no_sign else NOT_IN_FORGE


def _authoring(
    commit: Commit, brought_in: Sequence[Commit], integration: Integration, newest: datetime
) -> Duration | Missing:
    known = [one.authored for one in brought_in]
    branch = integration.pull.commits if integration.pull else None
    known += [one.authored for one in branch or () if one.authored is not None]
    if integration.style is MergeStyle.SQUASH and not branch:
        return Missing(SQUASHED)
    return _wait(min(known, default=commit.authored), commit.committed, newest)


def _releasing(
    commit: Commit, release: Release | None, has_releases: bool, newest: datetime
) -> Duration | Missing:
    if not has_releases:
        return Missing(NO_RELEASE_TAGS)
    return _wait(commit.committed, release.time if release else None, newest)


def _issue_wait(pull: PullRequest, export: Export | None, newest: datetime) -> Duration | Missing:
    opened = {issue.number: issue.opened for issue in export.issues} if export else {}
    times = [opened[number] for number in pull.issues if number in opened]
    if not times:
        return Missing("no linked issue with a known date")
    return _wait(min(times), pull.created, newest)


def _review_wait(
    pull: PullRequest, review: datetime | None, newest: datetime
) -> Duration | Missing:
    if pull.reviews is None:
        return Missing("the export has no reviews")
    if review is None or (pull.merged is not None and review > pull.merged):
        return Missing("merged without review")
    return _wait(pull.created, review, newest)


def _after_review(
    pull: PullRequest, review: datetime | None, newest: datetime
) -> Duration | Missing:
    if pull.reviews is None:
        return Missing("the export has no reviews")
    if review is None:
        return Missing("merged without review")
    return _wait(review, pull.merged, newest)


def _wait(start: datetime, end: datetime | None, newest: datetime) -> Duration:
    """From start to end; still going on if there is no end by the newest change. Never negative."""
    follow_up = max(0.0, _days(start, newest))
    if end is None or end > newest:
        return Duration(follow_up, ended=False, follow_up=follow_up)
    days = max(0.0, _days(start, end))
    return Duration(days, ended=True, follow_up=max(follow_up, days))


def _days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / _SECONDS_A_DAY
