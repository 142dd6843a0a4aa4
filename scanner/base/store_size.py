"""How much a store holds, and keeping it small: what was not used for longest goes first."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.base.store import SCHEMA_VERSION, SUFFIXES, WAIT_SECONDS

#: A store that outgrew its limit is cut down to this share of it, so that it is seldom cut.
_KEPT_SHARE = 0.75
#: What a row takes beside its key and value, in bytes: about what SQLite needs.
_ROW_BYTES = 16


@dataclass(frozen=True, slots=True)
class KindOfValue:
    """What a store holds of one kind, all versions of it: how many values, and their bytes."""

    name: str
    values: int
    size: int


def size_on_disk(path: Path) -> int:
    """The bytes of a store's files; nought where there is none."""
    total = 0
    for suffix in SUFFIXES:
        with contextlib.suppress(OSError):
            total += path.with_name(path.name + suffix).stat().st_size
    return total


def kinds_in(path: Path) -> tuple[KindOfValue, ...]:
    """What a store holds, the largest kind first; nothing for one of another version.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    with _opened(path) as connection:
        if connection is None:
            return ()
        rows = connection.execute(
            "SELECT name, count(*), sum(length(key) + length(value) + ?) FROM entry "
            "JOIN cache_table ON id = cache_table GROUP BY name ORDER BY 3 DESC, name",
            (_ROW_BYTES,),
        )
        return tuple(KindOfValue(*row) for row in rows)


def trim(path: Path, limit: int) -> None:
    """Drops what was not used for longest if the files take more than `limit` bytes.

    A store that another process keeps busy is left for the next time.
    """
    if size_on_disk(path) <= limit:
        return
    with contextlib.suppress(sqlite3.Error), _opened(path) as connection:
        if connection is None:
            return
        with connection:
            groups = connection.execute(
                "SELECT used, cache_table, sum(length(key) + length(value) + ?) AS size "
                "FROM entry GROUP BY used, cache_table ORDER BY used DESC, size",
                (_ROW_BYTES,),
            ).fetchall()
            left = limit * _KEPT_SHARE
            for used, cache_table, size in groups:
                left -= size
                if left < 0:
                    connection.execute(
                        "DELETE FROM entry WHERE used = ? AND cache_table = ?", (used, cache_table)
                    )
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A store that is there already; None for one of another schema."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", WAIT_SECONDS, uri=True)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        yield connection if version == SCHEMA_VERSION else None
    finally:
        connection.close()
