"""Cuts a Python file into units: module and class skeletons, functions and methods."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from weakref import ref

from scanner.analysis.metrics import lexing
from scanner.analysis.parsing.chunks import Chunk, read_chunks
from scanner.analysis.parsing.cutting import Definition, Extract, Piece, content_of, dedent
from scanner.analysis.parsing.reading import Reader
from scanner.analysis.parsing.source import PLACEHOLDER, Origin, UnitSource, decode, split_lines
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Outline, Problem, Span, Stage, Unit, UnitKind

__all__ = [
    "ReadFile",
    "UnitSource",
    "code_lines",
    "decode",
    "read_outline",
    "unit_lines",
    "unit_source",
]

MODULE_NAME = "<module>"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A unit's lines in its chunk; `offset` is the number of the file's lines before the chunk."""

    in_chunk: Extract
    offset: int = 0

    @property
    def extract(self) -> Extract:
        """The unit's lines in the file."""
        return self.in_chunk.moved(self.offset) if self.offset else self.in_chunk


class _Trees:
    """The trees of a file's chunks, and each unit's statement, where they were parsed just now."""

    __slots__ = ("__weakref__", "modules", "nodes")

    def __init__(self, modules: list[ast.Module | None], nodes: list[Definition | None]) -> None:
        self.modules = modules
        self.nodes = nodes


#: Trees take fifty times the room of their text, and every collection of garbage walks them all. So
#: only those of the files read last are kept, for whoever measures a file right after reading it.
_recent: deque[_Trees] = deque(maxlen=4)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its outline, its lines, which reader could parse it.

    Where LibCST had to read it, `lines` are already rewritten to syntax that the host parses, with
    the same line numbers.
    """

    outline: Outline
    lines: tuple[str, ...]
    reader: Reader
    _placed: tuple[_Placed, ...] = field(compare=False, repr=False)
    _trees: ref[_Trees] | None = field(default=None, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The whole text, each line ended."""
        return "\n".join([*self.lines, ""])

    def tree(self) -> ast.Module:
        """The syntax tree of the whole; its line numbers need not be the file's."""
        trees = self._trees and self._trees()
        if not trees or not all(trees.modules):
            return parse(self.text)
        return ast.Module([node for tree in trees.modules if tree for node in tree.body], [])

    def __reduce__(self) -> tuple[type[ReadFile], tuple[object, ...]]:
        # Without syntax trees, which are slow to send to another process.
        return ReadFile, (self.outline, self.lines, self.reader, self._placed)


def read_outline(source: bytes) -> ReadFile | Problem:
    """The outline of a file, or a Problem that says why it cannot be read."""
    text = decode(source)
    if isinstance(text, Problem):
        return text
    chunks = read_chunks(text)
    if isinstance(chunks, Problem):
        return chunks
    if _LONE_RETURN.search(source) and not _same_without_returns(source, text):
        return Problem(
            Stage.READ, None, "a carriage return ends lines for Python where git counts none"
        )
    return _assemble(chunks)


_LONE_RETURN = re.compile(rb"\r(?!\n)")


def unit_source(file: ReadFile, unit: Unit) -> UnitSource:
    """The unit's own text, dedented, that parses alone."""
    index = _index(file, unit)
    placed = file._placed[index]  # noqa: SLF001 - what only this module may see
    lines = placed.extract.lines(file.lines)
    text = dedent(lines)
    trees = file._trees and file._trees()  # noqa: SLF001
    node = trees.nodes[index] if trees else None
    if node is None or not _is_evenly_indented(lines):
        return UnitSource(unit.kind, text)
    first = unit.span.first - placed.offset
    return UnitSource(unit.kind, text, Origin(node, file.lines, placed.offset, first))


def _index(file: ReadFile, unit: Unit) -> int:
    """Where a unit stands in the outline. No two but the module begin in the same line."""
    if unit.kind is UnitKind.MODULE:
        return 0
    units = file.outline.units
    index = bisect_left(units, unit.span.first, lo=1, key=lambda other: other.span.first)
    if index == len(units) or units[index] != unit:
        raise ValueError(f"{unit.name} is no unit of this file")
    return index


def _is_evenly_indented(lines: Sequence[str]) -> bool:
    """Whether dedenting took the same from each line, so that no two strings became equal."""
    first = lines[0]
    indentation = first[: len(first) - len(first.lstrip())]
    return not indentation or all(line.startswith(indentation) or not line for line in lines)


def unit_lines(file: ReadFile, unit: Unit) -> Sequence[int]:
    """For each line of the unit's text, the line of the file it stands on."""
    return file._placed[_index(file, unit)].extract.places  # noqa: SLF001


def code_lines(file: ReadFile) -> frozenset[int]:
    """The numbers of the lines that carry code: not blank, comment or docstring.

    A string that is a whole statement is taken for a docstring wherever it stands; inside any other
    string every line is code. Placeholders stand in no line.
    """
    known = _known_lines.get(id(file))
    if known is not None:
        return known[1]
    lines: list[int] = []
    for unit, placed in zip(file.outline.units, file._placed, strict=True):  # noqa: SLF001
        places, first = placed.in_chunk.places, placed.offset
        lines += [places[offset] + first for offset in _code_offsets(file, unit, placed)]
    if len(_known_lines) >= _KNOWN_LINES:
        _known_lines.clear()
    _known_lines[id(file)] = file, frozenset(lines)
    return _known_lines[id(file)][1]


#: The code lines of files, by identity; judging a change asks for those of its files many times.
#: Each is kept with its file, so that no other can take its identity.
_known_lines: dict[int, tuple[ReadFile, frozenset[int]]] = {}
_KNOWN_LINES = 64

#: Which lines of a unit carry code, by its content: a history asks for the same units every time.
_known_offsets: dict[str, tuple[int, ...]] = {}
_KNOWN_OFFSETS = 1 << 15


def _code_offsets(file: ReadFile, unit: Unit, placed: _Placed) -> tuple[int, ...]:
    known = _known_offsets.get(unit.content)
    if known is None:
        lines = placed.extract.lines(file.lines)
        numbers = lexing.count(dedent(lines)).code
        known = tuple(n - 1 for n in numbers if lines[n - 1].strip() != PLACEHOLDER)
        if len(_known_offsets) >= _KNOWN_OFFSETS:
            _known_offsets.clear()
        _known_offsets[unit.content] = known
    return known


# --------------------------------------------------------------------------- putting together


def _assemble(chunks: Sequence[Chunk]) -> ReadFile:
    """Shifts the chunks' pieces to their place in the file."""
    lines = tuple(split_lines("".join(chunk.text for chunk in chunks)))
    offsets = list(accumulate((chunk.line_count for chunk in chunks), initial=0))
    module = _top_level(
        [chunk.cut.skeleton.moved(offset) for chunk, offset in _with(chunks, offsets)]
    )
    content = content_of(dedent(module.lines(lines)))
    units = [Unit(MODULE_NAME, UnitKind.MODULE, Span(1, len(lines)), content)]
    placed = [_Placed(module)]
    names: Counter[str] = Counter()
    for chunk, offset in _with(chunks, offsets):
        units += [_unit(piece, offset, names) for piece in chunk.cut.pieces]
        placed += [_Placed(piece.extract, offset) for piece in chunk.cut.pieces]
    reader: Reader = "ast" if all(chunk.reader == "ast" for chunk in chunks) else "libcst"
    outline = Outline(tuple(units), len(lines))
    return ReadFile(outline, lines, reader, tuple(placed), _keep_trees(chunks))


def _keep_trees(chunks: Sequence[Chunk]) -> ref[_Trees] | None:
    """Keeps the trees of a file for a while, if any of its chunks was parsed."""
    modules = [chunk.tree for chunk in chunks]
    if not any(modules):
        return None
    # Only functions and methods keep their whole statement; a skeleton is parsed again.
    nodes: list[Definition | None] = [None]
    for chunk in chunks:
        own = chunk.cut.nodes or (None,) * len(chunk.cut.pieces)
        nodes += [None if isinstance(node, ast.ClassDef) else node for node in own]
    trees = _Trees(modules, nodes)
    _recent.append(trees)
    return ref(trees)


def _top_level(parts: Sequence[Extract]) -> Extract:
    return Extract(
        tuple(line for part in parts for line in part.places),
        frozenset(line for part in parts for line in part.placeholders),
    )


def _with(chunks: Sequence[Chunk], offsets: Sequence[int]) -> Iterator[tuple[Chunk, int]]:
    return zip(chunks, offsets, strict=False)


def _unit(piece: Piece, offset: int, names: Counter[str]) -> Unit:
    """A name defined again, as overloads and setters are, gets a number: `f`, `f#2`, `f#3`."""
    names[piece.name] += 1
    count = names[piece.name]
    name = piece.name if count == 1 else f"{piece.name}#{count}"
    return Unit(name, piece.kind, Span(piece.first + offset, piece.last + offset), piece.content)


def _same_without_returns(source: bytes, text: str) -> bool:
    """Whether Python, for which a carriage return ends a line, reads the same as we do."""
    real = decode(source.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    try:
        return isinstance(real, str) and _size(parse(real)) == _size(parse(text))
    except (SyntaxError, RecursionError, MemoryError):
        return False


def _size(tree: ast.Module) -> int:
    return sum(1 for _ in ast.walk(tree))
