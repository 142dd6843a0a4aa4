"""What a change does to lines: added, deleted, updated, moved, copied, replaced.

The sums are git's own counts by construction. Each hunk has an old and a new side. Lines that were
moved leave both sides, pair by pair; lines that are copies leave the new side. Of what is left, the
shorter side's length is updated lines, and the rest of the longer side is added or deleted. Updated
lines of which the change says the same substitution at least three times are replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from scanner.analysis.parsing.outline import ReadFile, code_lines
from scanner.base.model import LineOperations
from scanner.scoring.change import ChangedFile, LinesByPath, new_lines, old_lines
from scanner.scoring.moves import FileSide, Moves, moves_in

#: A substitution counts as replacement from this many lines of one change on.
REPLACED_LINES = 3


def moved_lines(files: Iterable[ChangedFile]) -> Moves:
    """The lines of a change that only went elsewhere or were only laid out anew."""
    return moves_in(
        (file.change.hunks, _side(file.path_before, file.before), _side(file.path, file.after))
        for file in files
    )


def _side(path: str, file: ReadFile | None) -> FileSide | None:
    return FileSide(path, file.lines, partial(code_lines, file)) if file is not None else None


def line_operations(
    files: Iterable[ChangedFile], moves: Moves, copied: LinesByPath
) -> LineOperations:
    """What a change does to lines, over all its files.

    `copied` are added lines that copy live code, by path; moved lines among them stay moved.
    """
    moved_in, moved_out = moves.added, moves.deleted
    counts: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    for file in files:
        gone = moved_out.get(file.path_before, frozenset())
        came = moved_in.get(file.path, frozenset())
        duplicates = copied.get(file.path, frozenset()) - came
        for hunk in file.change.hunks:
            old = [line for line in old_lines(hunk) if line not in gone]
            moved = sum(line in came for line in new_lines(hunk))
            new = [n for n in new_lines(hunk) if n not in came and n not in duplicates]
            updated = min(len(old), len(new))
            counts["moved"] += moved
            counts["copied"] += hunk.new_count - moved - len(new)
            counts["updated"] += updated
            counts["added"] += len(new) - updated
            counts["deleted"] += len(old) - updated
            if len(old) == len(new):
                pairs += _texts(file, old, new)
    replaced = _replaced(pairs)
    counts["updated"] -= replaced
    return LineOperations(**counts, replaced=replaced)


# --------------------------------------------------------------------------- replacements

_WORD = re.compile(r"\w+|[^\w\s]")


def _texts(file: ChangedFile, old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[str, str]]:
    if file.before is not None and file.after is not None:
        for a, b in zip(old, new, strict=True):
            yield file.before.lines[a - 1], file.after.lines[b - 1]


def _replaced(pairs: Iterable[tuple[str, str]]) -> int:
    """How many line pairs make a substitution that the change makes on three lines or more."""
    substitutions = Counter(filter(None, (_substitution(a, b) for a, b in pairs)))
    return sum(count for count in substitutions.values() if count >= REPLACED_LINES)


def _substitution(old: str, new: str) -> tuple[str, str] | None:
    """The one text that one other text stands in for everywhere in a line, or None."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if len(a) == len(b):
        changes = {(x, y) for x, y in zip(a, b, strict=True) if x != y}
        if len(changes) == 1:
            return changes.pop()
    prefix = _common(a, b)
    suffix = _common(a[prefix:][::-1], b[prefix:][::-1])
    gone = " ".join(a[prefix : len(a) - suffix])
    came = " ".join(b[prefix : len(b) - suffix])
    is_partial = prefix + suffix > 0
    return (gone, came) if is_partial and gone else None


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words two lines have in common from the start."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count
