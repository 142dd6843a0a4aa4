"""Bytes to text whose line N is git's line N, and the text of one unit."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.base.model import Problem, Stage, UnitKind

#: Codecs of names in other systems: no file is in them, and they take the square of its length.
_OF_NAMES = ("idna", "punycode")

#: Stands where cutting out the inner units left a suite empty. It parses as `pass`, so that no
#: reader of syntax trees trips over it, and no formatter writes it, so that line counts can leave
#: it out again.
PLACEHOLDER = "pass;"

_LONE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Origin:
    """A unit's own statement in the tree its file was parsed to.

    The tree's line N is `lines[N - 1 + offset]`; the unit begins in the tree's line `first_line`.
    """

    node: ast.stmt
    lines: Sequence[str]
    offset: int
    first_line: int


@dataclass(frozen=True, slots=True)
class UnitSource:
    """The text of one unit, without indentation, that the host's `ast` parses by itself.

    Facts depend on `text` alone: equal text is analysed once, whatever its kind and place. `origin`
    spares parsing again where the tree of the file still exists; it may change no result.
    """

    kind: UnitKind
    text: str
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[UnitSource], tuple[UnitKind, str]]:
        # Syntax trees are slow to send to another process; parsing again there is faster.
        return UnitSource, (self.kind, self.text)


def decode(source: bytes) -> str | Problem:
    """The text of a Python file: `\\n` ends each line and nothing else does, as for git.

    Honours a byte order mark and a `coding:` cookie (PEP 263). A carriage return that ends no line
    for git becomes a space. Gives a Problem for a file with NUL bytes, and one that is
    not in the encoding it declares.
    """
    if b"\0" in source:
        return unreadable("contains NUL bytes, so it is no Python source")
    try:
        text = _decode(source)
    except (SyntaxError, LookupError, UnicodeError) as error:
        return unreadable(f"cannot be decoded: {error}")
    if "\r" not in text:
        return text
    return _LONE_RETURN.sub(" ", text).replace("\r\n", "\n")


def _decode(source: bytes) -> str:
    declaring = b"".join(source.split(b"\n", 2)[:2])
    if source.isascii() and b"coding" not in declaring:
        return source.decode("ascii")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    if codecs.lookup(encoding).name in _OF_NAMES:
        raise LookupError(f"{encoding} is an encoding of names, not of files")
    body = source.removeprefix(codecs.BOM_UTF8)
    return body.decode("utf-8" if encoding == "utf-8-sig" else encoding)


def lines_to_show(source: bytes) -> list[str]:
    """The lines of any file, for a reader: Python by the encoding it declares, as it is judged.

    What cannot be decoded so is taken for UTF-8, with a replacement character where it is not.
    """
    text = decode(source)
    if isinstance(text, Problem) or text.count("\n") != source.count(b"\n"):
        text = source.decode("utf-8-sig", "replace")
    return split_lines(text)


def unreadable(reason: str) -> Problem:
    """A Problem of the reading stage; the caller that knows the path puts it in."""
    return Problem(Stage.READ, None, reason)


def split_lines(text: str) -> list[str]:
    """The lines as git counts them, without their ends. `str.splitlines` would split at more."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
