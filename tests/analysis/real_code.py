"""A sample of the standard library: code nobody wrote to please these tests."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from scanner.analysis.parsing.outline import ReadFile, read_outline

STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])

#: Large enough to meet every construct, small enough that radon's quadratic count stays quick.
MAX_LINES = 700


def sample(every: int, *, start: int = 0) -> list[Path]:
    """Every Nth module of the standard library's top level and packages, not its tests."""
    found = [
        path
        for path in sorted(STANDARD_LIBRARY.rglob("*.py"))
        if not {"site-packages", "test", "tests", "lib2to3"} & set(path.parts)
    ]
    short = [path for path in found if path.read_bytes().count(b"\n") <= MAX_LINES]
    return short[start::every]


def read(source: str | bytes) -> ReadFile:
    """The outline of a source that can be read."""
    file = read_outline(source if isinstance(source, bytes) else source.encode())
    assert isinstance(file, ReadFile), file
    return file
