"""What lies behind an integrated change: the commits of its pull request that a squash orphaned.

Forges keep them under `refs/pull/N/head` (or `refs/merge-requests/N/head`); clones do not fetch
these by default, and nothing is fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner.attribution.forge_pulls import named_number
from scanner.base.model import Commit
from scanner.git.commits import parse_commit
from scanner.git.process import Repository, run

#: Longer numbers name nothing.
_MOST_DIGITS = 16
_PULL_REFS = ("refs/pull/*/head", "refs/merge-requests/*/head")
_NUMBER = re.compile(rb"refs/(?:pull|merge-requests)/(\d+)/head")

#: A pull request whose last commit is younger than the change is another repository's number.
SLACK = timedelta(days=1)
#: Commits asked of git at once.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class PullRequests:
    """Heads by number, and the parents of every commit that only pull requests still reach."""

    heads: Mapping[int, str] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def members(self, number: int) -> tuple[str, ...]:
        """The commits of a pull request that the history does not hold, newest first."""
        found: dict[str, None] = {}
        open_ends = [self.heads[number]] if number in self.heads else []
        while open_ends:
            oid = open_ends.pop()
            if oid in self.parents and oid not in found:
                found[oid] = None
                open_ends += self.parents[oid]
        return tuple(found)

    def main_line(self, number: int) -> tuple[str, ...]:
        """Those of them that its head's first parents lead to, merges among them, oldest first."""
        found: list[str] = []
        open_ends = [self.heads[number]] if number in self.heads else []
        while open_ends and open_ends[0] in self.parents:
            found.append(open_ends[0])
            open_ends = list(self.parents[open_ends[0]][:1])
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A commit outside the history, the change that took it in, and what shows it."""

    oid: str
    integrated: str
    shown_by: str


def read_pull_requests(repo: Repository, history: Iterable[str]) -> PullRequests:
    """The pull-request refs of this clone, beyond the commits of the history."""
    listing = run(repo, "for-each-ref", "--format=%(objectname) %(refname)", *_PULL_REFS)
    heads = {}
    for line in listing.splitlines():
        oid, _, ref = line.partition(b" ")
        number = _NUMBER.fullmatch(ref)
        if number and len(number[1]) < _MOST_DIGITS:
            heads[int(number[1])] = oid.decode()
    if not heads:
        return PullRequests()
    wanted = "".join(f"{oid}\n" for oid in dict.fromkeys(heads.values()))
    unwanted = "".join(f"^{oid}\n" for oid in history)
    graph = run(repo, "rev-list", "--stdin", "--parents", stdin=(wanted + unwanted).encode())
    rows = (line.split() for line in graph.decode().splitlines())
    return PullRequests(heads, {oid: tuple(parents) for oid, *parents in rows})


def read_each(repo: Repository, oids: Sequence[str]) -> Iterator[Commit]:
    """The named commits, in order; what is not a commit of this clone is left out."""
    for start in range(0, len(oids), _BATCH):
        asked = oids[start : start + _BATCH]
        answers = run(repo, "cat-file", "--batch", stdin="".join(f"{o}\n" for o in asked).encode())
        position = 0
        while position < len(answers):
            end = answers.index(b"\n", position)
            oid, kind, *size = answers[position:end].decode().split()
            position = end + 1
            if not size:
                continue
            content = answers[position : position + int(size[0])]
            position += int(size[0]) + 1
            if kind == "commit":
                yield parse_commit(oid, _parents(content), content)


def _squashes(
    repo: Repository, commits: Iterable[Commit], pulls: PullRequests
) -> dict[int, Commit]:
    """The commit that each pull request became, by the number in its subject.

    A repository that was moved has two counts of numbers: then it is the first that is not older
    than what it squashed.
    """
    named: dict[int, list[Commit]] = {}
    for commit in commits:
        number = named_number(commit)
        if number is not None and number in pulls.heads:
            named.setdefault(number, []).append(commit)
    asked = [pulls.heads[number] for number, ones in named.items() if len(ones) > 1]
    times = {head.oid: head.committed for head in read_each(repo, asked)}
    return {
        number: next(
            (one for one in ones if _is_after(one, times.get(pulls.heads[number]))), ones[0]
        )
        for number, ones in named.items()
    }


def _is_after(commit: Commit, time: datetime | None) -> bool:
    return time is None or time <= commit.committed + SLACK


def match_orphans(
    repo: Repository, orphans: Iterable[str], commits: Sequence[Commit], pulls: PullRequests
) -> tuple[Orphan, ...]:
    """The integrated change of each orphan, by its pull request's number, else by equal patch."""
    left = dict.fromkeys(orphans)
    found: list[Orphan] = []
    for number, commit in _squashes(repo, commits, pulls).items():
        for oid in pulls.members(number):
            if oid in left:
                del left[oid]
                found.append(Orphan(oid, commit.oid, f"pull request #{number}"))
    return (*found, *_by_patch(repo, tuple(left), commits))


def _parents(content: bytes) -> tuple[str, ...]:
    header = content.partition(b"\n\n")[0].split(b"\n")
    return tuple(line[7:].decode() for line in header if line.startswith(b"parent "))


def _by_patch(
    repo: Repository, orphans: Sequence[str], commits: Sequence[Commit]
) -> tuple[Orphan, ...]:
    """A rebased commit keeps its author, its author's date and, mostly, its patch."""
    if not orphans:
        return ()
    by_author: dict[tuple[str, object], list[str]] = {}
    for commit in commits:
        if not commit.is_merge:
            by_author.setdefault((commit.author.email, commit.authored), []).append(commit.oid)
    likely = {
        orphan.oid: by_author[key]
        for orphan in read_each(repo, orphans)
        if (key := (orphan.author.email, orphan.authored)) in by_author
    }
    patches = _patch_ids(repo, [*likely, *(oid for oids in likely.values() for oid in oids)])
    return tuple(
        Orphan(orphan, oid, "equal patch")
        for orphan, oids in likely.items()
        for oid in oids[:1]
        if patches.get(orphan) is not None and patches.get(orphan) == patches.get(oid)
    )


def _patch_ids(repo: Repository, oids: Iterable[str]) -> dict[str, str]:
    request = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
    if not request:
        return {}
    options = ("--stdin", "-p", "--root", "--no-ext-diff", "--no-textconv", "--no-color")
    patches = run(repo, "diff-tree", *options, stdin=request)
    answers = run(repo, "patch-id", "--stable", stdin=patches).decode().split()
    return dict(zip(answers[1::2], answers[::2], strict=True))
