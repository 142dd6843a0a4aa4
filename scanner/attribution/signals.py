"""The nouns of the registry: what a known mark is, where it stands and what it is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache


class Channel(StrEnum):
    """Where a mark stands, and so how it is compared (see the head of `signals.toml`)."""

    ADDRESS = "address"
    LOGIN = "login"
    NAME = "name"
    PERSON = "person"
    LINE = "line"
    RAW = "raw"
    SUBJECT = "subject"
    BRANCH = "branch"
    NOTE = "note"
    FILE = "file"


class SignalClass(StrEnum):
    """What a mark says when it is believed."""

    AI = "ai"
    ASSISTED = "assisted"
    REVIEW_SUGGESTION = "review-suggestion"
    AUTOMATION = "automation"
    SHARE = "share"
    LINES = "lines"
    CORROBORATING = "corroborating"
    COMMITTED = "committed"
    SAVED = "saved"


class SignalGrade(StrEnum):
    """How sure it is that a mark means what its class says."""

    EXACT = "exact"
    HIGH = "high"
    MEDIUM = "medium"


class SignalRole(StrEnum):
    """Who an identity is in a commit."""

    AUTHOR = "author"
    COAUTHOR = "coauthor"
    COMMITTER = "committer"


@dataclass(frozen=True, slots=True)
class VoidWindow:
    """Days, both included and in UTC, in which a mark was also put on people's own work."""

    first: date
    last: date
    reason: str

    def __contains__(self, moment: datetime) -> bool:
        return self.first <= utc_date(moment) <= self.last


@dataclass(frozen=True, slots=True)
class Signal:
    """One entry of the registry. `agent` is None where the mark does not name one.

    `commits_as_user`: the agent commits in its user's name, so that only the branch tells.
    """

    id: str
    channel: Channel
    match: tuple[str, ...]
    kind: SignalClass
    source: str
    agent: str | None = None
    grade: SignalGrade = SignalGrade.EXACT
    roles: tuple[SignalRole, ...] = (SignalRole.AUTHOR, SignalRole.COAUTHOR)
    names: tuple[str, ...] = ()
    needle: str | None = None
    since: date | None = None
    void: tuple[VoidWindow, ...] = ()
    commits_as_user: bool = False
    example: str = ""
    counter_examples: tuple[str, ...] = ()

    def search(self, text: str) -> re.Match[str] | None:
        """The match of a pattern with the whole text, letter case aside."""
        return next((found for p in self.match if (found := _pattern(p).fullmatch(text))), None)

    def doubt(self, authored: datetime, committed: datetime) -> str | None:
        """Why a mark on a commit of these times is not believed; None if it is.

        A mark is too old only where both times are before its first date, and void where either
        falls in a window: a squash carries lines that were written days before it.
        """
        if self.since and utc_date(max(authored, committed)) < self.since:
            return f"the commit is older than this mark can be ({self.since})"
        for window in self.void:
            if authored in window or committed in window:
                return f"void from {window.first} to {window.last}: {window.reason}"
        return None


def utc_date(moment: datetime) -> date:
    """The day of an aware time, in UTC."""
    return moment.astimezone(UTC).date()


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    # Compiled when first needed: most patterns never meet a line that holds their needle.
    return re.compile(text, re.IGNORECASE)
