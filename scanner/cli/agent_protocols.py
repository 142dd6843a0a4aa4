"""How coding agents call a hook, and how they want to be answered. Pure.

| agent | events | documented at |
|---|---|---|
| Claude Code 2.1 | `PostToolUse`, `Stop`, `SubagentStop` | code.claude.com/docs/en/hooks |
| Gemini CLI 0.26 | `AfterTool`, `AfterAgent` | geminicli.com/docs/hooks/reference |
| Cursor 2.0 | `stop`; what is said after an edit goes nowhere | cursor.com/docs/agent/hooks |
| Codex 0.147 | `PostToolUse`, `Stop`, `SubagentStop` | developers.openai.com/codex/hooks |
| Copilot, hooks 1 | `PostToolUse`, `Stop`, `SubagentStop` | docs.github.com, hooks reference |
| Cline 3 | `PostToolUse`; none holds up the end | docs.cline.bot/features/hooks/hook-reference |
| opencode 1 | our plugin, after an edit; none holds up the end | opencode.ai/docs/plugins |

All but Cline block on exit code 2 at most, so a hook answers in JSON and ends with 0. Cline blocks
on whatever is not 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from scanner.base.errors import ScanError


class Moment(Enum):
    """When an agent calls: it has edited a file, or it is about to end its turn."""

    EDITED = "edited"
    ENDING = "ending"


class _ToolInput(msgspec.Struct, frozen=True):
    file_path: str | None = None
    notebook_path: str | None = None
    absolute_path: str | None = None
    path: str | None = None
    command: str | list[str] | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The files that were edited, as the agent names them."""
        named = self.file_path or self.absolute_path or self.notebook_path or self.path
        if named:
            return (named,)
        return _patched(self.command) if isinstance(self.command, str) else ()


_PATCHED = re.compile(r"^\*\*\* (?:(?:Add|Update) File|Move to): (.+)$", re.MULTILINE)


def _patched(text: str) -> tuple[str, ...]:
    """The files that a patch of `apply_patch` leaves behind; none of another command."""
    if not text.lstrip().startswith("*** Begin Patch"):
        return ()
    named = (path.strip() for path in _PATCHED.findall(text))
    return tuple(dict.fromkeys(path for path in named if path))


class _Event(msgspec.Struct, frozen=True):
    """What is read of an event; every agent sends more."""

    hook_event_name: str = ""
    tool_input: _ToolInput | str | None = None
    stop_hook_active: bool = False
    loop_count: int = 0
    cwd: str | None = None
    workspace_roots: tuple[str, ...] = ()

    def call(self, moments: Mapping[str, Moment]) -> Call:
        tool = self.tool_input
        return Call(
            moments.get(self.hook_event_name),
            self.cwd or next(iter(self.workspace_roots), None),
            _patched(tool) if isinstance(tool, str) else tool.places if tool else (),
            self.stop_hook_active or self.loop_count > 0,
        )


class _ClineTool(msgspec.Struct, frozen=True):
    parameters: _ToolInput = _ToolInput()


class _ClineEvent(msgspec.Struct, frozen=True, rename="camel"):
    hook_name: str = ""
    post_tool_use: _ClineTool = _ClineTool()
    workspace_roots: tuple[str, ...] = ()

    def call(self, moments: Mapping[str, Moment]) -> Call:
        root = next(iter(self.workspace_roots), None)
        return Call(moments.get(self.hook_name), root, self.post_tool_use.parameters.places, False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an agent.

    `moment` is None for an event that is none of ours. `paths` are the files that were edited, if
    any were. `is_again`: the agent goes on because a hook said so, and must not be held up once
    more.
    """

    moment: Moment | None
    folder: str | None
    paths: tuple[str, ...]
    is_again: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one agent talks to its hooks.

    `answer` makes what is printed so that the agent reads a text and goes on working; `note` what
    is printed so that the person reads it and nothing is held up. `event` is what is read of an
    event. `blocks_on_failure`: any exit code but 0 holds the agent up.
    """

    name: str
    moments: Mapping[str, Moment]
    answer: Callable[[Moment, str], str]
    note: Callable[[str], str]
    event: type[_Event | _ClineEvent] = _Event
    blocks_on_failure: bool = False


def _json(**keys: Any) -> str:
    return json.dumps(keys, ensure_ascii=True) + "\n"


def _claude_answer(_moment: Moment, text: str) -> str:
    return _json(decision="block", reason=text)


def _gemini_answer(moment: Moment, text: str) -> str:
    if moment is Moment.ENDING:
        return _json(decision="deny", reason=text)
    return _json(hookSpecificOutput={"hookEventName": "AfterTool", "additionalContext": text})


def _copilot_answer(moment: Moment, text: str) -> str:
    if moment is Moment.ENDING:
        return _json(decision="block", reason=text)
    return _json(additionalContext=text)


def _cline(text: str) -> str:
    return _json(cancel=False, contextModification=f"TALLYSTICK: {text}")


def _note(text: str) -> str:
    return _json(systemMessage=text)


_LIKE_CLAUDE = {
    "PostToolUse": Moment.EDITED,
    "Stop": Moment.ENDING,
    "SubagentStop": Moment.ENDING,
}


PROTOCOLS = {
    one.name: one
    for one in (
        Protocol("claude-code", _LIKE_CLAUDE, _claude_answer, _note),
        Protocol("codex", _LIKE_CLAUDE, _claude_answer, _note),
        Protocol(
            "copilot",
            _LIKE_CLAUDE,
            _copilot_answer,
            # Shown in the timeline; there is nothing else that a person reads and no agent does.
            lambda text: _json(type="progress", message=text),
        ),
        Protocol(
            "cline",
            {"PostToolUse": Moment.EDITED},
            lambda _moment, text: _cline(text),
            _cline,
            _ClineEvent,
            blocks_on_failure=True,
        ),
        Protocol(
            "opencode",
            {"tool.execute.after": Moment.EDITED},
            lambda _moment, text: text,
            lambda text: f"{text}\n",
        ),
        Protocol(
            "gemini",
            {"AfterTool": Moment.EDITED, "AfterAgent": Moment.ENDING},
            _gemini_answer,
            _note,
        ),
        Protocol(
            "cursor",
            {"stop": Moment.ENDING},
            lambda _moment, text: _json(followup_message=text),
            lambda _text: _json(),
        ),
    )
}


def read_call(protocol: Protocol, event: bytes) -> Call:
    """What an agent asks.

    Raises:
        ScanError: it is no event of this agent's.
    """
    try:
        read = msgspec.json.decode(event, type=protocol.event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ScanError(
            f"What {protocol.name} sent is not an event: {error}.",
            hint="The agent calls this command; it reads the event from standard input.",
        ) from error
    return read.call(protocol.moments)
