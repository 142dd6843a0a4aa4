"""The section of measured conventions in the files that coding agents read. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from scanner.roles.agent_files import BEGIN, END, REQUEST, section_span

#: So many habits and files are named.
MOST_HABITS, MOST_FILES = 15, 5

_HEAD = """## What this code base does, measured

Written by Tallystick from the code itself. `tallystick init --agents` writes this section anew,
`tallystick conventions --agents --check` says when it is stale; what is changed by hand is lost.
"""
_FOOT = f"""Before you commit, run `tallystick check --worktree --format agent`; mend what it says.
Before you write a helper, look whether there is one: ask `find_existing` of the MCP server
`tallystick`, if it is connected. {REQUEST}
"""
_HOT = "A change costs most here, where much debt stands and much is changed: "
_HABIT = re.compile(r"^- (.+) \([\d,]+ of [\d,]+\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MeasuredHabit:
    """What is done so many times out of so many; `sentence` says what and where."""

    sentence: str
    support: int
    total: int


def section(habits: Sequence[MeasuredHabit], hottest: Sequence[str]) -> str:
    """The section with its markers and a line end.

    Args:
        habits: the strongest first.
        hottest: the hottest first.
    """
    said = [
        f"- {one.sentence} ({one.support:,} of {one.total:,})\n" for one in habits[:MOST_HABITS]
    ]
    none = ["No habit is clear enough yet to be told.\n"]
    files = ", ".join(f"`{path}`" for path in hottest[:MOST_FILES])
    hot = f"{_HOT}{files}.\n\n" if files else ""
    return f"{BEGIN}\n{_HEAD}\n{''.join(said or none)}\n{hot}{_FOOT}{END}\n"


def with_section(text: str | None, new: str) -> str:
    """A file with the section in the place of the old one, or at its end."""
    if text is None:
        return new
    if "\r\n" in text:
        new = new.replace("\n", "\r\n")
    found = section_span(text)
    if found is None:
        joint = "\r\n" if "\r\n" in text else "\n"
        return f"{text.rstrip()}{2 * joint}{new}" if text.strip() else new
    start, end = found
    return text[:start] + new.rstrip("\r\n") + text[end:]


def stale(
    path: str, written: str, present: Sequence[MeasuredHabit], hottest: Collection[str]
) -> Iterator[str]:
    """Why a section is stale, a sentence each. Counts may have moved, and the order of files.

    Args:
        written: the section as it stands.
        present: every habit that holds now, the strongest first.
        hottest: the hottest files now, twice as many as a section names at least.
    """
    if _HEAD not in written or _FOOT not in written:
        yield f"{path}: the section was changed by hand, or written by another version."
    said = _HABIT.findall(written)
    known = {one.sentence for one in present}
    yield from (f"{path}: it no longer holds that {one}." for one in said if one not in known)
    strongest = [one.sentence for one in present[:MOST_HABITS]]
    missing = len(set(strongest).difference(said))
    if 2 * missing > len(strongest):
        yield f"{path}: {missing} of the {len(strongest)} strongest habits are not told."
    for file in _files_in(written):
        if file not in hottest:
            yield f"{path}: {file} is no longer among the files where a change costs most."


def _files_in(written: str) -> list[str]:
    """The files that a section names as those where a change costs most."""
    line = next((line for line in written.splitlines() if line.startswith(_HOT)), "")
    return re.findall(r"`([^`]+)`", line)
