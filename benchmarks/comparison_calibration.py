"""How often the comparison is right where the truth is known.

    python -m benchmarks.comparison_calibration [--rounds 1000] [--only TEXT] [--history DIR]

Coverage: how often the 95 % interval of the adjusted difference holds the planted effect, beside
the plain percentile bootstrap over clusters on the same histories. Shuffled: how often p ≤ 0.05,
and how often the interval excludes 0, when labels are handed out at random.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fixtures.simulated import PLANS, SMALL_PLANS, Plan, draw, outcome_of, shuffled
from scanner.base.store import open_store
from scanner.compare.compare import Contrast, arms_of
from scanner.compare.design import Design
from scanner.compare.estimates import estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import Resampling
from scanner.compare.outcomes import table_of
from scanner.compare.strata import Arms, design_at, select
from scanner.compare.table import Table
from scanner.config import Settings
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from scanner.history.aftermath import follow_up
from scanner.history.read import Selection, read_history
from scanner.judge.batch import JudgingContext

RESAMPLES = 399
BARS = ("any_finding", "debt", "duplicated_share", "rework_14")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--only", default="", help="run plans whose name contains this")
    parser.add_argument("--history", help="shuffle the labels of this real history instead")
    parser.add_argument("--store", type=Path, help="a store that knows that history already")
    given = parser.parse_args()
    if given.history:
        real(Path(given.history), given.rounds, given.store)
        return
    print(f"{given.rounds} histories each, {RESAMPLES} resamples, 95 % intervals")
    for plan in (*PLANS, *SMALL_PLANS):
        if given.only in plan.name:
            start = time.perf_counter()
            hits, plain, no_interval = coverage(plan, given.rounds)
            by_p, by_interval = rejection(plan, given.rounds)
            print(
                f"{plan.name:42} coverage {hits:.3f} (percentile bootstrap {plain:.3f})  "
                f"shuffled: p ≤ 0.05 {by_p:.3f}, interval excludes 0 {by_interval:.3f}  "
                f"no interval {no_interval:.3f}  {time.perf_counter() - start:.0f} s",
                flush=True,
            )


def real(path: Path, rounds: int, store: Path | None) -> None:
    """Prints how often intervals exclude 0, and p is at most 0.05, when a real history's labels are
    shuffled: there is no difference then, so that coverage is what the first lacks to 1.
    """
    table, arms = _history(path, store)
    in_arms = np.flatnonzero(~np.isnan(arms.treated))
    for outcome in table.outcomes:
        if outcome.key not in BARS:
            continue
        hits, small = [], []
        for seed in range(rounds):
            treated = arms.treated.copy()
            treated[in_arms] = np.random.default_rng((5, seed)).permutation(treated[in_arms])
            mixed = Arms(treated, arms.treated_name, arms.others_name)
            one = estimate(table, mixed, outcome, Resampling(seed, RESAMPLES)).adjusted
            if isinstance(one, Measured):
                hits.append(one.value.effect.difference_interval.excludes(0.0))
                small.append(one.value.effect.p is not None and one.value.effect.p <= 0.05)
        sizes = f"{int(np.nansum(arms.treated))} of {len(in_arms)}"
        print(
            f"{path.name:30} {outcome.title:28} AI {sizes}: "
            f"excludes 0 {np.mean(hits):.3f}, p ≤ 0.05 {np.mean(small):.3f}",
            flush=True,
        )


def _history(path: Path, known: Path | None) -> tuple[Table, Arms]:
    repository = open_repository(path)
    with tempfile.TemporaryDirectory() as folder:
        context = JudgingContext(repository, known or Path(folder) / "facts.sqlite", Settings())
        with open_store(context.store_path) as store:
            selection = Selection(resolve(repository, "HEAD"))
            history = read_history(context, store, selection, 1, lambda *_: None)
            facts = follow_up(history, repository, store).facts
    table = table_of([one for one in facts if one.change.exclusion is None])
    return table, arms_of(table, Contrast.AI)


def coverage(plan: Plan, rounds: int) -> tuple[float, float, float]:
    """Shares of histories whose interval holds the truth: ours, the plain one; and without any."""
    hits, plain, missing = [], [], 0
    for seed in range(rounds):
        random = np.random.default_rng((1, seed))
        table, arms = draw(plan, random)
        outcome = outcome_of(plan)
        one = estimate(table, arms, outcome, Resampling(seed, RESAMPLES))
        if not isinstance(one.adjusted, Measured):
            missing += 1
            continue
        bounds = one.adjusted.value.effect.difference_interval
        missing += bounds.is_open
        hits.append(not bounds.excludes(plan.effect))
        selection = select(table, arms, outcome)
        design = design_at(table, selection, one.adjusted.value.stratification.holds_fixed)
        assert design is not None  # the estimate was made with it
        low, high = percentile(design, selection.values[design.rows], random)
        plain.append(low <= plan.effect <= high)
    return float(np.mean(hits)), float(np.mean(plain)), missing / rounds


def percentile(
    design: Design, values: np.ndarray, random: np.random.Generator
) -> tuple[float, float]:
    """The textbook interval: clusters drawn with replacement, quantiles of the estimates."""
    scores = design.by_cluster(design.centred_arm * design.centre(values))
    drawn = random.multinomial(
        design.clusters, np.full(design.clusters, 1 / design.clusters), RESAMPLES
    )
    weight = drawn @ design.cluster_weight
    kept = weight > 0
    low, high = np.quantile((drawn @ scores)[kept] / weight[kept], (0.025, 0.975))
    return float(low), float(high)


def rejection(plan: Plan, rounds: int) -> tuple[float, float]:
    """Shares of shuffles in which p is at most 0.05, and in which the interval excludes 0."""
    found = list(_shuffles(plan, rounds))
    return float(np.nanmean([p <= 0.05 for p, _ in found])), float(np.mean([e for _, e in found]))


def _shuffles(plan: Plan, rounds: int) -> Iterator[tuple[float, bool]]:
    for seed in range(rounds):
        if plan.treated or not seed:  # a small history is drawn anew, lest one chance decide
            table, arms = draw(plan, np.random.default_rng((2, seed)))
        mixed = shuffled(arms, np.random.default_rng((3, seed)))
        one = estimate(table, mixed, outcome_of(plan), Resampling(seed, RESAMPLES))
        if isinstance(one.adjusted, Measured):
            bounds = one.adjusted.value.effect.difference_interval
            p = one.adjusted.value.effect.p
            yield np.nan if p is None else p, bounds.excludes(0.0)


if __name__ == "__main__":
    main()
