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


# Inside a replacement field of an f-string its own quotes may stand again (PEP 701).
_FIELD = r"""\{(?>[^{}"'\n]|"[^"\n]*"|'[^'\n]*'|\{[^{}\n]*\})*\}"""
_LONG = r'''"""(?>[^"\\]|\\.|"(?!""))*"""|\'\'\'(?>[^'\\]|\\.|'(?!''))*\'\'\''''
_SHORT = r"""\"(?>[^"\\\n]|\\.)*"|'(?>[^'\\\n]|\\.)*'"""
_TEMPLATE = (
    rf"\"(?>[^\"\\\n{{}}]|\\.|\{{\{{|\}}\}}|{_FIELD})*\""
    rf"|'(?>[^'\\\n{{}}]|\\.|\{{\{{|\}}\}}|{_FIELD})*'"
)
_TOKENS = re.compile(
    rf"\n|\\\n|\#[^\n]*"
    rf"|[^\W\d]\w*(?!['\"\w])"
    rf"|(?:[rRbBuUfFtT]{{1,2}})?(?>{_LONG})"
    rf"|(?:[rR]?[fFtT][rR]?)(?>{_TEMPLATE})"
    rf"|(?:[rRbBuUfFtT]{{1,2}})?(?>{_SHORT})"
    rf"|[^\W\d]\w*"
    rf"|(?:\d|\.\d)(?:[eE][+-]\d|[\w.])*"
    r"|\*\*=|//=|>>=|<<=|\.\.\.|:=|->|==|!=|<=|>=|\+=|-=|\*=|/=|%=|&=|\|=|\^=|@=|\*\*|//|<<|>>"
    r"|\S",
    re.DOTALL,
)
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_CLOSING = frozenset(")]}")
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
    tokens: list[str] = []
    depth = line = first = last = code_lines = 0
    counted = -1
    for lexeme in _TOKENS.findall(text + "\n"):
        if lexeme == "\n" or (lexeme == ";" and depth == 0):
            if depth == 0 and tokens:
                if not all(token_kind(t) is TokenKind.STRING for t in tokens):
                    yield Statement(_without_outer(tokens), first, last, code_lines)
                tokens, code_lines, counted = [], 0, -1
            line += lexeme == "\n"
            continue
        if lexeme[0] in "#\\":
            line += lexeme == "\\\n"
            continue
        if not tokens:
            first = line
        start = line
        if len(lexeme) > 5 and "\n" in lexeme:
            line += lexeme.count("\n")
        code_lines += line - max(start - 1, counted)
        counted = last = line
        if lexeme in _DEPTH:
            depth = max(0, depth + _DEPTH[lexeme])
            if lexeme in _CLOSING and tokens[-1:] == [","]:
                tokens.pop()
        tokens.append(lexeme)


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
