"""The workers of a Dask cluster as an executor: the one place that imports `distributed`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from scanner.base.errors import ScanError
from scanner.fleet.run import Executors, UnreachableError

#: So long is waited for a scheduler, which may be about to start again.
_SECONDS = 30


def cluster(address: str, count: int) -> Executors:
    """The workers of the scheduler at `address`; of `local`, so many on this machine.

    Raises ScanError where Dask is not installed; opening it, UnreachableError where no scheduler
    answers.
    """
    distributed = _distributed()
    # what goes wrong is told of the repository, and not by tracebacks
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)

    @contextmanager
    def opened() -> Iterator[Executor]:
        with _client(distributed, address, count) as client:
            # each repository is scanned when it is asked for, whatever a scheduler remembers
            yield client.get_executor(pure=False)

    return opened


def _client(distributed: Any, address: str, count: int) -> Any:
    if address == "local":
        return distributed.Client(
            n_workers=count, threads_per_worker=1, dashboard_address=None, set_as_default=False
        )
    try:
        return distributed.Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UnreachableError(
            f"No Dask scheduler answers at {address}.",
            hint="Start one with: dask scheduler; or use --dask local.",
        ) from error


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise ScanError(
            "--dask needs Dask, which is not installed.",
            hint="Install Tallystick with it: pip install 'PATH[cluster]', PATH being your clone.",
        ) from error
