"""What may be said of a difference: words from its interval, and what would settle it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from scanner.compare.effects import FEW
from scanner.compare.inference import Interval

#: Arms that differ by less than this share of the others' figure are about as much.
MARGIN = 0.25
#: A difference of so many half-widths of an interval is found four times in five (80% power).
_POWER = 1.43


class Reading(StrEnum):
    """What the interval allows to be said. Not to know is never the same as equal."""

    HIGHER = "higher"
    LOWER = "lower"
    ALIKE = "about as much"
    UNCLEAR = "cannot tell"
    NONE = "none among comparable changes"
    DESCRIBED = "described only"

    @property
    def is_difference(self) -> bool:
        return self in (Reading.HIGHER, Reading.LOWER)


@dataclass(frozen=True, slots=True)
class Means:
    """The figures of both arms, and of how many changes."""

    treated: float
    others: float
    treated_of: int
    others_of: int


def read(means: Means, difference: Interval, ratio: Interval | None) -> Reading:
    """The word for an interval: of the ratio where there is one, else of the difference."""
    if min(means.treated_of, means.others_of) < FEW:
        return Reading.DESCRIBED
    if means.treated == means.others == 0:
        return Reading.NONE
    if is_alike(means, difference, ratio):
        return Reading.ALIKE
    if not difference.excludes(0.0) or (ratio is not None and not ratio.excludes(1.0)):
        return Reading.UNCLEAR
    return Reading.HIGHER if means.treated > means.others else Reading.LOWER


def is_alike(means: Means, difference: Interval, ratio: Interval | None) -> bool:
    """Whether the whole interval lies within the margin."""
    if ratio is not None:
        low, high = ratio.low, ratio.high
        within = 1 / (1 + MARGIN), 1 + MARGIN
    else:
        low, high = difference.low, difference.high
        reach = MARGIN * abs(means.others)
        within = -reach, reach
    return low is not None and high is not None and within[0] <= low and high <= within[1]


@dataclass(frozen=True, slots=True)
class Resolution:
    """How fine the evidence is.

    `smallest` is the least difference that this much evidence finds four times in five; None where
    no interval limits it. `further` is how many further changes, in the same mixture, would settle
    whether the arms differ or are about alike, if the difference stays what it is; 0 where it is
    settled, None where it cannot be said.
    """

    smallest: float | None
    further: int | None


def resolution(means: Means, difference: Interval, reading: Reading) -> Resolution:
    """What this much evidence would have shown, and how much more would settle it.

    Intervals narrow with the square root of what they rest on.
    """
    if difference.low is None or difference.high is None:
        return Resolution(None, None)
    half = (difference.high - difference.low) / 2
    found = abs(means.treated - means.others)
    wanted = max(found, MARGIN * abs(means.others) - found)
    if reading in (Reading.HIGHER, Reading.LOWER, Reading.ALIKE):
        return Resolution(_POWER * half, 0)
    if wanted <= 0 or half <= 0:
        return Resolution(_POWER * half, None)
    have = means.treated_of + means.others_of
    further = max(1, math.ceil(have * ((half / wanted) ** 2 - 1)))
    return Resolution(_POWER * half, further)
