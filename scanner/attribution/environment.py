"""Which agent is running this process, by the variables that agents set (`environments.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

#: A variable by which any tool may name itself: `AI_AGENT=name`, or with a version after it.
STANDARD = "AI_AGENT"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ALIASES = {
    "claude-code": "claude",
    "gemini-cli": "gemini",
    "copilot-cli": "copilot",
    "github-copilot": "copilot",
    "cursor-cli": "cursor",
    "codex-cli": "codex",
    "augment-cli": "augment",
    "auggie": "augment",
    "qwen-code": "qwen",
    "droid": "factory",
    "hermes-agent": "hermes",
}


class VariableKind(StrEnum):
    """What a variable says of the shell it is set in."""

    AGENT = "agent"
    EDITOR = "editor"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Variable:
    """One entry of the registry of environments."""

    agent: str
    name: str
    variable: str
    kind: VariableKind
    source: str
    value: str | None = None
    email: str | None = None
    model: tuple[str, ...] = ()

    def is_set(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment has it, not empty and with its value if it has one."""
        found = environment.get(self.variable)
        return bool(found) and self.value in (None, found)


@dataclass(frozen=True, slots=True)
class RunningAgent:
    """The agent that runs this process, and the variable that says so. `model` None: not known."""

    agent: str
    name: str
    variable: str
    model: str | None = None
    email: str | None = None


@cache
def variables() -> tuple[Variable, ...]:
    """The registry of environments, as it ships."""
    text = Path(__file__).with_name("environments.toml").read_text(encoding="utf-8")
    return tuple(
        Variable(
            agent=entry["agent"],
            name=entry["name"],
            variable=entry["variable"],
            kind=VariableKind(entry["kind"]),
            source=entry["source"],
            value=entry.get("value"),
            email=entry.get("email"),
            model=tuple(entry.get("model", ())),
        )
        for entry in tomllib.loads(text)["environment"]
    )


def detect_agent(environment: Mapping[str, str]) -> RunningAgent | None:
    """The agent that runs a process with this environment; None where none is known to.

    An editor's terminal or a setting is not an agent. Of several, the first entry of the registry.
    """
    agents = [one for one in variables() if one.kind is VariableKind.AGENT]
    found = next((one for one in agents if one.is_set(environment)), None)
    if found is None:
        return _by_standard(environment, agents)
    return _running(found, found.variable, environment)


def _by_standard(environment: Mapping[str, str], agents: list[Variable]) -> RunningAgent | None:
    written = _NAME.match(environment.get(STANDARD, ""))
    if written is None:
        return None
    name = written[0].rstrip("-")
    agent = _ALIASES.get(name.lower(), name.lower())
    listed = next((one for one in agents if one.agent == agent), None)
    if listed:
        return _running(listed, STANDARD, environment)
    return RunningAgent(agent, name, STANDARD)


def _running(entry: Variable, variable: str, environment: Mapping[str, str]) -> RunningAgent:
    models = (environment.get(name, "").strip() for name in entry.model)
    model = next((one for one in models if _is_model(one)), None)
    return RunningAgent(entry.agent, entry.name, variable, model, entry.email)


def _is_model(text: str) -> bool:
    """Whether a value can stand in a trailer: one word, of the letters that model names have."""
    return re.fullmatch(r"[\w.:/@+-]+(\[[\w-]+\])?", text) is not None
