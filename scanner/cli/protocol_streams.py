"""stdin and stdout kept for a protocol, so that nothing else that runs here can speak into it."""

from __future__ import annotations

import os


def streams_of_its_own() -> tuple[int, int]:
    """Descriptors of stdin and stdout that nothing else here reads or writes."""
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return reading, writing
