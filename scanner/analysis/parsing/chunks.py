"""A file as a row of chunks of whole top-level statements, each parsed once and then remembered.

A history holds thousands of versions of a file that differ in one function. Where each chunk parses
by itself, they parse together to the same trees: a chunk that ended inside a string, bracket or
block would not parse alone. So only chunks never seen before cost a parse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scanner.analysis.parsing.cutting import Cut, cut
from scanner.analysis.parsing.members import Member, join, read_head, read_member, split_class
from scanner.analysis.parsing.reading import Parsed, Reader, read_tree
from scanner.analysis.parsing.source import split_lines
from scanner.base.model import Problem

#: The memory forgets everything when the texts in it exceed this many characters.
REMEMBERED_CHARACTERS = 24_000_000

#: Begins with the line end before it, because `re` finds that much faster than `^`.
_START = re.compile(r"\n(?:(@)|def\b|class\b|async[ \t]+def\b)")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of whole top-level statements, its text lowered if that was needed.

    `cut.nodes` is empty and `tree` None once it is remembered.
    """

    text: str
    line_count: int
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
    start, decorated = 0, text.startswith("@")
    for found in _START.finditer(text):
        if not decorated:
            yield text[start : found.start() + 1]
            start = found.start() + 1
        decorated = found[1] is not None
    if start < len(text) or not text:
        yield text[start:]


class _Memory:
    """Chunks and members by their text, without their trees, which take fifty times the room."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.chunks: dict[str, Chunk] = {}
        self.members: dict[str, Member | None] = {}
        self.classes: set[str] = set()
        self.characters = 0

    def make_room(self, text: str) -> None:
        """Counts a text that will be remembered; forgets all others if they are too many."""
        if self.characters > REMEMBERED_CHARACTERS:
            self.forget()
        self.characters += len(text)

    def keep(self, text: str, chunk: Chunk) -> None:
        self.make_room(text)
        self.chunks[text] = replace(chunk, cut=replace(chunk.cut, nodes=()), tree=None)

    def member(self, text: str, read: Callable[[str], Member | None]) -> Member | None:
        if text not in self.members:
            self.make_room(text)
            self.members[text] = read(text)
        return self.members[text]

    def is_new_class(self, text: str) -> bool:
        """Whether no class of this name was met before; then all of it has to be parsed anyway."""
        name = _CLASS.search(text)
        if name is None or name[1] in self.classes:
            return False
        self.classes.add(name[1])
        return True


_memory = _Memory()


def forget() -> None:
    """Empties the memory, for measuring what reading costs without it."""
    _memory.forget()


def _read(text: str) -> Chunk | Problem:
    known = _memory.chunks.get(text)
    if known is not None:
        return known
    chunk = _read_class(text) if _is_long_class(text) and not _memory.is_new_class(text) else None
    if chunk is None:
        parsed = read_tree(text)
        if isinstance(parsed, Problem):
            return parsed
        chunk = _chunk(parsed)
    _memory.keep(text, chunk)
    return chunk


def _chunk(parsed: Parsed) -> Chunk:
    lines = split_lines(parsed.text)
    return Chunk(parsed.text, len(lines), cut(parsed.tree, lines), parsed.reader, parsed.tree)


_CLASS = re.compile(r"^class[ \t]+(\w+)", re.MULTILINE)
#: Shorter classes are parsed faster than they are put together.
_LONG_CLASS = 2_000


def _is_long_class(text: str) -> bool:
    return len(text) > _LONG_CLASS and text.startswith(("class", "@"))


def _read_class(text: str) -> Chunk | None:
    """A class out of its members; None if it has to be parsed as a whole."""
    parts = split_class(text)
    if parts is None:
        return None
    head = _memory.member(parts[0], read_head)
    members = [_memory.member(part, read_member) for part in parts[1]]
    if head is None or None in members:
        return None
    lines = split_lines(text)
    joined = join(head, [member for member in members if member is not None], lines)
    return Chunk(text, len(lines), joined, "ast", None) if joined else None
