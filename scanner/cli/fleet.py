"""`tallystick fleet`: many repositories, scanned alike and answered together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from scanner.base.errors import ExitCode, ScanError
from scanner.cli.output import emit, write_file
from scanner.cli.progress import shown_progress
from scanner.cli.session import MEGABYTE
from scanner.codebase.settings import settings_of_file
from scanner.fleet.cluster import cluster
from scanner.fleet.coordinate import ScanSettings, answer, scan_fleet, with_path
from scanner.fleet.data_folder import DataFolder
from scanner.fleet.export import as_csv, open_metrics
from scanner.fleet.listing import Entry, read_listing
from scanner.fleet.parquet import require_pyarrow
from scanner.fleet.run import pool
from scanner.fleet.tables import REPOSITORIES, TABLES, RepositoryRow
from scanner.git.mirrors import trim_mirrors
from scanner.render.json.fleet_documents import FleetDocument

DEFAULT_FOLDER = Path("tallystick-fleet")


#: The second word that is no list of repositories.
_EXPORT = "export"


class _FleetCommand(click.Command):
    """Scans what it is given, unless that is the word `export`."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:  # fmt: skip
        if args[:1] == [_EXPORT]:
            return export.make_context(f"{info_name} {_EXPORT}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER,
                metavar="[DIR]")  # fmt: skip
@click.option("--format", "format_name", type=click.Choice(("openmetrics", "csv")), required=True,
              help="Figures for Prometheus, or a table.")  # fmt: skip
@click.option("--table", type=click.Choice((*TABLES, REPOSITORIES)), default=REPOSITORIES,
              show_default=True, help="With --format csv: which.")  # fmt: skip
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE",
              help="Write into this file.")  # fmt: skip
def export(folder: Path, format_name: str, table: str, file: Path | None) -> int:
    """Print what `tallystick fleet` wrote into DIR, for other programs."""
    try:
        fleet = msgspec.json.decode((folder / "fleet.json").read_bytes(), type=FleetDocument)
    except (OSError, msgspec.MsgspecError) as error:
        raise ScanError(
            f"{folder} holds no fleet that this version wrote.",
            hint="Write one with: tallystick fleet FILE -o DIR",
        ) from error
    text = (
        open_metrics(fleet)
        if format_name == "openmetrics"
        else _csv(DataFolder(folder), [one.name for one in fleet.repositories], table)
    )
    if file is None:
        emit(text)
    else:
        write_file(file, text)
    return int(ExitCode.CLEAN)


def _csv(results: DataFolder, names: Sequence[str], table: str) -> str:
    require_pyarrow()
    if table == REPOSITORIES:
        return as_csv(RepositoryRow, filter(None, map(results.done, names)))
    kind = TABLES[table]
    return as_csv(kind, (row for name in names for row in results.rows(kind, name)))


@click.command(cls=_FleetCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER,
              show_default=True, metavar="DIR", help="Where the results are.")  # fmt: skip
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE",
              help="Settings from this file, not from each repository.")  # fmt: skip
@click.option("--no-rules", is_flag=True, help="Judge without the rule packs, which is faster.")
@click.option("--cache", type=click.Path(path_type=Path), metavar="DIR",
              help="Keep clones and facts here.  [default: ~/.cache/tallystick]")  # fmt: skip
@click.option("--clones-limit", type=click.IntRange(1), default=20_000, show_default=True,
              metavar="MB", help="Drop the clones not used for longest beyond this.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=3600.0,
              show_default=True, metavar="SECONDS",
              help="Give up a repository after this.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), metavar="N",
              help="How many repositories at once.  [default: cores]")  # fmt: skip
@click.option("--dask", metavar="ADDRESS",
              help="Scan on this Dask scheduler's workers, or with one here: local.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def fleet(
    file: Path,
    folder: Path,
    config: Path | None,
    no_rules: bool,
    cache: Path | None,
    clones_limit: int,
    time_limit: float,
    jobs: int | None,
    dask: str | None,
    quiet: bool,
) -> int:
    """Scan the repositories that FILE names (TOML, or one a line), and pool what they show.

    A repository that is as it was is not scanned again. One that fails is told with its reason.
    What was found is printed for other programs by: tallystick fleet export.
    """
    require_pyarrow()
    entries = _entries(file)
    settings = settings_of_file(config) if config else None
    how = ScanSettings(settings, no_rules, _cache_folder(cache), time_limit)
    results = DataFolder(folder)
    count = min(jobs or os.cpu_count() or 1, len(entries))
    with shown_progress(quiet=quiet) as progress:
        rows = scan_fleet(
            entries,
            results,
            how,
            cluster(dask, count) if dask else pool(count),
            lambda done: progress("scanning repositories", done, len(entries)),
        )
    trim_mirrors(how.cache / "mirrors", clones_limit * MEGABYTE)
    answer(rows, results)
    failed = [row for row in rows if row.failure is not None]
    if not quiet:
        for row in failed:
            click.echo(f"tallystick: {row.repository}: {row.failure}", err=True)
        scanned = len(rows) - len(failed)
        told = "1 repository" if scanned == 1 else f"{scanned:,} repositories"
        click.echo(f"What {told} show together is in {(folder / 'index.html').resolve()}")
    return int(ExitCode.COULD_NOT_JUDGE if failed else ExitCode.CLEAN)


def _entries(file: Path) -> tuple[Entry, ...]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ScanError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ScanError(f"{file} is not UTF-8.") from error
    found = read_listing(text, is_toml=file.suffix.lower() == ".toml")
    return tuple(with_path(entry, file.parent) for entry in found)


def _cache_folder(named: Path | None) -> Path:
    """Absolute, because workers have folders of their own."""
    if named is not None:
        return named.resolve()
    own = os.environ.get("XDG_CACHE_HOME")
    return (Path(own) if own else Path.home() / ".cache").resolve() / "tallystick"
