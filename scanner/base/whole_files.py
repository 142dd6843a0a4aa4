"""Files that are written whole or not at all: a run that is killed leaves the old one."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def put_whole(file: Path, content: bytes, mode: int) -> None:
    """Puts a file of this content and mode in place of what is there, if anything is.

    It is made beside its place first. Raises OSError, and then nothing has changed.
    """
    made = None
    try:
        _remove_dead(file)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{_beside(file)}{os.getpid()}.")
        made = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        made.chmod(mode)
        made.replace(file)
    except BaseException:
        if made is not None:
            made.unlink(missing_ok=True)
        raise


def _beside(file: Path) -> str:
    return f".{file.name}.tallystick-"


def _remove_dead(file: Path) -> None:
    """Removes what a run left that was killed while it wrote this file."""
    start = _beside(file)
    for name in os.listdir(file.parent):  # noqa: PTH208  names that no pattern has to fit
        number = name.removeprefix(start).partition(".")[0]
        if name.startswith(start) and number.isdigit() and not _is_alive(int(number)):
            (file.parent / name).unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":  # where a signal would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
