"""PURE: a file cut into slices, of which semgrep has to look at each once ever.

A slice is one function or method with the comment above it and what it sees of its surroundings:
the statements of the module that bind a name it uses, and the heads of its classes. One more slice
holds everything outside functions. Two versions of a file share the slices of all that did not
change between them, so a history costs what its changed functions cost.

What is new of a file goes to semgrep on bundles: a file for each slice would cost more.
Rules that look at several functions at once are not for slices; their packs say so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Protocol

from scanner.analysis.parsing.outline import read_outline
from scanner.analysis.parsing.source import decode
from scanner.base.model import Outline, Problem, Span, Unit, UnitKind

_WORD = re.compile(r"[^\W\d]\w*")
_FUNCTIONS = (UnitKind.FUNCTION, UnitKind.METHOD)
#: Stands for a function that was cut out, so that no suite is left empty.
_CUT = "..."
#: Opens a suite for code that is indented and has no class around it.
_OPENING = "if True:"


@dataclass(frozen=True, slots=True)
class Slice:
    """Text that parses by itself. `lines` gives, for each line, that of the file (1-based).

    A line that is only there for context, or stands in no file, is 0: what matches there is
    another slice's to say. `context` are the lines of the file that the context is from; None where
    all that stands outside of functions has to be there.
    """

    text: str
    lines: tuple[int, ...]
    context: tuple[int, ...] | None = ()


class Placed(Protocol):
    """Where a slice stands in its file."""

    @property
    def lines(self) -> tuple[int, ...]:
        """As `Slice.lines`."""

    @property
    def context(self) -> tuple[int, ...] | None:
        """As `Slice.context`."""


@dataclass(frozen=True, slots=True)
class SlicedPage:
    """Several slices as one text, in the order of the file, whose lines `lines` gives (1-based)."""

    text: str
    lines: tuple[int, ...]


def cut(source: bytes) -> tuple[Slice, ...] | None:
    """The slices of a file, or None for one that has to be looked at whole."""
    text = decode(source)
    file = read_outline(source)
    if isinstance(text, Problem) or isinstance(file, Problem):
        return None
    lines = text.split("\n")
    skeleton = _skeleton(file.outline, lines)
    around = _surroundings(skeleton.text)
    if around is None:
        return None
    functions = [unit for unit in file.outline.units if unit.kind in _FUNCTIONS]
    places = {line: number for number, line in enumerate(skeleton.lines, 1) if line}
    classes = [
        _SlicePlace(unit.span, places[unit.span.first])
        for unit in file.outline.units
        if unit.kind is UnitKind.CLASS
    ]
    try:
        return (
            skeleton,
            *(_function(unit, classes, lines, around, skeleton.lines) for unit in functions),
        )
    except KeyError:
        return None


def page(source: bytes, slices: Sequence[Placed]) -> SlicedPage:
    """Some slices of a file together, with what they see of the rest."""
    text = decode(source)
    assert not isinstance(text, Problem)
    lines = text.split("\n")
    shown = {line for one in slices for line in one.lines if line}
    contexts = [one.context for one in slices]
    if None not in contexts:
        shown.update(line for context in contexts for line in context or ())
    else:
        file = read_outline(source)
        assert not isinstance(file, Problem)
        own = frozenset(shown)
        shown = set(range(1, len(lines) + 1))
        for unit in file.outline.units:
            first, last = unit.span.first, unit.span.last
            if unit.kind in _FUNCTIONS and first not in own:
                lines[first - 1] = f"{_indentation(lines[first - 1])}{_CUT}"
                shown.difference_update(range(first + 1, last + 1))
    numbers = tuple(sorted(shown))
    return SlicedPage("".join(f"{lines[number - 1]}\n" for number in numbers), numbers)


@dataclass(frozen=True, slots=True)
class _SlicePlace:
    """A class in the file, and the line of the skeleton that it begins on."""

    span: Span
    line: int


@lru_cache(maxsize=64)
def _surroundings(skeleton: str) -> _Surroundings | None:
    """What functions can see; None where the skeleton does not parse by itself."""
    try:
        tree = ast.parse(skeleton)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _Surroundings(skeleton, tree)


# --------------------------------------------------------------------------- outside functions


def _skeleton(outline: Outline, lines: Sequence[str]) -> Slice:
    """The file less its functions, each replaced by one line."""
    firsts = {unit.span.first: unit for unit in outline.units if unit.kind in _FUNCTIONS}
    kept: list[str] = []
    numbers: list[int] = []
    number = 1
    while number <= len(lines):
        unit = firsts.get(number)
        line = lines[number - 1]
        kept.append(line if unit is None else f"{_indentation(line)}{_CUT}")
        numbers.append(number if unit is None else 0)
        number = number + 1 if unit is None else unit.span.last + 1
    return Slice("\n".join(kept), tuple(numbers), None)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement that binds names, by the lines of the skeleton it stands on."""

    lines: range
    names: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Class:
    """A class: the lines of the skeleton that its head stands on, its statements.

    `indentation` is that of the statements.
    """

    first: int
    head: range
    indentation: str
    statements: tuple[_Statement, ...]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a function sees, and the lines of the skeleton that it is; None if some are made up."""

    text: str
    lines: tuple[int, ...] | None


class _Surroundings:
    """What the functions of a file can see of it."""

    def __init__(self, skeleton: str, tree: ast.Module) -> None:
        self._lines = skeleton.split("\n")
        self._module = _binding(tree.body, self._lines)
        nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
        classes = (self._class(node) for node in nodes)
        self._classes = {one.first: one for one in classes if one.head}
        #: What functions see, by their text and the first lines of their classes.
        self.known: dict[tuple[str, tuple[int, ...]], _Context] = {}

    def of(
        self, words: frozenset[str], classes: Sequence[int], indentations: tuple[str, str]
    ) -> _Context:
        """The statements of the module that bind these words, the heads of classes, with those of
        their own statements that bind these words.

        `indentations` are those of the outermost class and of the function: what is indented deeper
        than what it stands in gets a suite to stand in.

        Raises:
            KeyError: a class whose head does not stand on lines of its own.
        """
        outermost, own = indentations
        lines = [*self._of_module(words)]
        pieces = [self._lines[line - 1] for line in lines]
        pieces += [_OPENING] if classes and outermost else []
        expected = ""
        for line in classes:
            found = self._classes[line]
            inside = [*found.head]
            for one in found.statements:
                inside += one.lines if one.names & words else ()
            lines += inside
            pieces += [self._lines[number - 1] for number in inside]
            expected = found.indentation
        pieces += [f"{expected}{_OPENING}"] if own != expected else []
        text = "".join(f"{piece}\n" for piece in pieces)
        return _Context(text, tuple(lines) if len(lines) == len(pieces) else None)

    def _of_module(self, words: frozenset[str]) -> Iterator[int]:
        """The lines of statements that bind these words, and of those they need themselves."""
        wanted = set(words)
        chosen: set[int] = set()
        while True:
            new = {i for i, one in enumerate(self._module) if one.names & wanted} - chosen
            if not new:
                break
            chosen |= new
            wanted.update(*(self._module[index].words for index in new))
        for index in sorted(chosen):
            yield from self._module[index].lines

    def _class(self, node: ast.ClassDef) -> _Class:
        inside = _first_line(node.body[0]) - 1
        head = range(node.lineno, inside + 1)
        statements = _binding(node.body, self._lines)
        return _Class(_first_line(node), head, _indentation(self._lines[inside]), tuple(statements))


#: The name that a star import binds: any.
_ANY = "*"


def _binding(body: Sequence[ast.stmt], lines: Sequence[str]) -> list[_Statement]:
    found = []
    for node in body:
        names = frozenset(_bound(node))
        if names:
            first, last = _first_line(node), node.end_lineno or node.lineno
            words = frozenset(_WORD.findall("\n".join(lines[first - 1 : last])))
            found.append(_Statement(range(first, last + 1), names, words))
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds, with all statements inside it; not by `def` and `class`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Expr):
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.split(".")[0] for alias in inner.names)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _first_line(node: ast.stmt) -> int:
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


# --------------------------------------------------------------------------- one function


def _function(
    unit: Unit,
    classes: Sequence[_SlicePlace],
    lines: Sequence[str],
    around: _Surroundings,
    places: Sequence[int],
) -> Slice:
    """The slice of a function; `places` are the lines of the file by those of the skeleton."""
    first = unit.span.first
    own = lines[first - 1 : unit.span.last]
    text = "\n".join(own)
    around_it = [one for one in classes if first in one.span]
    place = tuple(one.line for one in around_it)
    context = around.known.get((text, place))
    if context is None:
        words = frozenset(_WORD.findall(text)) | {_ANY}
        outermost = _indentation(lines[around_it[0].span.first - 1]) if around_it else ""
        indentations = outermost, _indentation(own[0])
        context = around.known[text, place] = around.of(words, place, indentations)
    seen = None if context.lines is None else tuple(places[line - 1] for line in context.lines)
    if seen is not None and 0 in seen:
        seen = None
    start = first
    while start > 1 and lines[start - 2].lstrip().startswith("#"):
        start -= 1
    before = context.text + "".join(f"{line}\n" for line in lines[start - 1 : first - 1])
    if seen is not None:
        seen += tuple(range(start, first))
    numbers = (*repeat(0, before.count("\n")), *range(first, unit.span.last + 1), 0)
    return Slice(f"{before}{text}\n", numbers, seen)
