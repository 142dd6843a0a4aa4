"""What a figure rests on: the least evidence it needs, and the typed answer when it has less.

A renderer never sees a bare number where there may be none: every estimate is a `State`, and each
kind of absence says in words what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct

from scanner.compare.arrays import FloatArray, IntArray

T = TypeVar("T")


# Structs with a tag, and not dataclasses, so that a stored comparison is read back as what it was.


class Measured(Struct, Generic[T], frozen=True, tag=True):
    """A figure with enough evidence behind it."""

    value: T


class InsufficientEvidence(Struct, frozen=True, tag=True):
    """Too little to say anything: `have` of `what`, where `need` are asked for.

    `also` holds what else is missing, so that the reader learns everything at once.
    """

    have: int | float
    need: int | float
    what: str
    also: tuple[InsufficientEvidence, ...] = ()


class NotApplicable(Struct, frozen=True, tag=True):
    """The question has no answer here, and never will with this history."""

    reason: str


class CouldNotMeasure(Struct, frozen=True, tag=True):
    """The question has an answer, but its data are missing; `reason` says which."""

    reason: str


Absent: TypeAlias = InsufficientEvidence | NotApplicable | CouldNotMeasure
State: TypeAlias = Measured[T] | InsufficientEvidence | NotApplicable | CouldNotMeasure


@dataclass(frozen=True, slots=True)
class MinimumEvidence:
    """What each arm needs: changes, clusters (authors; weeks where there is one author), no giant.

    `largest_share` is the most of an arm's mass that one change may hold, 0 to 1. The mass of a
    change is its part of the arm's total (absolute) amount; for shares, yes-or-no outcomes and
    waiting times every change weighs the same, and for line survival its lines. `events` is for
    yes-or-no outcomes: how many changes of both arms together must have it, and must not.
    """

    changes: int = 30
    clusters: int = 3
    largest_share: float = 0.2
    events: int = 5


COMPARISON_MINIMUM = MinimumEvidence()


def shortfall(
    minimum: MinimumEvidence, arm: str, mass: FloatArray, cluster: IntArray, clusters_are: str
) -> InsufficientEvidence | None:
    """What one arm lacks, or None. `mass` and `cluster` have one element a change.

    `clusters_are` names the clusters in the plural ("authors").
    """
    missing: list[InsufficientEvidence] = []
    changes, clusters = len(mass), len(np.unique(cluster))
    if changes < minimum.changes:
        missing.append(InsufficientEvidence(changes, minimum.changes, f"{arm} changes"))
    if clusters < minimum.clusters:
        what = f"{clusters_are} with {arm} changes"
        missing.append(InsufficientEvidence(clusters, minimum.clusters, what))
    share = largest_share(mass)
    if share > minimum.largest_share:
        what = f"largest share of one change in all {arm} changes (at most)"
        missing.append(InsufficientEvidence(share, minimum.largest_share, what))
    return combine(missing)


def largest_share(mass: FloatArray) -> float:
    """The share, 0 to 1, of the heaviest element in the sum of absolute values; 0 if all are 0."""
    heavy = np.abs(mass)
    total = float(heavy.sum())
    return float(heavy.max()) / total if total > 0 else 0.0


def combine(missing: list[InsufficientEvidence]) -> InsufficientEvidence | None:
    """All shortfalls as one, the first in front; None for an empty list."""
    if not missing:
        return None
    first, *others = missing
    flat = tuple(part for one in others for part in (one, *one.also))
    return InsufficientEvidence(first.have, first.need, first.what, first.also + flat)
