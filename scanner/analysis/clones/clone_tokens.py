"""Python text cut into statements of tokens.

A lexer of its own, so that fingerprints do not change with the Python that computes them: it reads
any text, also one that the host cannot parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from scanner.analysis.parsing.templates import SHORT_TEMPLATE, STRING


class TokenKind(IntEnum):
    """What a token is, as far as copies care."""

    STRUCTURE = 0
    NAME = 1
    STRING = 2
    NUMBER = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement, or the header of a compound one, without comments.

    Lines count from 0 at the start of the text; `code_lines` are those that hold a token.
    """

    tokens: tuple[str, ...]
    first: int
    last: int
    code_lines: int


# Comments are matched outside of the group, so that an empty string stands where one was.
_TOKENS = re.compile(
    rf"\#[^\n]*|("
    rf"[^\W\d]\w*(?!['\"\w])"
    rf"|[()\[\]{{}},;\n]|\.(?![\d.])|=(?!=)|:(?!=)"
    rf"|{SHORT_TEMPLATE}|(?:[rRbBuUfFtT]{{1,2}})?(?>{STRING})"
    rf"|[^\W\d]\w*"
    rf"|(?:\d|\.\d)(?:[eE][+-]\d|[\w.])*"
    r"|\\\n"
    r"|[*/<>]{2}=?|\.\.\.|->|[-+*/%&|^@:=!<>]=|\S)",
    re.DOTALL,
)
_COMMENT, _NEWLINE, _CONTINUATION = "", "\n", "\\\n"
_LAYOUT = frozenset({_COMMENT, _NEWLINE, _CONTINUATION})
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_CLOSING = frozenset(")]}")
_MARKS = _LAYOUT | _DEPTH.keys() | {";"}
_BEFORE_OUTER = frozenset(
    {"=", "return", "in", "if", "elif", "while", "with", "assert", "yield", "raise", "not"}
    | {"+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "**="}
)

#: Hard keywords of every Python from 3.11 on; soft ones are read as names everywhere.
KEYWORDS = frozenset(
    {"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class"}
    | {"continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global"}
    | {"if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return"}
    | {"try", "while", "with", "yield"}
)


def statements(text: str) -> Iterator[Statement]:
    """The statements of a unit's text in order; strings that stand alone are left out."""
    found = _TOKENS.findall(text + "\n")
    start = row = depth = line = first = code_lines = 0
    for at in _marks(found, text):
        mark = found[at]
        if mark in _DEPTH:
            depth = max(0, depth + _DEPTH[mark])
        elif mark == _NEWLINE or mark == ";":
            code_lines += any(found[row:at])
            row = at + 1
            line += mark == _NEWLINE
            if depth == 0:
                tokens = _cleaned(found[start:at])
                if tokens:
                    yield Statement(_without_outer(tokens), first, line - (mark != ";"), code_lines)
                start, first, code_lines = row, line, 0
            elif mark == ";":
                row -= 1
        elif mark:
            # The end of a line inside a string or after a backslash.
            code_lines += mark.count("\n")
            line += mark.count("\n")


def _marks(found: Sequence[str], text: str) -> list[int]:
    """Where tokens stand that end a line or a statement, or that open or close brackets."""
    if '"""' in text or "'''" in text or _CONTINUATION in text:
        return [i for i, t in enumerate(found) if t in _MARKS or "\n" in t]
    return [i for i, t in enumerate(found) if t in _MARKS]


def _cleaned(tokens: list[str]) -> list[str]:
    """Tokens without layout and trailing commas; none if nothing but strings is left."""
    if not _LAYOUT.isdisjoint(tokens):
        tokens = [t for t in tokens if t not in _LAYOUT]
    if "," in tokens:
        pairs = zip(tokens, [*tokens[1:], ""], strict=True)
        tokens = [t for t, after in pairs if t != "," or after not in _CLOSING]
    if tokens and tokens[0][-1] in "\"'" and all(t[-1] in "\"'" for t in tokens):
        return []
    return tokens


def _without_outer(tokens: Sequence[str]) -> tuple[str, ...]:
    """A statement less the parentheses round its last expression that formatters put and take."""
    end = len(tokens) - (2 if tokens[-1] == ":" else 1)
    if end < 2 or tokens[end] != ")":
        return tuple(tokens)
    depth = start = 0
    for start in range(end, -1, -1):
        depth -= _DEPTH.get(tokens[start], 0)
        if depth == 0:
            break
    if end - start < 2 or tokens[start - 1] not in _BEFORE_OUTER:
        return tuple(tokens)
    return (*tokens[:start], *tokens[start + 1 : end], *tokens[end + 1 :])


@lru_cache(maxsize=1 << 15)
def token_kind(lexeme: str) -> TokenKind:
    """What a token is, by its text alone."""
    start = lexeme[0]
    if lexeme[-1] in "\"'" and len(lexeme) > 1:
        return TokenKind.STRING
    if start.isdecimal() or (start == "." and lexeme[1:2].isdecimal()):
        return TokenKind.NUMBER
    if (start == "_" or start.isalpha()) and lexeme not in KEYWORDS:
        return TokenKind.NAME
    return TokenKind.STRUCTURE


@lru_cache(maxsize=1 << 12)
def plain_string(lexeme: str) -> str:
    """A string with the quotes and the case of the prefix that formatters prefer."""
    body = lexeme.lstrip("rRbBuUfFtT")
    prefix = lexeme[: len(lexeme) - len(body)].lower().replace("u", "")
    if body[:1] == "'" and '"' not in body and "\\" not in body:
        body = body.replace("'", '"')
    return prefix + body
