"""A list of repositories → a folder of results: what has to be scanned is, and all is answered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scanner.base.private_files import make_private
from scanner.base.source_digest import source_digest
from scanner.base.whole_files import put_whole
from scanner.config import Settings
from scanner.fleet.data_folder import DataFolder
from scanner.fleet.listing import Entry
from scanner.fleet.page import render
from scanner.fleet.roll_up import RepositoryRows, roll_up
from scanner.fleet.run import Executors, scan_all
from scanner.fleet.scan import Outcome, ScanTask
from scanner.fleet.tables import (
    ChangeRow,
    EstimateRow,
    LabelRow,
    ProblemRow,
    RepositoryRow,
    StandingRow,
)
from scanner.render.json.json_text import to_json


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How every repository is scanned. `settings` None: by those of its own tree.

    `cache` is where clones and facts are kept, `seconds` the time for one repository.
    """

    settings: Settings | None
    without_rules: bool
    cache: Path
    seconds: float


def scan_fleet(
    entries: Sequence[Entry],
    results: DataFolder,
    how: ScanSettings,
    executors: Executors,
    progress: Callable[[int], None],
) -> tuple[RepositoryRow, ...]:
    """The row of each repository, in their order; `progress` is told how many are done.

    Each is kept as it is done, so that a run that is killed goes on from there.
    """
    salt, program = _salt(how.cache), source_digest("")
    tasks = []
    for entry in entries:
        known = results.done(entry.name)
        tasks.append(
            ScanTask(
                entry,
                known.key if known else None,
                how.settings,
                how.without_rules,
                salt,
                how.cache,
                how.seconds,
                program,
            )
        )
    rows: dict[str, RepositoryRow] = {}

    def keep(task: ScanTask, outcome: Outcome) -> None:
        rows[task.entry.name] = results.keep(task.entry, outcome)
        progress(len(rows))

    scan_all(tasks, executors, keep)
    results.leave_only(entry.name for entry in entries)
    return tuple(rows[entry.name] for entry in entries)


def answer(rows: Sequence[RepositoryRow], results: DataFolder) -> None:
    """Writes what the repositories show together: `fleet.json` and `index.html`."""
    document = roll_up(
        [
            RepositoryRows(
                row,
                results.rows(EstimateRow, row.repository),
                results.rows(LabelRow, row.repository),
                results.rows(ChangeRow, row.repository),
                results.rows(StandingRow, row.repository),
                results.rows(ProblemRow, row.repository),
            )
            for row in rows
        ]
    )
    results.write("fleet.json", to_json(document))
    results.write("index.html", render(document))


def with_path(entry: Entry, folder: Path) -> Entry:
    """The entry with its path made absolute, as seen from the folder of the list."""
    if entry.is_address:
        return entry
    return replace(entry, repository=str((folder / entry.repository).resolve()))


def _salt(cache: Path) -> bytes:
    """What hides authors: made once, this user's alone, and never beside the results.

    Raises OSError.
    """
    make_private(cache)
    file = cache / "salt"
    if not file.is_file() or len(file.read_bytes()) < 32:
        put_whole(file, secrets.token_bytes(32), 0o600)
    return file.read_bytes()
