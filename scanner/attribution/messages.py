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
_ADDRESSED = re.compile(r"(?<![^<>])([^<>]*+)<([^<>]+)>")
_BETWEEN = re.compile(r"^(?:[,;&+\s]|and\b)+", re.IGNORECASE)
#: A backslash and an n, once or more, before a trailer.
_LITERAL_BREAK = re.compile(r"(?<!\\n)(?<!\\r)(?>(?:(?:\\r)?\\n)+)(?=[A-Za-z][A-Za-z-]*: |🤖)")
#: A trailer whose value goes on in the next line, as mail and git fold it.
_FOLDED = re.compile(
    r"^([A-Za-z]+(?:-[A-Za-z]+)+[ \t]*:[^\n<>]*)\n[ \t]+(?=[^\s>*+-])", re.MULTILINE
)
#: A link that is wrapped inside its text, or between its text and its address.
_WRAPPED = re.compile(r"(\[[^\[\]\n]{1,60})\n[ \t]*([^\[\]\n]{0,60}\]\()")
_ADDRESS = re.compile(r"<([^<>]*+)>|(?<![^\s<>@])([^\s<>@]++@[^\s<>]+)")

#: What stands beside the version where a title names a release and nothing else.
_RELEASE_WORDS = frozenset(
    {
        *("chore", "build", "ci", "rel", "meta", "misc", "release", "releases", "released"),
        *("releasing", "version", "versions", "bump", "bumps", "bumped", "bumping", "prepare"),
        *("prepares", "preparing", "start", "cut", "tag", "make", "set", "new", "final"),
        *("number", "package", "for", "to", "the", "a", "of"),
    }
)
_VERSION = re.compile(r"v?\d{1,9}(?:\.\d{1,9}){1,5}[-.+\w]{0,20}")
_TOKEN = re.compile(r"[^\s:()\[\]]+")


def is_release_title(title: str) -> bool:
    """Whether a title names a version and says nothing of what changed.

    So are bumps of the version, and drops: what was made elsewhere, committed as one release.
    """
    tokens = (found[0].strip(".!,").lower() for found in _TOKEN.finditer(title))
    telling = [one for one in tokens if one[:1] not in "#!" and any(map(str.isalnum, one))]
    others = [one for one in telling if not _VERSION.fullmatch(one)]
    return len(telling) == len(others) + 1 and _RELEASE_WORDS.issuperset(others)


def statements(message: str) -> str:
    """The message as lines that each state something.

    HTML comments and fenced code are blanked out: templates explain themselves in comments, and
    fences hold examples. Fences that do not pair up are left alone. What follows a lone CR, or a
    trailer after a literal backslash-n (tools that pass messages on write it), is a line of its
    own; folded trailers and wrapped links become one.
    """
    if "\r" in message:
        message = message.replace("\r\n", "\n").replace("\r", "\n")
    if "\\n" in message:
        message = _LITERAL_BREAK.sub("\n", message)
    if "<!--" in message:
        message = _COMMENT.sub(_blank, message)
    if "```" in message or "~~~" in message:
        message = _without_fences(message)
    if "\n " in message or "\n\t" in message:
        message = _FOLDED.sub(r"\1 ", message)
    return _WRAPPED.sub(r"\1 \2", message) if "](" in message else message


def coauthors(statement: str) -> Iterator[tuple[Person, str]]:
    """Each co-author with the line that names it; the address with or without angle brackets.

    A line may name several, each with an address in angle brackets.
    """
    for found in _COAUTHOR.finditer(statement):
        for person in _people(found[1]):
            yield person, found[0].strip()


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


def _people(value: str) -> Iterator[Person]:
    several = _ADDRESSED.findall(value)
    if len(several) > 1:
        for name, address in several:
            yield Person(_BETWEEN.sub("", name).strip(), address.strip())
    else:
        yield parse_person(value)


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
