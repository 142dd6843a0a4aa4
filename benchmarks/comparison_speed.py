"""How long the statistics take on a large history, on one core.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.comparison_speed [--changes 13000] [--outcomes 12]

Prints the time of the estimates alone, of the survival of lines, and of the whole comparison with
placebo, sensitivity and the check of the scores, and the peak memory.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from fixtures.simulated import Plan, draw
from scanner.base.model import Missing
from scanner.compare.compare import Contrast, arms_of, compare
from scanner.compare.estimates import estimate
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives, line_survival
from scanner.compare.table import OutcomeSpec, Row, Scale, Table, Theme

ROUNDS = 1000
LINES_PER_CHANGE = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--changes", type=int, default=13_000)
    parser.add_argument("--outcomes", type=int, default=12)
    given = parser.parse_args()
    random = np.random.default_rng(0)
    table = history(given.changes, given.outcomes, random)
    lives = lines(table, random)
    resampling = Resampling(1, ROUNDS)
    arms = arms_of(table, Contrast.AI)
    print(f"{given.changes} changes, {given.outcomes} outcomes, {ROUNDS} resamples of each kind")
    with timed("estimates"):
        for outcome in table.outcomes:
            estimate(table, arms, outcome, resampling)
    with timed(f"survival of {len(lives.row)} lines"):
        line_survival(table, arms, lives, resampling=resampling)
    with timed("the whole comparison"):
        compare(table, lives, resampling)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':28} {peak:6.0f} MB")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints the time a block took; on a busy machine the processor time tells more."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:28} {wall:6.1f} s, {processor:.1f} s of processor time", flush=True)


def history(changes: int, outcomes: int, random: np.random.Generator) -> Table:
    """A drawn history with several outcomes, some of them missing here and there."""
    base, _ = draw(Plan("large", changes=changes, authors=300, days=1800), random)
    specs = [OutcomeSpec("debt", "Debt", "points", Theme.DEBT, Scale.AMOUNT)]
    specs += [OutcomeSpec("rework_14", "Rework", "share", Theme.DURABILITY, Scale.SHARE)]
    specs += [
        OutcomeSpec(f"y{n}", f"Y{n}", "units", Theme.BURDEN, Scale.AMOUNT)
        for n in range(outcomes - 2)
    ]
    rows = tuple(_with_values(row, outcomes, random) for row in base.rows)
    return Table(tuple(specs[:outcomes]), rows)


def _with_values(row: Row, outcomes: int, random: np.random.Generator) -> Row:
    (first,) = row.values
    assert isinstance(first, float)
    values = [
        Missing("too young") if random.random() < 0.01 * n else abs(first + random.normal())
        for n in range(outcomes)
    ]
    return replace(row, values=tuple(values))


def lines(table: Table, random: np.random.Generator) -> LineLives:
    """Lines that end at random, each watched as long as its change is old."""
    count = random.poisson(LINES_PER_CHANGE, len(table.rows))
    row = np.repeat(np.arange(len(table.rows)), count)
    newest = max(one.time for one in table.rows)
    age = np.array([(newest - one.time).total_seconds() / 86_400 for one in table.rows])[row]
    end = random.exponential(900, len(row))
    return LineLives(row, np.minimum(end, age), end <= age)


if __name__ == "__main__":
    main()
