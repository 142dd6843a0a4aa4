"""Pull requests that were open together: what was said of each two on the day before, and after?

    python -m benchmarks.radar.replay [--last N] REPOSITORY…

Each repository needs GitHub's `refs/pull/N/head` and a main line whose commits name the requests
(`(#N)` or a merge of `#N`). For each request A that landed and each B that was open then and landed
later, both as they were a day before A landed, it is asked whether git cannot merge them (plain
`git merge-tree`), whether a new call of one no longer fits (call), and whether both edit one
function (function). What came of it is read afterwards:

- conflict: when B first took A in (a merge of the main line), files that A changed conflicted;
- fix: within two weeks after B landed, a change called a fix edited a function that both edited.

Requests that were rebased since tell nothing of their earlier states and are left out, and so are
pairs of which B never took the main line in after A landed, unless a fix followed: whether they
conflicted is not known.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.base.model import Problem
from scanner.base.store import open_store
from scanner.base.wilson import wilson
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.process import GitError, Repository, open_repository, run
from scanner.git.trees import diff_trees
from scanner.git.trial_merges import try_merges
from scanner.radar.collisions import broken_calls, edited_by_both
from scanner.radar.edits import Edits, edits_of
from scanner.radar.survey import changed_files

DAY = 86_400
#: A fix counts for so long after the second of two requests landed.
FOLLOWED = 14 * DAY
_NUMBER = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+) ")
_FIX = re.compile(r"^(?:\w+[:(/ ])?\s*(?:fix|bugfix|hotfix|bug\b|repair|revert)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a request or of the main line."""

    oid: str
    parents: tuple[str, ...]
    time: int
    subject: str


@dataclass(frozen=True, slots=True)
class Request:
    """A pull request that landed in `landing`, with its own commits, oldest first."""

    number: str
    landing: Commit
    own: tuple[Commit, ...]

    def at(self, time: int) -> str | None:
        """What it was at a time, if it was there."""
        before = [one.oid for one in self.own if one.time <= time]
        return before[-1] if before else None


def log(repo: Repository, *arguments: str) -> list[Commit]:
    """Commits, oldest first."""
    text = run(
        repo, "log", "--reverse", "--topo-order", "--format=%H%x00%P%x00%ct%x00%s", *arguments
    )
    rows = (line.split("\0") for line in text.decode("utf-8", "replace").split("\n")[:-1])
    return [Commit(oid, tuple(up.split()), int(time), said) for oid, up, time, said in rows]


def requests_of(repo: Repository, main: Iterable[Commit]) -> Iterator[Request]:
    """The requests that the main line names and the clone has."""
    for landing in main:
        number = _NUMBER.search(landing.subject)
        if number is None or not landing.parents:
            continue
        name = number[1] or number[2]
        try:
            own = log(repo, f"refs/pull/{name}/head", f"^{landing.parents[0]}")
        except GitError:
            continue
        if own:
            yield Request(name, landing, tuple(own))


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Two requests that were open together, as they were a day before the first landed."""

    one: Request
    other: Request
    here: str
    there: str


class Replay:
    """One history, asked pair by pair; what git is asked, it is asked of all at once."""

    def __init__(self, repo: Repository, reader: SourceReader, last: int) -> None:
        self._repo, self._reader = repo, reader
        self.main = log(repo, "--first-parent", f"-{last}", "HEAD")
        self._places = {one.oid: place for place, one in enumerate(self.main)}
        self.requests = list(requests_of(repo, self.main))
        self._own = {one.number: {c.oid for c in one.own} for one in self.requests}
        self._taken = {one.number: self._main_in(one) for one in self.requests}
        landings = [(one.parents[0], one.oid) for one in self.main if one.parents]
        self._landed = dict(zip((oid for _, oid in landings), self._edits(landings), strict=True))
        self._paths = {oid: self._changed(before, oid) for before, oid in landings}

    def asked(self) -> list[tuple[OpenPair, frozenset[str], str]]:
        """Each pair of which the outcome is known: what was said, and what came of it."""
        pairs = list(self._pairs())
        taking = [self._takes(pair) for pair in pairs]
        merges = [m.parents[:2] for m in taking if m is not None]
        clashes = dict(zip(merges, self._merged(merges), strict=True))
        came = [self._came(p, clashes.get(m.parents[:2]) if m else None)
                for p, m in zip(pairs, taking, strict=True)]  # fmt: skip
        known = [(pair, what) for pair, what in zip(pairs, came, strict=True) if what is not None]
        texts = self._merged([(pair.here, pair.there) for pair, _ in known])
        states = sorted({(self._fork(r, s), s) for p, _ in known
                         for r, s in ((p.one, p.here), (p.other, p.there))})  # fmt: skip
        edits = dict(zip((state for _, state in states), self._edits(states), strict=True))
        return [
            (pair, self._said(bool(text), edits[pair.here], edits[pair.there]), what)
            for (pair, what), text in zip(known, texts, strict=True)
        ]

    def _pairs(self) -> Iterator[OpenPair]:
        for place, one in enumerate(self.requests):
            time = one.landing.time - DAY
            here = one.at(time)
            for other in self.requests[place + 1 :] if here else ():
                there = other.at(time)
                if here and there and not self._are_stacked(one, here, other, there):
                    yield OpenPair(one, other, here, there)

    def _are_stacked(self, one: Request, here: str, other: Request, there: str) -> bool:
        return here in self._own[other.number] or there in self._own[one.number]

    def _main_in(self, request: Request) -> dict[str, int]:
        """How far along the main line each commit of a request, and each of their parents, is."""
        found: dict[str, int] = {}
        for commit in request.own:
            for parent in commit.parents:
                found.setdefault(parent, self._places.get(parent, -1))
            found[commit.oid] = max((found[parent] for parent in commit.parents), default=-1)
        return found

    def _takes(self, pair: OpenPair) -> Commit | None:
        """The merge by which the second took the first in from the main line."""
        place, taken = self._places[pair.one.landing.oid], self._taken[pair.other.number]
        for commit in pair.other.own:
            if len(commit.parents) == 2:
                into, other = (taken[parent] for parent in commit.parents)
                if into < place <= other:
                    return commit
        return None

    def _came(self, pair: OpenPair, clashes: tuple[str, ...] | None) -> str | None:
        if clashes and self._paths[pair.one.landing.oid] & set(clashes):
            return "conflict"
        both = self._functions(pair.one.landing) & self._functions(pair.other.landing)
        end = pair.other.landing.time
        if both and any(
            both & self._functions(later)
            for later in self.main
            if 0 < later.time - end <= FOLLOWED and _FIX.search(later.subject)
        ):
            return "fix"
        return None if clashes is None else "nothing"

    def _said(self, is_text: bool, here: Edits, there: Edits) -> frozenset[str]:
        edits = {"a": here, "b": there}
        found = {"conflict"} if is_text else set()
        found |= {"call" for _ in broken_calls(edits)}
        found |= {"function" for _ in edited_by_both(edits)}
        return frozenset(found)

    def _functions(self, landing: Commit) -> frozenset[tuple[str, str]]:
        edits = self._landed.get(landing.oid)
        return frozenset((one.path, one.name) for one in edits.functions) if edits else frozenset()

    def _changed(self, before: str, after: str) -> frozenset[str]:
        listing = run(self._repo, "diff-tree", "-r", "-z", "--name-only", before, after)
        return frozenset(listing.decode("utf-8", "surrogateescape").split("\0"))

    def _fork(self, request: Request, state: str) -> str:
        place = self._taken[request.number][state]
        if place >= 0:
            return self.main[place].oid
        base = request.landing.parents[0]
        return run(self._repo, "merge-base", base, state).decode().split()[0]

    def _edits(self, pairs: list[tuple[str, str]]) -> list[Edits]:
        diffs = diff_trees(self._repo, pairs)
        return [edits_of(tuple(changed_files(diff, self._reader))) for diff in diffs]

    def _merged(self, pairs: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        found = try_merges(self._repo, [(one, other) for one, other in pairs])
        return [() if isinstance(one, Problem) else one.conflicts for one in found]


WAYS = {
    "plain git merge-tree": frozenset(("conflict",)),
    "with calls": frozenset(("conflict", "call")),
    "with calls and functions": frozenset(("conflict", "call", "function")),
    "calls alone": frozenset(("call",)),
    "functions alone": frozenset(("function",)),
}


def main() -> None:
    """Prints, for each way to tell, what came of the pairs that it tells."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=300)
    options = parser.parse_args()
    table: Counter[tuple[frozenset[str], str]] = Counter()
    for path in options.repositories:
        repo = open_repository(path)
        with (
            tempfile.TemporaryDirectory() as folder,
            BlobReader(repo) as blobs,
            open_store(Path(folder) / "facts.sqlite") as store,
        ):
            replay = Replay(repo, SourceReader(blobs, store), options.last)
            own: Counter[tuple[frozenset[str], str]] = Counter()
            for pair, said, came in replay.asked():
                own[said, came] += 1
                if "call" in said:
                    print(f"  call: #{pair.one.number} #{pair.other.number} {came}")
        table += own
        print(
            f"{path.parent.name}: {len(replay.requests)} requests, {own.total()} pairs", flush=True
        )
        _print(own)
    print("all")
    _print(table)


def _print(table: Counter[tuple[frozenset[str], str]]) -> None:
    true = sum(count for (_, came), count in table.items() if came != "nothing")
    print(f"  {true} of {table.total()} pairs conflicted or were followed by a fix")
    for name, kinds in WAYS.items():
        told = Counter[str]()
        for (said, came), count in table.items():
            if said & kinds:
                told[came] += count
        right = told.total() - told["nothing"]
        if told.total() and true:
            low, high = wilson(right, told.total())
            share = f"{right / told.total():.2f} ({low:.2f} to {high:.2f})"
            print(
                f"  {name:<26} told {told.total():>4}, right {right:>4} = {share}, "
                f"recall {right / true:.2f} "
                f"(conflict {told['conflict']}, fix {told['fix']})"
            )


if __name__ == "__main__":
    main()
