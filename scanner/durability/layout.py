"""Changes of layout: the same tokens on other lines. Pure.

A formatter's line says nothing new, so it must neither count as rework nor take the blame for what
it lays out. A file only changed its layout if its tokens are the same on both sides, less white
space, line ends, comments, trailing commas and the style of quotes. Each removed line then goes on
as the line that now holds its first token.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from scanner.analysis.parsing.syntax import same_tree
from scanner.analysis.parsing.templates import SHORT_TEMPLATE, STRING
from scanner.base.model import FileChange

_TOKEN = re.compile(
    rf"""(?P<comment>\#[^\n]*)
    |(?P<string>{SHORT_TEMPLATE}|[rRbBuUfFtT]{{0,2}}(?:{STRING}))
    |(?P<space>\s+|\\\n)
    |\w+|[^\w\s]""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = frozenset(")]}")
#: What a formatter may add, drop or change; two sides that differ in more are not looked at twice.
_LAYOUT = re.compile(r"[\s,\\]+")


class LinePair(NamedTuple):
    """Offsets (from 0) of a line before and of the line that goes on with it."""

    before: int
    after: int


def relaid_lines(
    change: FileChange, before: Sequence[str], after: Sequence[str]
) -> tuple[LinePair, ...] | None:
    """For a file that only changed its layout, which line went where; otherwise None.

    Of several lines that went to one, the first is the one that its first token comes from.
    """
    if not change.hunks:
        return None
    first, last = change.hunks[0], change.hunks[-1]
    removed = {n for h in change.hunks for n in range(h.old_offset, h.old_offset + h.old_count)}
    added = [n for h in change.hunks for n in range(h.new_offset, h.new_offset + h.new_count)]
    if not _may_be_layout(_texts(before, sorted(removed)), _texts(after, added)):
        return None
    # With all that lies between the hunks, or a line that went elsewhere would look the same.
    old = _tokens(before, range(first.old_offset, last.old_offset + last.old_count))
    new = _tokens(after, range(first.new_offset, last.new_offset + last.new_count))
    if [token.text for token in old] != [token.text for token in new]:
        return None
    went: dict[int, int] = {}
    came: dict[int, int] = {}
    for one, other in zip(old, new, strict=True):
        went.setdefault(one.line, other.line)
        came.setdefault(other.line, one.line)
    pairs = [(came[line], line) for line in added if line in came]
    pairs += [(line, went[line]) for line in sorted(removed & went.keys())]
    return tuple(LinePair(*pair) for pair in dict.fromkeys(pairs))


def is_layout_only(change: FileChange, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a file means the same after the change: the same tokens and the same syntax tree.

    A statement moved out of its block has the same tokens; only the tree tells.
    """
    if relaid_lines(change, before, after) is None:
        return False
    try:
        return same_tree(ast.parse("\n".join(before)), ast.parse("\n".join(after)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _texts(lines: Sequence[str], offsets: Sequence[int]) -> list[str]:
    return [lines[offset] for offset in offsets if offset < len(lines)]


def _may_be_layout(old: list[str], new: list[str]) -> bool:
    """A cheap look, which nearly all changes fail."""
    code = _squeezed(old)
    return code != "" and code == _squeezed(new)


def _squeezed(lines: list[str]) -> str:
    """Without comments, white space, quotes' style and trailing commas (or any others)."""
    code = "".join(line.partition("#")[0] for line in lines)
    return _LAYOUT.sub("", code).replace('"', "'")


class _LayoutToken(NamedTuple):
    text: str
    line: int


def _tokens(lines: Sequence[str], offsets: Sequence[int]) -> list[_LayoutToken]:
    """The tokens of some lines that are more than layout."""
    texts = _texts(lines, offsets)
    found: list[_LayoutToken] = []
    place = 0
    for match in _TOKEN.finditer("\n".join(texts)):
        text = match[0]
        if match["string"] is not None:
            found.append(_LayoutToken(_in_single_quotes(text), offsets[place]))
        elif match["comment"] is None and match["space"] is None:
            if text in _CLOSING and found and found[-1].text == ",":
                found.pop()
            found.append(_LayoutToken(text, offsets[place]))
        place += text.count("\n")
    return found


def _in_single_quotes(text: str) -> str:
    """A string in single quotes where that is the same string; otherwise as it is."""
    body = text.lstrip("rRbBuUfF")
    prefix, inner = text[: len(text) - len(body)], body[1:-1]
    if body.startswith(('"""', "'''")) or "'" in inner or '"' in inner:
        return text
    return f"{prefix}'{inner}'"
