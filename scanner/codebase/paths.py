"""Which paths are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scanner.base.model import FileVersion


def path_filter(globs: Sequence[str]) -> Callable[[str], bool]:
    """A test for paths that one of the globs matches, by the rules of .gitignore."""
    if not globs:
        return lambda _path: False
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  12 ms that few runs need

    return GitIgnoreSpec.from_lines(globs).match_file


def looked_at(versions: Iterable[FileVersion], exclude: Sequence[str]) -> list[FileVersion]:
    """Those versions that are files of text, and whose paths are not left out."""
    is_excluded = path_filter(exclude)
    return [one for one in versions if one.mode.is_text_file and not is_excluded(one.path)]
