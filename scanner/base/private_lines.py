"""Records in the git directory, one a line of JSON, that are only ever added to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from scanner.base.private_files import make_private, open_private, refusal

T = TypeVar("T")

#: In the git directory; here, so that a hook that finds none need not import what reads it.
EXPERIMENT = Path("tallystick") / "experiment.jsonl"

#: Nothing is added to a longer file.
_LONGEST = 5_000_000


def add(file: Path, records: Iterable[msgspec.Struct]) -> str | None:
    """Adds records, whole even where others add at the same time; the reason where it cannot."""
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in records)
    try:
        make_private(file.parent)
        reason = refusal(file)
        if reason is not None or not lines:
            return reason
        descriptor = open_private(file, os.O_APPEND)
        try:
            if os.fstat(descriptor).st_size > _LONGEST:
                return f"{file} is full: delete it to begin anew"
            os.write(descriptor, lines)
        finally:
            os.close(descriptor)
    except OSError as error:
        return f"{file}: {error.strerror}"
    return None


def read(file: Path, decoder: msgspec.json.Decoder[T]) -> tuple[T, ...]:
    """The records; lines that are none of ours are passed over."""
    try:
        if refusal(file) is not None or not file.is_file():
            return ()
        lines = file.read_bytes().splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return tuple(found)
