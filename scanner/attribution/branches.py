"""PURE: forges' merges and records → which pull request brought which commits into the history."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.attribution.commits import claims_of, forge_claims
from scanner.attribution.forge_pulls import FROM_BODY, ForgePull, ForgeRecords, merged_pull
from scanner.attribution.identities import IdentityTable
from scanner.attribution.signals import SignalRole
from scanner.base.model import Claim, Commit, Label, Level


@dataclass(frozen=True, slots=True)
class Graph:
    """Commits in topological order, parents first, and the place of each in it."""

    commits: Sequence[Commit]
    places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        places = {commit.oid: place for place, commit in enumerate(self.commits)}
        object.__setattr__(self, "places", places)

    def brought_by(self, merge: Commit) -> tuple[Commit, ...]:
        """The commits that a merge's further parents reach and its first does not, newest first."""
        wanted = self._known(merge.parents[1:])
        others = self._known(merge.parents[:1])
        # Newest first, so that a commit is met only after all its children: when only commits of
        # the first parent's side are left, nothing more can be new.
        queue = [-place for place in {*wanted, *others}]
        heapq.heapify(queue)
        unwanted, open_wanted = set(others), set(wanted) - set(others)
        found: list[Commit] = []
        while queue and open_wanted:
            place = -heapq.heappop(queue)
            commit = self.commits[place]
            is_unwanted = place in unwanted
            if not is_unwanted:
                found.append(commit)
                open_wanted.discard(place)
            for parent in self._known(commit.parents):
                if is_unwanted:
                    open_wanted.discard(parent)
                    is_new = parent not in unwanted
                    unwanted.add(parent)
                else:
                    is_new = parent not in open_wanted and parent not in unwanted
                    if parent not in unwanted:
                        open_wanted.add(parent)
                if is_new:
                    heapq.heappush(queue, -parent)
        return _once(found)

    def _known(self, oids: Sequence[str]) -> list[int]:
        return [self.places[oid] for oid in oids if oid in self.places]


def claims_by_branch(
    commits: Sequence[Commit], book: IdentityTable, records: ForgeRecords
) -> Iterator[tuple[str, Claim]]:
    """What a pull request says of the commit that it became and of the commits that it brought in.

    Of a merge without a record, its words tell the branch. Most agents commit as themselves or as
    the forge's bot: what a person added to such a branch is the person's.
    """
    graph = Graph(commits)
    for commit in commits:
        pull = _pull_of(commit, records)
        claims = tuple(forge_claims(commit, book.registry, pull)) if pull else ()
        for claim in claims:
            yield commit.oid, claim
        if claims and commit.is_merge:
            yield from _of_parts(graph.brought_by(commit)[::-1], claims, book)
    for pull, oids in records.parts:
        parts = tuple(graph.commits[graph.places[oid]] for oid in oids)
        yield from _of_parts(parts, tuple(forge_claims(parts[-1], book.registry, pull)), book)


def _pull_of(commit: Commit, records: ForgeRecords) -> ForgePull | None:
    """What the forge told of it, with the branch that the merge names where the record has none."""
    told, said = records.wholes.get(commit.oid), merged_pull(commit)
    if told is None or told.branch or said is None:
        return told or said
    return replace(told, branch=said.branch)


def _of_parts(
    parts: Sequence[Commit], claims: Sequence[Claim], book: IdentityTable
) -> Iterator[tuple[str, Claim]]:
    """The claims on a pull request as claims on its commits, oldest first.

    An agent that commits in the name of its user marks nothing: then the branch decides, or the
    body where no commit is marked, over the commits of whoever wrote the first.
    """
    own = [commit for commit in parts if not commit.is_merge]
    is_marked = any(_is_marked(commit, book) for commit in own)
    for commit in own:
        is_first = commit.author.email == own[0].author.email
        for claim in claims:
            as_user = not is_marked if claim.source == FROM_BODY else _commits_as_user(claim, book)
            is_believed = _is_bot(commit, book) or (is_first and as_user)
            yield commit.oid, claim if is_believed else _of_a_person(claim)


def _is_marked(commit: Commit, book: IdentityTable) -> bool:
    found = claims_of(commit, book)
    return any(claim.label in (Label.AI, Label.ASSISTED, Label.MIXED) for claim in found)


def _commits_as_user(claim: Claim, book: IdentityTable) -> bool:
    return book.registry.signal(claim.rule).commits_as_user


def _is_bot(commit: Commit, book: IdentityTable) -> bool:
    found = book.find(commit.author, SignalRole.AUTHOR)
    return found.signal is not None or found.app is not None


def _of_a_person(claim: Claim) -> Claim:
    if claim.level is Level.NEAR_MISS:
        return claim
    note = "a person committed to this branch: its name does not say who wrote the commit"
    return replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, note=note)


def _once(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    return tuple({commit.oid: commit for commit in commits}.values())
