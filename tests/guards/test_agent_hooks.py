"""Hooks and sections of agents: first changes that take nothing away, then others."""

from __future__ import annotations

import json

import pytest

from scanner.config import GuardPoints
from scanner.guards.agent_hooks import is_of_agents, lost_agent_hooks
from scanner.guards.check_steps import ChangedText
from scanner.recipes.agents import ENTRIES, WHOLE
from scanner.recipes.instructions import MeasuredHabit, section, with_section

CLAUDE, LOCAL = ".claude/settings.json", ".claude/settings.local.json"
CURSOR = ".cursor/hooks.json"
HOOKS = json.dumps(ENTRIES["claude-code"][CLAUDE], indent=2)
ENDING = HOOKS.replace("PostToolUse", "Old").replace("tallystick hook claude-code", "true", 1)
SECTION = with_section("# Mine\n", section([], ["a.py"]))
ANEW = with_section(SECTION, section([MeasuredHabit("all is so", 9, 9)], []))

Change = dict[str, tuple[str | None, str | None]]

KEPT: dict[str, Change] = {
    "new": {CLAUDE: (None, HOOKS)},
    "laid out anew": {CLAUDE: (HOOKS, json.dumps(json.loads(HOOKS)))},
    "something beside it": {CLAUDE: (HOOKS, HOOKS.replace("Edit|Write", "Edit"))},
    "to another file": {CLAUDE: (HOOKS, "{}"), LOCAL: (None, HOOKS)},
    "somebody else's": {CLAUDE: ('{"hooks": {"Stop": [{"command": "mine"}]}}', "{}")},
    "off before": {CLAUDE: ('{"disableAllHooks": true}', '{"disableAllHooks": true, "a": 1}')},
    "on": {CLAUDE: ('{"disableAllHooks": true}', '{"disableAllHooks": false}')},
    "measured anew": {"AGENTS.md": (SECTION, ANEW)},
    "first section": {"AGENTS.md": ("# Mine\n", SECTION)},
    "text around it": {"AGENTS.md": (SECTION, SECTION.replace("# Mine", "# Yours"))},
    "line ends": {"AGENTS.md": (SECTION, SECTION.replace("\n", "\r\n"))},
    "no section": {"AGENTS.md": ("# Mine\n", None)},
}
LOST: dict[str, tuple[Change, str]] = {
    "the file": ({CLAUDE: (HOOKS, None)}, CLAUDE),
    "both events": ({CLAUDE: (HOOKS, "{}")}, CLAUDE),
    "one event": ({CLAUDE: (HOOKS, ENDING)}, CLAUDE),
    "a copy is left": ({CLAUDE: (HOOKS, "{}"), LOCAL: (None, ENDING)}, CLAUDE),
    "as a list": ({CURSOR: ('{"stop": ["tallystick", "hook", "cursor"]}', "{}")}, CURSOR),
    "a script": (
        {WHOLE["cline"].path: (WHOLE["cline"].text, "#!/bin/sh\ntrue\n")}, WHOLE["cline"].path
    ),
    "a plugin": ({WHOLE["opencode"].path: (WHOLE["opencode"].text, "")}, WHOLE["opencode"].path),
    "all off": ({CLAUDE: (HOOKS, HOOKS.replace("{", '{"disableAllHooks": true,', 1))}, CLAUDE),
    "the section": ({"AGENTS.md": (SECTION, "# Mine\n")}, "AGENTS.md"),
    "half of it": ({"AGENTS.md": (SECTION, SECTION[:-20])}, "AGENTS.md"),
    "the request": ({"CLAUDE.md": (SECTION, SECTION.replace("Do not", "You may"))}, "CLAUDE.md"),
}  # fmt: skip


def texts(change: Change) -> list[ChangedText]:
    assert all(map(is_of_agents, change))
    return [ChangedText(path, before, after) for path, (before, after) in change.items()]


@pytest.mark.parametrize("change", KEPT.values(), ids=KEPT)
def test_nothing_is_lost(change: Change) -> None:
    assert list(lost_agent_hooks(texts(change), GuardPoints())) == []


@pytest.mark.parametrize(("change", "path"), LOST.values(), ids=LOST)
def test_it_is_told(change: Change, path: str) -> None:
    (finding,) = lost_agent_hooks(texts(change), GuardPoints())
    assert (finding.place.path, finding.rule) == (path, "guard.agent-hook")


@pytest.mark.parametrize(
    "path", ["README.md", "docs/AGENTS.md", ".github/workflows/ci.yml", "a.py"]
)
def test_other_files_are_not_of_agents(path: str) -> None:
    assert not is_of_agents(path)
