"""Which pull request brought a change in, and in which style. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scanner.attribution.forge_pulls import NO_RECORDS, ForgePull, ForgeRecords, named_number
from scanner.base.model import Commit
from scanner.delivery.pulls import Export, PullRequest, PullState


class MergeStyle(StrEnum):
    """How a change came onto the branch. `DIRECT` has no sign of a pull request."""

    MERGE = "merge commit"
    SQUASH = "squash"
    REBASE = "rebase"
    DIRECT = "direct push"


class JoinedBy(StrEnum):
    """What connects a change with its pull request."""

    COMMIT_ID = "merge commit id"
    NUMBER = "number in the message"
    BRANCH_COMMIT = "commit of the branch"


@dataclass(frozen=True, slots=True)
class Integration:
    """How one change came in. `number` is the pull request that the message names or that joined.

    `pull` is None without forge data, or where the data do not hold it.
    """

    change: str
    style: MergeStyle
    number: int | None
    pull: PullRequest | None
    joined_by: JoinedBy | None


#: A number on an older commit than its pull request is that of another repository.
_SLACK = timedelta(days=1)

_FORGE_COMMITTER = "noreply@github.com"


def integrations(
    changes: Sequence[Commit], pulls: Sequence[PullRequest] = ()
) -> tuple[Integration, ...]:
    """How each change (a first-parent commit) came in, in their order."""
    merged = [pull for pull in pulls if pull.state is PullState.MERGED]
    index = _PullIndex(merged)
    return tuple(_integration(commit, index) for commit in changes)


def forge_records(commits: Sequence[Commit], export: Export | None) -> ForgeRecords:
    """What pull requests say of the commits that they became: merges, squashes and rebases."""
    if export is None:
        return NO_RECORDS
    wholes: dict[str, ForgePull] = {}
    parts: dict[int, tuple[ForgePull, tuple[str, ...]]] = {}
    for one in integrations(commits, export.pulls):
        if one.pull is None:
            continue
        if one.style is MergeStyle.REBASE:
            _, before = parts.get(one.pull.number, (one.pull.said, ()))
            parts[one.pull.number] = (one.pull.said, (*before, one.change))
        else:
            wholes[one.change] = one.pull.said
    return ForgeRecords(wholes, tuple(parts.values()))


def records_of_branch(oids: Sequence[str], pulls: Sequence[PullRequest]) -> ForgeRecords:
    """What the pull requests of a branch say of its commits, open ones too. `oids` oldest first."""
    own = frozenset(oids)
    return ForgeRecords(parts=tuple((one.said, tuple(oids)) for one in pulls if one.oids & own))


class _PullIndex:
    """Merged pull requests by all that can lead to them."""

    def __init__(self, pulls: Sequence[PullRequest]) -> None:
        self.by_number = {pull.number: pull for pull in pulls}
        self.by_oid = {oid: pull for pull in pulls for oid in pull.merge_oids}
        self.by_commit: dict[tuple[str, float], list[PullRequest]] = defaultdict(list)
        for pull in pulls:
            for commit in pull.commits or ():
                if commit.authored is not None:
                    self.by_commit[commit.title, commit.authored.timestamp()].append(pull)

    def by_branch_commit(self, commit: Commit) -> PullRequest | None:
        """The one pull request with a commit of this title and time: rebasing keeps both."""
        found = self.by_commit.get((commit.subject, commit.authored.timestamp()), [])
        return found[0] if len({pull.number for pull in found}) == 1 else None


def _integration(commit: Commit, index: _PullIndex) -> Integration:
    number = named_number(commit)
    pull, joined_by = _pull(commit, number, index)
    if pull is not None:
        number = pull.number
    return Integration(commit.oid, _style(commit, number, pull), number, pull, joined_by)


def _pull(
    commit: Commit, number: int | None, index: _PullIndex
) -> tuple[PullRequest | None, JoinedBy | None]:
    by_oid = index.by_oid.get(commit.oid)
    if by_oid is not None:
        return by_oid, JoinedBy.COMMIT_ID
    named = index.by_number.get(number) if number is not None else None
    if named is not None and commit.committed >= named.created - _SLACK:
        return named, JoinedBy.NUMBER
    by_commit = None if commit.is_merge else index.by_branch_commit(commit)
    return by_commit, JoinedBy.BRANCH_COMMIT if by_commit else None


def _style(commit: Commit, number: int | None, pull: PullRequest | None) -> MergeStyle:
    if commit.is_merge:
        return MergeStyle.MERGE
    if pull is not None:
        return MergeStyle.REBASE if _is_branch_commit(commit, pull) else MergeStyle.SQUASH
    if number is not None:
        return MergeStyle.SQUASH
    by_forge = commit.committer.email == _FORGE_COMMITTER
    replayed = by_forge and commit.author.email != commit.committer.email
    return (
        MergeStyle.REBASE if replayed and commit.authored < commit.committed else MergeStyle.DIRECT
    )


def _is_branch_commit(commit: Commit, pull: PullRequest) -> bool:
    """Whether a change is one commit of the branch, as a rebase or fast-forward leaves it."""
    return any(
        one.oid == commit.oid or (one.title == commit.subject and one.authored == commit.authored)
        for one in pull.commits or ()
    )
