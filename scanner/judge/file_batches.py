"""Many file versions worked off on several processes, a few at a time, in their order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from scanner.base.model import FileVersion
from scanner.base.workers import worker_processes
from scanner.judge.batch import JudgingContext

T = TypeVar("T")

FILES_PER_TASK = 20
WORTH_PROCESSES = 60


def in_tasks(
    work: Callable[[JudgingContext, Sequence[FileVersion]], T],
    context: JudgingContext,
    versions: Sequence[FileVersion],
    jobs: int | None,
) -> Iterator[T]:
    """What `work` (a function of a module) gives for each few of the versions.

    On `jobs` processes, all cores if None; in this one if that is one, or the versions are few.
    """
    tasks = [versions[i : i + FILES_PER_TASK] for i in range(0, len(versions), FILES_PER_TASK)]
    processes = jobs or os.cpu_count() or 1
    if processes == 1 or len(versions) < WORTH_PROCESSES:
        yield from (work(context, task) for task in tasks)
        return
    with worker_processes(processes) as pool:
        yield from pool.map(work, [context] * len(tasks), tasks)
