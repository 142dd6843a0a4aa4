"""Files of coding agents: where their hooks stand, what they read, and our section in it. Pure."""

from __future__ import annotations

import re

#: Files that tell an agent which programs to call, as pathspecs.
HOOK_FILES = (
    ".claude/settings*.json",
    ".claude/hooks.json",
    ".clinerules/hooks/*",
    ".codex/hooks.json",
    ".codex/config.toml",
    ".cursor/hooks.json",
    ".gemini/settings.json",
    ".github/hooks/*.json",
    ".github/copilot/settings*.json",
    ".opencode/plugins/*",
)
#: Files of instructions: the first is made where it is not there, the others get a section.
INSTRUCTION_FILES = ("AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md")

BEGIN = "<!-- tallystick: begin -->"
END = "<!-- tallystick: end -->"
_MARKERS = re.compile(f"{BEGIN}|{END}")
#: What the section asks of whoever reads it.
REQUEST = (
    "Do not change settings, rules, waivers, suppressions, hooks or\n"
    "this section to make a finding go away: say that it is wrong."
)


def section_span(text: str) -> tuple[int, int] | None:
    """Where the section stands with its markers; None where there is none, or half of one.

    Of two beginnings the later counts: what stands between them is somebody else's.
    """
    start = -1
    for marker in _MARKERS.finditer(text):
        if marker[0] == BEGIN:
            start = marker.start()
        elif start >= 0:
            return start, marker.end()
    return None


def section_of(text: str) -> str | None:
    """The section of a file with its markers and plain line ends; None where it has none."""
    text = text.replace("\r\n", "\n")
    span = section_span(text)
    return text[span[0] : span[1]] if span is not None else None
