"""What a forge knows of pull requests (GitHub) and merge requests (GitLab), as one kind of record.

Anything an export does not hold is None; nothing is ever taken to be zero because it is not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.attribution.forge_pulls import ForgePull
from scanner.base.model import Problem


class Forge(StrEnum):
    """Where an export comes from."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"


class PullState(StrEnum):
    """How far a pull request has come."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Account:
    """A login of a forge."""

    login: str
    is_bot: bool


class ReviewState(StrEnum):
    """What a review said."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One submitted review, or, on GitLab, one note or approval of a reviewer."""

    author: Account | None
    time: datetime
    state: ReviewState


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment of a person or bot in the conversation."""

    author: Account | None
    time: datetime


@dataclass(frozen=True, slots=True)
class PullCommit:
    """A commit as it was on the branch, before a squash or rebase."""

    oid: str
    title: str
    authored: datetime | None
    committed: datetime | None


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull or merge request.

    `merge_oids` are the commits that may have brought it in: the merge, squash or last rebased one.
    `head_oid` is the last commit of its branch. `inline_comments` counts comments on lines, where
    the export says. `issues` are those it closes.
    """

    forge: Forge
    number: int
    title: str
    author: Account | None
    state: PullState
    created: datetime
    merged: datetime | None
    closed: datetime | None
    head_branch: str
    merge_oids: tuple[str, ...]
    changed_lines: int | None
    labels: tuple[str, ...]
    issues: tuple[int, ...]
    reviews: tuple[ReviewEvent, ...] | None
    remarks: tuple[Remark, ...] | None
    inline_comments: int | None
    commits: tuple[PullCommit, ...] | None
    head_oid: str | None = None
    body: str = ""

    @property
    def said(self) -> ForgePull:
        """What it says of who wrote it."""
        login, is_bot = (self.author.login, self.author.is_bot) if self.author else (None, False)
        return ForgePull(self.head_branch, login, is_bot, self.body)

    @property
    def oids(self) -> frozenset[str]:
        """The commits of its branch, as far as the record names them."""
        named = {commit.oid for commit in self.commits or ()}
        return frozenset(named | {self.head_oid} if self.head_oid else named)


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: when it was opened and how it is labelled."""

    number: int
    opened: datetime
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """Everything read from the given files; `problems` are records that could not be read."""

    pulls: tuple[PullRequest, ...] = ()
    issues: tuple[Issue, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def issue_opened(self) -> dict[int, float]:
        """When each issue was opened, in seconds since 1970, by number."""
        return {issue.number: issue.opened.timestamp() for issue in self.issues}


_BUG = re.compile(r"(?:^|[^a-z])(bug|defect|regression|crash)(?:$|[^a-z])", re.IGNORECASE)


def is_bug_label(labels: tuple[str, ...]) -> bool:
    """Whether one of the labels calls for a fix of a defect."""
    return any(_BUG.search(label) for label in labels)


_BOT_NAMES = frozenset(
    {
        "coderabbitai", "copilot", "copilot-pull-request-reviewer", "codecov", "codecov-commenter",
        "cursor", "dependabot", "gemini-code-assist", "github-actions", "gitlab-bot",
        "greptile-apps", "mergify", "pre-commit-ci", "renovate", "sonarcloud", "sourcery-ai",
        "vercel",
    }
)  # fmt: skip


#: The accounts behind GitLab's project and group access tokens.
_TOKEN_BOT = re.compile(r"(project|group)_\d+_bot.*")


def account(login: str | None, *, is_bot: bool = False) -> Account | None:
    """The account of a login; a bot by the forge's word, by `[bot]` or `app/`, or by its name."""
    if not login:
        return None
    plain = login.removeprefix("app/").removesuffix("[bot]").lower()
    named = plain != login.lower() or plain in _BOT_NAMES
    by_token = _TOKEN_BOT.fullmatch(plain) is not None
    return Account(login, is_bot or named or by_token)
