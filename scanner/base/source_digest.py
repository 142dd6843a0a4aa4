"""A digest of this program's own source, for what is kept and must not outlive its rules."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def source_digest(*packages: str) -> str:
    """A digest of all modules of packages right under `scanner`, by name and content.

    A version that nobody has to remember to raise, where a number would be forgotten: what depends
    on it is made anew whenever the source differs, which costs little and happens at updates.
    """
    source = hashlib.sha256()
    root = Path(__file__).parents[1]
    for package in packages:
        for file in sorted((root / package).rglob("*.py")):
            source.update(f"{file.relative_to(root).as_posix()}\0".encode())
            source.update(file.read_bytes())
    return source.hexdigest()
