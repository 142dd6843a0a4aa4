"""Few changes an arm: the interval of all effects that shuffling the labels does not rule out.

With a handful of changes, resampling authors has next to nothing to resample, and its intervals are
several times as wide as they have to be. What can be trusted is chance itself: were θ the effect,
labels could be handed out anew within strata, and the statistic would be one of those that come
out. The interval holds every θ of which that is no surprise. So shuffled labels are rejected as
often as they should be, however values are spread (Pitman 1937; Garthwaite 1996); values that come
in steps are told by mid-p, ties halved (Lancaster 1961).

Labels are not handed out by chance: authors differ in how they write and in how often they use an
agent. So the statistic is studentised, by a variance that lets arms differ in spread (Chung &
Romano 2013) and grows with how much of an arm is of one author (Moulton 1986). How alike the
changes of an author are, so few cannot measure; at least a fifth of the variance is taken to be
between authors.

Survival's log-rank test permutes the arm in the same way, its statistic studentised by clusters.

The problem p − θq is that of `inference`: e = p − θq has equal means in both arms, and its labels
are shuffled. Everything is linear or quadratic in θ, so draws are made once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scanner.compare.arrays import FloatArray, IntArray
from scanner.compare.design import Design
from scanner.compare.inference import (
    OPEN,
    ROUNDING,
    TIE,
    InferenceProblem,
    Interval,
    IntervalMethod,
    Quadratic,
    difference_problem,
    edge,
    first_step,
    solve,
)
from scanner.compare.student import student_quantile

#: More draws than these change no digit that is shown.
MOST_DRAWS = 499
#: Variance between clusters for one of that within them, where so little can be measured.
_LEAST_BETWEEN = 0.25


class Shuffle:
    """Draws permutations of the arm within strata; strata of one size are shuffled together."""

    def __init__(self, design: Design) -> None:
        order = np.argsort(design.stratum, kind="stable")
        sizes = np.bincount(design.stratum)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._rows = len(order)
        self._blocks: list[tuple[IntArray, FloatArray]] = []
        for size in np.unique(sizes):
            block = order[starts[sizes == size][:, None] + np.arange(size)]
            self._blocks.append((block, design.treated[block].astype(np.float32)))

    def draw(self, random: np.random.Generator, rounds: int) -> FloatArray:
        """Permuted arms, shape (rounds, rows)."""
        arms = np.empty((rounds, self._rows), dtype=np.float32)
        for block, treated in self._blocks:
            copies = np.broadcast_to(treated, (rounds, *treated.shape))
            arms[:, block] = random.permuted(copies, axis=2)
        return arms.astype(np.float64)


@dataclass(frozen=True)
class Shuffled:
    """The arm as it is, and as it might have been: one row a draw, the true one first.

    `centred` is the arm less its stratum's mean, `pull` that times the mass, `together` how much
    the variance grows with one unit of it between clusters.
    """

    centred: FloatArray
    pull: FloatArray
    together: FloatArray

    @staticmethod
    def of(design: Design, random: np.random.Generator, rounds: int) -> Shuffled:
        """So many draws of a design, and the design itself."""
        drawn = Shuffle(design).draw(random, min(rounds, MOST_DRAWS))
        arms = np.concatenate((design.treated[None, :], drawn))
        member = np.zeros((len(design.rows), design.strata))
        member[np.arange(len(design.rows)), design.stratum] = design.mass
        means = (arms @ member) / design.stratum_mass
        centred = arms - means[:, design.stratum]
        pull = centred * design.mass
        together = (design.by_cluster(pull) ** 2).sum(axis=1) / (pull**2).sum(axis=1)
        return Shuffled(centred, pull, together)

    def quadratic(self, design: Design, problem: InferenceProblem) -> Quadratic:
        """Sums of p and q, and their variance, for every draw."""
        p, q = design.centre(problem.p), design.centre(problem.q)
        information = (self.pull * self.centred).sum(axis=1)
        p_sum, q_sum = self.pull @ p, self.pull @ q
        p_slope, q_slope = p_sum / information, q_sum / information
        weight = self.pull**2
        sloped = weight * self.centred
        square = (sloped * self.centred).sum(axis=1)
        p_mixed, q_mixed = sloped @ p, sloped @ q
        between = between_clusters(design, problem.p - solve(design, problem) * problem.q)
        grown = 1 + max(between, _LEAST_BETWEEN) * self.together
        return Quadratic(
            p_sum,
            q_sum,
            grown * (weight @ p**2 - 2 * p_slope * p_mixed + p_slope**2 * square),
            grown * (weight @ (p * q) - p_slope * q_mixed - q_slope * p_mixed
                     + p_slope * q_slope * square),
            grown * (weight @ q**2 - 2 * q_slope * q_mixed + q_slope**2 * square),
        )  # fmt: skip


def between_clusters(design: Design, left: FloatArray) -> float:
    """The variance of residuals between clusters for one of that within, by analysis of variance;
    0 where it is none or cannot be told.
    """
    residual = design.centre(left)
    rows, clusters = len(residual), design.clusters
    sizes = design.by_cluster(np.ones(rows))
    sums = design.by_cluster(residual)
    between = float(np.sum(sums**2 / sizes))
    within = float(np.sum(residual**2)) - between
    if clusters < 2 or rows <= clusters or within <= TIE * between:
        return 0.0
    usual = (rows - float(np.sum(sizes**2)) / rows) / (clusters - 1)
    spread = within / (rows - clusters)
    return max(0.0, (between / (clusters - 1) - spread) / (usual * spread))


def shuffled_interval(design: Design, problem: InferenceProblem, shuffled: Shuffled) -> Interval:
    """The 95 % interval of the estimate; where there are too few ways to shuffle to limit a side,
    that of Student's t.
    """
    estimate = solve(design, problem)
    if not math.isfinite(estimate) or design.spare < 1:
        return OPEN
    every = shuffled.quadratic(design, problem)
    observed = Quadratic(*(part[0] for part in every))
    step = first_step(observed, estimate)

    def rejects(theta: float) -> bool:
        return _mid_p(every.at(theta)) < 0.05

    low, high = edge(rejects, estimate, -step), edge(rejects, estimate, step)
    reach = _student_reach(design, problem, shuffled)
    return Interval(
        estimate - reach if low is None else low,
        estimate + reach if high is None else high,
        IntervalMethod.PERMUTATION,
    )


def shuffled_p(design: Design, values: FloatArray, shuffled: Shuffled) -> float:
    """The two-sided p of no difference, as the interval takes it."""
    if float(np.abs(design.centre(values)).max()) <= ROUNDING:
        return 1.0
    return _mid_p(shuffled.quadratic(design, difference_problem(design, values)).at(0.0))


def shares_p(design: Design, values: FloatArray, shuffled: Shuffled) -> float:
    """The two-sided p of no difference of two shares: Fisher's test within strata, ties halved.

    The statistic is the plain difference: studentised, a handful of yeses would be told apart by
    whose they are.
    """
    information = (shuffled.pull * shuffled.centred).sum(axis=1)
    return _mid_p((shuffled.pull @ design.centre(values) / information) ** 2)


def _mid_p(found: FloatArray) -> float:
    """The share of draws that are above the observed one, which is the first; ties count half."""
    observed, drawn = found[0], found[1:]
    if math.isinf(observed):
        return float(np.mean(np.isinf(drawn))) / 2
    ties = np.abs(drawn - observed) <= observed * TIE + ROUNDING**2
    above = (drawn > observed) & ~ties
    return float(np.mean(above) + np.mean(ties) / 2)


def _student_reach(design: Design, problem: InferenceProblem, shuffled: Shuffled) -> float:
    """How far Student's t reaches, with one spread for both arms."""
    left = design.centre(problem.p - solve(design, problem) * problem.q)
    spread = float(np.sum(design.mass * left**2)) / design.spare
    pulls = float(np.sum(design.pull**2 / design.mass)) * max(
        1.0, (1 + _LEAST_BETWEEN * float(shuffled.together[0])) / (1 + _LEAST_BETWEEN)
    )
    error = math.sqrt(spread * pulls) / abs(float(design.pull @ problem.q))
    return student_quantile(0.975, design.spare) * error


# ------------------------------------------------------------------------- the log-rank test


def permutation_p(
    design: Design, values: FloatArray, random: np.random.Generator, rounds: int
) -> float:
    """The two-sided p of the adjusted difference under permutations of the arm within strata."""
    centred = design.centre(values)
    if not centred.any():
        return 1.0
    mean_arm = design.treated - design.centred_arm
    fixed = _Fixed(
        centred,
        1 - 2 * mean_arm,
        design.by_cluster(mean_arm * centred),
        design.by_cluster(mean_arm**2),
    )
    observed = _studentised(design, fixed, design.treated[None, :])[0]
    block = max(1, _BLOCK // len(values))
    shuffle = Shuffle(design)
    extreme = 0
    for start in range(0, rounds, block):
        arms = shuffle.draw(random, min(block, rounds - start))
        drawn = _studentised(design, fixed, arms)
        extreme += int(np.count_nonzero(drawn >= observed * (1 - TIE)))
    return (extreme + 1) / (rounds + 1)


_BLOCK = 4_000_000


@dataclass(frozen=True)
class _Fixed:
    """What permutations within strata leave as it is."""

    centred: FloatArray
    weight_of_arm: FloatArray
    score_offset: FloatArray
    weight_offset: FloatArray


def _studentised(design: Design, fixed: _Fixed, arms: FloatArray) -> FloatArray:
    """The squared cluster-robust t for each row of arms, shape (rounds,)."""
    scores = design.by_cluster(arms * fixed.centred) - fixed.score_offset
    if design.is_nested:
        weight = np.broadcast_to(design.cluster_weight, scores.shape)
    else:
        weight = design.by_cluster(arms * fixed.weight_of_arm) + fixed.weight_offset
    total = scores.sum(axis=1)
    left = scores - (total / weight.sum(axis=1))[:, None] * weight
    spread = (left**2).sum(axis=1)
    floor = TIE * (scores**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = np.where(spread > floor, total**2 / spread, np.where(total != 0, np.inf, 0.0))
    return np.asarray(squared, dtype=np.float64)
