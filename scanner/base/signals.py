"""What must not be interrupted halfway: handlers of signals wait until it is over."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

#: Those that this program has handlers for: what ends a run, and its budgets of time.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGVTALRM")


@contextmanager
def signals_held_back() -> Iterator[None]:
    """In the block no handler of a signal runs; what arrived meanwhile is handled at its end.

    Blocking them would not do: another thread of the process can take a signal, and Python runs
    the handler in the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # handlers run in the main thread alone
        return
    arrived: list[int] = []
    with ExitStack() as undo:
        for name in _NAMES:
            number = getattr(signal, name, None)
            handler = signal.getsignal(number) if number is not None else None
            if number is not None and callable(handler):
                undo.callback(_again, number, handler, arrived)
                signal.signal(number, lambda number, _: arrived.append(number))
        yield


def _again(number: int, handler: Callable[[int, FrameType | None], Any], seen: list[int]) -> None:
    signal.signal(number, handler)
    if number in seen:
        signal.raise_signal(number)
