"""The tokens of a unit as numbers, line by line: what the naturalness model counts."""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

from scanner.analysis.analysis import Analysis
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem

# Strings come first, longest quotes before short ones; what is inside them is one token.
_TOKEN = re.compile(
    r"""
    (?P<string>[rRbBfFuUtT]{0,2}(?:
        \"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\"|\Z)
      | '''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)
      | "(?:[^"\\\n]|\\.)*(?:"|$)
      | '(?:[^'\\\n]|\\.)*(?:'|$)))
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


class UnitTokens(NamedTuple):
    """The tokens of a unit, as CRC-32 of their text, and the 0-based line of each.

    A name is as many tokens as it has words. Comments, blank lines and docstrings are left out; a
    change of indentation and the end of a statement are tokens; long strings, and long numbers, are
    all one token. Both fields are little-endian `uint32` arrays, as bytes.
    """

    tokens: bytes
    lines: bytes


def read_tokens(source: UnitSource) -> UnitTokens | Problem:
    """The tokens of a unit."""
    tokens, lines = _lex(source.text)
    return UnitTokens(_packed([_number(token) for token in tokens]), _packed(lines))


def words(text: str) -> list[str]:
    """The tokens of a text as they are counted, for readers and tests."""
    return _lex(text)[0]


def _lex(text: str) -> tuple[list[str], list[int]]:
    tokens: list[str] = []
    lines: list[int] = []
    line, depth, indent, pending = 0, 0, 0, 0
    starts_line = True
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group()
        if kind == "newline":
            line += 1
            if depth == 0 and not starts_line:
                tokens.append("\n")
                lines.append(line - 1)
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
        parts = _parts(kind, value)
        tokens.extend(parts)
        lines.extend([line] * len(parts))
        line += value.count("\n") if kind == "string" else 0
    return tokens, lines


def _parts(kind: str | None, value: str) -> list[str]:
    """What a token counts as: a name word by word, so that new names of old words are old."""
    if kind == "name":
        found = _WORD.findall(value) or [value]
        return [found[0].lower(), *("+" + word.lower() for word in found[1:])]
    if kind == "string":
        return [value if len(value) <= _LONGEST_WORD else "<text>"]
    if kind == "number":
        return [value if len(value) <= _LONGEST_NUMBER else "<number>"]
    return [value]


def _number(token: str) -> int:
    return crc32(token.encode("utf-8", "surrogatepass"))


def _packed(numbers: list[int]) -> bytes:
    return b"".join(number.to_bytes(4, "little") for number in numbers)


ANALYSIS = Analysis("tokens", 1, UnitTokens, read_tokens)
