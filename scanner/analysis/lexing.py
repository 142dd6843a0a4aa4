"""Raw line counts by one scan over the text, equal to radon's and linear where radon is not.

The scanner knows only what lines need: strings (also the f-strings of PEP 701), comments, brackets,
colons, semicolons and line ends. The text must be Python that parses.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import NamedTuple


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


_STRING = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
)
_PLAIN = r"[^'\"#()\[\]{}:;\\\n]*"
_TOKEN = re.compile(
    rf"({_PLAIN})(?:(\n)|([(\[{{])|([)\]}}])|(:=?)|({_STRING})|(#[^\n]*)|(;)|(\\\n?)|(['\"])|\Z)",
    re.DOTALL,
)
_NEWLINE, _OPEN, _CLOSE, _COLON, _QUOTED, _COMMENT, _SEMICOLON, _BACKSLASH, _QUOTE = range(2, 11)

_PREFIX = re.compile(r"(?i:[rbu]|br|rb)?\Z")
_TEMPLATE_PREFIX = re.compile(r"(?:(?<=\W)|^)(?i:[ft]r?|r[ft])\Z")


def count(text: str) -> RawCounts:
    """The raw counts of a text that is valid Python."""
    return _Scan(text).run()


class _Scan:
    """One pass. A statement here is what radon counts as one: a logical line, or a line alone."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 1
        self.depth = 0
        self.logical = self.source = self.comments = 0
        self.docstrings = self.blank = self.single = 0
        self.code: list[int] = []
        self.blank_line = re.compile(r"\s*\Z")
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self._start()

    def _start(self) -> None:
        self.first = self.line
        self.statement_code: list[int] = []
        self.strings = 0
        self.plain_strings = 0
        self.others = False
        self.statement_comments = 0
        self._start_segment()

    def _start_segment(self) -> None:
        """Semicolons part a statement into segments, each of which holds a logical line or two."""
        self.colon = -1
        self.any = False
        self.after_colon = False

    def _touch(self) -> None:
        self.any = self.after_colon = True
        if not self.statement_code or self.statement_code[-1] != self.line:
            self.statement_code.append(self.line)

    def run(self) -> RawCounts:
        text, match, position = self.text, _TOKEN.match, 0
        length = len(text)
        while position < length:
            token = match(text, position)
            assert token is not None
            position = token.end()
            kind = token.lastindex or 0
            plain = token[1]
            run = plain.strip() if plain else ""
            if kind in (_QUOTED, _QUOTE):
                position = self._string(token, run, kind)
                continue
            if run:
                self._touch()
                self.others = True
            if kind == _NEWLINE:
                if self.depth == 0:
                    self._end()
                else:
                    self.line += 1
            elif kind == _COMMENT:
                self.statement_comments += 1
            elif kind == _BACKSLASH:
                self._touch_continuation()
                self.line += token[0].endswith("\n")
            elif kind == _SEMICOLON:
                self._touch()
                self.others = True
                self._end_segment(token.start(_SEMICOLON))
            elif kind == _COLON:
                self._touch()
                self.others = True
                if token[_COLON] == ":":
                    self.colon = position
                    self.after_colon = False
            elif kind:
                self._touch()
                self.others = True
                self.depth += 1 if kind == _OPEN else -1
        if self.first <= len(self.lines):
            self._end()
        return RawCounts(
            self.logical,
            self.source,
            self.comments,
            self.docstrings,
            self.blank,
            self.single,
            tuple(self.code),
        )

    def _touch_continuation(self) -> None:
        if not self.statement_code or self.statement_code[-1] != self.line:
            self.statement_code.append(self.line)

    def _string(self, token: re.Match[str], run: str, kind: int) -> int:
        """Takes a string in; gives the position after it."""
        text = self.text
        start = token.start(kind)
        template = _TEMPLATE_PREFIX.search(run)
        end = skip_template(text, start, "r" in run[-2:].lower()) if template else token.end()
        self._touch()
        if template:
            self.others = self.others or template.start() > 0
        elif not _PREFIX.match(run):
            self.others = True
        else:
            self.plain_strings += 1
        self.strings += 1
        newlines = text.count("\n", start, end)
        if newlines:
            self.statement_code.extend(range(self.line + 1, self.line + newlines + 1))
            self.line += newlines
        return end

    def _end_segment(self, semicolon: int | None) -> None:
        if self.colon < 0:
            # radon counts an empty segment as nothing
            pass
        self.logical += self._segment_lines(semicolon)
        self._start_segment()

    def _segment_lines(self, semicolon: int | None) -> int:
        """How many logical lines radon sees: two where something follows the last colon.

        Before a semicolon it looks for the colon one token too early.
        """
        if self.colon < 0:
            return int(self.any)
        if semicolon is None:
            return 2 if self.after_colon else 1
        return 1 if _token_count(self.text[self.colon : semicolon]) == 1 else 2

    def _end(self) -> None:
        """Ends the statement at the end of the current line."""
        self._end_segment(None)
        last = self.line
        self.comments += self.statement_comments
        empty = sum(not line.strip() for line in self.lines[self.first - 1 : last])
        total = last - self.first + 1
        alone = self.strings == 1 and not self.others and not self.statement_comments
        if not self.strings and not self.others and self.statement_comments:
            self.single += 1
        elif alone and total == 1:
            self.single += 1
        else:
            self.blank += empty
            if alone:
                self.docstrings += total - empty
            else:
                self.source += total - empty
        if self.others or self.strings != self.plain_strings:
            self.code.extend(self.statement_code)
        self.line += 1
        self._start()


_NO_TOKENS = frozenset((tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.COMMENT))
_ONE_TOKEN_EACH = str.maketrans(dict.fromkeys("()[]{}", ",") | {"\n": " "})


def _token_count(fragment: str) -> int:
    """The number of tokens in a piece of a logical line, in which brackets need not match."""
    flat = re.sub(_STRING, "0", fragment, flags=re.DOTALL)
    flat = re.sub(r"#[^\n]*", "", flat).translate(_ONE_TOKEN_EACH)
    tokens = tokenize.generate_tokens(io.StringIO(flat.strip()).readline)
    return sum(token.type not in _NO_TOKENS for token in tokens)


_TEMPLATE_PART = re.compile(r"[^{}\\'\"\n]*(\{\{|\}\}|\{|\}|\\|'''|\"\"\"|'|\"|\n)", re.DOTALL)
_EXPRESSION_PART = re.compile(
    rf"[^'\"#()\[\]{{}}:!]*(?:([(\[{{])|([)\]}}])|(:)|({_STRING})|(#[^\n]*)|(!=?)|(['\"]))",
    re.DOTALL,
)


def skip_template(text: str, start: int, raw: bool) -> int:
    """The position after an f-string or t-string whose opening quote is at `start` (PEP 701)."""
    quote = text[start : start + 3]
    if quote not in ('"""', "'''"):
        quote = text[start]
    position = start + len(quote)
    while True:
        part = _TEMPLATE_PART.match(text, position)
        if part is None:
            return len(text)
        found = part[1]
        position = part.end()
        if found == "\\":
            position = _after_backslash(text, position, raw)
        elif found == "{":
            position = _skip_field(text, position, quote)
        elif found[0] == quote[0]:
            if found == quote or len(quote) == 1:
                return part.start(1) + len(quote)
            position = part.start(1) + 1


def _after_backslash(text: str, position: int, raw: bool) -> int:
    follower = text[position : position + 1]
    if follower == "N" and not raw and text[position + 1 : position + 2] == "{":
        return text.index("}", position) + 1
    return position if follower in "{}" else position + 1


def _skip_field(text: str, position: int, quote: str) -> int:
    """The position after the `}` that ends a replacement field."""
    depth = 0
    while True:
        part = _EXPRESSION_PART.match(text, position)
        if part is None:
            return len(text)
        position = part.end()
        kind = part.lastindex
        if kind == 1:
            depth += 1
        elif kind == 2:
            if depth == 0:
                return position
            depth -= 1
        elif kind == 3 and depth == 0:
            return _skip_format(text, position, quote)
        elif kind in (4, 7):
            prefix = _TEMPLATE_PREFIX.search(text, max(0, part.start() - 2), part.start(kind))
            if prefix:
                position = skip_template(text, part.start(kind), "r" in prefix[0].lower())


def _skip_format(text: str, position: int, quote: str) -> int:
    """The position after the `}` that ends a field, from its format on."""
    while True:
        follower = text[position : position + 1]
        position += 1
        if follower == "{":
            position = _skip_field(text, position, quote)
        elif follower in ("}", ""):
            return position
