"""The interval of a share (E. B. Wilson 1927), for everything here that counts how often."""

from __future__ import annotations

import math
from typing import NamedTuple

#: The normal quantile of 0.975.
_Z = 1.959963984540054


class ShareInterval(NamedTuple):
    """The ends of a share's 95% interval, 0 to 1."""

    low: float
    high: float


def wilson(successes: float, trials: float) -> ShareInterval:
    """Wilson's 95% interval of a share; 0 to 1 without trials, where anything may be so."""
    if not trials:
        return ShareInterval(0.0, 1.0)
    share, square = successes / trials, _Z * _Z
    middle = share + square / (2 * trials)
    reach = _Z * math.sqrt((share * (1 - share) + square / (4 * trials)) / trials)
    scale = 1 + square / trials
    return ShareInterval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))
