"""What became of every change: its lines, reverts and fixes, its way to a release, its review."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner.base.model import Change, FileChange, Missing, Problem
from scanner.base.store import Store
from scanner.changes.change_type import change_title
from scanner.changes.review_burden import BurdenedUnit, burden
from scanner.compare.lines import LineLives, lives_of
from scanner.compare.outcomes import OutcomeFacts
from scanner.delivery.joining import Integration, integrations
from scanner.delivery.latency import (
    Latency,
    Release,
    first_releases,
    is_release_name,
    latency,
)
from scanner.delivery.pulls import Export
from scanner.delivery.reviews import ReviewFacts, review_facts
from scanner.durability.fates import (
    FollowedLines,
    Landed,
    changes_of_commits,
    fates,
    follow_changes,
    lifetimes,
)
from scanner.durability.fixes import Induced, LaterFix, fix_inducing, fix_of, fixed_after
from scanner.durability.lives import follow
from scanner.durability.reverts import (
    Revert,
    RevertedLines,
    find_reverts,
    is_revert_title,
    patches,
    reverted_after,
)
from scanner.git.blobs import BlobReader
from scanner.git.commits import read_tags
from scanner.git.process import Repository
from scanner.history.lines import line_reader
from scanner.history.read import History, author_of, messages_of

_NO_EXPORT = "no forge data were given (see --pulls)"
_NOT_JOINED = "no pull request of the given data belongs to this change"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of the changes of a history, in their order (`facts`), and how it is known.

    `followed` counts lines by the index of the change in `history.integrated`; `rows` gives for
    each of those its index in `facts`, −1 where it was not selected. `reverts` and `fixes` count by
    the former. `export` is what a forge knows, None if it was not asked.
    """

    facts: tuple[OutcomeFacts, ...]
    followed: FollowedLines
    reverts: tuple[Revert, ...]
    fixes: tuple[Induced, ...]
    integrations: Mapping[str, Integration]
    releases: tuple[Release, ...]
    unfollowed_lines: int
    export: Export | None
    problems: tuple[Problem, ...]

    def lives(self, history: History, chosen: Sequence[Change]) -> LineLives:
        """The lines of chosen changes, by their index in `chosen`."""
        row = {change.commit.oid: i for i, change in enumerate(chosen)}
        rows = [row.get(one.commit.oid, -1) for one in history.integrated]
        return lives_of(self.followed, np.array(rows, dtype=np.int64))


def follow_up(
    history: History, repository: Repository, store: Store, export: Export | None = None
) -> Aftermath:
    """Follows every change of a history; `export` is what a forge knows, if it was given."""
    landed = _landed(history)
    with BlobReader(repository) as blobs:
        lives = follow(
            history.lifelines,
            _changed_files(history),
            line_reader(blobs),
            store,
            history.ignored,
        )
    followed = follow_changes(lives, landed, len(history.lifelines.commits))
    all_fates, all_lifetimes = fates(followed, landed), lifetimes(followed, landed)
    times = [one.time for one in landed]
    messages = messages_of(history.commits, history.integrated)
    reverts = find_reverts(
        messages, patches(followed, len(landed)), _reverted_lines(history, followed, landed)
    )
    induced = fix_inducing(followed, _fixes(history, reverts), times, _reported(export))
    releases = read_releases(repository)
    joined = _integrations(history, export)
    waits = _Waits(history, releases, export)
    undone, fixed = reverted_after(reverts, times), fixed_after(induced, len(landed))
    index = {one.commit.oid: i for i, one in enumerate(history.integrated)}
    facts = []
    for change in history.changes:
        place = index[change.commit.oid]
        integration = joined[change.commit.oid]
        facts.append(
            OutcomeFacts(
                change=change,
                author=landed[place].author,
                fate=all_fates[place],
                lifetimes=all_lifetimes[place],
                reverted_after=undone[place],
                fixed_after=fixed[place],
                burden=burden(
                    history.diff_of(change).files,
                    [BurdenedUnit(*unit) for unit in change.judgement.touched],
                ),
                review=_review(integration, export, change),
                latency=waits.of(change, integration),
            )
        )
    problems = (*lives.problems, *(export.problems if export else ()))
    return Aftermath(
        tuple(facts),
        followed,
        reverts,
        induced,
        joined,
        releases,
        lives.unfollowed,
        export,
        problems,
    )


def _landed(history: History) -> tuple[Landed, ...]:
    number = {oid: i for i, oid in enumerate(history.lifelines.commits)}
    return tuple(
        Landed(
            oid=one.commit.oid,
            commits=tuple(number[oid] for oid in one.commits if oid in number),
            time=one.commit.committed.timestamp(),
            label=history.attribution_of(one).label,
            author=author_key(author_of(one, history)),
        )
        for one in history.integrated
    )


def author_key(address: str) -> str:
    """An opaque key that is equal for equal author addresses; it is never shown."""
    return hashlib.sha256(address.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def _changed_files(history: History) -> Iterator[Sequence[FileChange]]:
    """For each commit, its changed files against all its parents."""
    for commit in history.commits:
        parents = commit.parents or (None,)
        yield [file for parent in parents for file in history.diffs[parent, commit.oid].files]


def _reverted_lines(
    history: History, followed: FollowedLines, landed: Sequence[Landed]
) -> RevertedLines:
    change_of = changes_of_commits(landed, len(history.lifelines.commits))
    line, removed_by, returned_by = history.lifelines.given_back.T
    return RevertedLines(
        followed, np.stack((line, change_of[removed_by], change_of[returned_by]), axis=1)
    )


def _fixes(history: History, reverts: Sequence[Revert]) -> dict[int, LaterFix]:
    """The changes that say they fix something, less those that only take another back."""
    reverting = {revert.reverting for revert in reverts}
    found = {}
    for i, one in enumerate(history.integrated):
        title = change_title(one.commit.message)
        fix = fix_of(title, one.commit.message)
        if fix is not None and i not in reverting and not is_revert_title(title):
            found[i] = fix
    return found


def _reported(export: Export | None) -> Mapping[int, float] | None:
    return export.issue_opened if export else None


def read_releases(repository: Repository) -> tuple[Release, ...]:
    """The tags that are named like versions."""
    return tuple(
        Release(tag.name, tag.commit, tag.time)
        for tag in read_tags(repository)
        if is_release_name(tag.name)
    )


def _integrations(history: History, export: Export | None) -> dict[str, Integration]:
    pulls = export.pulls if export else ()
    commits = [one.commit for one in history.integrated]
    return {found.change: found for found in integrations(commits, pulls)}


def _review(
    integration: Integration, export: Export | None, change: Change
) -> ReviewFacts | Missing:
    if export is None:
        return Missing(_NO_EXPORT)
    if integration.pull is None:
        return Missing(_NOT_JOINED)
    return review_facts(integration.pull, change.added_lines + change.deleted_lines)


class _Waits:
    """The waiting times of changes."""

    def __init__(
        self, history: History, releases: Sequence[Release], export: Export | None
    ) -> None:
        self._by_oid = {commit.oid: commit for commit in history.commits}
        self._released = first_releases(history.commits, releases) if releases else None
        self._export = export
        self._newest = max(one.commit.committed for one in history.integrated)

    def of(self, change: Change, integration: Integration) -> Latency:
        """The waits of one change."""
        brought = [self._by_oid[oid] for oid in change.commits]
        return latency(
            change.commit, brought, integration, self._released, self._export, self._newest
        )
