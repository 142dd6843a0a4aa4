"""What coding agents were told in one clone, kept where it was asked for: no code and no names.

Each line is one finding that one agent was told: when, who, by which rule, the finding's own
digest, and the commit that the work stood on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from scanner.base import private_lines

#: In the git directory.
PLACE = Path("tallystick") / "agent-log.jsonl"


class Told(msgspec.Struct, frozen=True):
    """A finding that an agent was told. `when` is in Unix seconds, `finding` its fingerprint."""

    when: int
    agent: str
    rule: str
    finding: str
    base: str


def add(common_dir: Path, told: Iterable[Told]) -> str | None:
    """Adds to the log of a clone; gives the reason where it cannot."""
    return private_lines.add(common_dir / PLACE, told)


def read(common_dir: Path) -> tuple[Told, ...]:
    """What is in the log of a clone."""
    return private_lines.read(common_dir / PLACE, msgspec.json.Decoder(Told))
