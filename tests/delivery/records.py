"""Pull requests and commits for tests: everything that a case does not say is ordinary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.base.model import Commit, Person
from scanner.delivery.pulls import (
    Account,
    Forge,
    PullCommit,
    PullRequest,
    PullState,
    Remark,
    ReviewEvent,
    ReviewState,
)

START = datetime(2025, 3, 1, 12, tzinfo=UTC)
ADA, BOB = Account("ada", is_bot=False), Account("bob", is_bot=False)
BOT = Account("ci[bot]", is_bot=True)
WEB = Person("GitHub", "noreply@github.com")
PERSON = Person("Ada", "ada@example.org")


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def commit(
    oid: str = "c",
    message: str = "Change",
    *,
    day: float = 10,
    authored: float | None = None,
    parents: tuple[str, ...] = ("p",),
    committer: Person = PERSON,
) -> Commit:
    written = at(day if authored is None else authored)
    return Commit(oid, "t", parents, PERSON, written, committer, at(day), message)


def review(
    day: float, author: Account | None = BOB, state: ReviewState = ReviewState.COMMENTED
) -> ReviewEvent:
    return ReviewEvent(author, at(day), state)


def remark(day: float, author: Account | None = BOB) -> Remark:
    return Remark(author, at(day))


def branch_commit(day: float, title: str = "Part", oid: str = "b") -> PullCommit:
    return PullCommit(oid, title, at(day), at(day))


def pull(number: int = 7, **given: Any) -> PullRequest:
    """A merged request opened on day 2 and merged on day 10."""
    values: dict[str, Any] = {
        "forge": Forge.GITHUB,
        "number": number,
        "title": "Add a thing",
        "author": ADA,
        "state": PullState.MERGED,
        "created": at(2),
        "merged": at(10),
        "closed": at(10),
        "head_branch": "topic",
        "merge_oids": (),
        "changed_lines": 50,
        "labels": (),
        "issues": (),
        "reviews": (),
        "remarks": (),
        "inline_comments": None,
        "commits": (),
    }
    return PullRequest(**{**values, **given})
