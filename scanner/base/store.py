"""What was computed once is kept: one SQLite file of facts keyed by the content they come from.

The store is a cache and nothing else. It may be deleted at any time; a file that is corrupt, or of
another schema, is thrown away and made anew, and so is a value whose checksum is not right. Several
processes may use it at once (WAL); a run that has to wait for long goes on without it, and says so.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

if sys.platform != "win32":
    import fcntl

from scanner.base.errors import ScanError
from scanner.base.model import Problem, Stage
from scanner.base.private_files import open_private, refusal

T = TypeVar("T")

#: Raised whenever the tables below change; a store of any other version is made anew.
SCHEMA_VERSION = 4

SCHEMA = (
    """
-- One row per kind of value: an analysis and its version, say. `used` is the time of the last run
-- that asked for it (Unix seconds), so that what no run wants any more can be dropped.
CREATE TABLE cache_table (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    used    INTEGER NOT NULL,
    UNIQUE (name, version)
)""",
    """
-- One row per value. `key` is a content hash, an object id, or several of them; `value` is the
-- MessagePack of a pair [value, problem] of which exactly one is not nil; `checksum` is the CRC-32
-- of the table's name and version, the key and the value. `used` is the day (from 1970) on which it
-- was last asked for, give or take a week.
CREATE TABLE entry (
    cache_table INTEGER NOT NULL REFERENCES cache_table (id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    used  INTEGER NOT NULL,
    PRIMARY KEY (cache_table, key)
) WITHOUT ROWID""",
)

#: How many versions of one kind are kept: switching between two settings stays warm.
VERSIONS_KEPT = 4
#: How long a lock that another process holds is waited for.
WAIT_SECONDS = 2.0
_KEYS_PER_QUERY = 500
#: For so many days a value's last use is not written down again: reading seldom has to write.
_DAYS_UNWRITTEN = 7
#: The database and what SQLite keeps beside it.
SUFFIXES = ("", "-wal", "-shm")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
#: What another process can cause for a moment, and how long each further try waits (seconds).
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_PAUSES = (0.05, 0.1, 0.2, 0.4)
_DAMAGED = "some of what the cache held was damaged; it is computed again"
#: What the user has to mend: the folder cannot be read or written.
_NEVER_USABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)


@dataclass(frozen=True, slots=True)
class CacheTable(Generic[T]):
    """One kind of stored value: a name, a version that changes with its meaning, and its type."""

    name: str
    version: str
    result: type[T]


class Store:
    """Values by cache table and key, behind one SQLite connection. Use it as a context manager."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._shelves: dict[tuple[str, str], int] = {}
        self._decoders: dict[type[Any], msgspec.msgpack.Decoder[Any]] = {}
        self._used: list[tuple[int, str]] = []
        self._file: tuple[int, int] | None = None
        self._connection = self._open()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; what was put is already on disk."""
        if self._used:
            self._guarded(self._note_use, None)
        self._connection.close()

    def get_many(self, cache_table: CacheTable[T], keys: Iterable[str]) -> dict[str, T | Problem]:
        """The stored values among `keys`; a key that is not stored is not in the result."""
        wanted = [key for key in dict.fromkeys(keys) if _is_text(key)]
        if not wanted:
            return {}
        decoder = self._decoder(cache_table.result)
        found: dict[str, T | Problem] = {}
        start = _checksum(f"{cache_table.name}\0{cache_table.version}\0")
        stale = today() - _DAYS_UNWRITTEN
        rows = self._guarded(lambda: list(self._select(cache_table, wanted)), [])
        for key, value, kept, used in rows:
            if not isinstance(value, bytes) or _checksum(key, value, start) != kept:
                self._remember(_DAMAGED)
                continue
            # Unreadable: as good as not stored.
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                result, problem = decoder.decode(value)
                found[key] = result if problem is None else problem
                if used < stale:
                    self._used.append((self._shelf_id(cache_table), key))
        return found

    def get(self, cache_table: CacheTable[T], key: str) -> T | Problem | None:
        """One stored value, or None if it is not stored."""
        return self.get_many(cache_table, [key]).get(key)

    def put_many(self, cache_table: CacheTable[T], values: Mapping[str, T | Problem]) -> None:
        """Stores values, replacing those of the same key, in one transaction."""
        encoded = ((key, _encode(value)) for key, value in values.items() if _is_text(key))
        start = _checksum(f"{cache_table.name}\0{cache_table.version}\0")
        rows = [(key, v, _checksum(key, v, start)) for key, v in encoded if v is not None]
        if rows:
            self._guarded(lambda: self._insert(cache_table, rows), None)

    # ----------------------------------------------------------------- behind the doors

    def _select(
        self, cache_table: CacheTable[Any], keys: list[str]
    ) -> Iterator[tuple[str, object, int, int]]:
        shelf_id = self._shelf_id(cache_table)
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            part = keys[start : start + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(part))
            yield from self._connection.execute(
                "SELECT key, value, checksum, used FROM entry "  # noqa: S608  only question marks
                f"WHERE cache_table = ? AND key IN ({marks})",
                (shelf_id, *part),
            )

    def _insert(self, cache_table: CacheTable[Any], rows: list[tuple[str, bytes, int]]) -> None:
        shelf_id, day = self._shelf_id(cache_table), today()
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)",
                ((shelf_id, *row, day) for row in rows),
            )

    def _note_use(self) -> None:
        day = today()
        with self._connection:
            self._connection.executemany(
                "UPDATE entry SET used = ? WHERE cache_table = ? AND key = ?",
                ((day, *used) for used in self._used),
            )

    def _shelf_id(self, cache_table: CacheTable[Any]) -> int:
        known = self._shelves.get((cache_table.name, cache_table.version))
        if known is not None:
            return known
        with self._connection:
            row = self._connection.execute(
                "INSERT INTO cache_table (name, version, used) VALUES (?, ?, ?) "
                "ON CONFLICT (name, version) DO UPDATE SET used = excluded.used RETURNING id",
                (cache_table.name, cache_table.version, int(time.time())),
            ).fetchone()
            self._connection.execute(
                "DELETE FROM cache_table WHERE name = ?1 AND id NOT IN "
                "(SELECT id FROM cache_table WHERE name = ?1 ORDER BY used DESC, id DESC LIMIT ?2)",
                (cache_table.name, VERSIONS_KEPT),
            )
        self._shelves[cache_table.name, cache_table.version] = shelf_id = int(row[0])
        return shelf_id

    def _decoder(self, result: type[Any]) -> msgspec.msgpack.Decoder[Any]:
        if result not in self._decoders:
            pair = tuple[result | None, Problem | None]  # type: ignore[valid-type]
            self._decoders[result] = msgspec.msgpack.Decoder(pair)
        return self._decoders[result]

    def _guarded(self, action: Any, fallback: Any) -> Any:
        """Runs an action on the database; if that turns out to be broken, starts a new one."""
        try:
            return action()
        except sqlite3.OperationalError as error:  # locked too long, disk full: go on without
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = self._in_memory(error)
            return fallback
        except (sqlite3.DatabaseError, UnicodeError):
            self._connection = self._rebuild(self._connection)
            return fallback

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _prepared(":memory:")
        try:
            reason = refusal(self.path)
            if reason is not None:
                return self._in_memory(reason)
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._prepared_file(self.path)
        except sqlite3.OperationalError as error:
            if _primary_code(error) in _NEVER_USABLE:
                raise _unusable(self.path, error) from error
            return self._in_memory(error)
        except sqlite3.DatabaseError:
            return self._rebuild(None)
        except OSError as error:
            raise _unusable(self.path, error) from error

    def _rebuild(self, broken: sqlite3.Connection | None) -> sqlite3.Connection:
        """Makes the file anew, unless another process did so meanwhile."""
        self._shelves.clear()
        self._remember(_DAMAGED)
        if self.path is None:
            return _prepared(":memory:")
        try:
            with _alone(self.path):
                if broken is not None:
                    # Compared while it is open: the id of a closed and removed file is used again.
                    if self._file == _identity(self.path):
                        remove_store(self.path)
                    broken.close()
                try:
                    return self._prepared_file(self.path)
                except sqlite3.DatabaseError:
                    remove_store(self.path)
                    return self._prepared_file(self.path)
        except (sqlite3.DatabaseError, OSError) as error:
            return self._in_memory(error)

    def _prepared_file(self, path: Path) -> sqlite3.Connection:
        connection = _patiently_prepared(path)
        self._file = _identity(path)
        return connection

    def _in_memory(self, reason: object) -> sqlite3.Connection:
        """A cache that is locked or refused, or a full disk, keeps no facts and stops no run."""
        self._shelves.clear()
        self._remember(f"the cache is not used in this run: {reason}")
        self.path = None
        return _prepared(":memory:")

    def _remember(self, reason: str) -> None:
        if all(problem.reason != reason for problem in self.problems):
            self.problems.append(Problem(Stage.STORE, None, reason))


def open_store(path: Path | None) -> Store:
    """Opens the store at a path, or one in memory for None.

    Raises:
        ScanError: the folder cannot be made, read or written.
    """
    return Store(path)


def today() -> int:
    """The day, counted from 1970."""
    return int(time.time()) // 86_400


def _patiently_prepared(path: Path) -> sqlite3.Connection:
    """Like `_prepared`: what other processes do to the file at this moment passes."""
    end = time.monotonic() + WAIT_SECONDS
    for pause in _PAUSES:
        try:
            return _prepared(str(path), max(0.0, end - time.monotonic()))
        except sqlite3.OperationalError as error:
            if _primary_code(error) not in _PASSING or time.monotonic() > end:
                raise
            time.sleep(pause)
    return _prepared(str(path), max(0.0, end - time.monotonic()))


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at a path from another one put there later."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def remove_store(path: Path) -> None:
    """Deletes a store's files. A process that has it open goes on with what it has.

    Raises:
        OSError: they cannot be deleted.
    """
    for suffix in SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _primary_code(error: sqlite3.Error) -> int:
    return error.sqlite_errorcode & 0xFF


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While it lasts no other process makes this store anew, where the system has file locks.

    Raises OSError where another one takes too long over it.
    """
    lock = open_private(path.with_name(path.name + "-lock"))
    try:
        if sys.platform != "win32":
            _lock(lock)
        yield
    finally:
        os.close(lock)


def _lock(handle: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSES[0])
        else:
            return


def _is_text(key: str) -> bool:
    """Whether SQLite can hold a key: none that names a path of other bytes than UTF-8."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checksum(text: str, value: bytes = b"", start: int = 0) -> int:
    return zlib.crc32(value, zlib.crc32(text.encode("utf-8", "surrogatepass"), start))


def _prepared(database: str, patience: float = WAIT_SECONDS) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=patience)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _create_or_check(connection)
        connection.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")
    except UnicodeError as error:  # a damaged schema, which SQLite quotes in its message
        connection.close()
        raise sqlite3.DatabaseError("its schema is no text") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _create_or_check(connection: sqlite3.Connection) -> None:
    version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    # A second process may be creating the tables at this moment: take the write lock, look again.
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = _version(connection)
        if version == SCHEMA_VERSION:
            return
        # Tables of another schema: dropped here and not with the file, which others may have open.
        for (table,) in connection.execute(_TABLES).fetchall():
            connection.execute(f'DROP TABLE "{table.replace(chr(34), chr(34) * 2)}"')
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _encode(value: object) -> bytes | None:
    """The stored form; None for what names a path that is not UTF-8, which is computed again."""
    pair = (None, value) if isinstance(value, Problem) else (value, None)
    try:
        return msgspec.msgpack.encode(pair)
    except UnicodeEncodeError:
        return None


def _unusable(path: Path, error: Exception) -> ScanError:
    return ScanError(
        f"The cache folder {path.parent} cannot be used: {error}.",
        hint="Give another one with --cache DIR, or run without one: --no-cache.",
    )
