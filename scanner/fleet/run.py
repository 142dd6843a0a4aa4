"""A fleet scanned on an executor: a pool of processes here, or what `cluster` opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager

from scanner.base.errors import ScanError
from scanner.base.workers import worker_processes
from scanner.fleet.scan import Failed, Outcome, ScanTask, scan_repository

#: Opens what runs tasks; it may be opened again where one broke.
Executors = Callable[[], AbstractContextManager[Executor]]
#: Told each repository as it is done.
OnDone = Callable[[ScanTask, Outcome], None]

#: So often is a repository tried whose worker died.
_TRIES = 3


class UnreachableError(ScanError):
    """What runs tasks cannot be opened."""


def pool(count: int) -> Executors:
    """A pool of processes on this machine."""

    @contextmanager
    def opened() -> Iterator[Executor]:
        try:
            with worker_processes(count) as executor:
                yield executor
        except ScanError as error:
            # What the pool lost is tried again; whatever else is wrong is not its business.
            if not isinstance(error.__cause__, BrokenProcessPool):
                raise

    return opened


def scan_all(tasks: Sequence[ScanTask], executors: Executors, on_done: OnDone) -> None:
    """Scans every repository; `on_done` is told of each. A worker that dies loses only its own."""
    waiting = _lost(tasks, executors, on_done)
    for _ in range(_TRIES - 1):
        if not waiting:
            return
        try:
            waiting = _lost(list(waiting), executors, on_done)
        except UnreachableError as error:
            waiting = dict.fromkeys(waiting, error.message)
    for task, why in waiting.items():
        on_done(task, Failed(f"tried {_TRIES} times, and each time its worker was lost: {why}"))


def _lost(
    tasks: Sequence[ScanTask], executors: Executors, on_done: OnDone
) -> Mapping[ScanTask, str]:
    """The tasks whose workers were lost, and how."""
    lost: dict[ScanTask, str] = {}
    with executors() as executor:
        under_way: dict[Future[Outcome], ScanTask] = {}
        try:
            for task in tasks:
                under_way[executor.submit(scan_repository, task)] = task
        except (RuntimeError, OSError) as broken:
            lost |= dict.fromkeys(tasks[len(under_way) :], str(broken))
        for future in as_completed(list(under_way)):
            # its result is not kept until the last is there
            task = under_way.pop(future)
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or error is not None:
                lost[task] = str(error or "cancelled")
            else:
                on_done(task, future.result())
    return lost
