"""How stable a score is: the same change judged by the codebase of a month, or a quarter, earlier.

Each of the last changes of the main line is judged by the codebase before it, as always, and by the
codebase of so many days before: reference and counts are those of that day. From that day's side
it is the same change judged later. Printed are how many points apart the scores are, their rank
correlation, and A/A: the mean score of the older half of the changes against that of the newer
half, with the 95 % interval of the difference (Welch).

    python -m benchmarks.deviation.stability REPOSITORY... [--changes 100] [--days 30 90]
"""

from __future__ import annotations

import argparse
import time
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.deviation.judging import diffs_of, scorer
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import Repository, open_repository


def measure(repository: Repository, count: int, days: list[int]) -> str:
    """The figures of one history, in a line."""
    tip = head(repository)
    assert tip is not None
    chain = first_parent_chain(read_commits(repository, [tip]), tip)
    times = [commit.committed.timestamp() for commit in chain]
    pairs = [(one.oid, other.oid) for one, other in pairwise(chain)]
    places = range(max(0, len(pairs) - 4 * count), len(pairs))
    diffs = dict(zip(places, diffs_of(repository, [pairs[i] for i in places]), strict=True))
    chosen = [i for i in places if diffs[i].files][-count:]
    earlier = {
        (i, shift): chain[max(0, bisect_right(times, times[i] - 86_400 * shift, hi=i + 1) - 1)].oid
        for i in chosen
        for shift in days
    }
    bases = sorted({*earlier.values(), *(pairs[i][0] for i in chosen)})
    found: dict[tuple[int, int], float] = {}
    with scorer(repository, bases) as scores:
        for shift in (0, *days):
            for i in chosen:
                base = earlier[i, shift] if shift else pairs[i][0]
                score = scores.score(diffs[i], base).score
                if score is not None:
                    found[i, shift] = score
    own = [found[i, 0] for i in chosen if (i, 0) in found]
    parts = [f"{len(own):4} scored"]
    for shift in days:
        both = [(found[i, 0], found[i, shift]) for i in chosen if {(i, 0), (i, shift)} <= {*found}]
        one, other = np.array(both).T
        apart = np.abs(one - other)
        parts.append(
            f"{shift:3} days: n {len(both):3}, median {np.median(apart):4.1f}, 90 % "
            f"{np.quantile(apart, 0.9):4.1f}, mean shift {np.mean(one - other):+5.1f}, "
            f"rank correlation {stats.spearmanr(one, other).statistic:.3f}"
        )
    half = len(own) // 2
    test = stats.ttest_ind(own[half:], own[:half], equal_var=False)
    low, high = test.confidence_interval(0.95)
    drift = np.mean(own[half:]) - np.mean(own[:half])
    parts.append(f"A/A {drift:+5.1f} ({low:+.1f} to {high:+.1f})")
    return "; ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--days", type=int, nargs="+", default=[30, 90])
    options = parser.parse_args()
    for source in options.repositories:
        path = Path(source)
        name = path.parent.name if path.name == "repo" else path.name
        start = time.process_time()
        said = measure(open_repository(path), options.changes, options.days)
        print(f"{name}: {said} ({time.process_time() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
