"""What a change takes away of that by which coding agents hear Tallystick. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from scanner.base.model import Finding
from scanner.config import GuardPoints
from scanner.guards.check_steps import ChangedText
from scanner.guards.finding import Loss, in_file, tampering
from scanner.roles.agent_files import HOOK_FILES, INSTRUCTION_FILES, REQUEST, section_of

AGENT_PATHS = (*HOOK_FILES, *INSTRUCTION_FILES)

#: In a shell's words, or as a list of JSON or JavaScript.
_CALL = re.compile(r"\btallystick[\"',\s\[]+hook[\"',\s]+([a-z][a-z-]*)")
_ALL_OFF = re.compile(r"\"disableAllHooks\"\s*:\s*true")
_HINT = "Put it back, or decide on it in a change of its own."


def is_of_agents(path: str) -> bool:
    """Whether a file is one that agents read or that says which hooks they call."""
    return path in INSTRUCTION_FILES or any(fnmatchcase(path, one) for one in HOOK_FILES)


def lost_agent_hooks(texts: Sequence[ChangedText], points: GuardPoints) -> Iterator[Finding]:
    """A finding where an agent is called less often than before, and where our section is gone.

    An entry that went from one file to another is not gone.

    Args:
        texts: the changed files `is_of_agents` is true of.
    """
    hooks = [text for text in texts if text.path not in INSTRUCTION_FILES]
    fewer = _calls(text.before for text in hooks) - _calls(text.after for text in hooks)
    for text in hooks:
        yield from _entries_lost(text, fewer, points.lost_check)
    for text in texts:
        if text.path in INSTRUCTION_FILES:
            yield from _section_lost(text, points.suppression)


def _entries_lost(text: ChangedText, fewer: Container[str], points: float) -> Iterator[Finding]:
    """What one file calls no more, of the agents that are called less often in all."""
    for agent in sorted(_calls([text.before]) - _calls([text.after])):
        if agent in fewer:
            message = f"The change takes the hook of {agent} away, or a part of it."
            yield _finding(text, message, f"tallystick hook {agent}", None, points)
    if _ALL_OFF.search(text.after or "") and not _ALL_OFF.search(text.before or ""):
        message = "The change switches all hooks of an agent off."
        yield _finding(text, message, None, '"disableAllHooks": true', points)


def _calls(texts: Iterable[str | None]) -> Counter[str]:
    return Counter(agent for text in texts for agent in _CALL.findall(text or ""))


def _section_lost(text: ChangedText, points: float) -> Iterator[Finding]:
    before, after = section_of(text.before or ""), section_of(text.after or "")
    if before is None:
        return
    if after is None:
        message = "The change takes away what Tallystick measured for agents."
        yield _finding(text, message, "a section of Tallystick", None, points)
    elif REQUEST in before and REQUEST not in after:
        message = "The change no longer asks agents to leave settings, rules and waivers alone."
        yield _finding(text, message, " ".join(REQUEST.split()), None, points)


def _finding(
    text: ChangedText, message: str, before: str | None, after: str | None, points: float
) -> Finding:
    return tampering(Loss("agent-hook", message, _HINT, before, after), in_file(text.path), points)
