"""A digest of this program's own source, for what is kept and must not outlive its rules."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_ROOT = str(Path(__file__).parents[1])


@cache
def source_digest(*packages: str) -> str:
    """A digest of all modules of packages (or of single modules) right under `scanner`.

    A version that nobody has to remember to raise, where a number would be forgotten: what depends
    on it is made anew whenever the source differs, which costs little and happens at updates. The
    Python that runs is part of it, because its parser is.
    """
    whole = hashlib.sha256(b"%d.%d" % sys.version_info[:2])
    for package in packages:
        whole.update(_digest(package))
    return whole.hexdigest()[:32]


@cache
def _digest(package: str) -> bytes:
    source = hashlib.sha256()
    for file in sorted(_modules(os.path.join(_ROOT, package))):  # noqa: PTH118  on the hook's path
        source.update(f"{file.removeprefix(_ROOT)}\0".replace(os.sep, "/").encode())
        with open(file, "rb", 0) as stream:  # noqa: PTH123
            source.update(stream.read())
    return source.digest()


def _modules(place: str) -> Iterator[str]:
    if not os.path.isdir(place):  # noqa: PTH112
        yield f"{place}.py"
        return
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path
