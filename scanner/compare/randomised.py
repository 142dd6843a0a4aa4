"""The effect of what branches were given by chance, with an interval from that chance.

Each branch counts once, by its sums: labels were handed out to branches, not to changes. They are
shuffled within the blocks in which they were drawn, as they might have been drawn: were θ the
effect on every branch, the statistic would be one of those that come out (Fisher 1935; intervals by
inversion as in `permutation`, which studentises). A branch that never came in leaves its block
smaller, and what is left of it is shuffled still: that is fair as long as the arm does not decide
which branches come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.compare.design import make_design
from scanner.compare.inference import Interval, Resampling, difference_problem
from scanner.compare.permutation import Shuffled, shuffled_interval, shuffled_p

#: With fewer branches there are too few ways to shuffle them.
FEWEST_BRANCHES = 8


@dataclass(frozen=True, slots=True)
class RandomisedBranch:
    """What the changes of one branch sum up to, such as points and added lines; `of` is above 0."""

    block: int
    is_treated: bool
    amount: float
    of: float


@dataclass(frozen=True, slots=True)
class RandomisedEffect:
    """Treated less others, of ratios of sums standardised to the same blocks, and the two-sided p,
    which is never less than one in as many shuffles as were made.

    `branches` counts those of blocks that hold both arms, treated first: no others tell anything.
    """

    treated: float
    others: float
    interval: Interval
    p: float
    branches: tuple[int, int]

    @property
    def difference(self) -> float:
        return self.treated - self.others


def randomised_effect(
    branches: Sequence[RandomisedBranch], resampling: Resampling | None = None
) -> RandomisedEffect | None:
    """The effect; None where too few branches share a block with one of the other arm."""
    chance = resampling or Resampling()
    treated = np.array([one.is_treated for one in branches], dtype=np.float64)
    of = np.array([one.of for one in branches], dtype=np.float64)
    block = np.array([one.block for one in branches], dtype=np.int64)
    design = make_design(treated, block, np.arange(len(branches)), of)
    if design is None or len(design.rows) < FEWEST_BRANCHES:
        return None
    amount = np.array([one.amount for one in branches], dtype=np.float64)
    values = (amount / of)[design.rows]
    shuffled = Shuffled.of(design, np.random.default_rng(chance.seed), chance.rounds)
    heard = int(design.treated.sum())
    return RandomisedEffect(
        *design.arm_means(values),
        shuffled_interval(design, difference_problem(design, values), shuffled),
        max(shuffled_p(design, values, shuffled), 1 / len(shuffled.pull)),
        (heard, len(design.rows) - heard),
    )
