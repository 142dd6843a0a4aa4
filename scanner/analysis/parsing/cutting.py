"""Cuts a parsed text into units: which lines make up each function, method and class skeleton."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from scanner.analysis.parsing.source import PLACEHOLDER
from scanner.base.model import UnitKind

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Extract:
    """The lines that make up a unit's text; those at `placeholders` give way to `PLACEHOLDER`."""

    places: Sequence[int]
    placeholders: frozenset[int] = frozenset()

    def moved(self, lines: int) -> Extract:
        """The same, so many lines further down."""
        places: Sequence[int]
        if isinstance(self.places, range):
            places = range(self.places.start + lines, self.places.stop + lines)
        else:
            places = tuple(place + lines for place in self.places)
        return Extract(places, frozenset(place + lines for place in self.placeholders))

    def lines(self, lines: Sequence[str]) -> list[str]:
        """The unit's lines, with their indentation, out of all `lines`."""
        if not self.placeholders:
            return [lines[place - 1] for place in self.places]
        return [
            _indentation(lines[place - 1]) + PLACEHOLDER
            if place in self.placeholders
            else lines[place - 1]
            for place in self.places
        ]


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit inside the text it was cut from. `name` may stand more than once."""

    name: str
    kind: UnitKind
    first: int
    last: int
    extract: Extract
    content: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The top level of a text, and the pieces cut out of it in the order of their lines.

    `nodes` goes with `pieces`: the statement of each.
    """

    skeleton: Extract
    pieces: tuple[Piece, ...]
    nodes: tuple[Definition, ...]


def cut(tree: ast.Module, lines: Sequence[str]) -> Cut:
    """Cuts all definitions out that stand in no function, however deep in classes and blocks."""
    top = _Draft(1, len(lines))
    cutter = _Cutter(lines)
    cutter.suite(tree.body, top, _Owner("", UnitKind.MODULE))
    order = sorted(cutter.found, key=lambda found: found[0].first)
    return Cut(
        _extract(top, lines),
        tuple(piece for piece, _ in order),
        tuple(node for _, node in order),
    )


def content_of(text: str) -> str:
    """The hash that stands for a unit's text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def dedent(lines: Sequence[str]) -> str:
    """Joins lines less the indentation of the first; a line indented less stays as it is."""
    if not lines:
        return ""
    if any("\f" in line for line in lines):
        lines = [_RESTARTED.sub("", line) for line in lines]
    indentation = _indentation(lines[0])
    if indentation:
        lines = [line.removeprefix(indentation) for line in lines]
    return "\n".join([*lines, ""])


#: Python counts indentation anew after a form feed.
_RESTARTED = re.compile(r"^[ \t\f]*\f")


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


@dataclass(frozen=True, slots=True)
class _Owner:
    """What a suite belongs to: the prefix of names in it, and the kind of unit."""

    prefix: str
    kind: UnitKind


class _Draft:
    """A skeleton while its inner units are being taken out."""

    __slots__ = ("first", "kept", "last", "placeholders", "taken")

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self.taken: list[range] = []
        self.kept: list[range] = []
        self.placeholders: list[int] = []


class _Cutter:
    """Walks statements, never expressions, so that cutting costs little beside parsing."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.found: list[tuple[Piece, Definition]] = []

    def suite(self, body: list[ast.stmt], draft: _Draft, owner: _Owner) -> int:
        """Takes the definitions of a suite out of a skeleton; gives how many statements stay."""
        stay = 0
        for statement in body:
            if isinstance(statement, Definition):
                piece = self._definition(statement, owner)
                draft.taken.append(range(piece.first, piece.last + 1))
            else:
                stay += 1
                self._statement(statement, draft, owner)
        return stay

    def _inner_suite(self, body: list[ast.stmt], draft: _Draft, owner: _Owner) -> None:
        """A suite that must not become empty."""
        before = len(draft.taken)
        if not self.suite(body, draft, owner):
            draft.placeholders.append(draft.taken[before].start)

    def _statement(self, statement: ast.stmt, draft: _Draft, owner: _Owner) -> None:
        suites = list(_suites(statement))
        last = suites[0][0].lineno - 1 if suites else statement.end_lineno or statement.lineno
        if last > statement.lineno:
            draft.kept.append(range(statement.lineno, last + 1))
        for suite in suites:
            self._inner_suite(suite, draft, owner)

    def _definition(self, node: Definition, owner: _Owner) -> Piece:
        first, last = self._first_line(node), self._last_line(node)
        name = owner.prefix + node.name
        if isinstance(node, ast.ClassDef):
            kind, extract = UnitKind.CLASS, self._class(node, name, _Draft(first, last))
        else:
            in_class = owner.kind is UnitKind.CLASS
            kind = UnitKind.METHOD if in_class else UnitKind.FUNCTION
            extract = Extract(range(first, last + 1))
        content = content_of(dedent(extract.lines(self.lines)))
        piece = Piece(name, kind, first, last, extract, content)
        self.found.append((piece, node))
        return piece

    def _class(self, node: ast.ClassDef, name: str, draft: _Draft) -> Extract:
        draft.kept.append(range(draft.first, node.body[0].lineno))
        self._inner_suite(node.body, draft, _Owner(name + ".", UnitKind.CLASS))
        return _extract(draft, self.lines)

    def _first_line(self, node: Definition) -> int:
        """The line of the first decorator's `@`, which can stand above the decorator itself."""
        first = node.lineno
        if node.decorator_list:
            first = node.decorator_list[0].lineno
            while not self.lines[first - 1].lstrip().startswith("@"):
                first -= 1
        while first > 1 and self.lines[first - 2].strip() == "\\":
            first -= 1
        return first

    def _last_line(self, node: Definition) -> int:
        """The last line of the body, or of the comments below it that are indented like it."""
        last = line = node.end_lineno or node.lineno
        column = _column(self.lines[node.lineno - 1])
        while line < len(self.lines):
            line += 1
            text = self.lines[line - 1].strip()
            if text.startswith("#") and _column(self.lines[line - 1]) > column:
                last = line
            elif text:
                break
        return last


def _column(line: str) -> int:
    return len(_indentation(line).expandtabs())


def _suites(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The suites of a compound statement in the order of their lines; none for a simple one."""
    body = getattr(statement, "body", None)
    if isinstance(body, list):
        yield body
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body
    for name in ("orelse", "finalbody"):
        suite = getattr(statement, name, None)
        if suite:
            yield suite


def _extract(draft: _Draft, lines: Sequence[str]) -> Extract:
    """The lines outside of inner units, without the blank ones between statements.

    Blank lines go because adding a function elsewhere adds blank lines too, and the skeleton round
    it should stay what it was.
    """
    taken = {line for span in draft.taken for line in span}
    kept = {line for span in draft.kept for line in span}
    placeholders = frozenset(draft.placeholders)
    places = [
        line
        for line in range(draft.first, draft.last + 1)
        if line in placeholders or (line not in taken and (line in kept or _is_needed(lines, line)))
    ]
    return Extract(tuple(places), placeholders)


def _is_needed(lines: Sequence[str], line: int) -> bool:
    """Whether a line holds something, or is the blank one that a backslash leads to."""
    return bool(lines[line - 1].strip()) or (line > 1 and lines[line - 2].endswith("\\"))
