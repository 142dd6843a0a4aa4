"""Where results go: stdout, or files that are complete or not there."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from scanner.base.errors import ScanError


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
    if file.exists() and not file.is_file():  # a terminal or a pipe, or a folder
        _write_through(file, text)
        return
    try:
        handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(made).chmod(0o666 & ~_umask())
        Path(made).replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(made).unlink()
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


def _unwritable(file: Path, error: OSError) -> ScanError:
    return ScanError(f"{file} cannot be written: {error.strerror}.")
