"""PURE: forges' merge commits → which branch brought which commits into the history."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.attribution.commits import branch_claims, merged_branch
from scanner.attribution.identities import IdentityTable
from scanner.attribution.signals import Role
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


def claims_by_branch(commits: Sequence[Commit], book: IdentityTable) -> Iterator[tuple[str, Claim]]:
    """What the branch says of a forge's merge and of the commits that it brought in.

    An agent's branch tells whose a bot's commits are. Agents that name branches so commit as
    themselves or as the forge's bot: what a person added to such a branch is the person's.
    """
    graph = Graph(commits)
    for merge in commits:
        branch = merged_branch(merge)
        claims = tuple(branch_claims(merge, branch, book.registry)) if branch else ()
        for claim in claims:
            yield merge.oid, claim
            for commit in graph.brought_by(merge):
                yield commit.oid, claim if _is_bot(commit, book) else _of_a_person(claim)


def _is_bot(commit: Commit, book: IdentityTable) -> bool:
    found = book.find(commit.author, Role.AUTHOR)
    return found.signal is not None or found.app is not None


def _of_a_person(claim: Claim) -> Claim:
    if claim.level is Level.NEAR_MISS:
        return claim
    note = "a person committed to this branch: its name does not say who wrote the commit"
    return replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, note=note)


def _once(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    return tuple({commit.oid: commit for commit in commits}.values())
