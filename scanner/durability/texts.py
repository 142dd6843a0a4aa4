"""What every line said when it was born: enough to know it again, not the text itself.

A line that dies still says what it said at birth, so these keys at birth are all that moves,
reformatting and blame need.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.analysis.parsing.templates import SHORT_TEMPLATE, STRING_OR_OPEN

Keys = NDArray[np.int64]

#: Lines by their index in the lifelines.
Identities = NDArray[np.int64]

#: What else can hide three quotes: comments and other strings. Slower than looking for quotes.
_TOKEN = re.compile(rf"#[^\n]*|{SHORT_TEMPLATE}|(?P<string>{STRING_OR_OPEN})", re.DOTALL)
_QUOTES = frozenset("\"'")
_TRIPLE_QUOTES = ('"""', "'''")
_PREFIXES = frozenset({"", "r", "R", "u", "U"})
_SHORT_DOCSTRING = re.compile(r"(?:\"[^\"\\]*\"|'[^'\\]*')\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class LineTexts:
    """One element a line of the lifelines.

    `key` tells texts apart, white space aside; `letters` counts letters and digits (at most 255);
    `is_code` is false for blank lines, comments and docstrings. `known` is false where the text
    could not be read.
    """

    key: Keys
    letters: NDArray[np.uint8]
    is_code: NDArray[np.bool_]
    known: NDArray[np.bool_]


def unread_texts(count: int) -> LineTexts:
    """Texts for `count` lines, none known yet."""
    return LineTexts(
        np.zeros(count, np.int64),
        np.zeros(count, np.uint8),
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
    )


def line_key(text: str) -> int:
    """A number for a line's text without its white space, equal in every run."""
    data = "".join(text.split()).encode("utf-8", "surrogatepass")
    return zlib.crc32(data) << 31 | zlib.adler32(data) >> 1


def letters_of(text: str) -> int:
    """How many letters and digits a line has, at most 255."""
    return min(255, sum(map(str.isalnum, text)))


def marks_of(lines: Sequence[str], offsets: Iterable[int]) -> dict[int, bool]:
    """For the lines at `offsets`, whether they carry code.

    The same lines as `analysis.outline.code_lines`, without parsing, because every version of every
    file is read. A docstring is a string that stands alone after a colon or at the file's start.
    """
    in_string: list[bool | None] = [None] * len(lines)
    for first, last, is_docstring in _triple_strings(lines):
        in_string[first : last + 1] = [not is_docstring] * (last + 1 - first)
    marks = {}
    for offset in offsets:
        mark = in_string[offset]
        marks[offset] = _is_code(lines, offset) if mark is None else mark
    return marks


def _is_code(lines: Sequence[str], offset: int) -> bool:
    """Whether a line outside strings in three quotes carries code."""
    text = lines[offset].strip()
    if text[:1] in _QUOTES and _SHORT_DOCSTRING.fullmatch(text):
        return not _follows_header(lines, offset)
    return text != "" and text[0] != "#"


def _triple_strings(lines: Sequence[str]) -> list[tuple[int, int, bool]]:
    """First and last line (from 0) of each triple-quoted string, and whether it is a docstring."""
    source = "\n".join(lines)
    spans = list(_triple_spans(source))
    if any(_may_be_hidden(source[_line_start(source, start) : start]) for start, _ in spans):
        found = (token for token in _TOKEN.finditer(source) if token["string"])
        spans = [token.span() for token in found if token[0].startswith(_TRIPLE_QUOTES)]
    strings = []
    line, position = 0, 0
    for start, end in spans:
        line += source.count("\n", position, start)
        position = start
        last = line + source.count("\n", start, end)
        strings.append((line, last, _is_docstring(lines, source, (start, end), line)))
    return strings


def _may_be_hidden(before: str) -> bool:
    """Whether quotes after this part of a line may stand in a comment or another string."""
    return "#" in before or before.count("'") % 2 == 1 or before.count('"') % 2 == 1


def _triple_spans(source: str) -> Iterator[tuple[int, int]]:
    """Where strings in three quotes are, if nothing hides any."""
    following = {quotes: source.find(quotes) for quotes in _TRIPLE_QUOTES}
    while True:
        present = [(place, quotes) for quotes, place in following.items() if place >= 0]
        if not present:
            return
        start, quotes = min(present)
        end = source.find(quotes, start + 3)
        while end > 0 and _is_escaped(source, end):
            end = source.find(quotes, end + 1)
        position = len(source) if end < 0 else end + 3
        yield start, position
        for other, place in following.items():
            if 0 <= place < position:
                following[other] = source.find(other, position)


def _is_escaped(source: str, position: int) -> bool:
    before = source[max(0, position - 20) : position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _line_start(source: str, position: int) -> int:
    return source.rfind("\n", 0, position) + 1


def _is_docstring(lines: Sequence[str], source: str, span: tuple[int, int], line: int) -> bool:
    before = source[_line_start(source, span[0]) : span[0]].strip()
    line_end = source.find("\n", span[1])
    after = source[span[1] : line_end if line_end >= 0 else len(source)].strip()
    alone = before in _PREFIXES and (not after or after[0] == "#")
    return alone and _follows_header(lines, line)


def _follows_header(lines: Sequence[str], line: int) -> bool:
    """Whether the last code before a line ends with a colon, or there is none."""
    for offset in range(line - 1, -1, -1):
        text = lines[offset].strip()
        if text and text[0] != "#":
            return text.endswith(":") or text.partition("#")[0].rstrip().endswith(":")
    return True
