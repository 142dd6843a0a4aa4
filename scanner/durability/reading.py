"""What the files of a commit say of the lines born in it: read once, and remembered by content.

All that following lines takes from file contents is here: what each born line says, and where a new
layout took the old ones. It depends on the blobs and hunks of the commit alone, so it is kept under
a digest of these, and a history that is looked at again reads no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import msgspec
import numpy as np
from numpy.typing import NDArray

from scanner.base.model import FileChange, FileStatus, Problem
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.durability.layout import relaid_lines
from scanner.durability.texts import Identities, LineTexts, letters_of, line_key, marks_of
from scanner.git.lifelines import Lifelines
from scanner.scoring.moves import FileSide, moves_in

#: Gives the lines of a blob, or why it cannot be read.
Read = Callable[[str], Sequence[str] | Problem]

#: Commits whose contents are asked of the store at once.
_COMMITS_AT_ONCE = 500

_KEYS = np.dtype("<i8")


@dataclass(frozen=True, slots=True)
class LineContents:
    """What the files of a commit say.

    `keys` (`line_key`, eight bytes, the lowest first), `letters`, `is_code` and `known` (a byte)
    hold one element for each born line. `kept` has for each changed file the keys of old lines that
    were moved there or laid out anew there, with the offset of the line that goes on with each.
    """

    keys: bytes
    letters: bytes
    is_code: bytes
    known: bytes
    kept: tuple[tuple[tuple[int, int], ...], ...]


def _cache_table() -> CacheTable[LineContents]:
    return CacheTable("lines-of-commit", source_digest("durability", "scoring"), LineContents)


@dataclass(frozen=True)
class Births:
    """The lines born in a commit, by path and line number, and all files that the commit changed.

    `sources` are the blobs that hold the lines, with their offsets (from 0), in the lines' order;
    the blob is None where no changed file has the path.
    """

    commit: int
    lines: Identities
    sources: tuple[tuple[str | None, NDArray[np.int32]], ...]
    files: Sequence[FileChange]

    @cached_property
    def key(self) -> str:
        """What decides on all that is said: contents and places, neither paths nor the commit."""
        files = [
            (f.before and f.before.blob, f.after and f.after.blob, f.status, f.hunks)
            for f in self.files
        ]
        sources = [(blob, offsets.astype("<i4").tobytes()) for blob, offsets in self.sources]
        return hashlib.sha256(msgspec.msgpack.encode((files, sources))).hexdigest()


def births_of(
    lifelines: Lifelines, commit: int, born: Identities, files: Sequence[FileChange]
) -> Births:
    """The births of one commit; `born` are its lines in any order."""
    born = born[np.lexsort((lifelines.birth_line[born], lifelines.birth_path[born]))]
    blobs = {file.after.path: file.after.blob for file in files if file.after}
    cuts = np.flatnonzero(np.diff(lifelines.birth_path[born])) + 1
    sources = tuple(
        (
            blobs.get(lifelines.paths[int(lifelines.birth_path[lines[0]])]),
            lifelines.birth_line[lines] - 1,
        )
        for lines in np.split(born, cuts)
        if len(lines)
    )
    return Births(commit, born, sources, files)


def read_all(
    births: Iterable[Births], read: Read, store: Store
) -> Iterator[tuple[Births, LineContents, tuple[Problem, ...]]]:
    """What is said of all births, in order, and why some of it is not known.

    What could not be read is not kept: an object that this clone lacks may be there next time.
    """
    cache_table = _cache_table()
    for part in _parts(births):
        known = store.get_many(cache_table, (one.key for one in part))
        fresh: dict[str, LineContents] = {}
        for one in part:
            said = known.get(one.key)
            if isinstance(said, LineContents):
                yield one, said, ()
                continue
            said, problems = read_births(one, read)
            if not problems:
                fresh[one.key] = said
            yield one, said, problems
        store.put_many(cache_table, fresh)


def read_births(births: Births, read: Read) -> tuple[LineContents, tuple[Problem, ...]]:
    """Reads the files of one commit."""
    problems: list[Problem] = []
    keys, letters, is_code, known = [], bytearray(), bytearray(), bytearray()
    for blob, offsets in births.sources:
        source = read(blob) if blob is not None else ()
        if isinstance(source, Problem):
            problems.append(source)
            source = ()
        # A line beyond the end is unknown: then the source is not what git compared.
        within = [offset if offset < len(source) else None for offset in offsets.tolist()]
        marks = marks_of(source, [offset for offset in within if offset is not None])
        for offset in within:
            text = "" if offset is None else source[offset]
            keys.append(0 if offset is None else line_key(text))
            letters.append(letters_of(text))
            is_code.append(offset is not None and marks[offset])
            known.append(offset is not None)
    packed = np.array(keys, _KEYS).tobytes()
    kept = _kept(births.files, read, problems)
    said = LineContents(packed, bytes(letters), bytes(is_code), bytes(known), kept)
    return said, tuple(problems)


def note(texts: LineTexts, lines: Identities, said: LineContents) -> None:
    """Writes down what born lines say."""
    known = np.frombuffer(said.known, np.uint8).astype(np.bool_)
    lines = lines[known]
    texts.key[lines] = np.frombuffer(said.keys, _KEYS)[known]
    texts.letters[lines] = np.frombuffer(said.letters, np.uint8)[known]
    texts.is_code[lines] = np.frombuffer(said.is_code, np.uint8)[known].astype(np.bool_)
    texts.known[lines] = True


_Kept = tuple[tuple[int, int], ...]


def _kept(files: Sequence[FileChange], read: Read, problems: list[Problem]) -> tuple[_Kept, ...]:
    """For each file the keys of old lines, and the offsets of those that go on with them there."""
    if not any(hunk.old_count for file in files for hunk in file.hunks):
        return ((),) * len(files)
    sides = [_sides(file, read, problems) for file in files]
    kept = [_layout_pairs(file, *both) for file, both in zip(files, sides, strict=True)]
    elsewhere = [
        ((), None, None) if pairs else (file.hunks, *both)
        for file, both, pairs in zip(files, sides, kept, strict=True)
    ]
    moves = moves_in(
        (hunks, _numbered(number, before), _numbered(number, after))
        for number, (hunks, before, after) in enumerate(elsewhere)
    )
    for block in (*moves.blocks, *moves.relaid):
        before = elsewhere[int(block.source)][1] or ()
        lines = zip(block.source_lines, block.target_lines, strict=False)
        kept[int(block.target)] += tuple((line_key(before[a - 1]), b - 1) for a, b in lines)
    return tuple(kept)


def _sides(
    file: FileChange, read: Read, problems: list[Problem]
) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """The lines of a file before and after; None where it is not, or cannot be read."""
    if file.status is FileStatus.TYPE_CHANGED or not file.hunks:
        return None, None
    sources = [read(side.blob) if side is not None else None for side in (file.before, file.after)]
    problems += [source for source in sources if isinstance(source, Problem)]
    before, after = (None if isinstance(source, Problem) else source for source in sources)
    return before, after


def _numbered(number: int, lines: Sequence[str] | None) -> FileSide | None:
    """A file by its number: a merge has the same path once for each parent."""
    return FileSide(str(number), lines, partial(_code, lines)) if lines is not None else None


def _code(lines: Sequence[str]) -> frozenset[int]:
    marks = marks_of(lines, range(len(lines)))
    return frozenset(offset + 1 for offset, is_code in marks.items() if is_code)


def _layout_pairs(
    file: FileChange, before: Sequence[str] | None, after: Sequence[str] | None
) -> _Kept:
    """For a file that only changed layout: keys of old lines, offsets of the new ones."""
    if before is None or after is None or not any(hunk.old_count for hunk in file.hunks):
        return ()
    pairs = relaid_lines(file, before, after) or ()
    return tuple((line_key(before[pair.before]), pair.after) for pair in pairs)


def _parts(births: Iterable[Births]) -> Iterator[list[Births]]:
    part: list[Births] = []
    for one in births:
        part.append(one)
        if len(part) == _COMMITS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
