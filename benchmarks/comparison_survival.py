"""How often intervals of line survival hold a planted difference.

    python -m benchmarks.comparison_survival [--rounds 1000]

Lines of a change share its risk, changes of an author share theirs, and authors write unequally
much. AI's lines end more often by ten points by day 30, half of that by day 14.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from scanner.base.model import ChangeType, Label
from scanner.compare.evidence import Measured
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives, line_survival
from scanner.compare.strata import Arms
from scanner.compare.table import Row, Table

RESAMPLES = 299
EFFECT = 0.1
START = datetime(2024, 1, 1, tzinfo=UTC)


class Size(NamedTuple):
    """How large a history is drawn, and how unequal its authors (Zipf's exponent)."""

    authors: int
    changes: int
    inequality: float


SIZES = (Size(60, 600, 0.8), Size(20, 400, 0.8), Size(6, 300, 0.5), Size(200, 1000, 1.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=1000)
    given = parser.parse_args()
    print(f"{given.rounds} histories each, {RESAMPLES} resamples, 95 % intervals of the difference")
    for size in SIZES:
        held: dict[int, list[bool]] = {}
        for seed in range(given.rounds):
            for day, holds in one_history(size, seed):
                held.setdefault(day, []).append(holds)
        shares = ", ".join(f"day {day} {np.mean(found):.3f}" for day, found in held.items())
        print(f"{size.authors:4} authors, {size.changes:5} changes: {shares}", flush=True)


def one_history(size: Size, seed: int) -> list[tuple[int, bool]]:
    """For each landmark, whether the interval held the truth."""
    random = np.random.default_rng((7, seed))
    weight = np.arange(1, size.authors + 1) ** -size.inequality
    author = random.choice(size.authors, size.changes, p=weight / weight.sum())
    treated = random.random(size.changes) < 0.5
    lines = np.clip(np.exp(random.normal(3, 1, size.changes)), 1, 300).astype(int)
    risk = 0.25 + 0.1 * random.uniform(-1, 1, size.authors)[author] + EFFECT * treated
    risk += 0.1 * random.uniform(-1, 1, size.changes)
    row = np.repeat(np.arange(size.changes), lines)
    ends = np.where(random.random(len(row)) < risk[row], random.uniform(0, 30, len(row)), np.inf)
    watched = random.uniform(5, 400, size.changes)[row]
    lives = LineLives(row, np.minimum(ends, watched), ends <= watched)
    rows = tuple(
        Row(str(i), f"a{author[i]}", Label.UNMARKED, None, ChangeType.FIX, 20, START, ())
        for i in range(size.changes)
    )
    arms = Arms(treated.astype(np.float64), "AI-attributed", "other")
    found = line_survival(Table((), rows), arms, lives, resampling=Resampling(seed, RESAMPLES))
    assert isinstance(found, Measured)
    return [
        (
            at.day,
            at.interval is not None and not at.interval.excludes(-EFFECT * min(at.day / 30, 1)),
        )
        for at in found.value.raw
    ]


if __name__ == "__main__":
    main()
