"""One file of a change with its text on both sides: what scores of a change are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.analysis.parsing.outline import ReadFile, code_lines
from scanner.base.model import FileChange, Hunk

#: Line numbers by path. A path that has none may be missing.
LinesByPath = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file change and the two versions, read.

    A side is None where the file does not exist or could not be read; the reason for the latter is
    a `Problem` that whoever read it keeps.
    """

    change: FileChange
    before: ReadFile | None
    after: ReadFile | None

    @property
    def path(self) -> str:
        """The path after the change, or the one it had if it is gone."""
        return self.change.path

    @property
    def path_before(self) -> str:
        """The path before the change, or the one it has now if it is new."""
        version = self.change.before or self.change.after
        assert version is not None
        return version.path


def new_lines(hunk: Hunk) -> range:
    """The numbers of the lines that a hunk adds."""
    return range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)


def old_lines(hunk: Hunk) -> range:
    """The numbers, before the change, of the lines that a hunk deletes."""
    return range(hunk.old_offset + 1, hunk.old_offset + hunk.old_count + 1)


def added_code_lines(files: Iterable[ChangedFile], moved: LinesByPath) -> dict[str, frozenset[int]]:
    """The lines each file gains that carry code, less those that were moved.

    `moved` is `moves.Moves.old_where_added`. Paths without such lines are left out.
    """
    lines: dict[str, frozenset[int]] = {}
    for file in files:
        if file.after is None or not file.change.added_lines:
            continue
        added = {line for hunk in file.change.hunks for line in new_lines(hunk)}
        kept = (added & code_lines(file.after)) - moved.get(file.path, frozenset())
        if kept:
            lines[file.path] = frozenset(kept)
    return lines
