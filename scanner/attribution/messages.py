"""A commit message as attribution reads it: what is a statement, and what is only quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.base.model import Person

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n]*$", re.MULTILINE)
#: Anywhere in the body: git's last trailer block misses those that a squash left in the middle.
_COAUTHOR = re.compile(
    r"^(?:🤖 ?)?co-(?:authored|developed)-by[ \t]*:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE
)
#: Not at the start of a line: a quotation, an indented example or a list, so not believed.
_QUOTED_COAUTHOR = re.compile(
    r"^[ \t>*+-]+co-authored-by[ \t]*:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE
)
_ADDRESS = re.compile(r"<([^<>]*)>|([^\s<>]+@[^\s<>]+)")


def statements(message: str) -> str:
    """The message with HTML comments and fenced code blanked out; its lines keep their numbers.

    Templates explain themselves in comments, and fences hold examples: neither states anything.
    Fences that do not pair up are left alone.
    """
    if "<!--" in message:
        message = _COMMENT.sub(_blank, message)
    if "```" in message or "~~~" in message:
        message = _without_fences(message)
    return message


def coauthors(statement: str) -> Iterator[tuple[Person, str]]:
    """Each co-author with the line that names it; the address with or without angle brackets."""
    for found in _COAUTHOR.finditer(statement):
        yield parse_person(found[1]), found[0].strip()


def quoted_coauthors(statement: str) -> Iterator[tuple[Person, str]]:
    """The same for lines that do not start a line of their own."""
    for found in _QUOTED_COAUTHOR.finditer(statement):
        yield parse_person(found[1]), found[0].strip()


def parse_person(value: str) -> Person:
    """`NAME <ADDRESS>`, `NAME ADDRESS` or `NAME`, as people write it."""
    found = _ADDRESS.search(value)
    if not found:
        return Person(value.strip(), "")
    address = (found[1] if found[1] is not None else found[2]).strip()
    return Person(value[: found.start()].strip(), address)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _without_fences(message: str) -> str:
    fences = list(_FENCE.finditer(message))
    if len(fences) % 2:
        return message
    parts: list[str] = []
    position = 0
    for start, end in zip(fences[::2], fences[1::2], strict=True):
        parts.append(message[position : start.start()])
        parts.append("\n" * message.count("\n", start.start(), end.end()))
        position = end.end()
    return "".join([*parts, message[position:]])
