"""Which models the marks of a change name, such as `opus 4.6` of `Claude Opus 4.6`. Pure.

Only names with a version: a family alone says no more than the agent does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.base.model import Claim, Level

_VERSION = r"(?P<version>\d{1,2}(?:[.-]\d{1,2})?o?)(?![\d.]*\d)"
_NAMES = (
    re.compile(rf"\b(?P<family>opus|sonnet|haiku|fable)[ -]?{_VERSION}"),
    re.compile(r"\bclaude[ -](?P<version>\d(?:[.-]\d)?)[ -](?P<family>opus|sonnet|haiku)\b"),
    re.compile(
        rf"\b(?P<family>gpt|gemini|grok|glm|qwen|composer|devstral)[ -]?{_VERSION}"
        r"(?:[ -](?P<kind>codex|pro|flash|mini))?\b"
    ),
)


def models_of(evidence: Iterable[Claim]) -> tuple[str, ...]:
    """The models that what is believed of a change names, by name."""
    found = set()
    for claim in evidence:
        if claim.level is Level.NEAR_MISS:
            continue
        for wording in _NAMES:
            for match in wording.finditer(claim.text.lower()):
                named = match.groupdict()
                parts = (named["family"], named["version"].replace("-", "."), named.get("kind"))
                found.add(" ".join(part for part in parts if part))
    return tuple(sorted(found))
