"""Which lines of a change only went elsewhere or were only laid out anew: the one answer. Pure.

A removed line goes on as an added one, white space aside, if

- it is one of three consecutive code lines or more, with 20 letters and digits, that are removed in
  one place and added in another;
- it stands in the same hunk, in order: what `git diff -w` shows as unchanged;
- or its text, of 8 letters and digits, is removed once and added once.

A statement that stands on other lines of the same hunk, its tokens all the same, was laid out anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.analysis.clones.clone_alignment import common_subsequence
from scanner.analysis.clones.clone_tokens import plain_string, statements
from scanner.base.model import Hunk

#: A move is this many consecutive code lines at least (docs/scores.md) ...
MOVED_CODE_LINES = 3
#: ... with this many letters and digits, so that closing brackets never are one. The same figure as
#: git's own `--color-moved=blocks`.
MOVED_CHARACTERS = 20
#: One line alone has to say more than `return x` or a bracket to be known again.
ALONE_CHARACTERS = 8
#: In a hunk with more pairs of equal lines than this, only lines that stand once on each side tell.
MOST_PAIRS = 50_000


class FileSide(NamedTuple):
    """One side of a changed file: its path and lines, and the numbers of those that carry code."""

    path: str
    lines: Sequence[str]
    code: Callable[[], Container[int]]


#: The hunks of a changed file with the file before and after; None where it is not or not read.
HunksOfFile = tuple[Sequence[Hunk], FileSide | None, FileSide | None]


class MovedBlock(NamedTuple):
    """Lines that went from one place to another, in order."""

    source: str
    source_lines: tuple[int, ...]
    target: str
    target_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What of a change is not new. Each line on either side belongs to one block at most.

    In `blocks` line goes with line; in `relaid` the two sides are one statement's, and need not
    have as many lines.
    """

    blocks: tuple[MovedBlock, ...] = ()
    relaid: tuple[MovedBlock, ...] = ()

    @property
    def added(self) -> dict[str, frozenset[int]]:
        """The moved lines where they now stand, by path after the change."""
        return _union((block.target, block.target_lines) for block in self.blocks)

    @property
    def deleted(self) -> dict[str, frozenset[int]]:
        """The moved lines where they stood, by path before the change."""
        return _union((block.source, block.source_lines) for block in self.blocks)

    @property
    def old_where_added(self) -> dict[str, frozenset[int]]:
        """The added lines that say nothing new, moved or laid out anew, by path after it."""
        every = (*self.blocks, *self.relaid)
        return _union((block.target, block.target_lines) for block in every)

    @property
    def kept_where_deleted(self) -> dict[str, frozenset[int]]:
        """The deleted lines that are said elsewhere or otherwise, by path before the change."""
        every = (*self.blocks, *self.relaid)
        return _union((block.source, block.source_lines) for block in every)


def moves_in(files: Iterable[HunksOfFile]) -> Moves:
    """What a change only moves or lays out anew."""
    olds: list[_MoveSide] = []
    news: list[_MoveSide] = []
    for number, (hunks, before, after) in enumerate(files):
        for place, hunk in enumerate(hunks):
            olds += _side(before, (number, place), hunk.old_offset, hunk.old_count)
            news += _side(after, (number, place), hunk.new_offset, hunk.new_count)
    if not (olds and news):
        return Moves()
    beside = {side.hunk: side for side in olds}
    _tell_code(olds, news)
    index = _index(olds)
    blocks = [block for side in news for block in _blocks_into(side, index)]
    relaid: list[MovedBlock] = []
    for side in news:
        if side.hunk in beside:
            blocks += _in_place(beside[side.hunk], side)
            relaid += _relaid(beside[side.hunk], side)
    blocks += _alone(olds, news)
    return Moves(tuple(blocks), tuple(relaid))


@dataclass(slots=True, eq=False)
class _MoveSide:
    """The lines that one hunk removes from a file, or adds to it, from line `first` on.

    `texts` are the lines with white space folded. `code` are the positions, from 0, of lines that
    carry code, where the side has any line in common with the others; `taken` those told already.
    """

    file: FileSide
    hunk: tuple[int, int]
    first: int
    texts: tuple[str, ...]
    is_alike: bool = False
    code: tuple[int, ...] = ()
    taken: set[int] = field(default_factory=set)


def _side(
    file: FileSide | None, hunk: tuple[int, int], offset: int, count: int
) -> Iterator[_MoveSide]:
    """The side of a hunk, unless it is empty, or its file too short to be the one git compared."""
    if file is not None and 0 < count <= len(file.lines) - offset:
        lines = file.lines[offset : offset + count]
        yield _MoveSide(file, hunk, offset + 1, tuple(" ".join(line.split()) for line in lines))


def _tell_code(olds: Sequence[_MoveSide], news: Sequence[_MoveSide]) -> None:
    """Finds the code of the sides that say anything that the other sides say."""
    old = {text for side in olds for text in side.texts}
    new = {text for side in news for text in side.texts}
    shared = {text for text in old & new if text and text[0] != "#"}
    for side in (*olds, *news):
        if not shared.isdisjoint(side.texts):
            code = side.file.code()
            side.is_alike = True
            side.code = tuple(i for i in range(len(side.texts)) if side.first + i in code)


def _block(old: _MoveSide, new: _MoveSide, pairs: Sequence[tuple[int, int]]) -> MovedBlock:
    return _taken(old, [i for i, _ in pairs], new, [j for _, j in pairs])


def _taken(old: _MoveSide, here: Sequence[int], new: _MoveSide, there: Sequence[int]) -> MovedBlock:
    old.taken.update(here)
    new.taken.update(there)
    return MovedBlock(
        old.file.path,
        tuple(old.first + i for i in here),
        new.file.path,
        tuple(new.first + j for j in there),
    )


def _characters(texts: Iterable[str]) -> int:
    return sum(c.isalnum() for text in texts for c in text)


# --------------------------------------------------------------------------- blocks

_Index = dict[tuple[str, ...], list[tuple[_MoveSide, int]]]


def _index(sources: Iterable[_MoveSide]) -> _Index:
    """Where each three consecutive code lines are deleted: the side, and the place in its code."""
    index: _Index = defaultdict(list)
    for side in sources:
        for start in range(len(side.code) - MOVED_CODE_LINES + 1):
            index[_key(side, start)].append((side, start))
    return index


def _key(side: _MoveSide, start: int) -> tuple[str, ...]:
    return tuple(side.texts[i] for i in side.code[start : start + MOVED_CODE_LINES])


def _blocks_into(target: _MoveSide, index: _Index) -> Iterator[MovedBlock]:
    """The longest block at each added line from the top; of equally long ones, that in place."""
    start = 0
    while start <= len(target.code) - MOVED_CODE_LINES:
        found = index.get(_key(target, start), ())
        lengths = [(_length(side, at, target, start), side, at) for side, at in found]
        enough = [one for one in lengths if _is_enough(one[1], one[2], one[0])]
        if not enough:
            start += 1
            continue
        hunk = target.hunk
        length, source, at = max(enough, key=lambda one: (one[0], one[1].hunk == hunk))
        yield _block(source, target, _with_between(source, at, target, start, length))
        start += length


def _length(source: _MoveSide, at: int, target: _MoveSide, start: int) -> int:
    """How many code lines are equal from here on and not yet part of another move."""
    length = 0
    for i, j in zip(source.code[at:], target.code[start:], strict=False):
        if source.texts[i] != target.texts[j] or i in source.taken:
            break
        length += 1
    return length


def _is_enough(source: _MoveSide, at: int, length: int) -> bool:
    texts = (source.texts[i] for i in source.code[at : at + length])
    return length >= MOVED_CODE_LINES and _characters(texts) >= MOVED_CHARACTERS


def _with_between(
    source: _MoveSide, at: int, target: _MoveSide, start: int, length: int
) -> list[tuple[int, int]]:
    """The equal code lines with the equal blank and comment lines between them."""
    sources, targets = source.code[at : at + length], target.code[start : start + length]
    pairs = [(sources[0], targets[0])]
    for i, j in zip(sources[1:], targets[1:], strict=True):
        between = zip(range(pairs[-1][0] + 1, i), range(pairs[-1][1] + 1, j), strict=False)
        pairs += [(a, b) for a, b in between if source.texts[a] == target.texts[b]]
        pairs.append((i, j))
    return pairs


# --------------------------------------------------------------------------- in place


def _in_place(source: _MoveSide, target: _MoveSide) -> Iterator[MovedBlock]:
    """The lines of one hunk that differ in white space only, comments and docstrings too."""
    if not (source.is_alike and target.is_alike):
        return
    old, new = _open(source), _open(target)
    found = equal_in_order([source.texts[i] for i in old], [target.texts[j] for j in new])
    pairs = [(old[a], new[b]) for a, b in found]
    if pairs:
        yield _block(source, target, pairs)


def equal_in_order(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of equal texts on both sides, in order; of many only those that stand once."""
    counts = Counter(old), Counter(new)
    if sum(count * counts[1][text] for text, count in counts[0].items()) <= MOST_PAIRS:
        return list(common_subsequence(old, new))
    here_once = [i for i, text in enumerate(old) if counts[0][text] == 1]
    there_once = [j for j, text in enumerate(new) if counts[1][text] == 1]
    found = common_subsequence([old[i] for i in here_once], [new[j] for j in there_once])
    return [(here_once[a], there_once[b]) for a, b in found]


def _open(side: _MoveSide) -> list[int]:
    return [i for i, text in enumerate(side.texts) if text and i not in side.taken]


def _relaid(source: _MoveSide, target: _MoveSide) -> Iterator[MovedBlock]:
    """The statements of one hunk that stand on other lines than before, and say the same."""
    if not (_open(source) and _open(target) and _may_be_relaid(source, target)):
        return
    old, new = _statements(source), _statements(target)
    pairs = common_subsequence([one[0] for one in old], [one[0] for one in new])
    for a, b in pairs if len(old) * len(new) <= MOST_PAIRS else ():
        here = [i for i in range(old[a][1], old[a][2] + 1) if i not in source.taken]
        there = [j for j in range(new[b][1], new[b][2] + 1) if j not in target.taken]
        if here and there:
            yield _taken(source, here, target, there)


def _may_be_relaid(source: _MoveSide, target: _MoveSide) -> bool:
    """A cheap look: other lines of the hunk moved in place, or one side says what the other does.

    The next line is asked of the white space, the commas and the parentheses that formatters put.
    """
    if source.taken and target.taken:
        return True
    old, new = (_squeezed(side.texts) for side in (source, target))
    return old in new or new in old


_LAYOUT = str.maketrans("", "", " ,()'\"\\")


def _squeezed(texts: Iterable[str]) -> str:
    return "".join(texts).translate(_LAYOUT)


def _statements(side: _MoveSide) -> list[tuple[tuple[str, ...], int, int]]:
    """The statements of a side: their tokens, their first and their last line."""
    lines = side.file.lines[side.first - 1 : side.first - 1 + len(side.texts)]
    return [
        (tuple(plain_string(t) if t[-1] in "\"'" else t for t in one.tokens), one.first, one.last)
        for one in statements("\n".join(lines))
    ]


# --------------------------------------------------------------------------- alone


def _alone(sources: Sequence[_MoveSide], targets: Sequence[_MoveSide]) -> Iterator[MovedBlock]:
    old, new = _free_lines(sources), _free_lines(targets)
    for text, places in new.items():
        if len(places) == 1 and len(old.get(text, ())) == 1:
            (source, i), (target, j) = old[text][0], places[0]
            yield _block(source, target, [(i, j)])


def _free_lines(sides: Iterable[_MoveSide]) -> dict[str, list[tuple[_MoveSide, int]]]:
    found: dict[str, list[tuple[_MoveSide, int]]] = defaultdict(list)
    for side in sides:
        for i in side.code:
            if i not in side.taken and _characters([side.texts[i]]) >= ALONE_CHARACTERS:
                found[side.texts[i]].append((side, i))
    return found


def _union(lines: Iterable[tuple[str, tuple[int, ...]]]) -> dict[str, frozenset[int]]:
    united: dict[str, set[int]] = defaultdict(set)
    for path, numbers in lines:
        united[path].update(numbers)
    return {path: frozenset(numbers) for path, numbers in united.items()}
