"""Where results go: stdout, or files that are complete or not there."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import click

from scanner.base.errors import ScanError

#: How long somebody who is to read from a named pipe is waited for.
_PATIENCE_SECONDS = 2.0


def write_outputs(texts: Mapping[str, str], outputs: tuple[tuple[str, Path], ...]) -> None:
    """Writes each named text to its file."""
    for name, file in outputs:
        write_file(file, texts[name])


def say(text: str, *, color: bool | None = None) -> None:
    """Prints a result whole. A reader that went away changes nothing of what the run answers."""
    try:
        click.echo(text, nl=False, color=color)
    except BrokenPipeError:
        silence_stdout()


def silence_stdout() -> None:
    """A reader that went away must not make the interpreter complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(file: Path, text: str) -> None:
    """Writes a file whole: it is made beside its place and then put there.

    Raises:
        ScanError: it cannot be written.
    """
    if file.is_fifo():
        _write_to_pipe(file, text)
        return
    if file.exists() and not file.is_file():  # a terminal, or a folder
        _write_through(file, text)
        return
    _put(file, text.encode("utf-8", "surrogateescape"), 0o666 & ~_umask())


def replace_content(file: Path, content: bytes) -> None:
    """Gives a file another content and leaves others that are linked to the old one as they are.

    Raises:
        ScanError: it cannot be written.
    """
    try:
        mode = file.stat().st_mode & 0o7777
    except OSError as error:
        raise _unwritable(file, error) from error
    _put(file, content, mode)


def _put(file: Path, content: bytes, mode: int) -> None:
    made = None
    try:
        _remove_dead(file)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{_beside(file)}{os.getpid()}.")
        made = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        made.chmod(mode)
        made.replace(file)
    except BaseException as error:
        if made is not None:
            made.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(file, error) from error
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


def _write_to_pipe(file: Path, text: str) -> None:
    """Writes to a named pipe if somebody reads from it, or begins to soon."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            handle = os.open(file, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ENXIO and time.monotonic() < end:
                time.sleep(0.05)
                continue
            reason = "nobody reads from this pipe" if error.errno == errno.ENXIO else None
            raise _unwritable(file, error, reason) from error
        break
    os.set_blocking(handle, True)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise _unwritable(file, error) from error


def _write_through(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(file, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(file: Path, error: OSError, reason: str | None = None) -> ScanError:
    return ScanError(f"{file} cannot be written: {reason or error.strerror}.")
