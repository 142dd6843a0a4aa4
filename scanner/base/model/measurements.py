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
