"""Reads f-strings and t-strings by the rules of PEP 701 and PEP 750, whatever the host's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

_LONG = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
)
_SHORT = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"' + r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
#: Any other string, without its prefix. A prefix changes nothing about where a string ends.
STRING = rf"{_LONG}|{_SHORT}"
#: The same, or one that never ends: in three quotes the rest of the text is its, else of its line.
STRING_OR_OPEN = rf"""{_LONG}|(?:\"{{3}}|'{{3}})(?s:.*)|{_SHORT}|["'][^\n]*"""
# Inside a replacement field of an f-string its own quotes may stand again (PEP 701).
_FIELD = r"""\{(?>[^{}"'\n]|"[^"\n]*"|'[^'\n]*'|\{[^{}\n]*\})*\}"""
#: A template on one line, with its prefix, as far as one expression can tell: fields in fields, but
#: no deeper. `read_template` tells the rest.
SHORT_TEMPLATE = (
    r"(?:[rR]?[fFtT][rR]?)(?>"
    rf"\"(?!\"\")(?>[^\"\\\n{{}}]|\\.|\{{\{{|\}}\}}|{_FIELD})*\""
    rf"|'(?!'')(?>[^'\\\n{{}}]|\\.|\{{\{{|\}}\}}|{_FIELD})*')"
)
#: At the end of the text before a quote: what makes the string a template.
TEMPLATE_PREFIX = re.compile(r"(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])\Z")

_LITERAL = re.compile(r"[^{}\\'\"]*(\{\{|\}\}|[{}\\]|'''|\"\"\"|['\"])")
_EXPRESSION = re.compile(
    rf"[^'\"#()\[\]{{}}:!]*(?:([(\[{{])|([)\]}}])|(:)|({STRING})|(#[^\n]*)|(!=)|(!)|(['\"]))",
    re.DOTALL,
)
_OPEN, _CLOSE, _COLON, _STRING, _COMMENT, _UNEQUAL, _CONVERSION, _QUOTE = range(1, 9)


class PartKind(Enum):
    LITERAL = "literal"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class TemplatePart:
    """A stretch of the text: literal characters, or the expression of a replacement field."""

    kind: PartKind
    start: int
    end: int


@dataclass(slots=True)
class Template:
    """A template string: where its quote opens and where it ends, and its parts in order.

    Those of formats are among the parts. `comments` are those inside its expressions, nested
    templates included, as (start, end).
    """

    start: int
    end: int = 0
    parts: list[TemplatePart] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)


def read_template(text: str, quote: int, prefix: str) -> Template:
    """Reads the template whose opening quote stands at `quote`; without an end it takes all."""
    reader = _Reader(text, Template(quote), is_raw="r" in prefix.lower())
    reader.template.end = reader.literal(quote)
    return reader.template


class _Reader:
    def __init__(self, text: str, template: Template, *, is_raw: bool) -> None:
        self.text = text
        self.template = template
        self.is_raw = is_raw

    def literal(self, quote: int) -> int:
        """Reads on from the opening quote; gives the position after the closing one."""
        text = self.text
        mark = text[quote : quote + 3]
        if mark not in ('"""', "'''"):
            mark = text[quote]
        start = position = quote + len(mark)
        while (part := _LITERAL.match(text, position)) is not None:
            found, position = part[1], part.end()
            if found == "\\":
                position = self._after_backslash(position)
            elif found == "{":
                self._add(PartKind.LITERAL, start, position - 1)
                start = position = self.field(position)
            elif text.startswith(mark, part.start(1)):
                self._add(PartKind.LITERAL, start, part.start(1))
                return part.start(1) + len(mark)
            elif found in ('"""', "'''"):
                position = part.start(1) + 1
        return len(text)

    def _add(self, kind: PartKind, start: int, end: int) -> None:
        if end > start:
            self.template.parts.append(TemplatePart(kind, start, end))

    def _after_backslash(self, position: int) -> int:
        """A backslash takes the next character with it, but never a brace; `\\N{…}` is a name."""
        text = self.text
        if not self.is_raw and text.startswith("N{", position):
            end = text.find("}", position)
            return len(text) if end < 0 else end + 1
        return position if text.startswith(("{", "}"), position) else position + 1

    def field(self, start: int) -> int:
        """Reads a replacement field from after its `{`; gives the position after its `}`."""
        text, position, depth = self.text, start, 0
        while (part := _EXPRESSION.match(text, position)) is not None:
            kind, position = part.lastindex, part.end()
            if kind == _OPEN:
                depth += 1
            elif kind == _CLOSE and depth:
                depth -= 1
            elif kind == _COMMENT:
                self.template.comments.append(part.span(kind))
            elif kind in (_STRING, _QUOTE):
                position = self._after_string(start, part.start(kind), position)
            elif kind in (_CLOSE, _COLON, _CONVERSION) and not depth:
                self._add_expression(start, position - 1)
                return position if kind == _CLOSE else self.format(position - 1)
        return len(text)

    def _after_string(self, field_start: int, quote: int, end: int) -> int:
        """The end of a string inside a field; `end` is that of a string that is no template."""
        prefix = TEMPLATE_PREFIX.search(self.text, max(field_start, quote - 2), quote)
        if prefix is None:
            return end
        inner = read_template(self.text, quote, prefix[0])
        self.template.comments += inner.comments
        return inner.end

    def _add_expression(self, start: int, end: int) -> None:
        """Adds the expression less the `=` that makes it show itself, with what follows that."""
        last = start + len(self.text[start:end].rstrip())
        for first, after in reversed(self.template.comments):
            if after == last:
                last = start + len(self.text[start:first].rstrip())
        # No expression ends with a sign of equality or comparison.
        self._add(PartKind.EXPRESSION, start, last - 1 if self.text[last - 1] == "=" else end)

    def format(self, start: int) -> int:
        """Reads conversion and format; gives the position after the field's `}`."""
        text, position = self.text, start
        while position < len(text):
            character = text[position]
            position += 1
            if character in "{}":
                self._add(PartKind.LITERAL, start, position - 1)
                if character == "}":
                    return position
                start = position = self.field(position)
        return position
