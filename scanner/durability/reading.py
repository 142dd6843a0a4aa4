"""What the lines born in a commit say: read once, and remembered by content.

It depends on blobs and places alone, so it is kept under a digest of these, and a history that is
looked at again reads no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from scanner.base.model import FileChange, Problem
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.durability.texts import Identities, LineTexts, letters_of, line_key, marks_of
from scanner.git.lifelines import Lifelines

#: Gives the lines of a blob, or why it cannot be read.
Read = Callable[[str], Sequence[str] | Problem]

#: Commits whose contents are asked of the store at once.
_COMMITS_AT_ONCE = 500

_KEYS = np.dtype("<i8")


@dataclass(frozen=True, slots=True)
class LineContents:
    """What the lines born in a commit say, one element for each.

    `keys` have eight bytes (`line_key`, the lowest first), `letters`, `is_code` and `known` one.
    """

    keys: bytes
    letters: bytes
    is_code: bytes
    known: bytes


def _cache_table() -> CacheTable[LineContents]:
    return CacheTable("lines-of-commit", source_digest("durability"), LineContents)


@dataclass(frozen=True)
class BirthsOfLines:
    """The lines born in a commit, by path and line number.

    `sources` are the blobs that hold the lines, with their offsets (from 0), in the lines' order;
    the blob is None where no changed file has the path.
    """

    commit: int
    lines: Identities
    sources: tuple[tuple[str | None, NDArray[np.int32]], ...]

    @cached_property
    def key(self) -> str:
        """What decides on all that is said: contents and places, neither paths nor the commit."""
        sources = [(blob, offsets.astype("<i4").tobytes()) for blob, offsets in self.sources]
        return hashlib.sha256(msgspec.msgpack.encode(sources)).hexdigest()


def births_of(
    lifelines: Lifelines, commit: int, born: Identities, files: Sequence[FileChange]
) -> BirthsOfLines:
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
    return BirthsOfLines(commit, born, sources)


def read_all(
    births: Iterable[BirthsOfLines], read: Read, store: Store
) -> Iterator[tuple[BirthsOfLines, LineContents, tuple[Problem, ...]]]:
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


def read_births(births: BirthsOfLines, read: Read) -> tuple[LineContents, tuple[Problem, ...]]:
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
    said = LineContents(packed, bytes(letters), bytes(is_code), bytes(known))
    return said, tuple(problems)


def note(texts: LineTexts, lines: Identities, said: LineContents) -> None:
    """Writes down what born lines say."""
    known = np.frombuffer(said.known, np.uint8).astype(np.bool_)
    lines = lines[known]
    texts.key[lines] = np.frombuffer(said.keys, _KEYS)[known]
    texts.letters[lines] = np.frombuffer(said.letters, np.uint8)[known]
    texts.is_code[lines] = np.frombuffer(said.is_code, np.uint8)[known].astype(np.bool_)
    texts.known[lines] = True


def _parts(births: Iterable[BirthsOfLines]) -> Iterator[list[BirthsOfLines]]:
    part: list[BirthsOfLines] = []
    for one in births:
        part.append(one)
        if len(part) == _COMMITS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
