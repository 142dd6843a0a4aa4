"""Which paths are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def path_filter(globs: Sequence[str]) -> Callable[[str], bool]:
    """A test for paths that one of the globs matches, by the rules of .gitignore."""
    if not globs:
        return lambda _path: False
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  12 ms that few runs need

    return GitIgnoreSpec.from_lines(globs).match_file
