"""PURE: texts of which one must stand wherever a regular expression matches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: Texts of which one must be there, in lower case; empty where none is known.
_Literals = tuple[str, ...]

_TOKEN = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<flags>\(\?[aims]+\))|(?P<open>\((?:\?(?:[aims]*:|>|P<\w+>))?(?!\?))"
    r"|(?P<either>\|)|(?P<close>\))|(?P<many>[?*]|\{\d*+(?:,\d*+)?\})[?+]?|(?P<some>\+)[?+]?"
    r"|\\(?P<escaped>[^A-Za-z0-9])|(?P<any>\\[A-Za-z]|\\\d+|\[\^?\]?(?:\\.|[^\]\\])*\]|[.^$])"
    r"|(?P<plain>[^\\()\[])",
    re.DOTALL,
)


def literals_of(regex: str) -> tuple[str, ...]:
    """Texts in lower case of which one stands, in any case, in whatever the expression matches.

    Empty where none is known, also for what is not understood.
    """
    tokens = []
    place = 0
    while place < len(regex):
        token = _TOKEN.match(regex, place)
        if token is None:
            return ()
        tokens.append(token)
        place = token.end()
    reader = iter(tokens)
    found = _alternatives(reader)
    return () if next(reader, None) else found


def _alternatives(tokens: Iterator[re.Match[str]]) -> _Literals:
    """Reads up to the closing parenthesis. Every alternative must have something."""
    branches = []
    sequence: list[_Literals] = []
    run = ""
    is_group = False
    for token in tokens:
        kind = token.lastgroup
        if kind in ("plain", "escaped"):
            run += token[kind].lower()
            is_group = False
            continue
        if kind == "many" and is_group:
            sequence.pop()
        elif kind == "many":
            run = run[:-1]
        sequence.append((run,) if run else ())
        run = ""
        is_group = kind == "open"
        if kind == "close":
            break
        if kind == "either":
            branches.append(_best(sequence))
            sequence = []
        elif kind in ("open", "look"):
            inside = _alternatives(tokens)
            sequence.append(inside if is_group else ())
    branches.append(_best([*sequence, (run,) if run else ()]))
    return tuple(one for branch in branches for one in branch) if all(branches) else ()


def _best(sequence: Sequence[_Literals]) -> _Literals:
    """Of what must all be there, that whose shortest text is longest."""
    return max(sequence, key=lambda some: min(map(len, some), default=0), default=())
