"""What ends a run from outside: Ctrl-C, a closed terminal, a time limit of the CI, a dead parent.

The first signal is an exception, so that whatever was made is cleared up. Imports nothing of this
program and little of Python, because it has to be in force before the rest is imported.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

#: How a run ends that was interrupted, as `scanner.base.errors.ExitCode` has it.
INTERRUPTED = 130
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
#: After so many signals clearing up is given up.
_ENOUGH = 3
_received = 0
_last = 0


def interrupt_at_once() -> None:
    """While nothing is made that would have to be cleared up: a sentence, and the end."""
    _install(_end)


def interrupt_by_exception() -> None:
    """A signal raises KeyboardInterrupt in the main thread."""
    global _received  # noqa: PLW0603
    _received = 0
    _install(_raise)


def may_go_on() -> bool:
    """Whether to go on with what is made so far: somebody said Ctrl-C, for the first time.

    The next one raises again. Whatever else ends a run means it, and leaves little time.
    """
    global _received, _last  # noqa: PLW0603
    if _last != signal.SIGINT or _received != 1:
        return False
    _received = _last = 0
    return True


def leave_to_parent() -> None:
    """In a worker: Ctrl-C goes to all processes of a terminal, and the parent decides on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _NAMES[1:]:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _install(handler: Callable[[int, FrameType | None], None]) -> None:
    for name in _NAMES:
        number = getattr(signal, name, None)
        # What is ignored already stays so: `nohup` asks for that.
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    if sys.stderr is not None:
        os.write(2, b"tallystick: Interrupted.\n")
    os._exit(INTERRUPTED)


def _raise(_number: int, _frame: FrameType | None) -> None:
    global _received, _last  # noqa: PLW0603  a signal has nowhere else to count
    _received += 1
    _last = _number
    if _received >= _ENOUGH:
        _end(_number, _frame)
    if _received == 1:
        raise KeyboardInterrupt
