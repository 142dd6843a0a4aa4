"""Records as `glab mr list --output json`, `glab issue list` and GitLab's REST API give them.

The list of merge requests holds no reviews. Notes and commits are read where a record
carries them under `notes` and `commits`, as `fetch` adds them.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from scanner.delivery.github import moment, optional_moment
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

_STATES = {
    "opened": PullState.OPEN,
    "locked": PullState.OPEN,
    "merged": PullState.MERGED,
    "closed": PullState.CLOSED,
}
_CLOSES = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing))\s+#(\d+)", re.IGNORECASE
)
_SYSTEM_REVIEWS = {
    "approved this merge request": ReviewState.APPROVED,
    "requested changes": ReviewState.CHANGES_REQUESTED,
}


def read_record(record: dict[str, Json]) -> list[PullRequest | Issue]:
    """The merge request or the issue.

    Raises:
        KeyError, TypeError, ValueError: what every record must have is not there or not readable.
    """
    if "source_branch" not in record:
        labels = _labels(record)
        return [Issue(int(record["iid"]), moment(record["created_at"]), labels)]
    return [_merge_request(record)]


def _merge_request(record: dict[str, Json]) -> PullRequest:
    author = _account(record.get("author"))
    oids = (record.get("merge_commit_sha"), record.get("squash_commit_sha"))
    landed = tuple(oid for oid in oids if oid)
    merged = optional_moment(record.get("merged_at"))
    if merged and not landed and record.get("sha"):
        landed = (str(record["sha"]),)  # fast-forward: the branch's head itself landed
    return PullRequest(
        Forge.GITLAB,
        int(record["iid"]),
        str(record.get("title") or ""),
        author,
        _STATES.get(record.get("state", ""), PullState.OPEN),
        moment(record["created_at"]),
        merged,
        optional_moment(record.get("closed_at")),
        str(record["source_branch"]),
        landed,
        None,
        _labels(record),
        tuple(int(number) for number in _CLOSES.findall(str(record.get("description") or ""))),
        _reviews(record, author),
        _remarks(record),
        None,
        _commits(record),
        record.get("sha") or None,
        str(record.get("description") or ""),
    )


def _labels(record: dict[str, Json]) -> tuple[str, ...]:
    """Names, or records with a name, depending on the version."""
    labels = record.get("labels") or []
    return tuple(str(label["name"] if isinstance(label, dict) else label) for label in labels)


def _account(value: Json) -> Account | None:
    if not isinstance(value, dict):
        return None
    return account(value.get("username"), is_bot=bool(value.get("bot")))


def _reviews(record: dict[str, Json], author: Account | None) -> tuple[ReviewEvent, ...] | None:
    """Others' notes and approvals: GitLab has no submitted reviews in its REST interface."""
    notes = record.get("notes")
    if not isinstance(notes, list):
        return None
    events = []
    for note in notes:
        writer = _account(note.get("author"))
        state = ReviewState.COMMENTED
        if note.get("system"):
            said = str(note.get("body") or "")
            known = (value for start, value in _SYSTEM_REVIEWS.items() if said.startswith(start))
            state_or_none = next(known, None)
            if state_or_none is None:
                continue
            state = state_or_none
        if writer != author:
            events.append(ReviewEvent(writer, moment(note["created_at"]), state))
    return tuple(sorted(events, key=lambda event: event.time))


def _remarks(record: dict[str, Json]) -> tuple[Remark, ...] | None:
    notes = record.get("notes")
    if not isinstance(notes, list):
        return None
    return tuple(
        Remark(_account(note.get("author")), moment(note["created_at"]))
        for note in notes
        if not note.get("system")
    )


def _commits(record: dict[str, Json]) -> tuple[PullCommit, ...] | None:
    found = record.get("commits")
    if not isinstance(found, list):
        return None
    return tuple(
        PullCommit(
            str(commit["id"]),
            str(commit.get("title") or ""),
            optional_moment(commit.get("authored_date")),
            optional_moment(commit.get("committed_date")),
        )
        for commit in found
    )
