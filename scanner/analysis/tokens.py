"""The tokens of a unit, line by line: what the n-gram model of `usage` counts."""

from __future__ import annotations

import re
from functools import lru_cache

from scanner.analysis.parsing.templates import SHORT_TEMPLATE, STRING_OR_OPEN

# Strings come first, longest quotes before short ones; what is inside them is one token.
_TOKEN = re.compile(
    rf"""
    (?P<string>{SHORT_TEMPLATE}|[rRbBfFuUtT]{{0,2}}(?:{STRING_OR_OPEN}))
  | (?P<name>[^\W\d]\w*)
  | (?P<number>\.?\d(?:[eE][+-]|[\w.])*)
  | (?P<comment>\#[^\n]*)
  | (?P<operator>\*\*=|//=|>>=|<<=|\.\.\.|:=|->|[-+*/%&|^@<>=!]=|\*\*|//|>>|<<|[^\s\w])
  | (?P<newline>\n[ \t]*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
#: Strings up to this length are words of the codebase (keys, names); longer ones are prose.
_LONGEST_WORD = 24
_LONGEST_NUMBER = 2
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


#: What says least of who writes: brackets, separators and the ends of lines.
_PUNCTUATION = frozenset("()[]{},:\n")


def lex(text: str) -> tuple[list[str], list[int]]:
    """The tokens of a unit's text, and the 0-based line of each.

    A name is as many tokens as it has words. Comments, blank lines, docstrings and punctuation are
    left out; a change of indentation is a token; long strings, and long numbers, are all one token.
    """
    tokens: list[str] = []
    lines: list[int] = []
    line, depth, indent, pending = 0, 0, 0, 0
    starts_line = True
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group()
        if kind == "newline":
            line += 1
            if depth == 0:
                starts_line, pending = True, len(value) - 1
            continue
        if kind == "comment":
            continue
        if kind == "string" and starts_line:
            line += value.count("\n")
            continue
        if starts_line and pending != indent:
            tokens.append("<in>" if pending > indent else "<out>")
            lines.append(line)
            indent = pending
        starts_line = False
        if kind == "operator":
            depth += (value in _OPENING) - (value in _CLOSING)
            if value in _PUNCTUATION:
                continue
        parts = _parts(kind, value)
        tokens.extend(parts)
        lines.extend([line] * len(parts))
        line += value.count("\n") if kind == "string" else 0
    return tokens, lines


def _parts(kind: str | None, value: str) -> tuple[str, ...]:
    """What a token counts as: a name word by word, so that new names of old words are old."""
    if kind == "name":
        return _name_parts(value)
    if kind == "string":
        return (value if len(value) <= _LONGEST_WORD else "<text>",)
    if kind == "number":
        return (value if len(value) <= _LONGEST_NUMBER else "<number>",)
    return (value,)


@lru_cache(maxsize=16_384)
def _name_parts(name: str) -> tuple[str, ...]:
    first, *others = words_of(name)
    return (first, *("+" + word for word in others))


@lru_cache(maxsize=16_384)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case; one at least. Few names make up most of a codebase."""
    return tuple(word.lower() for word in _WORD.findall(name) or [name])
