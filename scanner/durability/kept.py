"""Which lines of a change are not new: moved, laid out anew or given back, they are what they were.

What follows from the contents of the changed files is kept under a digest of these, so that a
history that is looked at again reads no file.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import NamedTuple, Self

import msgspec
import numpy as np

from scanner.base.model import FileChange, FileStatus, FileVersion, Hunk, Problem
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.durability.layout import relaid_lines
from scanner.durability.reading import Read
from scanner.durability.texts import marks_of
from scanner.git.lineage import GivenBack, KeptLine
from scanner.scoring.moves import MOVED_CODE_LINES, FileSide, MovedBlock, equal_in_order, moves_in

#: Commits of which what was found is given to the store at once.
_COMMITS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Stored:
    """Kept lines as int32, four each: the number of the file before, the offset, the same after."""

    pairs: bytes


class _Pair(NamedTuple):
    """A kept line by the numbers of its files and by offsets from 0."""

    source: int
    before: int
    target: int
    after: int


class KeptLines:
    """Finds the lines of any change that are not new: it is a `git.lineage.Continuity`.

    In the commits `ignored` (`.git-blame-ignore-revs`) whatever stands in a line's place goes on
    with it. `reverted` has for a commit those that its message speaks of taking back. What `read`
    gives is asked for only where the store does not have what follows from it; `problems` say what
    could not be read. Use it as a context manager: what is new is stored.
    """

    def __init__(
        self,
        read: Read,
        store: Store,
        ignored: Collection[str] = (),
        reverted: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._read, self._store, self._ignored = read, store, ignored
        self._reverted = reverted
        self.watched: Collection[str] = frozenset(
            oid for others in reverted.values() for oid in others
        )
        self._table = CacheTable("kept-lines", source_digest("durability", "scoring"), _Stored)
        self._fresh: dict[str, _Stored] = {}
        self.problems: dict[Problem, None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store_fresh()

    def kept(self, oid: str, files: Sequence[FileChange]) -> Sequence[KeptLine]:
        """The kept lines among changed files of a commit."""
        is_ignored = oid in self._ignored
        key = _key(files, is_ignored=is_ignored)
        known = self._store.get(self._table, key)
        if isinstance(known, _Stored):
            stored = np.frombuffer(known.pairs, "<i4").reshape(-1, 4).tolist()
            pairs = [_Pair(*one) for one in stored]
        else:
            problems: list[Problem] = []
            pairs = list(find_kept(files, self._read, problems, is_ignored=is_ignored))
            self.problems.update(dict.fromkeys(problems))
            # An object that this clone lacks may be there next time.
            if not problems:
                self._fresh[key] = _Stored(np.array(pairs, "<i4").tobytes())
            if len(self._fresh) == _COMMITS_AT_ONCE:
                self._store_fresh()
        return [_named(files, *pair) for pair in pairs]

    def taken_back(self, oid: str) -> Sequence[str]:
        """The commits whose removals a commit speaks of taking back."""
        return self._reverted.get(oid, ())

    def given_back(
        self, files: Sequence[FileChange], removals: Sequence[FileChange]
    ) -> Sequence[GivenBack]:
        """The lines of removals that changed files have again, to the letter and in order."""
        removed = [
            (change.path, list(self._lines(change.before, change.hunks, 0))) for change in removals
        ]
        found = []
        for file in files:
            added = list(self._lines(file.after, file.hunks, 1))
            # What was removed from this file comes first, then what went elsewhere meanwhile.
            near = sorted((path != file.path, number) for number, (path, _) in enumerate(removed))
            for is_elsewhere, number in near:
                least = MOVED_CODE_LINES if is_elsewhere else 1
                for old, new in _equal_runs(removed[number][1], added, least):
                    found.append(GivenBack(number, old, file.path, new))
        return found

    def _lines(
        self, version: FileVersion | None, hunks: Iterable[Hunk], side: int
    ) -> Iterator[tuple[int, str]]:
        """The offsets and texts of the lines that hunks remove (side 0) or add (1)."""
        source = self._read(version.blob) if version is not None else ()
        if isinstance(source, Problem):
            self.problems[source] = None
            return
        for hunk in hunks:
            first, count = hunk[2 * side], hunk[2 * side + 1]
            yield from enumerate(source[first : first + count], first)

    def _store_fresh(self) -> None:
        self._store.put_many(self._table, self._fresh)
        self._fresh = {}


def _equal_runs(
    old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]], least: int
) -> Iterator[tuple[int, int]]:
    """The offsets of lines that both sides have in the same order, in runs of so many or more."""
    pairs = equal_in_order([text for _, text in old], [text for _, text in new])
    for _, run in itertools.groupby(enumerate(pairs), lambda one: _run_of(*one)):
        places = [pair for _, pair in run]
        if len(places) >= least:
            yield from ((old[a][0], new[b][0]) for a, b in places)


def _run_of(number: int, pair: tuple[int, int]) -> tuple[int, int]:
    """The same for all pairs of places that follow each other on both sides."""
    return pair[0] - number, pair[1] - number


def _key(files: Sequence[FileChange], *, is_ignored: bool) -> str:
    """What decides on the kept lines: contents and places, neither paths nor the commit."""
    sides = [
        (f.before and f.before.blob, f.after and f.after.blob, f.status, f.hunks) for f in files
    ]
    return hashlib.sha256(msgspec.msgpack.encode((sides, is_ignored))).hexdigest()


def _named(
    files: Sequence[FileChange], source: int, before: int, target: int, after: int
) -> KeptLine:
    old, new = files[source].before, files[target].after
    assert old is not None
    assert new is not None
    return KeptLine(old.path, before, new.path, after)


_Lines = Sequence[str] | None


def find_kept(
    files: Sequence[FileChange], read: Read, problems: list[Problem], *, is_ignored: bool = False
) -> Iterator[_Pair]:
    """The kept lines of a change; of several that go on as one the first stands first.

    A file that only changed its layout goes on token by token, moved blocks line by line, and the
    blank lines, comments and docstrings between two kept lines with what is equal there.
    """
    sides = [_sides(file, read, problems) for file in files]
    pairs: list[_Pair] = []
    elsewhere = []
    for number, (file, (before, after)) in enumerate(zip(files, sides, strict=True)):
        relaid = _layout_pairs(number, file, before, after)
        pairs += relaid
        elsewhere.append(((), None, None) if relaid else (file.hunks, before, after))
    moves = moves_in(
        (hunks, _numbered(number, before), _numbered(number, after))
        for number, (hunks, before, after) in enumerate(elsewhere)
    )
    for block in (*moves.blocks, *moves.relaid):
        pairs += _block_pairs(block)
    yield from pairs
    by_file: dict[int, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.source == pair.target:
            by_file[pair.source].append(pair)
    for number, (file, (before, after)) in enumerate(zip(files, sides, strict=True)):
        if before is not None and after is not None:
            gaps = _Gaps(number, before, after, is_ignored=is_ignored)
            yield from gaps.fill(file.hunks, by_file[number])


def _block_pairs(block: MovedBlock) -> Iterator[_Pair]:
    """Line by line; what one side has more of belongs to its last line on the other side."""
    old, new = block.source_lines, block.target_lines
    for i in range(max(len(old), len(new))):
        before, after = old[min(i, len(old) - 1)], new[min(i, len(new) - 1)]
        yield _Pair(int(block.source), before - 1, int(block.target), after - 1)


def _sides(file: FileChange, read: Read, problems: list[Problem]) -> tuple[_Lines, _Lines]:
    """The lines of a file before and after; None where it is not, or cannot be read."""
    if file.status is FileStatus.TYPE_CHANGED or not file.hunks:
        return None, None
    sources = [read(side.blob) if side is not None else None for side in (file.before, file.after)]
    problems += [source for source in sources if isinstance(source, Problem)]
    before, after = (None if isinstance(source, Problem) else source for source in sources)
    return before, after


def _numbered(number: int, lines: _Lines) -> FileSide | None:
    """A file by its number; it is asked for its code once a hunk."""
    return FileSide(str(number), lines, cache(partial(_code, lines))) if lines is not None else None


def _code(lines: Sequence[str]) -> frozenset[int]:
    marks = marks_of(lines, range(len(lines)))
    return frozenset(offset + 1 for offset, is_code in marks.items() if is_code)


def _layout_pairs(number: int, file: FileChange, before: _Lines, after: _Lines) -> list[_Pair]:
    """The pairs of a file that only changed its layout."""
    if before is None or after is None or not any(hunk.old_count for hunk in file.hunks):
        return []
    pairs = relaid_lines(file, before, after) or ()
    return [_Pair(number, pair.before, number, pair.after) for pair in pairs]


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What stands between the kept lines of a hunk, on both sides of one file."""

    number: int
    before: Sequence[str]
    after: Sequence[str]
    is_ignored: bool

    def fill(self, hunks: Iterable[Hunk], kept: Iterable[_Pair]) -> Iterator[_Pair]:
        """Pairs of lines in the gaps that are equal but for white space."""
        places = sorted((pair.after, pair.before) for pair in kept)
        for hunk in hunks:
            if hunk.old_count and hunk.new_count:
                yield from self._in_hunk(hunk, places)

    def _in_hunk(self, hunk: Hunk, places: Sequence[tuple[int, int]]) -> Iterator[_Pair]:
        old, new = hunk.old_offset, hunk.new_offset
        old_end, new_end = old + hunk.old_count, new + hunk.new_count
        inside = [
            (before, after)
            for after, before in places
            if new <= after < new_end and old <= before < old_end
        ]
        for before, after in (*inside, (old_end, new_end)):
            if before >= old and after >= new:
                yield from self._in_gap(range(old, before), range(new, after))
            old, new = max(old, before + 1), max(new, after + 1)

    def _in_gap(self, old: range, new: range) -> Iterator[_Pair]:
        while old and new and self._are_equal(old[0], new[0]):
            yield _Pair(self.number, old[0], self.number, new[0])
            old, new = old[1:], new[1:]
        while old and new and self._are_equal(old[-1], new[-1]):
            yield _Pair(self.number, old[-1], self.number, new[-1])
            old, new = old[:-1], new[:-1]
        if self.is_ignored and old and new:
            for i in range(max(len(old), len(new))):
                before, after = old[min(i, len(old) - 1)], new[min(i, len(new) - 1)]
                yield _Pair(self.number, before, self.number, after)

    def _are_equal(self, before: int, after: int) -> bool:
        if before >= len(self.before) or after >= len(self.after):
            return False
        return self.before[before].split() == self.after[after].split()
