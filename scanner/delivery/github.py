"""Records as `gh pr list --json`, `gh issue list --json` and GitHub's GraphQL API give them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from scanner.delivery.pulls import (
    Account,
    Forge,
    Issue,
    PullCommit,
    PullRequest,
    PullState,
    Remark,
    ReviewEvent,
    ReviewState,
    account,
)

Json: TypeAlias = Any

_STATES = {"OPEN": PullState.OPEN, "MERGED": PullState.MERGED, "CLOSED": PullState.CLOSED}
_REVIEWS = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "COMMENTED": ReviewState.COMMENTED,
    "DISMISSED": ReviewState.DISMISSED,
}


def read_record(record: dict[str, Json]) -> list[PullRequest | Issue]:
    """The pull request and the issues it closes, or the one issue.

    Raises:
        KeyError, TypeError, ValueError: what every record must have is not there or not readable.
    """
    if not _is_pull(record):
        return [_issue(record)]
    linked = nodes(record.get("closingIssuesReferences")) or []
    opened = [_issue(issue) for issue in linked if issue.get("createdAt")]
    return [_pull(record, linked), *opened]


def _is_pull(record: dict[str, Json]) -> bool:
    return any(key in record for key in ("mergedAt", "headRefName", "mergeCommit", "headRefOid"))


def _issue(record: dict[str, Json]) -> Issue:
    return Issue(int(record["number"]), moment(record["createdAt"]), _labels(record))


def _pull(record: dict[str, Json], linked: list[Json]) -> PullRequest:
    merged = optional_moment(record.get("mergedAt"))
    merge = record.get("mergeCommit") or {}
    state = PullState.MERGED if merged else _STATES.get(record.get("state", "OPEN"), PullState.OPEN)
    return PullRequest(
        Forge.GITHUB,
        int(record["number"]),
        str(record.get("title") or ""),
        _account(record.get("author")),
        state,
        moment(record["createdAt"]),
        merged,
        optional_moment(record.get("closedAt")),
        str(record.get("headRefName") or ""),
        tuple(oid for oid in (merge.get("oid"),) if oid),
        _changed_lines(record),
        _labels(record),
        tuple(int(issue["number"]) for issue in linked),
        _reviews(record),
        _remarks(record),
        _inline_comments(record),
        _commits(record),
        record.get("headRefOid") or None,
        str(record.get("body") or ""),
    )


def _changed_lines(record: dict[str, Json]) -> int | None:
    if record.get("additions") is None or record.get("deletions") is None:
        return None
    return int(record["additions"]) + int(record["deletions"])


def _labels(record: dict[str, Json]) -> tuple[str, ...]:
    return tuple(str(label.get("name", "")) for label in nodes(record.get("labels")) or [])


def _account(value: Json) -> Account | None:
    """A deleted account is null or has no login."""
    if not isinstance(value, dict):
        return None
    is_bot = bool(value.get("is_bot")) or value.get("__typename") == "Bot"
    return account(value.get("login"), is_bot=is_bot)


def _reviews(record: dict[str, Json]) -> tuple[ReviewEvent, ...] | None:
    """Submitted reviews in order of time; pending ones have no time and are nobody's business."""
    found = nodes(record.get("reviews"))
    if found is None:
        return None
    events = [
        ReviewEvent(_account(review.get("author")), moment(review["submittedAt"]), state)
        for review in found
        if review.get("submittedAt") and (state := _REVIEWS.get(review.get("state")))
    ]
    return tuple(sorted(events, key=lambda event: event.time))


def _remarks(record: dict[str, Json]) -> tuple[Remark, ...] | None:
    found = nodes(record.get("comments"))
    if found is None:
        return None
    return tuple(
        Remark(_account(comment.get("author")), moment(comment["createdAt"])) for comment in found
    )


def _inline_comments(record: dict[str, Json]) -> int | None:
    threads = nodes(record.get("reviewThreads"))
    if threads is None:
        return None
    return sum(int((thread.get("comments") or {}).get("totalCount", 0)) for thread in threads)


def _commits(record: dict[str, Json]) -> tuple[PullCommit, ...] | None:
    found = nodes(record.get("commits"))
    if found is None:
        return None
    plain = (item.get("commit", item) for item in found)
    return tuple(
        PullCommit(
            str(commit["oid"]),
            str(commit.get("messageHeadline") or ""),
            optional_moment(commit.get("authoredDate")),
            optional_moment(commit.get("committedDate")),
        )
        for commit in plain
    )


def nodes(value: Json) -> list[Json] | None:
    """The elements of a list or of a GraphQL connection; None if the export has no such field."""
    if isinstance(value, dict):
        value = value.get("nodes")
    return value if isinstance(value, list) else None


def moment(text: str) -> datetime:
    """A time with its offset.

    Raises:
        ValueError: it is no RFC 3339 time, or has no offset.
    """
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"the time {text!r} has no offset")
    return time


def optional_moment(text: Json) -> datetime | None:
    """As `moment`; None for null, empty, or GitHub's year-1 stand-in for "never"."""
    if not text or str(text).startswith("0001-"):
        return None
    return moment(str(text))
