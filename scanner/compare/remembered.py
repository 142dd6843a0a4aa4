"""Comparisons and trends that were made before are not made again: kept by all that goes in.

Resampling is seeded, so equal tables, lives and seed give equal figures. The key is a digest of
these; the version of the table is one of this package's own source and of the libraries it
counts with, so that nobody has to remember to raise a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import msgspec
import numpy as np

from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.compare.compare import Comparison, Progress, compare
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives
from scanner.compare.strata import Arms
from scanner.compare.table import OutcomeSpec, Table
from scanner.compare.trends import Periods, Trend, trend

T = TypeVar("T")


class Remembered:
    """Comparisons of one table, each made at most once ever."""

    def __init__(self, table: Table, store: Store) -> None:
        self._table, self._store = table, store
        self._digest = _digest_of(table)

    def comparison(
        self, lives: LineLives, resampling: Resampling, progress: Progress
    ) -> Comparison:
        """As `compare`; `progress` is told nothing if it was made before."""
        cache_table = CacheTable("comparison", _version(), Comparison)
        key = _joined(self._digest, _packed((resampling, _bytes(lives))))
        found = self._store.get(cache_table, key)
        if isinstance(found, Comparison):
            return found
        made = compare(self._table, lives, resampling, progress)
        self._store.put_many(cache_table, {key: made})
        return made

    def trends(
        self, arms: Arms, outcomes: Sequence[OutcomeSpec], periods: Periods
    ) -> tuple[Trend, ...]:
        """The trend of each outcome, as `trend` has it."""
        cache_table = CacheTable("trends", _version(), _Trends)
        parts = (arms.treated_name, arms.others_name, outcomes, periods.kind, periods.names)
        arrays = (arms.treated.tobytes(), periods.of_row.tobytes())
        key = _joined(self._digest, _packed((parts, arrays)))
        found = self._store.get(cache_table, key)
        if isinstance(found, _Trends):
            return found.trends
        made = tuple(trend(self._table, arms, outcome, periods) for outcome in outcomes)
        self._store.put_many(cache_table, {key: _Trends(made)})
        return made


class _Trends(msgspec.Struct, frozen=True):
    trends: tuple[Trend, ...]


def _digest_of(table: Table) -> bytes:
    # Times are packed without their offset, but the offset decides on the week and the quarter.
    offsets = [row.time.isoformat() for row in table.rows]
    return hashlib.sha256(_packed((table.outcomes, table.rows, offsets))).digest()


def _bytes(lives: LineLives) -> tuple[bytes, ...]:
    return (lives.row.tobytes(), lives.days.tobytes(), lives.ended.tobytes())


def _joined(table: bytes, rest: bytes) -> str:
    return hashlib.sha256(table + rest).hexdigest()


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=_plain)


def _plain(value: object) -> object:
    """NumPy's own numbers as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError


@cache
def _version() -> str:
    """What equal tables would be compared otherwise by."""
    return f"{source_digest('compare')}/numpy{np.__version__}"
