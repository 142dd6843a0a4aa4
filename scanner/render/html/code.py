"""Code as HTML: Pygments' tokens with line numbers, lit lines, and nothing that hides."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

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


def highlight(lines: Sequence[str], first: int, lit: Container[int] = ()) -> tuple[CodeLine, ...]:
    """Lines of Python, the first of them with number `first`; `lit` are the numbers to mark."""
    shown = [visible(line) for line in lines]
    return tuple(
        CodeLine(number, markup, number in lit)
        for number, markup in enumerate(_marked_up(shown), start=first)
    )


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


def _marked_up(lines: Sequence[str]) -> Iterable[Markup]:
    """One markup a line; a token over several lines is closed and opened again at each end."""
    made: list[list[tuple[str, str]]] = [[]]
    for kind, text in _lexer().get_tokens("\n".join(lines)):
        name = _class_of(kind)
        for number, part in enumerate(text.split("\n")):
            if number:
                made.append([])
            _append(made[-1], name, part)
    made += [[] for _ in range(len(lines) - len(made))]
    return (Markup("").join(_span(*run) for run in runs) for runs in made[: len(lines)])


def _append(runs: list[tuple[str, str]], name: str, part: str) -> None:
    """Adds text to a line, to its last run where that is of the same class."""
    if runs and runs[-1][0] == name:
        runs[-1] = (name, runs[-1][1] + part)
    elif part:
        runs.append((name, part))


def _span(name: str, text: str) -> Markup:
    shown = escape(text)
    return Markup(f'<i class="{name}">{shown}</i>') if name else shown  # noqa: S704  escaped above


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
