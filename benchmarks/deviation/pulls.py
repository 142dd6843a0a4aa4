"""Do pull requests that were turned down, or much reworked, score higher than those taken as is?

What the forge's refs tell (`refs/pull/N/head`), without asking it, of the last `--days`. A pull
request is *taken* where a commit of the main line names it (`(#N)`, `Merge pull request #N`) or has
its head as an ancestor; *turned down* where none does and its head is older than 120 days: some of
these may still be open. *Reworked* are those taken whose later commits delete half as many lines as
the first one added, or more; *as they were* are those taken in one commit. Each is judged as `gate`
does: its head against the commit where it left the main line. Printed is the chance that one of a
kind scores higher than one that was taken as it was, with a 95 % bootstrap interval, for each
history and for all (drawn within histories).

    python -m benchmarks.deviation.pulls REPOSITORY... [--each 60] [--days 730]
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.deviation.judging import diffs_of, scorer
from scanner.base.errors import ScanError
from scanner.git.commits import head
from scanner.git.process import Repository, open_repository, run

_NAMED = re.compile(r"\(#(\d+)\)\s*$|Merge pull request #(\d+)", re.MULTILINE)
OPEN_DAYS, REWORKED = 120, 0.5
KINDS = ("turned down", "reworked", "as they were")


class Pull(NamedTuple):
    """A pull request: its kind, the commit where it left the main line, and its head."""

    kind: str
    base: str
    head: str


def _lines(repository: Repository, *arguments: str) -> list[str]:
    return run(repository, *arguments).decode("utf-8", "replace").splitlines()


def pulls(repository: Repository, each: int, days: int) -> list[Pull]:
    """Pull requests of the last days that touch Python, at most so many of each kind."""
    tip = head(repository)
    assert tip is not None
    merged = set(_lines(repository, "rev-list", tip))
    named = {
        int(one or other)
        for one, other in _NAMED.findall("\n".join(_lines(repository, "log", "--format=%B", tip)))
    }
    newest = int(_lines(repository, "log", "-1", "--format=%ct", tip)[0])
    shape = "--format=%(objectname) %(committerdate:unix) %(refname)"
    heads = [line.split() for line in _lines(repository, "for-each-ref", shape, "refs/pull")]
    random.Random("pulls").shuffle(heads)  # noqa: S311 - a repeatable sample
    found: defaultdict[str, list[Pull]] = defaultdict(list)
    looked_at: Counter[bool] = Counter()
    for oid, when, ref in heads:
        age = (newest - int(when)) / 86_400
        is_taken = int(ref.split("/")[2]) in named or oid in merged
        if age > days or (not is_taken and age < OPEN_DAYS) or looked_at[is_taken] >= 5 * each:
            continue
        looked_at[is_taken] += 1
        pull = _pull(repository, tip, oid, is_taken=is_taken)
        if pull is not None and len(found[pull.kind]) < each:
            found[pull.kind].append(pull)
    return [one for kind in KINDS for one in found[kind]]


def _pull(repository: Repository, tip: str, oid: str, *, is_taken: bool) -> Pull | None:
    try:
        own = _lines(repository, "rev-list", "--reverse", "--no-merges", f"{tip}..{oid}")
        if own:
            base = _lines(repository, "merge-base", tip, oid)[0]
        else:  # merged with its own commits: where it left the main line
            base, own = _left(repository, tip, oid)
        if (
            not base
            or not own
            or not _lines(repository, "diff", "--name-only", base, oid, "--", "*.py")
        ):
            return None
        if not is_taken:
            return Pull("turned down", base, oid)
        if len(own) == 1:
            return Pull("as they were", base, oid)
        rework = _deleted(repository, own[0], oid) / max(_added(repository, base, own[0]), 1)
    except (ScanError, IndexError):
        return None
    return Pull("reworked", base, oid) if rework >= REWORKED else None


def _left(repository: Repository, tip: str, oid: str) -> tuple[str, list[str]]:
    """Where a merged branch left the main line, and its commits."""
    path = _lines(
        repository, "rev-list", "--ancestry-path", "--merges", "--first-parent", "--reverse",
        f"{oid}..{tip}",
    )  # fmt: skip
    if not path:
        return "", []
    before = _lines(repository, "rev-parse", f"{path[0]}^1")[0]
    base = _lines(repository, "merge-base", before, oid)[0]
    own = _lines(repository, "rev-list", "--reverse", "--no-merges", f"{before}..{oid}")
    return base, own


def _added(repository: Repository, one: str, other: str) -> int:
    return _count(repository, 0, one, other)


def _deleted(repository: Repository, one: str, other: str) -> int:
    return _count(repository, 1, one, other)


def _count(repository: Repository, column: int, one: str, other: str) -> int:
    rows = _lines(repository, "diff", "--numstat", one, other, "--", "*.py")
    return sum(int(n) for row in rows if (n := row.split("\t")[column]).isdigit())


def chance(ones: list[float], others: list[float]) -> float:
    """That one of the first is higher than one of the others; equals count half."""
    a, b = np.array(ones)[:, None], np.array(others)[None, :]
    return float(((a > b) + 0.5 * (a == b)).mean())


def interval(histories: list[tuple[list[float], list[float]]]) -> tuple[float, float, float]:
    """The mean chance over histories, weighed by their pairs' number, and its interval."""
    rng = np.random.default_rng(18)

    def mean(parts: list[tuple[list[float], list[float]]]) -> float:
        weights = [len(a) * len(b) / (len(a) + len(b)) for a, b in parts]
        return float(np.average([chance(a, b) for a, b in parts], weights=weights))

    drawn = [
        mean([(list(rng.choice(a, len(a))), list(rng.choice(b, len(b)))) for a, b in histories])
        for _ in range(2_000)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return mean(histories), float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--days", type=int, default=730)
    options = parser.parse_args()
    every: defaultdict[str, list[tuple[list[float], list[float]]]] = defaultdict(list)
    for source in options.repositories:
        path = Path(source)
        name = path.parent.name if path.name == "repo" else path.name
        repository, start = open_repository(path), time.process_time()
        chosen = pulls(repository, options.each, options.days)
        chosen.sort(key=lambda one: _when(repository, one.base))
        diffs = diffs_of(repository, [(one.base, one.head) for one in chosen])
        scores: defaultdict[str, list[float]] = defaultdict(list)
        with scorer(repository, sorted({one.base for one in chosen})) as judge:
            for one, diff in zip(chosen, diffs, strict=True):
                found = judge.score(diff, one.base).score
                if found is not None:
                    scores[one.kind].append(found)
        usual = scores["as they were"]
        said = [f"{kind}: n {len(scores[kind])}, median {_median(scores[kind])}" for kind in KINDS]
        for kind in KINDS[:2]:
            if min(len(scores[kind]), len(usual)) >= 10:
                every[kind].append((scores[kind], usual))
                said.append(
                    "{}: {:.2f} ({:.2f} to {:.2f})".format(kind, *interval([every[kind][-1]]))
                )
        print(f"{name}: {'; '.join(said)} ({time.process_time() - start:.0f} s)", flush=True)
    for kind, parts in every.items():
        print("all, {}: {:.3f} ({:.3f} to {:.3f})".format(kind, *interval(parts)))


def _median(scores: list[float]) -> str:
    return f"{np.median(scores):.0f}" if scores else "-"


def _when(repository: Repository, oid: str) -> int:
    return int(_lines(repository, "log", "-1", "--format=%ct", oid)[0])


if __name__ == "__main__":
    main()
