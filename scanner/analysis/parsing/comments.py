"""Where the comments of a file are: told by tokens, so that a `#` in a string is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.parsing.lexer import lexemes
from scanner.analysis.parsing.outline import ReadFile


class Comment(NamedTuple):
    """A comment from its number sign on, and where that stands: line from 1, column from 0."""

    text: str
    line: int
    column: int


def comments_in(text: str) -> Iterator[Comment]:
    """The comments of a text in order, those inside of f-strings among them."""
    line, read = 1, 0
    for start, end in _spans(text):
        line += text.count("\n", read, start)
        read = start
        yield Comment(text[start:end], line, start - (text.rfind("\n", 0, start) + 1))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if "#" not in text:
        return
    for kind, start, end, template in lexemes(text):
        if kind == "comment":
            yield start, end
        elif template is not None:
            yield from sorted(template.comments)


def comments_of(file: ReadFile) -> dict[int, int]:
    """The column where the comment of each line begins, for the lines that have one."""
    return {comment.line: comment.column for comment in comments_in(file.text)}


_NOSEMGREP = re.compile(r"#\s*nosem(?:grep)?\b", re.IGNORECASE)


def lines_with_nosemgrep(file: ReadFile) -> frozenset[int]:
    """The lines with a `# nosemgrep` comment: Semgrep also obeys one in a string or in prose."""
    hits = [number for number, line in enumerate(file.lines, 1) if "nosem" in line.lower()]
    if not hits:
        return frozenset()
    comments = comments_of(file)
    return frozenset(
        number
        for number in hits
        if number in comments and _NOSEMGREP.search(file.lines[number - 1], comments[number])
    )
