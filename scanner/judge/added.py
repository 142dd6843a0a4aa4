"""The lines that a change adds, as all dimensions see them."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.durability.layout import is_layout_only
from scanner.scoring.change import ChangedFile, LinesByPath, added_code_lines
from scanner.scoring.moves import Moves
from scanner.scoring.operations import moved_lines


def moves_and_added(files: Sequence[ChangedFile]) -> tuple[Moves, LinesByPath]:
    """What was moved, and the added code lines by path, less moved ones and mere layout."""
    moves = moved_lines(files)
    rewritten = [file for file in files if not _is_layout_only(file)]
    return moves, added_code_lines(rewritten, moves.old_where_added)


def _is_layout_only(file: ChangedFile) -> bool:
    """Whether a file says the same in another layout: nothing in it is new, or copied."""
    if file.before is None or file.after is None:
        return False
    return is_layout_only(file.change, file.before.lines, file.after.lines)
