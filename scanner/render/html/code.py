"""Code as HTML: Pygments' tokens with line numbers, lit lines, and nothing that hides."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import NamedTuple

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    _TokenType,
    is_token_subtype,
)

from scanner.render.json.json_text import INVISIBLE

TAB = 4

#: A few kinds of token are enough to read by; each has one class and two colours.
_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (String, "s"),
    (Keyword, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "d"),
    (Name.Builtin, "b"),
    (Number, "n"),
    (Operator.Word, "k"),
)
_COLOURS = (
    ("c", "#5f6b76", "#94a3b1"),
    ("s", "#1d6b45", "#8fd6a8"),
    ("k", "#9a2f7d", "#f29fd8"),
    ("f", "#1f55b5", "#94bbff"),
    ("d", "#87540a", "#ecb765"),
    ("b", "#0f6a75", "#7fd0da"),
    ("n", "#a13d12", "#f7a77f"),
)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A numbered line as markup."""

    number: int
    markup: Markup
    is_lit: bool


def highlight(
    lines: Sequence[str], first: int, lit: Container[int] = (), marked: Container[int] = ()
) -> tuple[CodeLine, ...]:
    """Lines of Python, the first of them with number `first`; `lit` are the numbers to mark, and
    `marked` the places of tokens, as `differing` gives them.
    """
    return tuple(
        CodeLine(number, markup, number in lit)
        for number, markup in enumerate(_marked_up(lines, marked), start=first)
    )


def differing(lines: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    """The places, counted in tokens, of what the other text has not, white space aside."""
    own, theirs = _texts(lines), _texts(others)
    runs = SequenceMatcher(
        None, [text for _, text in own], [text for _, text in theirs], autojunk=False
    ).get_matching_blocks()
    matched = {own[n][0] for run in runs for n in range(run.a, run.a + run.size)}
    return frozenset(place for place, _ in own if place not in matched)


def _texts(lines: Sequence[str]) -> list[tuple[int, str]]:
    """What the tokens say, each with its place; white space between them says nothing."""
    return [(place, text.strip()) for place, (_, text) in enumerate(_tokens(lines)) if text.strip()]


def _tokens(lines: Sequence[str]) -> Iterable[tuple[_TokenType, str]]:
    return _lexer().get_tokens("\n".join(map(visible, lines)))


def visible(line: str) -> str:
    r"""A line in which nothing hides: tabs as spaces, control and direction marks as `\uHHHH`."""
    spaced = line.rstrip("\r").expandtabs(TAB)
    if spaced.isprintable():
        return spaced
    return "".join(_shown(char) for char in spaced)


def _shown(char: str) -> str:
    if char.isprintable() and not INVISIBLE.match(char):
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class _Run(NamedTuple):
    """Text of one line, all of one class, and all marked or not."""

    name: str
    is_marked: bool
    text: str


def _marked_up(lines: Sequence[str], marked: Container[int]) -> Iterable[Markup]:
    """One markup a line; a token over several lines is closed and opened again at each end."""
    made: list[list[_Run]] = [[]]
    for place, (kind, text) in enumerate(_tokens(lines)):
        name, is_marked = _class_of(kind), place in marked
        for number, part in enumerate(text.split("\n")):
            if number:
                made.append([])
            _append(made[-1], _Run(name, is_marked, part))
    made += [[] for _ in range(len(lines) - len(made))]
    return (Markup("").join(map(_span, runs)) for runs in made[: len(lines)])


def _append(runs: list[_Run], run: _Run) -> None:
    """Adds text to a line, to its last run where that is of the same class."""
    if runs and runs[-1][:2] == run[:2]:
        runs[-1] = run._replace(text=runs[-1].text + run.text)
    elif run.text:
        runs.append(run)


def _span(run: _Run) -> Markup:
    shown = escape(run.text)
    if run.name:
        shown = Markup(f'<i class="{run.name}">{shown}</i>')  # noqa: S704  escaped above
    return Markup(f"<mark>{shown}</mark>") if run.is_marked else shown  # noqa: S704  likewise


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, ensurenl=False)


@cache
def _class_of(kind: _TokenType) -> str:
    return next((name for known, name in _CLASSES if is_token_subtype(kind, known)), "")


def stylesheet() -> str:
    """The colours of the tokens, for light and for dark."""
    light = "".join(f".code .{name}{{color:{colour}}}" for name, colour, _ in _COLOURS)
    dark = "".join(f".code .{name}{{color:{colour}}}" for name, _, colour in _COLOURS)
    return f"{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}\n"
