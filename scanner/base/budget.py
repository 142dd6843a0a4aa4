"""How much time and memory a file and a run may take, and how they are held to it.

What a file may take is told by its size first, which is the same on every machine, and by
processor seconds only where that does not hold. A run that goes over its limit ends with the
documented code for "could not judge".
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, NoReturn

import msgspec

if sys.platform != "win32":
    import resource

from scanner.base.errors import ExitCode, ScanError

_Positive = Annotated[float, msgspec.Meta(gt=0)]
#: A timer whose exception was swallowed (in a callback of a library) fires again, in seconds.
_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent: bytes and processor seconds for a file, time and memory for a run.

    A file beyond its share is not judged and named. `run_seconds` is of `check`, `gate` and `scan`;
    `memory_mb` is of each process.
    """

    file_bytes: Annotated[int, msgspec.Meta(ge=1)] = 1_500_000
    file_seconds: _Positive = 10.0
    run_seconds: _Positive = 900.0
    memory_mb: Annotated[int, msgspec.Meta(ge=256)] = 8192


DEFAULT_BUDGET = Budget()


class OverBudget(BaseException):
    """More processor time than allowed. No Exception, so that no library takes it for its own."""


@contextmanager
def processor_seconds(limit: float) -> Iterator[None]:
    """Raises OverBudget in the block once this process has spent so many seconds there.

    Inside another such block the outer one waits. Only in the main thread, and where the system
    has such a timer.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _over)
    left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, limit, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, left, _AGAIN if left else 0.0)
        signal.signal(signal.SIGVTALRM, before)


def _over(*_: object) -> NoReturn:
    raise OverBudget


def too_long(budget: Budget) -> str:
    """Why a file is not judged that took too long."""
    return (
        f"it takes more than {budget.file_seconds:g} seconds of processor time "
        "(limits.file_seconds)"
    )


def too_large(size: int, budget: Budget) -> str:
    """Why a file is not judged that is too large."""
    return f"it has {size:,} bytes, more than the {budget.file_bytes:,} of limits.file_bytes"


@contextmanager
def run_limits(budget: Budget) -> Iterator[None]:
    """Ends the block with a ScanError after `run_seconds`, whatever it waits for.

    What was started in it (git, semgrep, other processes) is ended by who started it, as after an
    interruption. Inside another such block the outer one waits.
    """

    def over(*_: object) -> NoReturn:
        raise ScanError(
            f"This run took more than {budget.run_seconds:g} seconds and was ended.",
            hint="If the repository needs more, raise limits.run_seconds in the settings.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )

    limit_memory(budget)
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, over)
    left, _ = signal.setitimer(signal.ITIMER_REAL, budget.run_seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, _AGAIN if left else 0.0)
        signal.signal(signal.SIGALRM, before)


def limit_memory(budget: Budget) -> None:
    """Lets this process and those it starts have so much memory of their own, and no more."""
    if sys.platform != "linux":  # elsewhere the limit is not kept, or counts what is only mapped
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = budget.memory_mb << 20
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
