"""References → the branches and pull requests that are still to land, and how far they lag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scanner.base.model import Problem, Stage
from scanner.git.process import GitError, Repository, run

#: Where branches and pull requests are, those that somebody works on here first. GitHub's and
#: GitLab's requests are there where a clone fetches them.
_PLACES = ("refs/heads", "refs/remotes", "refs/pull", "refs/merge-requests")
_FIELDS = "%(refname)%00%(objectname)%00%(objecttype)%00%(symref)%00%(committerdate:unix)"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that has not landed: `own` commits since it left its base at `fork`.

    `behind` are the commits that the base has had since then, `time` is when its last one was made.
    """

    name: str
    tip: str
    fork: str
    own: int
    behind: int
    time: datetime


class OpenBranches(NamedTuple):
    """Branches by name, and how many were left out because they are in, or are too old."""

    branches: tuple[Branch, ...]
    landed: int
    old: int
    problems: tuple[Problem, ...]


class _Ref(NamedTuple):
    name: str
    short: str
    tip: str
    time: datetime


def open_branches(repo: Repository, base: str, days: int) -> OpenBranches:
    """The branches that have commits which the commit `base` lacks.

    Left out are those whose last commit is `days` older than the newest here: no clock is asked.
    Raises GitError.
    """
    refs = list(_told_once(_refs(repo)))
    newest = max((one.time for one in refs), default=datetime.min.replace(tzinfo=UTC))
    fresh = [one for one in refs if newest - one.time <= timedelta(days=days)]
    found: list[Branch] = []
    problems: list[Problem] = []
    landed = 0
    for one in fresh:
        branch = _branch(repo, base, one)
        if isinstance(branch, Problem):
            problems.append(branch)
        elif branch.own:
            found.append(branch)
        else:
            landed += 1
    found.sort(key=lambda branch: branch.name)
    return OpenBranches(tuple(found), landed, len(refs) - len(fresh), tuple(problems))


def _refs(repo: Repository) -> Iterator[_Ref]:
    """All that may be a branch. GitHub keeps `merge` beside `head` of requests that are open: where
    a clone has fetched those, others are closed.
    """
    trials = set(run(repo, "for-each-ref", "--format=%(refname)", "refs/pull/*/merge").split())
    for ref in _listed(repo):
        trial = f"{ref.name.removesuffix('head')}merge".encode("utf-8", "surrogateescape")
        if not trials or not ref.name.startswith("refs/pull/") or trial in trials:
            yield ref


def _listed(repo: Repository) -> Iterator[_Ref]:
    for place in _PLACES:
        listing = run(repo, "for-each-ref", f"--format={_FIELDS}", place)
        for line in listing.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            name, tip, kind, target, seconds = line.split("\0")
            short = _short(name)
            if kind == "commit" and not target and short is not None:
                yield _Ref(name, short, tip, datetime.fromtimestamp(int(seconds or 0), UTC))


def _short(name: str) -> str | None:
    """What people call a branch; None for what a forge makes of requests besides their heads."""
    if name.startswith(("refs/heads/", "refs/remotes/")):
        return name.split("/", 2)[2]
    return name.removeprefix("refs/").removesuffix("/head") if name.endswith("/head") else None


def _told_once(refs: Iterator[_Ref]) -> Iterator[_Ref]:
    """Of references to one commit, and of a branch here and its namesake at a remote, the first."""
    tips: set[str] = set()
    names: set[str] = set()
    for one in refs:
        is_remote = one.name.startswith("refs/remotes/")
        own = one.short.partition("/")[2] if is_remote else one.short
        if one.tip not in tips and not (is_remote and own in names):
            tips.add(one.tip)
            names.add(own)
            yield one


def _branch(repo: Repository, base: str, ref: _Ref) -> Branch | Problem:
    try:
        forks = run(repo, "merge-base", base, ref.tip).decode().split()
        counts = run(repo, "rev-list", "--left-right", "--count", f"{base}...{ref.tip}")
    except GitError:
        return Problem(Stage.GIT, None, f"{ref.short} has no common ancestor with the base here")
    behind, own = map(int, counts.split())
    return Branch(ref.short, ref.tip, forks[0], own, behind, ref.time)


def ancestors_among(repo: Repository, tips: Sequence[str]) -> frozenset[tuple[str, str]]:
    """(older, newer) for those of two tips of which one holds the other: stacked branches."""
    wanted = dict.fromkeys(tips)
    found = set()
    for tip in wanted:
        listing = run(repo, "for-each-ref", "--format=%(objectname)", f"--merged={tip}", *_PLACES)
        found |= {(older, tip) for older in set(listing.decode().split()) if older != tip}
    return frozenset(one for one in found if one[0] in wanted)
