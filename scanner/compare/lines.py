"""Survival of added lines in both arms: curves, landmarks and the stratified log-rank test.

Lines of one change, and changes of one author, live and die together. So every interval here comes
from resampling whole authors (Davison & Hinkley 1997, § 3.8), as standard errors on the
complementary log-log scale with Student's t, its degrees of freedom the effective number of
clusters less one; and the log-rank test permutes changes, never lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray, IntArray, codes, counts, sums
from scanner.compare.design import Design
from scanner.compare.evidence import Measured, NotApplicable, State
from scanner.compare.inference import (
    Interval,
    IntervalMethod,
    Resampling,
)
from scanner.compare.permutation import permutation_p
from scanner.compare.strata import (
    DOMINANT,
    Arms,
    Rung,
    StrataSelection,
    Stratification,
    choose,
    clustered,
    rungs,
)
from scanner.compare.student import student_quantile
from scanner.compare.survival import residuals
from scanner.compare.table import ClusterBy, Table
from scanner.durability.fates import FollowedLines

LANDMARKS = (14, 30, 90)
RISK_TABLE = (0, 14, 30, 90, 180, 365, 730)
#: A curve ends where fewer changes than this, or than a tenth of them, are still observed.
FEWEST_AT_RISK = 10


class Weighing(StrEnum):
    """What counts once: a line, so that large changes lead, or a change with all its lines."""

    LINES = "each line counts once"
    CHANGES = "each change counts once"


@dataclass(frozen=True, slots=True)
class LineLives:
    """One element a line: its change's row in the table, days lived, and whether it then ended."""

    row: IntArray
    days: FloatArray
    ended: BoolArray


def lives_of(followed: FollowedLines, row_of_change: IntArray) -> LineLives:
    """The lines of the changes that are compared.

    `row_of_change` gives for each change that was followed its row in the table, −1 if it has none.
    """
    row = row_of_change[followed.change]
    kept = row >= 0
    return LineLives(row[kept], followed.days[kept], followed.ended[kept])


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The share of lines left after `day`, with its 95% interval."""

    day: int
    survival: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Curve:
    """One arm: points where the share changes, and (day, lines, changes) still at risk."""

    lines: int
    changes: int
    clusters: int
    effective_clusters: float
    points: tuple[CurvePoint, ...]
    at_risk: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Landmark:
    """The share of lines left after `day` in both arms, and its difference."""

    day: int
    treated: float
    others: float
    difference: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class LineSurvival:
    """Both curves; landmarks raw and within strata; p of the stratified log-rank test."""

    weighing: Weighing
    treated: Curve
    others: Curve
    raw: tuple[Landmark, ...]
    adjusted: tuple[Landmark, ...]
    stratification: Stratification
    p: float
    cluster_by: ClusterBy


def line_survival(
    table: Table,
    arms: Arms,
    lives: LineLives,
    weighing: Weighing = Weighing.LINES,
    resampling: Resampling | None = None,
) -> State[LineSurvival]:
    """Compares how long the added lines of both arms lived."""
    resampling = resampling or Resampling()
    lines = counts(lives.row, len(table.rows))
    rows = np.flatnonzero((lines > 0) & ~np.isnan(arms.treated)).astype(np.int64)
    mass = lines[rows] if weighing is Weighing.LINES else np.ones(len(rows))
    one = np.ones(len(rows))
    selection = StrataSelection(rows, arms.treated[rows], mass, one, mass)
    if not np.any(selection.treated == 1) or not np.any(selection.treated == 0):
        return NotApplicable("one of the arms added no lines that could be followed")
    rung = choose(rungs(table, selection))
    if rung is None:
        return NotApplicable("no stratum holds changes of both arms")
    return Measured(_compare(table, lives, weighing, resampling, selection, rung))


def _compare(
    table: Table,
    lives: LineLives,
    weighing: Weighing,
    resampling: Resampling,
    selection: StrataSelection,
    rung: Rung,
) -> LineSurvival:
    random = np.random.default_rng((resampling.seed, 1 + list(Weighing).index(weighing)))
    lines = counts(lives.row, len(table.rows))
    unit = np.ones(len(table.rows))
    if weighing is Weighing.CHANGES:
        unit = 1.0 / np.maximum(lines, 1)
    raw = _arm_weights(len(table.rows), selection, unit)
    design, cluster_by = clustered(table, selection, rung.design)
    adjusted = _standard_weights(len(table.rows), selection, design, unit)
    cluster_by = _resampled(table, selection, cluster_by)
    curves = _Curves(table.clusters(cluster_by), lives, resampling, random)
    sides = [curves.of(raw[:, side]) for side in (1, 0)]
    fitted = [curves.of(adjusted[:, side]) for side in (1, 0)]
    return LineSurvival(
        weighing,
        _curve(sides[0], curves, lives, selection, 1.0),
        _curve(sides[1], curves, lives, selection, 0.0),
        tuple(_landmark(day, sides) for day in LANDMARKS if day < curves.horizon),
        tuple(_landmark(day, fitted) for day in LANDMARKS if day < curves.horizon),
        rung.stratification,
        _log_rank_p(lives, unit, selection, design, resampling, random),
        cluster_by,
    )


def _resampled(table: Table, selection: StrataSelection, cluster_by: ClusterBy) -> ClusterBy:
    """Weeks of authors also where one author wrote nearly all lines of an arm."""
    for side in (0.0, 1.0):
        chosen = selection.treated == side
        mass = sums(table.author[selection.rows[chosen]], selection.values[chosen])
        if cluster_by is ClusterBy.AUTHOR and mass.max() > DOMINANT * mass.sum():
            return ClusterBy.AUTHOR_WEEK
    return cluster_by


def _arm_weights(rows: int, selection: StrataSelection, unit: FloatArray) -> FloatArray:
    """The weight of a line of each row of the table in either arm, shape (rows, 2)."""
    weights = np.zeros((rows, 2))
    side = selection.treated.astype(np.int64)
    weights[selection.rows, side] = unit[selection.rows]
    return weights


def _standard_weights(
    rows: int, selection: StrataSelection, design: Design, unit: FloatArray
) -> FloatArray:
    """As `_arm_weights`, both arms standardised to one mixture of strata (Xie & Liu 2005)."""
    row = selection.rows[design.rows]
    mass = selection.values[design.rows]
    size = sums(design.stratum, mass)
    treated = sums(design.stratum, mass * design.treated)
    of_arm = np.where(
        design.treated == 1, treated[design.stratum], (size - treated)[design.stratum]
    )
    weight = (treated * (size - treated) / size)[design.stratum] / of_arm
    weights = np.zeros((rows, 2))
    weights[row, design.treated.astype(np.int64)] = weight * unit[row]
    return weights


def _log_rank_p(
    lives: LineLives,
    unit: FloatArray,
    selection: StrataSelection,
    design: Design,
    resampling: Resampling,
    random: np.random.Generator,
) -> float:
    """The stratified log-rank test, changes permuted within strata."""
    stratum = np.full(len(unit), -1, dtype=np.int64)
    stratum[selection.rows[design.rows]] = design.stratum
    kept = stratum[lives.row] >= 0
    row = lives.row[kept]
    left = residuals(lives.days[kept], lives.ended[kept], stratum[row], unit[row])
    of_row = sums(row, left, len(unit))
    values = of_row[selection.rows[design.rows]]
    return permutation_p(design, values, random, resampling.rounds)


# --------------------------------------------------------------------------- curves


@dataclass(frozen=True, slots=True)
class _CurveFit:
    """A curve by whole days from 0: survival, its bootstrap replicates, effective clusters."""

    survival: FloatArray
    drawn: FloatArray
    effective_clusters: float


class _Curves:
    """Fits weighted curves; the same clusters are drawn for every one, so that they compare."""

    def __init__(
        self,
        cluster: IntArray,
        lives: LineLives,
        resampling: Resampling,
        random: np.random.Generator,
    ) -> None:
        self._lives = lives
        # Whole days, rounded up: what ended within a day had ended by its close.
        self.day = np.ceil(np.maximum(lives.days, 0.0)).astype(np.int64)
        self.horizon = int(self.day.max(initial=0)) + 1
        self.cluster_of_line = codes(cluster[lives.row])
        self._clusters = int(self.cluster_of_line.max(initial=0)) + 1
        self._rounds = resampling.rounds
        self._random_state = random.integers(2**63)

    def of(self, weight_of_row: FloatArray) -> _CurveFit:
        """The curve in which a line of row i weighs `weight_of_row[i]`."""
        weight = weight_of_row[self._lives.row]
        kept = weight > 0
        cluster = np.unique(self.cluster_of_line[kept], return_inverse=True)
        cell = cluster[1] * self.horizon + self.day[kept]
        shape = (len(cluster[0]), self.horizon)
        gone = sums(cell, weight[kept], shape[0] * shape[1]).reshape(shape)
        ended = weight[kept] * self._lives.ended[kept]
        events = sums(cell, ended, shape[0] * shape[1]).reshape(shape)
        at_risk = np.cumsum(gone[:, ::-1], axis=1)[:, ::-1]
        chosen = self._multiplicities()[:, cluster[0]]
        share = at_risk[:, 0] / at_risk[:, 0].sum()
        return _CurveFit(
            _survival(events.sum(axis=0), at_risk.sum(axis=0)),
            _survival(chosen @ events, chosen @ at_risk),
            float(1 / np.sum(share**2)),
        )

    def _multiplicities(self) -> FloatArray:
        random = np.random.default_rng(self._random_state)
        equal = np.full(self._clusters, 1 / self._clusters)
        return random.multinomial(self._clusters, equal, self._rounds).astype(np.float64)


def _survival(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(at_risk > 1e-12, 1 - events / at_risk, 1.0)
    return np.asarray(np.cumprod(np.clip(left, 0.0, 1.0), axis=-1), dtype=np.float64)


def _landmark(day: int, fits: list[_CurveFit]) -> Landmark:
    treated, others = (float(fit.survival[day]) for fit in fits)
    drawn = fits[0].drawn[:, day] - fits[1].drawn[:, day]
    reach = _reach(drawn, min(fit.effective_clusters for fit in fits))
    difference = treated - others
    bounds = None if reach is None else _bootstrapped(difference - reach, difference + reach)
    return Landmark(day, treated, others, difference, bounds)


def _bootstrapped(low: float, high: float) -> Interval:
    return Interval(low, high, IntervalMethod.CLUSTER_BOOTSTRAP)


def _reach(drawn: FloatArray, effective_clusters: float) -> float | None:
    """Half the width of a 95% interval from bootstrap replicates."""
    if effective_clusters < 2:
        return None
    return student_quantile(0.975, effective_clusters - 1) * float(drawn.std(ddof=1))


def _curve(
    fit: _CurveFit, curves: _Curves, lives: LineLives, selection: StrataSelection, side: float
) -> Curve:
    rows = selection.rows[selection.treated == side]
    mine = np.isin(lives.row, rows)
    day = curves.day[mine]
    last_seen = np.full(int(lives.row.max()) + 1, -1, dtype=np.int64)
    np.maximum.at(last_seen, lives.row[mine], day)
    observed = np.sort(last_seen[last_seen >= 0])
    end = int(observed[-min(FEWEST_AT_RISK, max(1, len(observed) // 10))])
    changed = np.flatnonzero(np.diff(fit.survival[: end + 1], prepend=2.0))
    table = tuple(
        (at, int(np.count_nonzero(day >= at)), int(np.count_nonzero(observed >= at)))
        for at in RISK_TABLE
        if at <= end
    )
    clusters = len(np.unique(curves.cluster_of_line[mine]))
    points = tuple(_point(int(at), fit) for at in changed)
    return Curve(int(mine.sum()), len(rows), clusters, fit.effective_clusters, points, table)


def _point(day: int, fit: _CurveFit) -> CurvePoint:
    """With an interval symmetric on the log(−log) scale, so that it stays between 0 and 1."""
    value = float(fit.survival[day])
    if not 0 < value < 1:
        return CurvePoint(day, value, None)
    inner = np.clip(fit.drawn[:, day], 1e-9, 1 - 1e-9)
    reach = _reach(np.log(-np.log(inner)), fit.effective_clusters)
    if reach is None:
        return CurvePoint(day, value, None)
    centre = np.log(-np.log(value))
    low, high = np.exp(-np.exp(centre + reach)), np.exp(-np.exp(centre - reach))
    return CurvePoint(day, value, _bootstrapped(float(low), float(high)))
