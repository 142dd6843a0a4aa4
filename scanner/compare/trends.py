"""Each arm over time, every cell with the evidence it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import FloatArray, IntArray
from scanner.compare.evidence import Measured, NotApplicable, State
from scanner.compare.inference import Interval, IntervalMethod
from scanner.compare.strata import Arms, select
from scanner.compare.student import student_quantile
from scanner.compare.table import OutcomeSpec, Table


class PeriodKind(StrEnum):
    """What time is cut into."""

    MONTH = "month"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Periods:
    """Names of the periods, oldest first, and the place of each row's period in them (−1: none)."""

    kind: PeriodKind
    names: tuple[str, ...]
    of_row: IntArray


@dataclass(frozen=True, slots=True)
class CellValue:
    """The arm's figure with its 95% interval (None from fewer than two clusters)."""

    mean: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm in one period: `changes` that were measured, by so many `clusters`."""

    period: str
    arm: str
    changes: int
    clusters: int
    value: State[CellValue]


@dataclass(frozen=True, slots=True)
class Trend:
    """All cells of an outcome: periods in order, the treated before the others in each."""

    outcome: OutcomeSpec
    by: PeriodKind
    cells: tuple[Cell, ...]


def by_month(table: Table) -> Periods:
    """Calendar months (`2025-03`), those without changes too."""
    months = np.array([12 * row.time.year + row.time.month - 1 for row in table.rows])
    if not len(months):
        return Periods(PeriodKind.MONTH, (), np.zeros(0, dtype=np.int64))
    first, last = int(months.min()), int(months.max())
    names = tuple(f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1))
    return Periods(PeriodKind.MONTH, names, (months - first).astype(np.int64))


def by_release(table: Table, order: Sequence[str], release_of: Mapping[str, str]) -> Periods:
    """Releases in `order`; `release_of` gives the first release that holds a change, by its id."""
    place = {name: index for index, name in enumerate(order)}
    released = (release_of.get(row.change) for row in table.rows)
    codes = [place.get(name, -1) if name is not None else -1 for name in released]
    return Periods(PeriodKind.RELEASE, tuple(order), np.array(codes, dtype=np.int64))


def trend(table: Table, arms: Arms, outcome: OutcomeSpec, periods: Periods) -> Trend:
    """The outcome by period and arm."""
    selection = select(table, arms, outcome)
    period = periods.of_row[selection.rows]
    cells = []
    for place, name in enumerate(periods.names):
        for side, arm in ((1.0, arms.treated_name), (0.0, arms.others_name)):
            chosen = (period == place) & (selection.treated == side)
            cluster = table.cluster[selection.rows[chosen]]
            value = _value(selection.values[chosen], selection.weights[chosen], cluster)
            count = int(np.count_nonzero(chosen))
            cells.append(Cell(name, arm, count, len(np.unique(cluster)), value))
    return Trend(outcome, periods.kind, tuple(cells))


def _value(values: FloatArray, weights: FloatArray, cluster: IntArray) -> State[CellValue]:
    if not len(values):
        return NotApplicable("no changes were measured")
    mean = float(weights @ values / weights.sum())
    return Measured(CellValue(mean, mean_interval(values, weights, cluster)))


def mean_interval(values: FloatArray, weights: FloatArray, cluster: IntArray) -> Interval | None:
    """The weighted mean's 95% interval by the cluster jackknife with Student's t; None for one
    cluster.
    """
    place = np.unique(cluster, return_inverse=True)[1]
    mass, total = np.bincount(place, weights), np.bincount(place, weights * values)
    clusters = len(mass)
    if clusters < 2:
        return None
    mean = float(total.sum() / mass.sum())
    left_out = (total.sum() - total) / (mass.sum() - mass)
    spread = (clusters - 1) / clusters * float(np.sum((left_out - mean) ** 2))
    reach = student_quantile(0.975, clusters - 1) * math.sqrt(spread)
    return Interval(mean - reach, mean + reach, IntervalMethod.CLUSTER_JACKKNIFE)
