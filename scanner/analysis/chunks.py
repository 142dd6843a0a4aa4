"""A file as a row of chunks of whole top-level statements, each parsed once and then remembered.

A history holds thousands of versions of a file that differ in one function. Where each chunk parses
by itself, they parse together to the same trees: a chunk that ended inside a string, bracket or
block would not parse alone. So only chunks never seen before cost a parse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.analysis.cutting import Cut, cut
from scanner.analysis.reading import Parsed, Reader, read_tree
from scanner.analysis.source import split_lines
from scanner.model import Problem

#: The memory forgets everything when the texts in it exceed this many characters.
REMEMBERED_CHARACTERS = 24_000_000

_START = re.compile(r"^(?:(@)|def\b|class\b|async[ \t]+def\b)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of whole top-level statements. `cut.nodes` is empty once remembered."""

    lines: tuple[str, ...]
    cut: Cut
    reader: Reader
    tree: ast.Module | None


def read_chunks(text: str) -> tuple[Chunk, ...] | Problem:
    """The chunks of a file in order, or why it does not parse."""
    chunks = []
    for part in split(text):
        chunk = _read(part)
        if isinstance(chunk, Problem):
            # The text could have been split inside a string, and errors need the file's lines.
            whole = _read(text)
            return whole if isinstance(whole, Problem) else (whole,)
        chunks.append(chunk)
    return tuple(chunks)


def split(text: str) -> Iterator[str]:
    """Splits before each line that seems to begin a definition of the top level.

    Between a decorator and what it decorates no chunk ends.
    """
    start, decorated = 0, False
    for found in _START.finditer(text):
        if not decorated and found.start() > start:
            yield text[start : found.start()]
            start = found.start()
        decorated = found[1] is not None
    if start < len(text) or not text:
        yield text[start:]


class _Memory:
    """Chunks by their text, without their trees, which take fifty times the room."""

    def __init__(self) -> None:
        self.chunks: dict[str, Chunk] = {}
        self.characters = 0

    def forget(self) -> None:
        self.chunks.clear()
        self.characters = 0

    def keep(self, text: str, chunk: Chunk) -> None:
        if self.characters > REMEMBERED_CHARACTERS:
            self.forget()
        bare = Cut(chunk.cut.skeleton, chunk.cut.pieces, ())
        self.chunks[text] = Chunk(chunk.lines, bare, chunk.reader, None)
        self.characters += len(text)


_memory = _Memory()


def forget() -> None:
    """Empties the memory, for measuring what reading costs without it."""
    _memory.forget()


def _read(text: str) -> Chunk | Problem:
    known = _memory.chunks.get(text)
    if known is not None:
        return known
    parsed = read_tree(text)
    if isinstance(parsed, Problem):
        return parsed
    chunk = _chunk(parsed)
    _memory.keep(text, chunk)
    return chunk


def _chunk(parsed: Parsed) -> Chunk:
    lines = split_lines(parsed.text)
    return Chunk(tuple(lines), cut(parsed.tree, lines), parsed.reader, parsed.tree)
