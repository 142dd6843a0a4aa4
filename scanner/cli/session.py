"""What commands share: the common options, and the repository, store and settings behind them."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.base.budget import limit_memory
from scanner.base.errors import ScanError
from scanner.base.private_files import PREFIX, make_private, refusal, run_folder
from scanner.base.store import Store, open_store
from scanner.base.store_size import trim
from scanner.codebase.settings import settings_at, settings_of_file
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, resolve
from scanner.git.process import Repository, open_repository

if TYPE_CHECKING:
    from scanner.judge.batch import JudgingContext

STORE_NAME = "facts.sqlite"
MEGABYTE = 1_000_000
_OTHER_CACHE = "Give another one with --cache DIR, or run without one: --no-cache."


@dataclass(frozen=True, slots=True)
class Session:
    """One run: the repository and how the user wants to be told."""

    repository: Repository
    store_path: Path
    cache_limit: int
    config: Path | None
    settings: Settings | None
    jobs: int | None
    verbosity: int
    color: bool

    @property
    def keeps_facts(self) -> bool:
        """Whether the next run finds what this one computes."""
        return not self.store_path.parent.name.startswith(PREFIX)

    @contextmanager
    def open_store(self) -> Iterator[Store]:
        """The store of this run. What went wrong with it is said at the end, and what is too much
        for it dropped.
        """
        with open_store(self.store_path) as store:
            try:
                yield store
            finally:
                for problem in store.problems:
                    _say_of_cache(problem.reason)
        trim(self.store_path, self.cache_limit)

    def context(self, revision: str) -> JudgingContext:
        """What judging takes: settings and rules as a revision's tree has them.

        Settings that the user named hold instead of the tree's.

        Raises:
            ScanError: the revision is unknown, or its settings are not valid.
        """
        # Not above: it is a third of what a hook imports, and no hook needs it.
        from scanner.judge.batch import context_at  # noqa: PLC0415

        tree = resolve(self.repository, revision)
        context = context_at(self.repository, self.store_path, tree, self.settings)
        limit_memory(context.settings.limits)
        return context

    def settings_of_head(self) -> Settings:
        """The settings in force for what is being committed: HEAD's, or the defaults before it.

        Raises:
            ScanError: they are not valid.
        """
        if self.settings is not None:
            return self.settings
        with BlobReader(self.repository) as blobs:
            return settings_at(self.repository, head(self.repository), blobs)


def with_session(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Adds the common options to a command, which gets a `Session` as its first argument."""

    @click.option(
        "--repo",
        type=click.Path(path_type=Path),
        default=Path(),
        metavar="DIR",
        help="The repository, or a folder in it.  [default: here]",
    )
    @click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Settings from this file, not from the judged tree.",
    )
    @click.option(
        "--cache",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Keep the cache here.  [default: tallystick/ in the git directory]",
    )
    @click.option(
        "--cache-limit",
        type=click.IntRange(1),
        default=1000,
        show_default=True,
        metavar="MB",
        help="Drop what was not used for longest from a larger cache.",
    )
    @click.option("--no-cache", is_flag=True, help="Use no cache.")
    @click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="How many processes.  [default: cores]"
    )
    @click.option("-q", "--quiet", count=True, help="No progress and no summary.")
    @click.option("-v", "--verbose", count=True, help="More detail.")
    @click.option("--color/--no-color", default=None, help="Colour.  [default: on a terminal]")
    @functools.wraps(command)
    def wrapper(
        repo: Path,
        config: Path | None,
        cache: Path | None,
        cache_limit: int,
        no_cache: bool,
        jobs: int | None,
        quiet: int,
        verbose: int,
        color: bool | None,
        **rest: Any,
    ) -> int | None:
        repository = open_repository(repo)
        session = Session(
            repository=repository,
            store_path=_passing_store() if no_cache else _store_path(repository, cache),
            cache_limit=cache_limit * MEGABYTE,
            config=config,
            settings=settings_of_file(config) if config else None,
            jobs=jobs,
            verbosity=verbose - quiet,
            color=_wants_color() if color is None else color,
        )
        return command(session, **rest)

    return wrapper  # fmt: skip


def _store_path(repository: Repository, cache: Path | None) -> Path:
    """Where facts are kept; only for this run if the repository itself cannot be written to."""
    if cache is not None:
        _refuse_unusable(cache)
        database = cache.resolve() / STORE_NAME
    else:
        folder = repository.common_dir / "tallystick"
        if not os.access(folder if folder.exists() else repository.common_dir, os.W_OK):
            return _passing_store()
        database = folder / STORE_NAME
    reason = refusal(database)
    if reason is not None:
        _say_of_cache(f"the cache is not used in this run: {reason}")
        return _passing_store()
    if cache is None:
        make_private(database.parent)
    return database


def _say_of_cache(reason: str) -> None:
    click.echo(f"tallystick: {reason}.", err=True)


def _passing_store() -> Path:
    """A store that is gone when the command ends; its processes share it until then."""
    return click.get_current_context().with_resource(run_folder()) / STORE_NAME


def _refuse_unusable(cache: Path) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScanError(
            f"The cache folder {cache} cannot be made: {error.strerror}.", hint=_OTHER_CACHE
        ) from error
    if not os.access(cache, os.W_OK | os.X_OK):
        raise ScanError(
            f"The cache folder {cache} cannot be written to.",
            hint=_OTHER_CACHE,
        )


def _wants_color() -> bool:
    is_terminal = sys.stdout is not None and sys.stdout.isatty()  # None: it was closed
    return is_terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
