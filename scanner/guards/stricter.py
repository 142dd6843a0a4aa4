"""The trades of tools of which a change asks for more, and so what it silences in old code. Pure.

A tool asks for more by its settings, by a newer version of it, or as one that was not run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from scanner.guards.check_steps import ChangedText, StepsTree, running
from scanner.guards.check_tools import FAMILIES, FORMATTERS
from scanner.guards.tool_settings import stricter_tools

#: Files of requirements, which may say the version of a tool.
PIN_PATHS = ("requirements*.txt", "requirements/*.txt", "*requirements.txt")
#: Whose comments are meant, by the family of a tool (`suppression_kinds`).
_SILENCED = {"style": "the linter", "types": "the type checker", "security": "the security check"}
_TRADE = {
    tool: silenced
    for family, silenced in _SILENCED.items()
    for tool in FAMILIES[family]
    if tool not in FORMATTERS
}
_NAMED = "|".join(sorted(map(re.escape, _TRADE), key=len, reverse=True))
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
#: A tool that begins a line or a text in quotes and, after at most so much, its version.
_PIN = re.compile(
    rf"(?:^[ \t\-]{{0,40}}|[\"'])({_NAMED})\b[^\n\d]{{0,30}}?(\d{{1,6}}(?:\.\d{{1,6}}){{1,3}})",
    re.IGNORECASE | re.MULTILINE,
)
_HOOKS = re.compile(
    r"repo:[ \t]*[\"']?[^\s\"']{0,200}/([\w.-]{1,80})[\"']?[ \t]*\n"
    r"[ \t]*rev:[ \t]*[\"']?v?(\d{1,6}(?:\.\d{1,6}){1,3})"
)
_IN_NAME = re.compile(rf"(?<![a-z])({_NAMED})(?![a-z])", re.IGNORECASE)

_Version = tuple[int, ...]


def is_pin(path: str) -> bool:
    """Whether a file is one of requirements."""
    return any(fnmatchcase(path, pattern) for pattern in PIN_PATHS)


def stricter_trades(
    texts: Sequence[ChangedText], before: StepsTree, after: StepsTree
) -> frozenset[str]:
    """Whom the comments silence (`Kind.silences`) that a change asks for more than before."""
    if not texts:
        return frozenset()
    come = running(after, or_by_hand=False) - running(before, or_by_hand=False)
    tools = {*stricter_tools(texts), *_upgraded(texts), *come}
    return frozenset(_TRADE[tool] for tool in tools if tool in _TRADE)


def _upgraded(texts: Sequence[ChangedText]) -> Iterator[str]:
    before = _versions(text.before for text in texts)
    after = _versions(text.after for text in texts)
    for tool, versions in after.items():
        if tool in before and max(versions) > max(before[tool]):
            yield tool


def _versions(texts: Iterator[str | None]) -> Mapping[str, list[_Version]]:
    found: defaultdict[str, list[_Version]] = defaultdict(list)
    for said in texts:
        text = _COMMENT.sub("", said or "")
        for match in _PIN.finditer(text):
            found[match[1].lower()].append(_version(match[2]))
        for match in _HOOKS.finditer(text):
            for named in _IN_NAME.findall(match[1]):
                found[named.lower()].append(_version(match[2]))
    return found


def _version(text: str) -> _Version:
    return tuple(map(int, text.split(".")))
