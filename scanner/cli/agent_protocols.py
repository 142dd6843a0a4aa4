"""How coding agents call a hook, and how they want to be answered. Pure.

| agent | events | documented at |
|---|---|---|
| Claude Code 2.1 | `PostToolUse`, `Stop`, `SubagentStop` | code.claude.com/docs/en/hooks |
| Gemini CLI 0.26 | `AfterTool`, `AfterAgent` | geminicli.com/docs/hooks/reference |
| Cursor 2.0 | `stop`; what is said after an edit goes nowhere | cursor.com/docs/agent/hooks |

All of them block on exit code 2 and let 1 pass, so a hook answers in JSON and ends with 0.
"""

from __future__ import annotations

import json
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


class _Event(msgspec.Struct, frozen=True):
    """What is read of an event, whoever sends it; every agent sends more."""

    hook_event_name: str = ""
    tool_input: _ToolInput | None = None
    stop_hook_active: bool = False
    loop_count: int = 0
    cwd: str | None = None
    workspace_roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an agent.

    `moment` is None for an event that is none of ours. `path` is the file that was edited, if one
    was. `is_again`: the agent goes on because a hook said so, and must not be held up once more.
    """

    moment: Moment | None
    folder: str | None
    path: str | None
    is_again: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one agent talks to its hooks.

    `answer` makes what is printed so that the agent reads a text and goes on working; `note` what
    is printed so that the person reads it and nothing is held up.
    """

    name: str
    moments: Mapping[str, Moment]
    answer: Callable[[Moment, str], str]
    note: Callable[[str], str]


def _json(**keys: Any) -> str:
    return json.dumps(keys, ensure_ascii=True) + "\n"


def _claude_answer(_moment: Moment, text: str) -> str:
    return _json(decision="block", reason=text)


def _gemini_answer(moment: Moment, text: str) -> str:
    if moment is Moment.ENDING:
        return _json(decision="deny", reason=text)
    return _json(hookSpecificOutput={"hookEventName": "AfterTool", "additionalContext": text})


def _note(text: str) -> str:
    return _json(systemMessage=text)


PROTOCOLS = {
    one.name: one
    for one in (
        Protocol(
            "claude-code",
            {"PostToolUse": Moment.EDITED, "Stop": Moment.ENDING, "SubagentStop": Moment.ENDING},
            _claude_answer,
            _note,
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
        read = msgspec.json.decode(event, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ScanError(
            f"What {protocol.name} sent is not an event: {error}.",
            hint="The agent calls this command; it reads the event from standard input.",
        ) from error
    tool = read.tool_input or _ToolInput()
    return Call(
        protocol.moments.get(read.hook_event_name),
        read.cwd or next(iter(read.workspace_roots), None),
        tool.file_path or tool.absolute_path or tool.notebook_path,
        read.stop_hook_active or read.loop_count > 0,
    )
