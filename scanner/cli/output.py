"""Where results go: stdout, or files that are complete or not there."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from scanner.base.errors import ScanError
from scanner.base.whole_files import put_whole

#: Names of what is open already: the shell and the recipes of CI systems write them.
_STANDARD = {"-": 1, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/([0-9]+)")
#: As many links as Linux follows.
_MOST_LINKS = 40
#: How long somebody who is to read from a named pipe is waited for.
_PATIENCE_SECONDS = 2.0


def write_outputs(texts: Mapping[str, str], outputs: tuple[tuple[str, Path], ...]) -> None:
    """Writes each named text to its file."""
    for name, file in outputs:
        write_file(file, texts[name])


def escape_what_stdout_cannot_hold() -> None:
    """Letters that the encoding of stdout lacks are written as escapes, and end no run."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str | bytes, *, color: bool | None = None) -> None:
    """Prints a result whole. A reader that went away changes nothing of what the run answers."""
    try:
        click.echo(text, nl=False, color=color)
    except BrokenPipeError:
        silence_stdout()


def say_line(line: str, *, color: bool | None = None) -> None:
    """Prints one line of a result, as `say` does."""
    say(f"{line}\n", color=color)


def emit(document: str) -> None:
    """Prints a document for programs: UTF-8, whatever the encoding of the terminal."""
    say(document.encode("utf-8", "backslashreplace"))


def silence_stdout() -> None:
    """A reader that went away must not make the interpreter complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(file: Path, text: str) -> None:
    """Writes a file whole: it is made beside its place and then put there.

    Links are followed and modes are kept. What cannot be replaced without becoming something else
    (a device, a pipe, a file of another owner or with other names) is written into, and `-` and
    `/dev/fd/N` are what is open already.

    Raises:
        ScanError: it cannot be written.
    """
    content = text.encode("utf-8", "surrogateescape")
    try:
        descriptor = _descriptor(file)
        if descriptor is not None:
            _write_open(descriptor, content)
            return
        target = Path(os.path.realpath(file))
        status = _status(target)
    except OSError as error:
        raise _unwritable(file, error) from error
    if target.is_fifo():
        _write_to_pipe(target, text)
    elif status is not None and _must_stay(target, status):
        _write_through(target, content)
    else:
        mode = 0o666 & ~_umask() if status is None else stat.S_IMODE(status.st_mode)
        _put(target, content, mode)


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


def _descriptor(file: Path) -> int | None:
    """The number of the open file that a name stands for, by itself or through links."""
    name = os.fspath(file)
    for _ in range(_MOST_LINKS):
        if name in _STANDARD:
            return _STANDARD[name]
        if found := _DESCRIPTOR.fullmatch(name):
            return int(found[1])
        try:
            name = os.path.normpath(Path(name).parent / Path(name).readlink())
        except OSError:
            return None
    return None


def _write_open(descriptor: int, content: bytes) -> None:
    """Writes where the open file stands, so that a shell's `>>` and what was printed hold."""
    if descriptor == 1 and sys.stdout is not None:
        sys.stdout.flush()
    with os.fdopen(os.dup(descriptor), "wb") as stream:
        stream.write(content)


def _status(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _must_stay(target: Path, status: os.stat_result) -> bool:
    is_own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    is_plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return not (is_plain and is_own and os.access(target.parent, os.W_OK))


def _put(file: Path, content: bytes, mode: int) -> None:
    try:
        put_whole(file, content, mode)
    except OSError as error:
        raise _unwritable(file, error) from error


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


def _write_through(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise _unwritable(file, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(file: Path, error: OSError, reason: str | None = None) -> ScanError:
    return ScanError(f"{file} cannot be written: {reason or error.strerror}.")
