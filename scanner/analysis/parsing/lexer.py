"""Python text cut into lexemes by the rules of PEP 701 and PEP 750, whatever the host's own.

Any text can be read. Where a single expression has to do, for speed, it is made of those in
`templates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.parsing.templates import STRING_OR_OPEN, Template, read_template

_LEXEME = re.compile(
    rf"""
      (?P<space>[^\S\n]+|\\\n)
    | (?P<comment>\#[^\n]*)
    | (?P<newline>\n)
    | (?P<template>(?:[fFtT][rR]?|[rR][fFtT])(?=['"]))
    | (?P<string>(?:[bB][rR]?|[rR][bB]?|[uU])?(?:{STRING_OR_OPEN}))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<operator>\*\*|:=|==|!=|<=|>=|->|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Lexeme(NamedTuple):
    """A stretch of the text; `kind` is a group of `_LEXEME`. `template` tells what is in one."""

    kind: str
    start: int
    end: int
    template: Template | None = None


def lexemes(text: str) -> Iterator[Lexeme]:
    """All of the text in order, white space and comments included."""
    position = 0
    while (found := _LEXEME.match(text, position)) is not None:
        kind, start, position = str(found.lastgroup), found.start(), found.end()
        template = read_template(text, position, found[0]) if kind == "template" else None
        position = template.end if template else position
        yield Lexeme(kind, start, position, template)
