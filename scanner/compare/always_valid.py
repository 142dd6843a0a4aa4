"""PURE: differences looked at again and again, without finding by looking: e-values.

A change of an agent is paired with another of the same repository and size, nearly as old. Where
both have the same chance of a finding, whatever that chance is in a pair, wealth that is bet on the
contrary grows by nothing on average, so that it ever reaches 1/α with a chance of at most α (Ville
1939), however often one looks. The bet is the Bayes factor of two shares against their mean, each
learnt from all earlier pairs (Turner, Ly & Grünwald 2024, "Generic E-variables for exact sequential
k-sample tests that allow for optional stopping").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: What each share is learnt from before the first pair: Beta(0.18, 0.18), as they recommend.
_PRIOR = 0.18
#: The chance of a false alarm, ever.
ALPHA = 0.05
#: Changes further apart than so many days are no pair.
NEAR = 28


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the wealth stood after each pair, as natural logarithms, and the shares of both sides."""

    log_wealth: tuple[float, ...]
    treated_share: float | None
    others_share: float | None

    @property
    def highest(self) -> float:
        """The highest that it ever stood; a finding that was made is not unmade."""
        return max(self.log_wealth, default=0.0)


def threshold(lines: int) -> float:
    """The logarithm that wealth has to reach where so many lines are watched at once."""
    return math.log(max(lines, 1) / ALPHA)


def watch(pairs: Iterable[tuple[bool, bool]]) -> Evidence:
    """The evidence after each pair (treated, other), in the order in which they were complete."""
    first, second = _Share(), _Share()
    wealth, told = 0.0, []
    for treated, other in pairs:
        p, q = first.value, second.value
        middle = (p + q) / 2
        wealth += _gain(p, middle, treated) + _gain(q, middle, other)
        told.append(wealth)
        first, second = first.after(treated), second.after(other)
    return Evidence(tuple(told), first.seen, second.seen)


class Side(NamedTuple):
    """A change that may be of a pair: its day as a count of days, and whether it has a finding."""

    stratum: str
    day: int
    is_treated: bool
    outcome: bool


def paired(sides: Sequence[Side]) -> list[tuple[int, bool, bool]]:
    """Pairs of (place, treated's outcome, other's outcome), of sides in order of time.

    Each is paired with the newest unpaired one of the other side in its stratum, unless that is
    more than `NEAR` days old: whatever else changes over time would be found as a difference. A
    pair is at the place of its later change.
    """
    waiting: dict[tuple[str, bool], list[Side]] = {}
    pairs = []
    for place, side in enumerate(sides):
        others = waiting.get((side.stratum, not side.is_treated))
        if others and side.day - others[-1].day <= NEAR:
            other = others.pop()
            first, second = (side, other) if side.is_treated else (other, side)
            pairs.append((place, first.outcome, second.outcome))
        else:
            waiting.setdefault((side.stratum, side.is_treated), []).append(side)
    return pairs


@dataclass(frozen=True, slots=True)
class _Share:
    events: int = 0
    of: int = 0

    @property
    def value(self) -> float:
        return (self.events + _PRIOR) / (self.of + 2 * _PRIOR)

    @property
    def seen(self) -> float | None:
        return self.events / self.of if self.of else None

    def after(self, is_event: bool) -> _Share:
        return _Share(self.events + is_event, self.of + 1)


def _gain(bet: float, under_null: float, is_event: bool) -> float:
    return math.log(bet / under_null if is_event else (1 - bet) / (1 - under_null))
