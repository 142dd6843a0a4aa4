"""`hook AGENT`, called as each agent's documentation says that it calls its hooks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, tangled

PLAIN = "def plain(a):\n    return a\n"
LOOSE = "[thresholds]\ndebt = 10000\nunit_points = 10000\n"


class Heard(NamedTuple):
    """What an agent makes of a hook's answer."""

    is_held_up: bool
    agent: str
    person: str


class Agent:
    """Plays an agent's side: writes events, and does with code and output what is documented."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder

    def edited(self, path: str) -> Heard:
        place = str(self.folder / path)
        if self.name == "gemini":
            tool = {"file_path": place, "content": "…"}
            return self._call("AfterTool", tool_name="write_file", tool_input=tool, timestamp="x")
        tool = {"file_path": place, "old_string": "a", "new_string": "b"}
        return self._call("PostToolUse", tool_name="Edit", tool_input=tool, tool_use_id="toolu_1")

    def ends(self, *, again: bool = False) -> Heard:
        if self.name == "cursor":
            return self._call("stop", status="completed", loop_count=int(again))
        event = "AfterAgent" if self.name == "gemini" else "Stop"
        return self._call(event, stop_hook_active=again)

    def _call(self, event: str, **more: Any) -> Heard:
        common = {"session_id": "s", "transcript_path": "/t.jsonl", "cwd": str(self.folder)}
        if self.name == "cursor":
            common = {"conversation_id": "c", "generation_id": "g", "model": "m"}
            more["workspace_roots"] = [str(self.folder)]
        return self.heard(json.dumps({"hook_event_name": event, **common, **more}))

    def heard(self, event: str) -> Heard:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "hook", self.name],
            input=event, capture_output=True, text=True, check=False, cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        if done.returncode == 2:
            return Heard(True, done.stderr, "")
        if done.returncode:
            return Heard(False, "", done.stderr)
        answer = json.loads(done.stdout) if done.stdout else {}
        if self.name == "cursor":
            followed = answer.get("followup_message", "")
            return Heard(bool(followed), followed, "")
        added = answer.get("hookSpecificOutput", {}).get("additionalContext", "")
        is_blocked = answer.get("decision") in ("block", "deny")
        return Heard(
            is_blocked or bool(added), answer.get("reason", "") or added,
            answer.get("systemMessage", ""),
        )  # fmt: skip


SILENCE = Heard(False, "", "")


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": PLAIN, "b.py": PLAIN, "tallystick.toml": LOOSE})
    return made


@pytest.fixture(params=["claude-code", "gemini", "cursor"])
def agent(request: pytest.FixtureRequest, builder: RepositoryBuilder) -> Agent:
    return Agent(request.param, builder.path)


def test_it_is_silent_where_there_is_nothing(agent: Agent, builder: RepositoryBuilder) -> None:
    assert agent.ends() == SILENCE
    builder.write("a.py", PLAIN.replace("plain", "simple"))
    assert agent.ends() == SILENCE
    if agent.name != "cursor":
        assert agent.edited("a.py") == SILENCE
        assert agent.edited("../elsewhere.py") == SILENCE


@pytest.mark.parametrize("name", ["claude-code", "gemini"])
def test_an_edit_is_answered_with_what_to_do(builder: RepositoryBuilder, name: str) -> None:
    agent = Agent(name, builder.path)
    builder.write("a.py", "\n\n".join(tangled(name) for name in "fghijkl"))
    builder.write("b.py", tangled("other"))
    heard = agent.edited("a.py")
    assert heard.is_held_up
    lines = heard.agent.splitlines()
    assert [line[0] for line in lines[:5]] == list("12345")
    assert all("a.py:" in line and "Do: " in line for line in lines[:5])
    assert " more: tallystick check --worktree --format agent" in lines[5]
    assert "b.py" not in heard.agent


def test_the_end_is_held_up_by_what_the_gate_would_stop_and_only_once(
    agent: Agent, builder: RepositoryBuilder
) -> None:
    builder.write("a.py", tangled("f"))
    assert agent.ends() == SILENCE
    builder.commit("Strict", {"a.py": PLAIN, "tallystick.toml": ""})
    builder.write("a.py", tangled("f"))
    heard = agent.ends()
    assert heard.is_held_up
    assert "a.py:1" in heard.agent
    assert agent.ends(again=True) == SILENCE


def test_what_softens_the_checks_is_told_first(agent: Agent, builder: RepositoryBuilder) -> None:
    builder.commit("Strict", {"tallystick.toml": "[thresholds]\ndebt = 5\n"})
    builder.write("tallystick.toml", "[thresholds]\ndebt = 5000\n")
    builder.write("a.py", tangled("f"))
    assert "tallystick.toml" in agent.ends().agent.splitlines()[0]


@pytest.mark.parametrize("event", ["", "no json", "[]", '{"hook_event_name": 1}', "[" * 5000])
def test_no_event_holds_nobody_up_and_is_told(agent: Agent, event: str) -> None:
    heard = agent.heard(event)
    assert not heard.is_held_up
    assert "is not an event" in heard.person


def test_another_event_is_none_of_ours(agent: Agent) -> None:
    assert agent.heard('{"hook_event_name": "SessionStart", "source": "startup"}') == SILENCE


def test_what_cannot_be_judged_is_told_to_the_person(
    agent: Agent, builder: RepositoryBuilder
) -> None:
    builder.write("a.py", "def f(:\n")
    heard = agent.ends()
    assert not heard.is_held_up
    assert agent.name == "cursor" or "could not judge" in heard.person


def test_an_unknown_agent_holds_nobody_up(builder: RepositoryBuilder) -> None:
    heard = Agent("nobody", builder.path).ends()
    assert not heard.is_held_up
    assert "is not one of" in heard.person
