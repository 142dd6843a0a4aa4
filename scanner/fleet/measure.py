"""One repository of a fleet → its tables and its page, in this process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.base.budget import limit_memory
from scanner.base.private_files import make_private
from scanner.base.source_digest import source_digest
from scanner.base.store import open_store
from scanner.base.store_size import trim
from scanner.config import Settings
from scanner.fleet.parquet import to_parquet
from scanner.fleet.rows import rows_of
from scanner.fleet.tables import SCHEMA_VERSION, TABLES
from scanner.git.commits import shallow_boundary
from scanner.git.process import Repository, open_repository, run
from scanner.history.read import Selection, parse_range, read_history
from scanner.judge.batch import JudgingContext, context_at
from scanner.render.report_formats import REPORT_FORMATS
from scanner.report.build import Asked, Report
from scanner.report.gather import report_on

#: A repository's facts may take so many bytes in the cache.
_STORE_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What is to be measured where: a repository of this machine, and how.

    `settings` None: those of its own tree. `store` is where its facts are kept.
    """

    name: str
    path: Path
    revisions: str | None
    settings: Settings | None
    without_rules: bool
    salt: bytes
    store: Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """The tables as Parquet files by their names, the page, and what the fleet tells of it."""

    tables: dict[str, bytes]
    page: str
    head: str
    first: datetime | None
    last: datetime | None
    changes: int
    compared: int
    older: int


def key_of(request: ScanRequest) -> str:
    """A digest of all that a measurement depends on; while it is the same, nothing is scanned.

    Raises:
        ScanError: there is no such repository or revision, or its settings are not valid.
    """
    repository, selection, context = _opened(request)
    parts = (
        SCHEMA_VERSION,
        source_digest(""),
        context.cache_table().version,
        selection,
        hashlib.sha256(request.salt).hexdigest(),
        sorted(shallow_boundary(repository)),
        run(repository, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags",
            "refs/notes"),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def measure(request: ScanRequest) -> Measurement:
    """Scans the repository as `report` does, and keeps what it found as tables and as a page.

    Raises:
        ScanError: it cannot be scanned.
    """
    _, selection, context = _opened(request)
    limit_memory(context.settings.limits)
    make_private(request.store.parent)
    with open_store(request.store) as store:
        asked = Asked(leaves_rules_out=request.without_rules)
        history = read_history(context, store, selection, 1, _unheard, None)
        report = report_on(context, store, history, 1, _unheard, None, asked)
    trim(request.store, _STORE_LIMIT)
    return _measurement(report, request)


def _measurement(report: Report, request: ScanRequest) -> Measurement:
    rows = rows_of(report, request.name, request.salt)
    times = [change.time for change in report.changes]
    return Measurement(
        {name: to_parquet(kind, rows[name]) for name, kind in TABLES.items()},
        REPORT_FORMATS["html"].render(report),
        report.head.oid,
        min(times, default=None),
        max(times, default=None),
        len(report.changes),
        len(report.compared),
        report.history.older,
    )


def _opened(request: ScanRequest) -> tuple[Repository, Selection, JudgingContext]:
    repository = open_repository(request.path)
    base, tip = parse_range(repository, request.revisions)
    selection = Selection(tip, base, newest=base is None)
    context = context_at(
        repository, request.store, tip, request.settings, with_rules=not request.without_rules
    )
    return repository, selection, context


def _unheard(_what: str, _done: int, _total: int) -> None:
    """Progress is told of the fleet, not of what is in it."""
