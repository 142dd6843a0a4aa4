"""The folder of a fleet's results: what is in it of a repository is whole, or it is not there.

`data/NAME.TABLE.parquet` and `repositories/NAME.html` come first, `data/NAME.repositories.parquet`
last: where that is, and only there, a repository is done. A run that was killed goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from scanner import __version__
from scanner.base.errors import ScanError
from scanner.base.whole_files import put_whole
from scanner.fleet.listing import Entry
from scanner.fleet.parquet import OtherSchema, from_parquet, to_parquet
from scanner.fleet.scan import Failed, Outcome, Scanned
from scanner.fleet.tables import REPOSITORIES, TABLES, RepositoryRow, Row

T = TypeVar("T", bound=Row)

_SUFFIX = ".parquet"
_MODE = 0o644


class DataFolder:
    """The results of a fleet under one folder.

    Raises ScanError where it cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data, self._pages = folder / "data", folder / "repositories"
        try:
            for one in (self._data, self._pages):
                one.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def done(self, name: str) -> RepositoryRow | None:
        """What is known of a repository whose results are here; None where they are not."""
        try:
            (row,) = from_parquet(RepositoryRow, self._file(name, REPOSITORIES).read_bytes())
        except (OSError, OtherSchema, ValueError):
            return None
        return row

    def rows(self, kind: type[T], name: str) -> tuple[T, ...]:
        """The rows of one table of a repository; none where it failed."""
        table = next(key for key, value in TABLES.items() if value is kind)
        try:
            return from_parquet(kind, self._file(name, table).read_bytes())
        except (OSError, OtherSchema):
            return ()

    def keep(self, entry: Entry, outcome: Outcome) -> RepositoryRow:
        """Puts what came of a repository in place of what was there, and gives its row."""
        known = self.done(entry.name)
        if not isinstance(outcome, Scanned | Failed) and known is not None:
            row = replace(known, source=entry.shown, group=entry.group, adopted=entry.adopted)
            if row != known:
                self._put(entry.name, REPOSITORIES, to_parquet(RepositoryRow, [row]))
            return row
        assert isinstance(outcome, Scanned | Failed)  # what is unchanged is here
        self._file(entry.name, REPOSITORIES).unlink(missing_ok=True)
        if isinstance(outcome, Scanned):
            for name, content in outcome.measurement.tables.items():
                self._put(entry.name, name, content)
            self.write(f"repositories/{entry.name}.html", outcome.measurement.page)
        else:
            self._forget(entry.name)
        row = _row(entry, outcome)
        self._put(entry.name, REPOSITORIES, to_parquet(RepositoryRow, [row]))
        return row

    def leave_only(self, names: Iterable[str]) -> None:
        """Removes the results of repositories that are no longer of the fleet."""
        kept = set(names)
        ends = tuple(f".{table}{_SUFFIX}" for table in (*TABLES, REPOSITORIES))
        for file in self._data.glob(f"*{_SUFFIX}"):
            end = next((end for end in ends if file.name.endswith(end)), None)
            if end is not None and file.name.removesuffix(end) not in kept:
                self._forget(file.name.removesuffix(end))
                file.unlink(missing_ok=True)

    def write(self, name: str, text: str) -> None:
        """Writes a file of the folder whole."""
        self._put_file(self.folder / name, text.encode("utf-8", "backslashreplace"))

    def _forget(self, name: str) -> None:
        for table in TABLES:
            self._file(name, table).unlink(missing_ok=True)
        (self._pages / f"{name}.html").unlink(missing_ok=True)

    def _file(self, name: str, table: str) -> Path:
        return self._data / f"{name}.{table}{_SUFFIX}"

    def _put(self, name: str, table: str, content: bytes) -> None:
        self._put_file(self._file(name, table), content)

    def _put_file(self, file: Path, content: bytes) -> None:
        try:
            put_whole(file, content, _MODE)
        except OSError as error:
            raise _unwritable(file, error) from error


def _row(entry: Entry, outcome: Scanned | Failed) -> RepositoryRow:
    found = outcome.measurement if isinstance(outcome, Scanned) else None
    return RepositoryRow(
        repository=entry.name,
        source=entry.shown,
        group=entry.group,
        adopted=entry.adopted,
        failure=outcome.reason if isinstance(outcome, Failed) else None,
        key=outcome.key if isinstance(outcome, Scanned) else None,
        tallystick=__version__,
        head=found.head if found else None,
        first=found.first if found else None,
        last=found.last if found else None,
        changes=found.changes if found else 0,
        compared=found.compared if found else 0,
        older=found.older if found else 0,
        seconds=outcome.seconds if isinstance(outcome, Scanned) else 0.0,
    )


def _unwritable(file: Path, error: OSError) -> ScanError:
    return ScanError(
        f"{file} cannot be written: {error.strerror}.",
        hint="What was written before is kept; the next run goes on from there.",
    )
