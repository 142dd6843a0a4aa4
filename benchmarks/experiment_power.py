"""How often an experiment of `tallystick experiment` is wrong, and how often it sees an effect.

    python -m benchmarks.experiment_power [--rounds 1000]

Branches are made up: sizes are log-normal, three in five have no debt at all, the debt of the
others is exponential and of their size. Arms are drawn in permuted blocks as the program draws
them; one branch in eight never comes in. An effect takes the same debt, a share of the mean, from
every branch that heard. Printed for each number of branches and each effect: how often p is below
0.05, and how often the interval holds the true difference.
"""

from __future__ import annotations

import argparse

import numpy as np

from scanner.base.experiment import Begun, Experiment, ExperimentArm, Met
from scanner.compare.randomised import RandomisedBranch, randomised_effect

_BLOCK = 4
_LOST = 8


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    print(f"{rounds:,} experiments a row, blocks of {_BLOCK}, one branch in {_LOST} never came in")
    print("branches  effect  p<0.05  holds the truth  median width")
    for branches in (12, 24, 48, 96, 192):
        for effect in (0.0, 0.25, 0.5, 0.75):
            print(_row(branches, effect, rounds), flush=True)


def _row(branches: int, effect: float, rounds: int) -> str:
    random = np.random.default_rng(branches)
    told = [_told(random, branches, effect, number) for number in range(rounds)]
    rejected = np.mean([p < 0.05 for p, _, _ in told])
    held = np.mean([holds for _, holds, _ in told])
    width = np.median([width for _, _, width in told])
    return f"{branches:8} {-effect or 0.0:7.0%} {rejected:7.1%} {held:16.1%} {width:13.1f}"


def _told(
    random: np.random.Generator, branches: int, effect: float, seed: int
) -> tuple[float, bool, float]:
    """The p, whether the interval holds the true difference, and its width, for 100 lines."""
    met = tuple(Met(str(number), "") for number in range(branches))
    drawn = Experiment(Begun("x", seed, _BLOCK, "", 0), met).assignments
    size = np.ceil(np.exp(random.normal(4.5, 1.0, branches)))
    debt = np.where(random.random(branches) < 0.6, 0.0, random.exponential(12.0, branches))
    came_in = random.random(branches) >= 1 / _LOST
    heard = np.array([one.arm is ExperimentArm.HEARD for one in drawn])
    # The effect is one for every branch, so that there is a truth to hold; points may be negative.
    lost = effect * float(np.sum(debt * size) / np.sum(size))
    made = [
        RandomisedBranch(one.block, bool(h), float((d - lost * h) * s), float(s))
        for one, h, d, s, c in zip(drawn, heard, debt, size, came_in, strict=True)
        if c
    ]
    found = randomised_effect(made)
    if found is None or found.interval.low is None or found.interval.high is None:
        return 1.0, True, np.inf
    low, high = found.interval.low, found.interval.high
    return found.p, low <= -lost <= high, high - low


if __name__ == "__main__":
    main()
