"""Which changes are alike enough to be compared: the ladder of strata."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.compare.arrays import FloatArray, IntArray, codes
from scanner.compare.design import Design, make_design, reclustered
from scanner.compare.evidence import InsufficientEvidence, MinimumEvidence, combine, shortfall
from scanner.compare.table import ClusterBy, OutcomeSpec, Scale, Table


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

#: A level is used if at least this share of the smaller arm has a counterpart in its stratum.
FEWEST_MATCHED = 0.5


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


@dataclass(frozen=True, slots=True)
class Arms:
    """The two groups of one question over the rows of a table, with their names.

    `treated` is 1 for the group in question, 0 for the other, NaN for changes in neither.
    """

    treated: FloatArray
    treated_name: str
    others_name: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of both arms that have a number, with it."""

    rows: IntArray
    treated: FloatArray
    values: FloatArray


def select(table: Table, arms: Arms, outcome: OutcomeSpec) -> Selection:
    """The rows in either arm whose outcome was measured."""
    values = table.values(outcome)
    rows = np.flatnonzero(~np.isnan(values) & ~np.isnan(arms.treated)).astype(np.int64)
    return Selection(rows, arms.treated[rows], values[rows])


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


def design_at(table: Table, selection: Selection, factors: tuple[Factor, ...]) -> Design | None:
    """The design that holds the factors fixed; `Design.rows` index the selection."""
    stratum = stratum_codes(table, factors, selection.rows)
    return make_design(selection.treated, stratum, table.cluster[selection.rows])


def lacking(
    table: Table, arms: Arms, selection: Selection, minimum: MinimumEvidence, scale: Scale
) -> InsufficientEvidence | None:
    """What the two arms of a selection lack, or None."""
    missing: list[InsufficientEvidence | None] = []
    for side, name in ((1.0, arms.treated_name), (0.0, arms.others_name)):
        chosen = selection.treated == side
        values = selection.values[chosen]
        mass = values if scale is Scale.AMOUNT else np.ones(len(values))
        cluster = table.cluster[selection.rows[chosen]]
        missing.append(shortfall(minimum, name, mass, cluster, table.cluster_by.plural))
    if scale is Scale.YES_NO:
        missing += _too_rare(selection.values, minimum)
    return combine([part for part in missing if part])


#: Where one author carries more than this share of a comparison, it speaks of that author only.
DOMINANT = 0.8


def clustered(table: Table, selection: Selection, design: Design) -> tuple[Design, ClusterBy]:
    """The design with clusters that can be resampled, and what they are.

    Authors, or weeks in a repository of one author. Where a single author carries nearly all of a
    comparison, resampling authors says nothing; then weeks of each author are taken as clusters, as
    in a repository of one author, and the figures hold for these authors, not for others.
    """
    by = table.cluster_by
    if by is not ClusterBy.AUTHOR or design.largest_cluster <= DOMINANT:
        return design, by
    rows = selection.rows[design.rows]
    return reclustered(design, table.clusters(ClusterBy.AUTHOR_WEEK)[rows]), ClusterBy.AUTHOR_WEEK


def _too_rare(values: FloatArray, minimum: MinimumEvidence) -> list[InsufficientEvidence]:
    """Two or three events in all carry no interval, however many changes had none."""
    events = int(values.sum())
    return [
        InsufficientEvidence(count, minimum.events, f"changes {what} in both arms together")
        for count, what in ((events, "with this"), (len(values) - events, "without this"))
        if count < minimum.events
    ]


@dataclass(frozen=True)
class Rung:
    """One level of the ladder with what it could use."""

    stratification: Stratification
    design: Design
    lacks: InsufficientEvidence | None


def rungs(
    table: Table,
    arms: Arms,
    selection: Selection,
    minimum: MinimumEvidence,
    scale: Scale,
    ladder: tuple[tuple[Factor, ...], ...] = LADDER,
) -> tuple[Rung, ...]:
    """Every level at which some stratum holds both arms, the finest first."""
    found = []
    for factors in ladder:
        design = design_at(table, selection, factors)
        if design is None:
            continue
        used = Selection(selection.rows[design.rows], design.treated, selection.values[design.rows])
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
        found.append(Rung(stratification, design, lacking(table, arms, used, minimum, scale)))
    return tuple(found)


def choose(found: tuple[Rung, ...]) -> Rung | None:
    """The finest level with enough evidence on most of the smaller arm, else with enough at all."""
    enough = [rung for rung in found if rung.lacks is None]
    most = (rung for rung in enough if _matched_share(rung.stratification) >= FEWEST_MATCHED)
    return next(most, enough[-1] if enough else None)


def _matched_share(used: Stratification) -> float:
    """The share of the smaller arm that has a counterpart."""
    if used.treated <= used.others:
        return used.matched_treated / used.treated
    return used.matched_others / used.others
