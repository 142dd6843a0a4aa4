"""Values of an outcome that are not plain numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """No value for one change, and why. Reasons are counted, so they name kinds, not cases."""

    reason: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A wait in days. Where `ended` is false it was still going on after `days`.

    `follow_up` is how long it could be observed at all, in days; it is never less than `days`.
    """

    days: float
    ended: bool
    follow_up: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """An amount and what it is counted against, such as points and added lines; `of` is above 0.

    Over many changes, amounts and their `of` are summed before one is divided by the other.
    """

    amount: float
    of: float


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long the lines of one change lived, by whole days, rounded up.

    `days` holds (day, lines that ended on it, lines last seen on it); a line that ended within a
    day counts for the day it ended on. `follow_up` is how long the change was observed, in days.
    """

    days: tuple[tuple[int, int, int], ...]
    follow_up: float
