"""Processes that work for this one, and never outlive it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.base.errors import ExitCode, ScanError
from scanner.base.gc_tuning import collect_seldom
from scanner.base.interruption import leave_to_parent
from scanner.base.private_files import make_folders_in, run_folder

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


@contextmanager
def worker_processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes that end with the block, whatever ends that, and with this process.

    Each reads from a pipe into which nobody writes: where its other end is closed, because this
    process is gone or has given up, the worker ends, and leaves what it has made to this process.
    """
    # A hook needs no other process, and these take a while to import.
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    with run_folder() as folder:
        reading, writing = os.pipe()
        pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(reading, writing, folder))
        try:
            yield pool
            pool.shutdown()
        except BrokenProcessPool as error:
            raise ScanError(
                "A worker process was killed, or ran out of memory.",
                hint="Run with fewer at once: --jobs 1.",
                exit_code=ExitCode.COULD_NOT_JUDGE,
            ) from error
        finally:
            os.close(writing)
            pool.shutdown(wait=False, cancel_futures=True)
            os.close(reading)


def _begin(reading: int, writing: int, folder: Path) -> None:
    import multiprocessing  # noqa: PLC0415

    leave_to_parent()
    make_folders_in(folder)
    collect_seldom()
    if multiprocessing.get_start_method() == "fork" and sys.platform != "win32":
        os.close(writing)
        threading.Thread(target=_end_with_pipe, args=(reading,), daemon=True).start()
    else:
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_pipe(reading: int) -> None:
    os.read(reading, 1)
    os._exit(1)


def _end_with_parent() -> None:
    """Where file handles are not inherited: only the death of the parent ends its workers."""
    import multiprocessing  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
