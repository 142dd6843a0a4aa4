"""Which changes are alike enough to be compared: the ladder of strata."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import FloatArray, IntArray, codes
from scanner.compare.design import Design, make_design, reclustered
from scanner.compare.table import ClusterBy, OutcomeSpec, Table


class Factor(StrEnum):
    """What the changes of one stratum have in common."""

    AUTHOR = "author"
    TYPE = "change type"
    SIZE = "size"
    QUARTER = "quarter"


#: From the finest to the coarsest: as long as possible an author is compared with themselves.
LADDER: tuple[tuple[Factor, ...], ...] = (
    (Factor.AUTHOR, Factor.TYPE, Factor.SIZE, Factor.QUARTER),
    (Factor.AUTHOR, Factor.SIZE, Factor.QUARTER),
    (Factor.AUTHOR, Factor.TYPE, Factor.SIZE),
    (Factor.AUTHOR, Factor.SIZE),
    (Factor.TYPE, Factor.SIZE, Factor.QUARTER),
    (Factor.TYPE, Factor.SIZE),
    (Factor.SIZE,),
)
#: Strata that compare between authors, for questions where no author is in both arms.
BETWEEN_AUTHORS = tuple(factors for factors in LADDER if Factor.AUTHOR not in factors)

#: A level is used if at least this share of the smaller arm has a counterpart in its stratum, and
#: at least this share of what the changes can tell without strata is left.
FEWEST_MATCHED, LEAST_INFORMATION = 0.5, 0.25
#: Strata of two or three changes hide how much changes differ: so many changes more than strata.
LEAST_SPARE = 20


@dataclass(frozen=True, slots=True)
class Stratification:
    """The strata that were used, and how much of the arms they could use.

    `holds_fixed` are the factors; `finest_used` says that nothing coarser was needed.
    """

    holds_fixed: tuple[Factor, ...]
    strata: int
    matched_treated: int
    treated: int
    matched_others: int
    others: int
    finest_used: bool

    @property
    def title(self) -> str:
        return " × ".join(self.holds_fixed) or "nothing"

    @property
    def matched_share(self) -> float:
        """The share of the smaller arm that has a counterpart, 0 to 1."""
        if self.treated <= self.others:
            return self.matched_treated / self.treated
        return self.matched_others / self.others


@dataclass(frozen=True, slots=True)
class Arms:
    """The two groups of one question over the rows of a table, with their names.

    `treated` is 1 for the group in question, 0 for the other, NaN for changes in neither.
    """

    treated: FloatArray
    treated_name: str
    others_name: str


@dataclass(frozen=True, slots=True)
class StrataSelection:
    """The rows of both arms that have a value, with it and its weight.

    `figures` are those of the single changes, NaN where a change has none yet.
    """

    rows: IntArray
    treated: FloatArray
    values: FloatArray
    weights: FloatArray
    figures: FloatArray


def select(table: Table, arms: Arms, outcome: OutcomeSpec) -> StrataSelection:
    """The rows in either arm whose outcome was measured."""
    pooled = table.pooled(outcome, arms.treated)
    rows = np.flatnonzero((pooled.weights > 0) & ~np.isnan(arms.treated)).astype(np.int64)
    return StrataSelection(
        rows,
        arms.treated[rows],
        pooled.values[rows],
        pooled.weights[rows],
        table.values(outcome)[rows],
    )


def stratum_codes(table: Table, factors: tuple[Factor, ...], rows: IntArray) -> IntArray:
    """A code for each combination of the factors, one element a row."""
    columns = {
        Factor.AUTHOR: table.author,
        Factor.TYPE: table.change_type,
        Factor.SIZE: table.size,
        Factor.QUARTER: table.quarter,
    }
    combined = np.zeros(len(rows), dtype=np.int64)
    for factor in factors:
        column = codes(columns[factor][rows])
        combined = codes(combined * (int(column.max(initial=0)) + 1) + column)
    return combined


def design_at(
    table: Table, selection: StrataSelection, factors: tuple[Factor, ...]
) -> Design | None:
    """The design that holds the factors fixed; `Design.rows` index the selection."""
    stratum = stratum_codes(table, factors, selection.rows)
    cluster = table.cluster[selection.rows]
    return make_design(selection.treated, stratum, cluster, selection.weights)


#: Where one author carries more than this share of a comparison, it speaks of that author only.
DOMINANT = 0.8


#: Fewer clusters than these have too little to tell; then finer ones are taken.
FEWEST_AUTHORS, FEWEST_WEEKS = 3, 4


def clustered(table: Table, selection: StrataSelection, design: Design) -> tuple[Design, ClusterBy]:
    """The design with clusters that can be resampled, and what they are.

    Authors, or weeks in a repository of one author. Where one or two authors carry nearly all of a
    comparison, resampling authors says nothing; then weeks of each author are taken as clusters, as
    in a repository of one author, and the figures hold for these authors, not for others. Where
    there are hardly any weeks either, each change stands for itself.
    """
    by, rows = table.cluster_by, selection.rows[design.rows]
    if by is ClusterBy.AUTHOR:
        if design.clusters >= FEWEST_AUTHORS and design.largest_cluster <= DOMINANT:
            return design, by
        by = ClusterBy.AUTHOR_WEEK
        design = reclustered(design, table.clusters(by)[rows])
        rows = selection.rows[design.rows]
    if design.clusters >= FEWEST_WEEKS and design.largest_cluster <= DOMINANT:
        return design, by
    return reclustered(design, np.arange(len(rows))), ClusterBy.CHANGE


@dataclass(frozen=True)
class Rung:
    """One level of the ladder with what it could use."""

    stratification: Stratification
    design: Design
    information: float

    @property
    def spare(self) -> int:
        """How many more changes than strata there are."""
        return len(self.design.rows) - self.design.strata


def rungs(
    table: Table,
    selection: StrataSelection,
    ladder: tuple[tuple[Factor, ...], ...] = LADDER,
) -> tuple[Rung, ...]:
    """Every level at which some stratum holds both arms, the finest first."""
    found = []
    for factors in ladder:
        design = design_at(table, selection, factors)
        if design is None:
            continue
        treated, everyone = int(selection.treated.sum()), len(selection.rows)
        matched = int(design.treated.sum())
        stratification = Stratification(
            factors,
            design.strata,
            matched,
            treated,
            len(design.rows) - matched,
            everyone - treated,
            factors == ladder[0],
        )
        found.append(Rung(stratification, design, float(design.cluster_weight.sum())))
    return tuple(found)


def choose(found: tuple[Rung, ...]) -> Rung | None:
    """The finest level that uses most of the smaller arm, else the one that can tell most."""
    most = max((rung.information for rung in found), default=0.0)
    enough = (
        rung
        for rung in found
        if rung.stratification.matched_share >= FEWEST_MATCHED
        and rung.information >= LEAST_INFORMATION * most
        and rung.spare >= LEAST_SPARE
    )
    return next(enough, max(found, key=lambda rung: rung.information, default=None))
