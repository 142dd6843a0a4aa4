"""What a forge says of a pull request: by its record, or by the words of its merge. Pure.

A record alone tells open and merged ones alike, so that they can be set side by side: a merged
change has more evidence, its commits', and by that open ones would seem to be other people's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scanner.attribution.registry import Registry
from scanner.attribution.signals import Signal, SignalClass, SignalRole
from scanner.base.model import Commit, Label

#: Where in a pull request evidence stands.
FROM_BODY = "pull request body"
_FROM_BRANCH, _FROM_AUTHOR = "branch", "pull request author"

_BOT = "[bot]"
#: Who commits what is merged in GitHub's pages.
_GITHUB = "noreply@github.com"

_SQUASH_NUMBER = re.compile(r"\([#!](\d{1,12})\)\s*$")
#: GitHub, GitLab, Bitbucket Cloud and Server, Gitea, Azure, as each words a merge.
_MERGE_NUMBER = re.compile(
    r"^Merge pull request #?(\d{1,12})\b|\bSee merge request \S*!(\d{1,12})"
    r"|^Merged in .+\(pull request #(\d{1,12})\)|^Pull request #(\d{1,12}): "
    r"|^Merge pull request '.*' \([#!](\d{1,12})\) from |^Merged PR (\d{1,12}): ",
    re.MULTILINE,
)
_MERGED_BRANCH = re.compile(
    r"^Merge pull request #\d+ from [^\s/]+/(\S+)|^Merge branch '([^']+)'"
    r"|^Merge remote-tracking branch '[^'/]+/([^']+)'|^Merge pull request \d+ from (\S+) into "
    r"|^Merged in (\S+) \(pull request #\d+\)|^Merge in \S+ from (\S+) to "
    r"|^Merge pull request #\d+ in \S+ from (\S+) to "
    r"|^Merge pull request '.*' \([#!]\d+\) from (?:[^\s/:]+:)?(\S+) into ",
    re.MULTILINE,
)
#: Of these, Bitbucket's name the branch of a squash, too.
_SQUASHED_BRANCH = re.compile(
    r"^Merged in (\S+) \(pull request #\d+\)|^Merge in \S+ from (\S+) to ", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class ForgePull:
    """A pull request, as far as it says who wrote it. `login` is None where nobody is named."""

    branch: str
    login: str | None = None
    is_bot: bool = False
    body: str = ""


@dataclass(frozen=True, slots=True)
class ForgeRecords:
    """Pull requests by the commits of a history.

    `wholes` are the merges and squashes that they became; `parts` the commits of a branch, oldest
    first, that stand in the history as they are: after a rebase, or before anything is merged.
    """

    wholes: Mapping[str, ForgePull] = field(default_factory=dict)
    parts: tuple[tuple[ForgePull, tuple[str, ...]], ...] = ()


NO_RECORDS = ForgeRecords()


def label_of_pull(registry: Registry, pull: ForgePull, opened: datetime) -> Label:
    """The label by the author's login and the branch; `unmarked` where they say nothing."""
    kinds = {
        signal.kind
        for signal, _, _ in matches(registry, pull)
        if signal.doubt(opened, opened) is None
    }
    if SignalClass.AI in kinds:
        return Label.AI
    return Label.AUTOMATION if pull.is_bot or SignalClass.AUTOMATION in kinds else Label.UNMARKED


def matches(registry: Registry, pull: ForgePull) -> Iterator[tuple[Signal, str, str]]:
    """The entries that a login and a branch match, each with where it stands and its text."""
    login = pull.login or ""
    if pull.is_bot:  # without its id, only an app's login is exact
        plain = login.lower().removeprefix("app/").removesuffix(_BOT)
        for signal in registry.logins.get(f"{plain}{_BOT}", ()):
            if SignalRole.AUTHOR in signal.roles:
                yield signal, _FROM_AUTHOR, login
    for signal in registry.branches:
        if signal.search(pull.branch):
            yield signal, _FROM_BRANCH, pull.branch


def named_number(commit: Commit) -> int | None:
    """The number of the pull or merge request that a message names as its own."""
    squash = _SQUASH_NUMBER.search(commit.subject)
    # GitHub can be told to head merges with the title, too; others merge what they will.
    if squash and (not commit.is_merge or commit.committer.email == _GITHUB):
        return int(squash[1])
    merge = _MERGE_NUMBER.search(commit.message)
    return int(next(group for group in merge.groups() if group)) if merge else None


def merged_pull(commit: Commit) -> ForgePull | None:
    """The branch that a forge's merge names, without the account that it belongs to."""
    wording = _MERGED_BRANCH if commit.is_merge else _SQUASHED_BRANCH
    found = wording.search(commit.message)
    return ForgePull(next(group for group in found.groups() if group)) if found else None
