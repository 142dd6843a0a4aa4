"""What coding agents were told in one clone, kept where it was asked for: no code and no names.

Each line is one finding that one agent was told: when, who, by which rule, the finding's own
digest, and the commit that the work stood on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from scanner.base.private_files import make_private, open_private, refusal

#: In the git directory.
PLACE = Path("tallystick") / "agent-log.jsonl"
#: Nothing is added to a longer one.
_LONGEST = 5_000_000


class Told(msgspec.Struct, frozen=True):
    """A finding that an agent was told. `when` is in Unix seconds, `finding` its fingerprint."""

    when: int
    agent: str
    rule: str
    finding: str
    base: str


def add(common_dir: Path, told: Iterable[Told]) -> str | None:
    """Adds to the log of a clone; gives the reason where it cannot."""
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in told)
    file = common_dir / PLACE
    try:
        make_private(file.parent)
        reason = refusal(file)
        if reason is not None or not lines:
            return reason
        descriptor = open_private(file)
        try:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            if end > _LONGEST:
                return f"{file} is full: delete it to begin anew"
            os.write(descriptor, lines)
        finally:
            os.close(descriptor)
    except OSError as error:
        return f"{file}: {error.strerror}"
    return None


def read(common_dir: Path) -> tuple[Told, ...]:
    """What is in the log of a clone; lines that are none of ours are passed over."""
    file = common_dir / PLACE
    try:
        if refusal(file) is not None or not file.is_file():
            return ()
        lines = file.read_bytes().splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Told))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return tuple(found)
