"""Progress on stderr: a bar where work takes over a second and somebody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scanner.history.read import Progress

if TYPE_CHECKING:
    import rich.progress

#: Work that ends sooner needs no bar.
PATIENCE_SECONDS = 1.0


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Progress]:
    """A function to report progress to; it draws only on a terminal, and clears up after itself."""
    if quiet or not sys.stderr.isatty():
        yield _ignore
        return
    bar = _Bar()
    try:
        yield bar.report
    finally:
        bar.stop()


def _ignore(_what: str, _done: int, _total: int) -> None:
    pass


class _Bar:
    def __init__(self) -> None:
        self._started = time.monotonic()
        self._progress: rich.progress.Progress | None = None
        self._tasks: dict[str, rich.progress.TaskID] = {}

    def report(self, what: str, done: int, total: int) -> None:
        if self._progress is None:
            if time.monotonic() - self._started < PATIENCE_SECONDS:
                return
            self._progress = _new_progress()
            self._progress.start()
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)

    def stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def _new_progress() -> rich.progress.Progress:
    import rich.console  # noqa: PLC0415  40 ms that a run without a terminal saves
    import rich.progress  # noqa: PLC0415

    return rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
        console=rich.console.Console(stderr=True),
        transient=True,
    )
