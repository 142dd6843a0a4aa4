"""What a change does to lines: added, deleted, updated, moved, copied, replaced.

The sums are git's own counts by construction. Each hunk has an old and a new side. Lines that were
moved leave both sides, pair by pair; lines that are copies leave the new side. Of what is left, the
shorter side's length is updated lines, and the rest of the longer side is added or deleted. Updated
lines of which the change says the same substitution at least three times are replaced.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from scanner.analysis.parsing.outline import ReadFile, code_lines
from scanner.base.model import LineOperations
from scanner.scoring.change import ChangedFile, LinesByPath, new_lines, old_lines

#: A move is this many consecutive code lines at least (docs/scores.md) ...
MOVED_CODE_LINES = 3
#: ... with this many letters and digits, so that closing brackets never are one. The same figure as
#: git's own `--color-moved=blocks`.
MOVED_CHARACTERS = 20
#: A substitution counts as replacement from this many lines of one change on.
REPLACED_LINES = 3


class MovedBlock(NamedTuple):
    """Lines that went from one place to another, pair by pair in order."""

    source: str
    source_lines: tuple[int, ...]
    target: str
    target_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """All moved blocks of a change; each line on either side belongs to one block at most."""

    blocks: tuple[MovedBlock, ...] = ()

    @property
    def added(self) -> dict[str, frozenset[int]]:
        """The moved lines where they now stand, by path after the change."""
        return _union((block.target, block.target_lines) for block in self.blocks)

    @property
    def deleted(self) -> dict[str, frozenset[int]]:
        """The moved lines where they stood, by path before the change."""
        return _union((block.source, block.source_lines) for block in self.blocks)


class _Stretch(NamedTuple):
    """One side of one hunk: lines of a file with white space folded, from a line number on.

    `hunk` tells the two sides of one hunk from sides of others.
    """

    path: str
    hunk: tuple[str, int]
    file: ReadFile
    first: int
    texts: tuple[str, ...]


class _Run(NamedTuple):
    """A stretch, and which of its lines, from 0, carry code."""

    stretch: _Stretch
    code: tuple[int, ...]


class _Match(NamedTuple):
    """Equal code lines of two runs: positions in `code` where they start, and how many."""

    source: _Run
    source_start: int
    target_start: int
    length: int


def moved_lines(files: Sequence[ChangedFile]) -> Moves:
    """The lines of a change that only went elsewhere.

    A block is moved if at least three consecutive code lines (comments and blank lines between them
    aside) are deleted in one hunk and added, equal but for white space, in another, in the same
    file or not. Blocks are found greedily, longest first at each added line from the top.
    """
    olds, news = list(_stretches(files, _Side.OLD)), list(_stretches(files, _Side.NEW))
    alike = _threes(olds) & _threes(news)
    if not alike:
        return Moves()
    sources = _index(_runs(olds, alike))
    taken: set[tuple[str, int]] = set()
    blocks = [block for run in _runs(news, alike) for block in _moves_into(run, sources, taken)]
    return Moves(tuple(blocks))


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


# --------------------------------------------------------------------------- moves


class _Side(Enum):
    OLD = 0
    NEW = 1


def _stretches(files: Iterable[ChangedFile], side: _Side) -> Iterator[_Stretch]:
    """The sides of hunks that are long enough to hold a move."""
    for file in files:
        is_old = side is _Side.OLD
        read = file.before if is_old else file.after
        path = file.path_before if is_old else file.path
        for hunk in file.change.hunks if read is not None else ():
            numbers = old_lines(hunk) if is_old else new_lines(hunk)
            if read is not None and len(numbers) >= MOVED_CODE_LINES:
                texts = tuple(" ".join(read.lines[n - 1].split()) for n in numbers)
                yield _Stretch(path, (file.path, hunk.new_offset), read, numbers[0], texts)


def _threes(stretches: Iterable[_Stretch]) -> set[tuple[str, ...]]:
    """Each three lines in a row that may be code. What two sides of moves have in common."""
    return {three for stretch in stretches for three in _threes_of(stretch)}


def _threes_of(stretch: _Stretch) -> Iterator[tuple[str, ...]]:
    texts = [text for text in stretch.texts if text and not text.startswith("#")]
    return zip(texts, texts[1:], texts[2:], strict=False)


def _runs(stretches: Iterable[_Stretch], alike: set[tuple[str, ...]]) -> Iterator[_Run]:
    """The stretches that hold three lines of `alike`; telling code lines of all would be slow."""
    code: dict[int, frozenset[int]] = {}
    for stretch in stretches:
        if alike.isdisjoint(_threes_of(stretch)):
            continue
        if id(stretch.file) not in code:
            code[id(stretch.file)] = code_lines(stretch.file)
        lines = code[id(stretch.file)]
        positions = range(len(stretch.texts))
        yield _Run(stretch, tuple(i for i in positions if stretch.first + i in lines))


_Index = dict[tuple[str, ...], list[tuple[_Run, int]]]


def _index(runs: Iterable[_Run]) -> _Index:
    """Where each three consecutive code lines are deleted: the run, and the place in its code."""
    index: _Index = defaultdict(list)
    for run in runs:
        for start in range(len(run.code) - MOVED_CODE_LINES + 1):
            index[_key(run, start)].append((run, start))
    return index


def _key(run: _Run, start: int) -> tuple[str, ...]:
    return tuple(run.stretch.texts[i] for i in run.code[start : start + MOVED_CODE_LINES])


def _moves_into(target: _Run, sources: _Index, taken: set[tuple[str, int]]) -> Iterator[MovedBlock]:
    start = 0
    while start <= len(target.code) - MOVED_CODE_LINES:
        found = _longest(target, start, sources, taken)
        if found is None:
            start += 1
            continue
        block = _block(target, found)
        taken.update((block.source, line) for line in block.source_lines)
        yield block
        start += found.length


def _longest(
    target: _Run, start: int, sources: _Index, taken: set[tuple[str, int]]
) -> _Match | None:
    matches = (
        _Match(source, at, start, _length(source, at, target, start, taken))
        for source, at in sources.get(_key(target, start), ())
        if source.stretch.hunk != target.stretch.hunk
    )
    enough = (match for match in matches if _is_enough(match))
    return max(enough, key=lambda match: match.length, default=None)


def _length(source: _Run, at: int, target: _Run, start: int, taken: set[tuple[str, int]]) -> int:
    """How many code lines are equal from here on and not yet part of another move."""
    old, new = source.stretch, target.stretch
    length = 0
    for i, j in zip(source.code[at:], target.code[start:], strict=False):
        if old.texts[i] != new.texts[j] or (old.path, old.first + i) in taken:
            break
        length += 1
    return length


def _is_enough(match: _Match) -> bool:
    if match.length < MOVED_CODE_LINES:
        return False
    positions = match.source.code[match.source_start : match.source_start + match.length]
    texts = (match.source.stretch.texts[i] for i in positions)
    return sum(c.isalnum() for text in texts for c in text) >= MOVED_CHARACTERS


def _block(target: _Run, match: _Match) -> MovedBlock:
    """The matched code lines with the equal blank and comment lines between them."""
    old, new = match.source.stretch, target.stretch
    sources = match.source.code[match.source_start : match.source_start + match.length]
    targets = target.code[match.target_start : match.target_start + match.length]
    pairs = [(sources[0], targets[0])]
    for i, j in zip(sources[1:], targets[1:], strict=True):
        between = zip(range(pairs[-1][0] + 1, i), range(pairs[-1][1] + 1, j), strict=False)
        pairs += [(a, b) for a, b in between if old.texts[a] == new.texts[b]]
        pairs.append((i, j))
    return MovedBlock(
        old.path,
        tuple(old.first + i for i, _ in pairs),
        new.path,
        tuple(new.first + j for _, j in pairs),
    )


def _union(lines: Iterable[tuple[str, tuple[int, ...]]]) -> dict[str, frozenset[int]]:
    united: dict[str, set[int]] = defaultdict(set)
    for path, numbers in lines:
        united[path].update(numbers)
    return {path: frozenset(numbers) for path, numbers in united.items()}


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
