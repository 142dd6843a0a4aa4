"""What coding agents need to hear Tallystick: entries in their own files. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.recipes import recipe
from scanner.recipes.proposals import Proposal

#: Files in which an agent's entries stand, by agent, with those that show that it is used here.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "claude-code": ("CLAUDE.md", ".claude", ".mcp.json"),
    "cline": (".clinerules", ".cline"),
    "codex": (".codex",),
    "copilot": (".github/copilot-instructions.md", ".github/hooks"),
    "cursor": (".cursor", ".cursorrules"),
    "gemini": ("GEMINI.md", ".gemini"),
    "opencode": (".opencode", "opencode.json"),
}

_SERVER = {"command": "tallystick", "args": ["mcp"]}


def _command(agent: str) -> dict[str, str]:
    return {"type": "command", "command": f"tallystick hook {agent}"}


def _matched(agent: str, after: str, tools: str, end: str) -> dict[str, Any]:
    """Hooks in the form that Claude Code has them."""
    return {
        "hooks": {
            after: [{"matcher": tools, "hooks": [_command(agent)]}],
            end: [{"hooks": [_command(agent)]}],
        }
    }


_SERVERS = {"mcpServers": {"tallystick": _SERVER}}
_CLAUDE = _matched("claude-code", "PostToolUse", "Edit|Write|MultiEdit", "Stop")
_CODEX = _matched("codex", "PostToolUse", "apply_patch|Edit|Write", "Stop")
_GEMINI = _matched("gemini", "AfterTool", "write_file|replace", "AfterAgent")
_COPILOT = {
    "version": 1,
    "hooks": {"PostToolUse": [_command("copilot")], "Stop": [_command("copilot")]},
}
_CURSOR = {"version": 1, "hooks": {"stop": [{"command": "tallystick hook cursor"}]}}
_OPENCODE = {
    "mcp": {"tallystick": {"type": "local", "command": ["tallystick", "mcp"], "enabled": True}}
}

#: What each agent's files in JSON have to hold, by agent and path.
ENTRIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "claude-code": {".claude/settings.json": _CLAUDE, ".mcp.json": _SERVERS},
    "codex": {".codex/hooks.json": _CODEX},
    "copilot": {".github/hooks/tallystick.json": _COPILOT},
    "cursor": {".cursor/hooks.json": _CURSOR, ".cursor/mcp.json": _SERVERS},
    "gemini": {".gemini/settings.json": {**_GEMINI, **_SERVERS}},
    "opencode": {"opencode.json": _OPENCODE},
}

CLINE_HOOK = ".clinerules/hooks/PostToolUse"
OPENCODE_PLUGIN = ".opencode/plugins/tallystick.js"
CODEX_CONFIG = ".codex/config.toml"
#: Cline blocks on whatever is not 0, also where the command is not installed.
_CLINE_SCRIPT = (
    "#!/bin/sh\n# Installed by `tallystick init --agents`.\ntallystick hook cline || true\n"
)
_CODEX_SERVER = '[mcp_servers.tallystick]\ncommand = "tallystick"\nargs = ["mcp"]\n'


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file of ours alone."""

    path: str
    text: str
    is_program: bool = False


WHOLE: Mapping[str, WholeFile] = {
    "cline": WholeFile(CLINE_HOOK, _CLINE_SCRIPT, is_program=True),
    "opencode": WholeFile(OPENCODE_PLUGIN, recipe("opencode.js")),
}


def files_of(agents: Collection[str]) -> list[str]:
    """The files that proposals for these agents concern."""
    found = [path for agent in sorted(agents) for path in ENTRIES.get(agent, {})]
    found += [WHOLE[agent].path for agent in sorted(agents) if agent in WHOLE]
    return [*found, *([CODEX_CONFIG] if "codex" in agents else [])]


def entries(agents: Collection[str], texts: Mapping[str, str]) -> Iterator[Proposal | str]:
    """What to write for the agents, or why nothing. `texts` are the files that are there."""
    for agent in sorted(agents):
        for path, wanted in ENTRIES.get(agent, {}).items():
            yield _merged(path, texts.get(path), wanted)
        if agent in WHOLE:
            yield _whole(WHOLE[agent], texts)
    if "codex" in agents:
        yield _codex_server(texts.get(CODEX_CONFIG))


def _whole(file: WholeFile, texts: Mapping[str, str]) -> Proposal | str:
    before = texts.get(file.path)
    if before == file.text:
        return f"{file.path} is there already."
    if before is not None and "tallystick" not in before:
        return f"{file.path} is somebody else's and is left alone; call `tallystick hook` from it."
    return Proposal(file.path, before, file.text, file.is_program)


def _codex_server(text: str | None) -> Proposal | str:
    if text is not None and "[mcp_servers.tallystick]" in text:
        return f"{CODEX_CONFIG} already has Tallystick."
    after = f"{text.rstrip()}\n\n{_CODEX_SERVER}" if text and text.strip() else _CODEX_SERVER
    return Proposal(CODEX_CONFIG, text, after)


def _merged(path: str, text: str | None, wanted: Mapping[str, Any]) -> Proposal | str:
    """The file with what it lacks of our entries; everything else stays as it is."""
    try:
        known = json.loads(text) if text and text.strip() else {}
    except (ValueError, RecursionError):
        return f"{path} is not plain JSON, so nothing is proposed for it."
    if not isinstance(known, dict):
        return f"{path} holds no JSON object, so nothing is proposed for it."
    after = _with(known, wanted)
    if after is None:
        return f"{path} is not what it should be, so nothing is proposed for it."
    if after == known:
        return f"{path} already has Tallystick."
    indent = re.search(r"\n([ \t]+)\"", text or "")
    written = json.dumps(after, indent=indent[1] if indent else 2, ensure_ascii=False) + "\n"
    return Proposal(path, text, written)


def _with(known: dict[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """A JSON object with the wanted keys put in; None where another kind of value stands there.

    A list gets our entries unless one of its own calls us already.
    """
    merged = dict(known)
    for key, value in wanted.items():
        there = merged.get(key)
        if there is None:
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(there, dict):
            inner = _with(there, value)
            if inner is None:
                return None
            merged[key] = inner
        elif isinstance(value, list) and isinstance(there, list):
            has_ours = all(one in there for one in value) or "tallystick" in json.dumps(there)
            merged[key] = there if has_ours else [*there, *value]
        elif type(value) is not type(there):
            return None
    return merged
