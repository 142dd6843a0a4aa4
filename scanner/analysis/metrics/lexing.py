"""Raw line counts by one scan over the text, equal to radon's and linear where radon is not.

The scan knows only what lines need: strings, comments, brackets, colons, semicolons, line ends.
The text must be Python that parses, of any version.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable
from typing import NamedTuple

from scanner.analysis.parsing.source import split_lines
from scanner.analysis.parsing.templates import (
    STRING,
    TEMPLATE_PREFIX,
    PartKind,
    Template,
    read_template,
)


class RawCounts(NamedTuple):
    """Line counts as `radon.raw.analyze` defines them, and which lines carry code.

    `source_lines + blank_lines + docstring_lines + single_comment_lines` is the number of lines.
    `docstring_lines` counts lines of multi-line strings that are a whole statement
    (radon's `multi`). `code` leaves out lines that are blank, a comment, or part of such a string;
    inside any other multi-line string every line is code.
    """

    logical_lines: int
    source_lines: int
    comment_lines: int
    docstring_lines: int
    blank_lines: int
    single_comment_lines: int
    code: tuple[int, ...]


def count(text: str) -> RawCounts:
    """The raw counts of a text that is valid Python."""
    return _Scan(text).run()


#: Blank lines, comment lines, and statements of one line without strings or nested brackets, whose
#: only colon is at their end: most lines, taken in one match each.
_SIMPLE_LINE = re.compile(
    r"""[ \t]*(?:
        (\n)
      | (\#[^\n]*\n)
      | ((?>(?:[^'"#()\[\]{}:;\\\s]++
          | (?<=\S)[ \t]
          | \([^'"#()\[\]{}:;\\\n]*\)
          | \[[^'"#()\[\]{}:;\\\n]*\]
        )+):?\n)
    )""",
    re.VERBOSE,
)
_SIMPLE_BLANK, _SIMPLE_COMMENT = 1, 2

# Each match is a run of characters that change nothing, and the token that ends the run.
_TOKEN = re.compile(
    rf"""([^'"#()\[\]{{}}:;\\\n]*)
    (?:(\n)|([(\[{{])|([)\]}}])|(:=?)|({STRING}|['"])|(\#[^\n]*)|(;)|(\\\n?)|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_NEWLINE, _OPEN, _CLOSE, _COLON, _STRING, _COMMENT, _SEMICOLON, _BACKSLASH = range(2, 10)
_PLAIN_PREFIX = re.compile(r"(?i:[rbu]|br|rb)?\Z")


class _Scan:
    """One pass over the text, statement by statement.

    A statement is what radon takes at a time: a logical line, or a blank or comment line between
    two. Semicolons part it into segments, each of which holds one logical line or two.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.line = 1
        self.depth = 0
        self.logical = self.source = self.comments = 0
        self.docstrings = self.blank = self.single = 0
        self.code: list[int] = []
        self._begin()

    def _simple_line(self, kind: int | None) -> None:
        if kind == _SIMPLE_BLANK:
            self.blank += 1
        elif kind == _SIMPLE_COMMENT:
            self.single += 1
            self.comments += 1
        else:
            self.source += 1
            self.logical += 1
            self.code.append(self.line)
        self.line += 1
        self.first = self.line

    def _begin(self) -> None:
        self.is_between = True
        self.first = self.line
        self.touched: list[int] = []
        self.strings = self.templates = self.remarks = 0
        self.has_code = False
        self._begin_segment()

    def _begin_segment(self) -> None:
        self.colon = -1
        self.is_empty = True
        self.ends_in_colon = False

    def run(self) -> RawCounts:
        match, simple, position, length = _TOKEN.match, _SIMPLE_LINE.match, 0, len(self.text)
        handlers: tuple[Callable[[re.Match[str]], int | None] | None, ...] = (
            *(None, None, self._newline, self._bracket, self._bracket, self._colon),
            *(self._string, self._comment, self._semicolon, self._backslash),
        )
        while position < length:
            if self.is_between:
                line = simple(self.text, position)
                if line is not None:
                    self._simple_line(line.lastindex)
                    position = line.end()
                    continue
                self.is_between = False
            token = match(self.text, position)
            assert token is not None
            kind, position = token.lastindex or 0, token.end()
            if kind != _STRING and token[1] and not token[1].isspace():
                self._touch()
                self.has_code = True
            handler = handlers[kind]
            if handler is not None:
                position = handler(token) or position
        if self.first <= len(self.lines):
            self._end()
        return RawCounts(
            logical_lines=self.logical,
            source_lines=self.source,
            comment_lines=self.comments,
            docstring_lines=self.docstrings,
            blank_lines=self.blank,
            single_comment_lines=self.single,
            code=tuple(self.code),
        )

    def _touch(self) -> None:
        """The current line, and the current segment, hold a token."""
        self.is_empty = self.ends_in_colon = False
        if not self.touched or self.touched[-1] != self.line:
            self.touched.append(self.line)

    def _newline(self, _token: re.Match[str]) -> None:
        if self.depth:
            self.line += 1
        else:
            self._end()

    def _bracket(self, token: re.Match[str]) -> None:
        self._touch()
        self.has_code = True
        self.depth += 1 if token.lastindex == _OPEN else -1

    def _colon(self, token: re.Match[str]) -> None:
        self._touch()
        self.has_code = True
        if token[_COLON] == ":":
            self.colon = token.end()
            self.ends_in_colon = True

    def _comment(self, _token: re.Match[str]) -> None:
        self.remarks += 1

    def _semicolon(self, token: re.Match[str]) -> None:
        self._touch()
        self.has_code = True
        self.logical += self._lines_before_semicolon(token.start(_SEMICOLON))
        self._begin_segment()

    def _backslash(self, token: re.Match[str]) -> None:
        if not self.touched or self.touched[-1] != self.line:
            self.touched.append(self.line)
        self.line += token[_BACKSLASH] == "\\\n"

    def _string(self, token: re.Match[str]) -> int:
        """Takes in a whole string; gives the position after it."""
        text, start, end = self.text, token.start(_STRING), token.end()
        before = token[1].strip()
        prefix = TEMPLATE_PREFIX.search(before)
        template = read_template(text, start, prefix[0]) if prefix else None
        if before and not ((prefix and not prefix.start()) or _PLAIN_PREFIX.match(before)):
            self.has_code = True
        self._touch()
        self.strings += 1
        if template:
            end = template.end
            self.templates += 1
            self.remarks += len(template.comments)
        newlines = text.count("\n", start, end)
        if newlines:
            empty = _empty_lines(text, template) if template else ()
            inner = range(self.line + 1, self.line + newlines + 1)
            self.touched += [line for line in inner if line - self.line not in empty]
            self.line += newlines
        return end

    def _lines_before_semicolon(self, semicolon: int) -> int:
        """How many logical lines radon sees in a segment that a semicolon ends.

        It takes a colon for the last token, which would leave one line, where one token follows.
        """
        if self.colon < 0:
            return int(not self.is_empty)
        return 1 if _token_count(self.text[self.colon : semicolon]) == 1 else 2

    def _end(self) -> None:
        """Ends the statement at the end of the current line."""
        self.logical += int(not self.is_empty)
        self.logical += self.colon >= 0 and not self.ends_in_colon
        self.comments += self.remarks
        self._count_lines(self.lines[self.first - 1 : self.line])
        if self.has_code or self.templates:
            self.code.extend(self.touched)
        self.line += 1
        self._begin()

    def _count_lines(self, lines: list[str]) -> None:
        is_string = self.strings == 1 and not self.has_code and not self.remarks
        is_comment = self.remarks and not self.strings and not self.has_code
        if is_comment or (is_string and len(lines) == 1):
            self.single += 1
            return
        blank = sum(not line or line.isspace() for line in lines)
        self.blank += blank
        if is_string:
            self.docstrings += len(lines) - blank
        else:
            self.source += len(lines) - blank


def _empty_lines(text: str, template: Template) -> set[int]:
    """The lines in a template's expressions that hold no token, counted from its first line."""
    empty: set[int] = set()
    for part in template.parts:
        if part.kind is PartKind.EXPRESSION and "\n" in text[part.start : part.end]:
            first = text.count("\n", template.start, part.start)
            inner = text[part.start : part.end].split("\n")[1:-1]
            rows = [row.strip() for row in inner]
            empty |= {first + n for n, row in enumerate(rows, 1) if not row or row[0] == "#"}
    return empty


_NO_TOKENS = frozenset((tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.COMMENT))
_ONE_TOKEN_EACH = str.maketrans("()[]{}\n", ",,,,,, ")


def _token_count(fragment: str) -> int:
    """The number of tokens in a piece of a logical line, in which brackets need not match."""
    flat = re.sub(STRING, "0", fragment, flags=re.DOTALL)
    flat = re.sub(r"#[^\n]*", "", flat).translate(_ONE_TOKEN_EACH)
    tokens = tokenize.generate_tokens(io.StringIO(flat.strip()).readline)
    return sum(token.type not in _NO_TOKENS for token in tokens)
