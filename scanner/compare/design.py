"""Comparing like with like: the rows that count, their strata and their clusters.

The adjusted effect is the within-stratum difference of means, the strata weighted by
n₁n₀/(n₁+n₀) (Cochran 1954; Mantel & Haenszel 1959 for a yes-or-no outcome). It equals the
coefficient of the arm in a least-squares fit with one intercept a stratum, so everything here is
written with values centred on their stratum's mean.
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
    from 0 without gaps. Arrays have one element a row.
    """

    rows: IntArray
    treated: FloatArray
    stratum: IntArray
    cluster: IntArray

    @cached_property
    def stratum_size(self) -> FloatArray:
        return counts(self.stratum)

    @cached_property
    def centred_arm(self) -> FloatArray:
        """The arm less its mean in the stratum; sums to 0 in every stratum."""
        return self.centre(self.treated)

    @cached_property
    def cluster_starts(self) -> IntArray:
        """Where each cluster begins, for `np.add.reduceat`."""
        return np.flatnonzero(np.diff(self.cluster, prepend=-1)).astype(np.int64)

    @cached_property
    def cluster_weight(self) -> FloatArray:
        """The information on the difference in each cluster; its sum divides every score."""
        return self.by_cluster(self.centred_arm**2)

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
    def largest_cluster(self) -> float:
        """The share, 0 to 1, of the information that one cluster carries."""
        return float(self.cluster_weight.max() / self.cluster_weight.sum())

    @property
    def effective_clusters(self) -> float:
        """How many equal clusters would carry as much (Kish's 1/Σ share²); at most `clusters`."""
        share = self.cluster_weight / self.cluster_weight.sum()
        return float(1.0 / np.sum(share**2))

    def centre(self, values: FloatArray) -> FloatArray:
        """Values less the mean of their stratum."""
        means = sums(self.stratum, values) / self.stratum_size
        return np.asarray(values - means[self.stratum], dtype=np.float64)

    def by_cluster(self, values: FloatArray) -> FloatArray:
        """Sums over each cluster; the last axis runs over rows."""
        return np.asarray(np.add.reduceat(values, self.cluster_starts, axis=-1), dtype=np.float64)

    def cells(self, values: FloatArray) -> FloatArray:
        """Sums over cluster × stratum, shape (clusters, strata)."""
        flat = self.cluster * self.strata + self.stratum
        size = self.clusters * self.strata
        return sums(flat, values, size).reshape(self.clusters, self.strata)

    def arm_means(self, values: FloatArray) -> tuple[float, float]:
        """Means of the treated and of the others, standardised to the same mixture of strata."""
        size = self.stratum_size
        treated = sums(self.stratum, self.treated)
        others = size - treated
        weight = treated * others / size
        total = sums(self.stratum, values)
        total_treated = sums(self.stratum, values * self.treated)
        first = float(np.sum(weight * total_treated / treated) / weight.sum())
        second = float(np.sum(weight * (total - total_treated) / others) / weight.sum())
        return first, second


def reclustered(design: Design, cluster: IntArray) -> Design:
    """The same rows and strata with other clusters, given for the rows of the design in order."""
    order = np.argsort(cluster, kind="stable")
    return Design(
        design.rows[order], design.treated[order], design.stratum[order], codes(cluster[order])
    )


def make_design(treated: FloatArray, stratum: IntArray, cluster: IntArray) -> Design | None:
    """The design over all rows whose stratum holds both arms; None if there is no such stratum."""
    kept = np.flatnonzero(in_both_arms(treated, stratum)).astype(np.int64)
    if not len(kept):
        return None
    order = kept[np.argsort(cluster[kept], kind="stable")]
    return Design(order, treated[order], codes(stratum[order]), codes(cluster[order]))


def in_both_arms(treated: FloatArray, stratum: IntArray) -> BoolArray:
    """For each row, whether its stratum holds rows of both arms."""
    if not len(treated):
        return np.zeros(0, dtype=np.bool_)
    dense = codes(stratum)
    of_arm = sums(dense, treated)
    both = (of_arm > 0) & (of_arm < counts(dense))
    return np.asarray(both[dense], dtype=np.bool_)
