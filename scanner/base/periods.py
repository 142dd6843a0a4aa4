"""Time cut into months, quarters or years, so that a history has a few dozen of them at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

MOST = 30


def periods(
    times: Iterable[datetime],
) -> tuple[Callable[[datetime], int], tuple[int, ...], tuple[str, ...]]:
    """How to tell the period of a time, all periods in order without gaps, and their names."""
    known = list(times)
    if not known:
        return _year, (), ()
    for of, name in ((_month, _month_name), (_quarter, _quarter_name)):
        first, last = min(map(of, known)), max(map(of, known))
        if last - first < MOST:
            return of, tuple(range(first, last + 1)), tuple(map(name, range(first, last + 1)))
    first, last = min(map(_year, known)), max(map(_year, known))
    return _year, tuple(range(first, last + 1)), tuple(map(str, range(first, last + 1)))


def _month(time: datetime) -> int:
    return 12 * time.year + time.month - 1


def _quarter(time: datetime) -> int:
    return 4 * time.year + (time.month - 1) // 3


def _year(time: datetime) -> int:
    return time.year


def _month_name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def _quarter_name(quarter: int) -> str:
    return f"{quarter // 4} Q{quarter % 4 + 1}"
