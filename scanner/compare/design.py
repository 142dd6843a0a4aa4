"""Comparing like with like: the rows that count, their strata and their clusters.

The adjusted effect is the within-stratum difference of means, the strata weighted by
n₁n₀/(n₁+n₀) (Cochran 1954; Mantel & Haenszel 1959 for a yes-or-no outcome). It equals the
coefficient of the arm in a weighted least-squares fit with one intercept a stratum, so everything
here is written with values centred on their stratum's mean. Weights are what a figure is counted
against: a sum of points for a sum of lines is the mean of points a line, weighted by lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray, IntArray, codes, counts, sums


@dataclass(frozen=True)
class Design:
    """The rows of all strata that hold both arms, sorted by cluster.

    `rows` index the caller's arrays. `treated` is 1.0 or 0.0; `stratum` and `cluster` are codes
    from 0 without gaps; `mass` is the weight of a row, such as its added lines where a figure is
    one of points for lines. Arrays have one element a row.
    """

    rows: IntArray
    treated: FloatArray
    stratum: IntArray
    cluster: IntArray
    mass: FloatArray

    @cached_property
    def stratum_size(self) -> FloatArray:
        """How many rows each stratum has."""
        return counts(self.stratum)

    @cached_property
    def stratum_mass(self) -> FloatArray:
        """The mass of each stratum."""
        return sums(self.stratum, self.mass)

    @cached_property
    def pull(self) -> FloatArray:
        """The arm less its mean in the stratum, times the mass; sums to 0 in every stratum."""
        return np.asarray(self.mass * self.centred_arm, dtype=np.float64)

    @cached_property
    def centred_arm(self) -> FloatArray:
        """The arm less its mean in the stratum."""
        return self.centre(self.treated)

    @cached_property
    def cluster_starts(self) -> IntArray:
        """Where each cluster begins, for `np.add.reduceat`."""
        return np.flatnonzero(np.diff(self.cluster, prepend=-1)).astype(np.int64)

    @cached_property
    def cluster_weight(self) -> FloatArray:
        """The information on the difference in each cluster; its sum divides every score."""
        return self.by_cluster(self.pull * self.centred_arm)

    @cached_property
    def is_nested(self) -> bool:
        """Whether every stratum lies in one cluster, as when the author is part of the stratum."""
        first = np.full(len(self.stratum_size), -1)
        first[self.stratum[::-1]] = self.cluster[::-1]
        return bool((first[self.stratum] == self.cluster).all())

    @property
    def clusters(self) -> int:
        return len(self.cluster_starts)

    @property
    def strata(self) -> int:
        return len(self.stratum_size)

    @property
    def spare(self) -> int:
        """The rows that are left to tell how much changes differ: less strata, less the effect."""
        return len(self.rows) - self.strata - 1

    @property
    def largest_cluster(self) -> float:
        """The share, 0 to 1, of the information that one cluster carries."""
        return float(self.cluster_weight.max() / self.cluster_weight.sum())

    @property
    def effective_clusters(self) -> float:
        """How many equal clusters would carry as much (Kish's 1/Σ share²); at most `clusters`."""
        share = self.cluster_weight / self.cluster_weight.sum()
        return float(1.0 / np.sum(share**2))

    def centre(self, values: FloatArray) -> FloatArray:
        """Values less the weighted mean of their stratum."""
        means = sums(self.stratum, self.mass * values) / self.stratum_mass
        return np.asarray(values - means[self.stratum], dtype=np.float64)

    def by_cluster(self, values: FloatArray) -> FloatArray:
        """Sums over each cluster; the last axis runs over rows."""
        return np.asarray(np.add.reduceat(values, self.cluster_starts, axis=-1), dtype=np.float64)

    def cells(self, values: FloatArray) -> FloatArray:
        """Sums over cluster × stratum, shape (clusters, strata)."""
        flat = self.cluster * self.strata + self.stratum
        size = self.clusters * self.strata
        return sums(flat, values, size).reshape(self.clusters, self.strata)

    @property
    def equal_changes(self) -> tuple[float, float]:
        """As how many changes of one share each arm counts, treated and others.

        Strata that weigh more than they have changes make a standardised share less sure than
        the count says: 1 / Σ w²/n (Yan & Su 2010).
        """
        treated = sums(self.stratum, self.treated)
        others = self.stratum_size - treated
        weight = treated * others / self.stratum_size
        weight = weight / weight.sum()
        return float(1 / np.sum(weight**2 / treated)), float(1 / np.sum(weight**2 / others))

    def arm_means(self, values: FloatArray) -> tuple[float, float]:
        """Means of the treated and of the others, standardised to the same mixture of strata."""
        of_arm = self.mass * self.treated
        treated = sums(self.stratum, of_arm)
        others = self.stratum_mass - treated
        weight = treated * others / self.stratum_mass
        total = sums(self.stratum, self.mass * values)
        total_treated = sums(self.stratum, of_arm * values)
        first = float(np.sum(weight * total_treated / treated) / weight.sum())
        second = float(np.sum(weight * (total - total_treated) / others) / weight.sum())
        return first, second


def reclustered(design: Design, cluster: IntArray) -> Design:
    """The same rows and strata with other clusters, given for the rows of the design in order."""
    order = np.argsort(cluster, kind="stable")
    return Design(
        design.rows[order],
        design.treated[order],
        design.stratum[order],
        codes(cluster[order]),
        design.mass[order],
    )


def make_design(
    treated: FloatArray, stratum: IntArray, cluster: IntArray, mass: FloatArray | None = None
) -> Design | None:
    """The design over all rows whose stratum holds both arms; None if there is no such stratum.

    `mass` is above 0; without it every row weighs the same.
    """
    kept = np.flatnonzero(in_both_arms(treated, stratum)).astype(np.int64)
    if not len(kept):
        return None
    order = kept[np.argsort(cluster[kept], kind="stable")]
    weight = np.ones(len(order)) if mass is None else mass[order]
    return Design(order, treated[order], codes(stratum[order]), codes(cluster[order]), weight)


def in_both_arms(treated: FloatArray, stratum: IntArray) -> BoolArray:
    """For each row, whether its stratum holds rows of both arms."""
    if not len(treated):
        return np.zeros(0, dtype=np.bool_)
    dense = codes(stratum)
    of_arm = sums(dense, treated)
    both = (of_arm > 0) & (of_arm < counts(dense))
    return np.asarray(both[dense], dtype=np.bool_)
