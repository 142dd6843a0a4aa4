"""PURE: appends a trailer to a commit message by git's own rules (`git interpret-trailers`).

Source: git's documentation of interpret-trailers, and trailer.c for what it leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SCISSORS = "------------------------ >8 ------------------------"
_GIT_WRITES = ("Signed-off-by: ", "(cherry picked from commit ")
_TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:")


def append_trailer(message: str, trailer: str, comment: str = "#") -> str:
    """The message with a line `trailer` at the end of its trailer block.

    The block is begun after a blank line where there is none. Comment lines after the text, and
    all below a scissors line, stay below.
    """
    lines = _split(message)
    end = text_end(lines, comment)
    text, rest = lines[:end], lines[end:]
    if text and not text[-1].endswith("\n"):
        text[-1] += "\n"
    start = _block_start(text, comment)
    has_block = start < len(text)
    gap = [] if has_block or not text or _is_blank(text[-1]) else ["\n"]
    return "".join([*text, *gap, f"{trailer}\n", *rest])


def text_of(message: str, comment: str = "#") -> str:
    """The message without comment lines and without what is below a scissors line."""
    lines = _split(message)
    kept = lines[: _scissors(lines, comment)]
    return "".join(line for line in kept if not line.startswith(comment))


def text_end(lines: Sequence[str], comment: str) -> int:
    """How many lines come before the comments, blank lines and conflicts that end a message."""
    cut = _scissors(lines, comment)
    end: int | None = None
    in_conflicts = False
    for number, line in enumerate(lines[:cut]):
        if line.startswith(comment) or line == "\n":
            end = number if end is None else end
        elif line == "Conflicts:\n":
            in_conflicts = True
            end = number if end is None else end
        elif not (in_conflicts and line.startswith("\t")):
            end, in_conflicts = None, False
    return cut if end is None else end


def _scissors(lines: Sequence[str], comment: str) -> int:
    mark = f"{comment} {_SCISSORS}"
    return next((n for n, line in enumerate(lines) if line.rstrip("\n") == mark), len(lines))


def _block_start(lines: Sequence[str], comment: str) -> int:
    """The first line of the trailer block; the number of lines where there is none.

    The last paragraph is one if all its lines are trailers, or if git wrote one of them and at
    least a quarter are. The first paragraph is the title and never one.
    """
    title = _title_end(lines, comment)
    trailers = others = continued = 0
    git_wrote, blank_so_far = False, True
    for number in range(len(lines) - 1, title - 1, -1):
        line = lines[number]
        if line.startswith(comment):
            others, continued = others + continued, 0
        elif _is_blank(line):
            if blank_so_far:
                continue
            others += continued
            is_block = trailers * 3 >= others if git_wrote else trailers and not others
            return number + 1 if is_block else len(lines)
        else:
            blank_so_far = False
            if line.startswith(_GIT_WRITES):
                trailers, continued, git_wrote = trailers + 1, 0, True
            elif _TRAILER.match(line):
                trailers, continued = trailers + 1, 0
            elif line[0].isspace():
                continued += 1
            else:
                others, continued = others + 1 + continued, 0
    return len(lines)


def _title_end(lines: Sequence[str], comment: str) -> int:
    for number, line in enumerate(lines):
        if not line.startswith(comment) and _is_blank(line):
            return number
    return len(lines)


def _split(message: str) -> list[str]:
    # Not `splitlines`, which also splits at characters that git leaves alone.
    return [line for line in re.split(r"(?<=\n)", message) if line]


def _is_blank(line: str) -> bool:
    return not line.strip()
