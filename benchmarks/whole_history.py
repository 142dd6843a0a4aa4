"""The whole history of a repository, read and followed as `tallystick report` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.base.store import Store, open_store
from scanner.cli.session import STORE_NAME
from scanner.codebase.settings import settings_at
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.history.aftermath import Aftermath, follow_up
from scanner.history.read import History, Selection, parse_range, read_history
from scanner.judge.batch import JudgingContext


@contextmanager
def followed(repository: Repository, cache: Path) -> Iterator[tuple[History, Aftermath, Store]]:
    """The history at HEAD, what became of it, and the store in `cache`, open for the block."""
    base, tip = parse_range(repository, None)
    with BlobReader(repository) as blobs:
        settings = settings_at(repository, tip, blobs)
    with open_store(cache / STORE_NAME) as store:
        context = JudgingContext(repository, cache / STORE_NAME, settings)
        history = read_history(context, store, Selection(tip, base), None, lambda *_: None)
        yield history, follow_up(history, repository, store), store
