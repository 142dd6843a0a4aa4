"""Cuts a Python file into units: module and class skeletons, functions and methods."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from scanner.analysis import lexing
from scanner.analysis.source import PLACEHOLDER, UnitSource, decode, split_lines
from scanner.analysis.syntax import parse
from scanner.model import Outline, Problem, Span, Stage, Unit, UnitKind

__all__ = [
    "ReadFile",
    "UnitSource",
    "code_lines",
    "decode",
    "read_outline",
    "unit_lines",
    "unit_source",
]

Reader = Literal["ast", "libcst"]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MODULE_NAME = "<module>"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its outline, its lines, which reader could parse it.

    Where LibCST had to read it, `lines` are already rewritten to syntax that the host parses, with
    the same line numbers. `sources` and `places` go with `outline.units`: the text of each unit and
    the line of the file that each line of that text comes from.
    """

    outline: Outline
    lines: tuple[str, ...]
    reader: Reader
    sources: tuple[UnitSource, ...]
    places: tuple[Sequence[int], ...]


def read_outline(source: bytes) -> ReadFile | Problem:
    """The outline of a file, or a Problem that says why it cannot be read."""
    text = decode(source)
    if isinstance(text, Problem):
        return text
    try:
        tree = parse(text)
    except SyntaxError as error:
        return Problem(Stage.PARSE, None, f"does not parse: {error}")
    except (RecursionError, MemoryError):
        return Problem(Stage.PARSE, None, "nested too deep to be parsed")
    return _cut(tree, split_lines(text), "ast")


def unit_source(file: ReadFile, unit: Unit) -> UnitSource:
    """The unit's own text, dedented, that parses alone."""
    return file.sources[file.outline.units.index(unit)]


def unit_lines(file: ReadFile, unit: Unit) -> Sequence[int]:
    """For each line of the unit's text, the line of the file it stands on."""
    return file.places[file.outline.units.index(unit)]


def code_lines(file: ReadFile) -> frozenset[int]:
    """The numbers of the lines that carry code: not blank, comment or docstring.

    A string that is a whole statement is taken for a docstring wherever it stands; inside any other
    string every line is code.
    """
    return frozenset(
        places[offset]
        for source, places in zip(file.sources, file.places, strict=True)
        for offset in _code_offsets(source.text)
    )


@lru_cache(maxsize=1 << 15)
def _code_offsets(text: str) -> tuple[int, ...]:
    """Which lines of a unit carry code. Along a history the same units are asked for every time."""
    lines = split_lines(text)
    numbers = lexing.count(text).code
    return tuple(n - 1 for n in numbers if lines[n - 1].strip() != PLACEHOLDER)


# --------------------------------------------------------------------------- cutting


@dataclass(slots=True)
class _Piece:
    """A unit while it is being cut out."""

    name: str
    kind: UnitKind
    span: Span
    node: Definition | None
    inner: list[_Piece]
    kept_blank: list[range]
    placeholders: list[tuple[int, str]]


def _cut(tree: ast.Module, lines: list[str], reader: Reader) -> ReadFile:
    module = _Piece(MODULE_NAME, UnitKind.MODULE, Span(1, len(lines)), None, [], [], [])
    _Cutter(lines).suite(tree.body, module, "", 0)
    pieces = [module, *sorted(_inner(module), key=lambda piece: piece.span.first)]
    units, sources, places = [], [], []
    for piece, name in zip(pieces, _distinct_names(pieces), strict=True):
        text, place = _text(piece, lines)
        content = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        units.append(Unit(name, piece.kind, piece.span, content))
        sources.append(UnitSource(piece.kind, text))
        places.append(place)
    outline = Outline(tuple(units), len(lines))
    return ReadFile(outline, tuple(lines), reader, tuple(sources), tuple(places))


def _inner(piece: _Piece) -> Iterator[_Piece]:
    for inner in piece.inner:
        yield inner
        yield from _inner(inner)


def _distinct_names(pieces: list[_Piece]) -> Iterator[str]:
    """`f`, `f#2`, `f#3` where a name is defined again, as overloads and setters do."""
    seen: Counter[str] = Counter()
    for piece in pieces:
        seen[piece.name] += 1
        yield piece.name if seen[piece.name] == 1 else f"{piece.name}#{seen[piece.name]}"


class _Cutter:
    """Finds the units of a file."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def suite(self, body: list[ast.stmt], owner: _Piece, prefix: str, before: int) -> None:
        """Takes the definitions of a suite out of `owner`. A suite left empty gets a placeholder."""
        emptied = True
        for statement in body:
            if isinstance(statement, Definition):
                owner.inner.append(self._definition(statement, owner, prefix))
            else:
                emptied = False
                self._statement(statement, owner, prefix)
        if emptied and before:
            first = body[0]
            owner.placeholders.append((self._span(first).first, " " * first.col_offset))

    def _statement(self, statement: ast.stmt, owner: _Piece, prefix: str) -> None:
        suites = _suites(statement)
        if not suites:
            owner.kept_blank.append(range(statement.lineno, (statement.end_lineno or 0) + 1))
            return
        for suite in suites:
            self.suite(suite, owner, prefix, statement.lineno)

    def _definition(self, node: Definition, owner: _Piece, prefix: str) -> _Piece:
        name = prefix + node.name
        span = self._span(node)
        if not isinstance(node, ast.ClassDef):
            kind = UnitKind.METHOD if owner.kind is UnitKind.CLASS else UnitKind.FUNCTION
            return _Piece(name, kind, span, node, [], [], [])
        piece = _Piece(name, UnitKind.CLASS, span, node, [], [], [])
        self.suite(node.body, piece, name + ".", node.lineno)
        return piece

    def _span(self, node: ast.stmt) -> Span:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        while decorators and not self.lines[first - 1].lstrip().startswith("@"):
            first -= 1
        return Span(first, node.end_lineno or node.lineno)


def _suites(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The suites of a compound statement that is no definition."""
    suites = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    parts = [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    return [suite for suite in [*suites, *(part.body for part in parts)] if suite]


def _text(piece: _Piece, lines: list[str]) -> tuple[str, Sequence[int]]:
    span = piece.span
    if piece.node is not None and not isinstance(piece.node, ast.ClassDef):
        return _dedent(lines[span.first - 1 : span.last]), range(span.first, span.last + 1)
    return _skeleton(piece, lines)


def _skeleton(piece: _Piece, lines: list[str]) -> tuple[str, Sequence[int]]:
    """The lines outside of inner units, without the blank lines between statements."""
    cut: set[int] = set()
    for inner in piece.inner:
        cut.update(range(inner.span.first, inner.span.last + 1))
    kept_blank = {line for lines_of in piece.kept_blank for line in lines_of}
    placeholders = dict(piece.placeholders)
    texts, places = [], []
    for line in range(piece.span.first, piece.span.last + 1):
        text = lines[line - 1]
        if line in placeholders:
            texts.append(placeholders[line] + PLACEHOLDER)
        elif line not in cut and (line in kept_blank or text.strip()):
            texts.append(text)
        else:
            continue
        places.append(line)
    return _dedent(texts), tuple(places)


def _dedent(lines: Sequence[str]) -> str:
    """Joins lines less the indentation of the first; a line indented less stays as it is."""
    if not lines:
        return ""
    indentation = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    if indentation:
        lines = [line.removeprefix(indentation) for line in lines]
    return "\n".join([*lines, ""])
