"""`hook AGENT`, called as each agent's documentation says that it calls its hooks."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from scanner.recipes import recipe
from scanner.recipes.agents import ENTRIES
from scanner.recipes.instructions import section
from tests.gate.hooks import ROOT, tangled

PLAIN = "def plain(a):\n    return a\n"
LOOSE = "[thresholds]\ndebt = 10000\nunit_points = 10000\n"


class Heard(NamedTuple):
    """What an agent makes of a hook's answer."""

    is_held_up: bool
    agent: str
    person: str


#: A user of the agent's protocol has no way to say that the end of a turn is held up.
ENDLESS = ("cline", "opencode")
AGENTS = ("claude-code", "cline", "codex", "copilot", "cursor", "gemini", "opencode")
#: What is said after an edit reaches the agent.
EDITING = tuple(name for name in AGENTS if name != "cursor")
ENDING = tuple(name for name in AGENTS if name not in ENDLESS)


class Agent:
    """Plays an agent's side: writes events, and does with code and output what is documented."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder

    def edited(self, path: str) -> Heard:
        place = str(self.folder / path)
        match self.name:
            case "gemini":
                tool = {"file_path": place, "content": "…"}
                return self._call("AfterTool", tool_name="write_file", tool_input=tool)
            case "codex":
                patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n-a\n+b\n*** End Patch"
                more = {"tool_response": "Done!", "turn_id": "1", "permission_mode": "default"}
                tool = {"command": patch}
                return self._call("PostToolUse", tool_name="apply_patch", tool_input=tool, **more)
            case "copilot":
                tool = {"path": place, "old_str": "a", "new_str": "b"}
                return self._call("PostToolUse", tool_name="Edit", tool_input=tool)
            case "cline":
                tool = {"path": path, "content": "…"}
                done = {"toolName": "write_to_file", "parameters": tool, "success": True}
                return self.heard(self._of_cline("PostToolUse", postToolUse=done))
            case "opencode":
                return self._call("tool.execute.after", tool_input={"file_path": place})
        tool = {"file_path": place, "old_string": "a", "new_string": "b"}
        return self._call("PostToolUse", tool_name="Edit", tool_input=tool, tool_use_id="toolu_1")

    def ends(self, *, again: bool = False) -> Heard:
        if self.name == "cursor":
            return self._call("stop", status="completed", loop_count=int(again))
        if self.name == "cline":
            return self.heard(self._of_cline("TaskComplete", taskComplete={"taskMetadata": {}}))
        event = {"gemini": "AfterAgent", "opencode": "session.idle"}.get(self.name, "Stop")
        return self._call(event, stop_hook_active=again)

    def _of_cline(self, event: str, **more: Any) -> str:
        common = {"clineVersion": "3.40.0", "taskId": "1", "workspaceRoots": [str(self.folder)]}
        return json.dumps({"hookName": event, **common, **more})

    def _call(self, event: str, **more: Any) -> Heard:
        common = {"session_id": "s", "transcript_path": "/t.jsonl", "cwd": str(self.folder)}
        if self.name == "cursor":
            common = {"conversation_id": "c", "generation_id": "g", "model": "m"}
            more["workspace_roots"] = [str(self.folder)]
        return self.heard(json.dumps({"hook_event_name": event, **common, **more}))

    def heard(self, event: str) -> Heard:
        done = called(self.name, event, self.folder)
        if self.name == "cline" and done.returncode:
            return Heard(True, "", "the action is blocked")
        if done.returncode == 2:
            return Heard(True, done.stderr, "")
        if done.returncode:
            return Heard(False, "", done.stderr)
        if self.name == "opencode":
            return Heard("Do: " in done.stdout, done.stdout, done.stdout)
        return self._understood(json.loads(done.stdout) if done.stdout else {})

    def _understood(self, answer: dict[str, Any]) -> Heard:
        match self.name:
            case "cursor":
                followed = answer.get("followup_message", "")
                return Heard(bool(followed), followed, "")
            case "cline":
                said = answer.get("contextModification", "")
                return Heard(answer.get("cancel", False) or "Do: " in said, said, said)
            case "copilot" if answer.get("type") == "progress":
                return Heard(False, "", answer["message"])
            case "copilot" if "additionalContext" in answer:
                return Heard(True, answer["additionalContext"], "")
        added = answer.get("hookSpecificOutput", {}).get("additionalContext", "")
        is_blocked = answer.get("decision") in ("block", "deny")
        return Heard(
            is_blocked or bool(added), answer.get("reason", "") or added,
            answer.get("systemMessage", ""),
        )  # fmt: skip


class Done(NamedTuple):
    """How a hook ended."""

    returncode: int
    stdout: str
    stderr: str


def called(agent: str, event: str, folder: Path, *options: str) -> Done:
    """Calls the command as the installed one does, in this process, which saves its imports."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(event.encode()))
    try:
        with redirect_stdout(out), redirect_stderr(err), chdir(folder):
            code = run(["hook", agent, *options])
    finally:
        sys.stdin = before
    return Done(code, out.getvalue(), err.getvalue())


SILENCE = Heard(False, "", "")


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": PLAIN, "b.py": PLAIN, "tallystick.toml": LOOSE})
    return made


@pytest.fixture(params=ENDING)
def agent(request: pytest.FixtureRequest, builder: RepositoryBuilder) -> Agent:
    return Agent(request.param, builder.path)


def test_it_is_silent_where_there_is_nothing(agent: Agent, builder: RepositoryBuilder) -> None:
    assert agent.ends() == SILENCE
    builder.write("a.py", PLAIN.replace("plain", "simple"))
    assert agent.ends() == SILENCE
    if agent.name != "cursor":
        assert agent.edited("a.py") == SILENCE
        assert agent.edited("../elsewhere.py") == SILENCE


@pytest.mark.parametrize("name", EDITING)
def test_an_edit_is_answered_with_what_to_do(builder: RepositoryBuilder, name: str) -> None:
    agent = Agent(name, builder.path)
    builder.write("a.py", "\n\n".join(tangled(name) for name in "fghijkl"))
    builder.write("b.py", tangled("other"))
    heard = agent.edited("a.py")
    assert heard.is_held_up
    lines = heard.agent.removeprefix("TALLYSTICK: ").splitlines()
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


PACK = (
    "rules:\n- {id: own, languages: [python], severity: ERROR, message: no, pattern: eval(...)}\n"
)
STRICT = {
    "tallystick.toml": "rules = ['own.yaml']\n[thresholds]\ndebt = 5\n",
    "own.yaml": PACK,
    ".claude/settings.json": json.dumps(ENTRIES["claude-code"][".claude/settings.json"]),
    "AGENTS.md": section([], []),
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tallystick.toml", STRICT["tallystick.toml"].replace("5", "5000")),
        ("tallystick.toml", f"exclude = ['a.py']\n{STRICT['tallystick.toml']}"),
        ("own.yaml", PACK.replace("ERROR", "INFO")),
        ("b.py", PLAIN.replace("return a", "return a  # noqa: E501")),
        ("b.py", PLAIN.replace("return a", "return a  # tallystick: ignore[complexity.cognitive]")),
        (".claude/settings.json", "{}"),
        ("AGENTS.md", "# Empty\n"),
    ],
)
def test_what_softens_the_checks_is_told_first(
    builder: RepositoryBuilder, path: str, text: str
) -> None:
    builder.commit("Strict", dict(STRICT))
    builder.write(path, text)
    builder.write("a.py", tangled("f"))
    first, second, *_ = Agent("claude-code", builder.path).ends().agent.splitlines()
    assert path in first
    assert "[guard." in first
    assert "a.py" in second or path in second


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


@pytest.mark.parametrize("name", ENDLESS)
def test_an_agent_without_an_end_to_hold_up_hears_nothing_there(
    builder: RepositoryBuilder, name: str
) -> None:
    builder.commit("Strict", {"tallystick.toml": ""})
    builder.write("a.py", tangled("f"))
    assert Agent(name, builder.path).ends() == SILENCE


def test_cline_is_never_held_up_by_a_failure(builder: RepositoryBuilder) -> None:
    cline = Agent("cline", builder.path)
    for event in ("", "no json", '{"hookName": 3}'):
        heard = cline.heard(event)
        assert not heard.is_held_up
        assert "is not an event" in heard.person
    builder.write("tallystick.toml", "[thresholds\n")
    builder.git("add", "-A")
    builder.git("commit", "-qm", "Broken")
    builder.write("a.py", tangled("f"))
    heard = cline.edited("a.py")
    assert not heard.is_held_up
    assert "could not judge" in heard.person


@pytest.mark.parametrize(
    "tool",
    [
        {"command": "sed -i s/a/b/ a.py"},
        {"command": ["apply_patch", "*** Begin Patch"]},
        {"command": "*** Begin Patch\n*** Delete File: a.py\n*** End Patch"},
        "a.py",
        {},
        None,
    ],
    ids=str,
)
def test_a_tool_that_names_no_edited_file_is_passed_over(
    builder: RepositoryBuilder, tool: object
) -> None:
    builder.write("a.py", tangled("f"))
    event = {"hook_event_name": "PostToolUse", "cwd": str(builder.path), "tool_input": tool}
    assert Agent("codex", builder.path).heard(json.dumps(event)) == SILENCE


def test_a_patch_may_edit_several_files(builder: RepositoryBuilder) -> None:
    builder.write("a.py", tangled("f"))
    builder.write("c.py", tangled("g"))
    patch = "*** Begin Patch\n*** Update File: a.py\n*** Move to: c.py\n*** Add File: b.py\n"
    event = {"hook_event_name": "PostToolUse", "cwd": str(builder.path), "tool_input": patch}
    heard = Agent("codex", builder.path).heard(json.dumps(event)).agent
    assert "a.py:1" in heard
    assert "c.py:1" in heard


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the plugin, and is not here")
def test_the_plugin_for_opencode_tells_the_agent_with_the_tool_s_result(
    builder: RepositoryBuilder, tmp_path: Path
) -> None:
    plugin = tmp_path / "tallystick.mjs"
    plugin.write_text(recipe("opencode.js"))
    command = tmp_path / "bin" / "tallystick"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scanner "$@"\n')
    command.chmod(0o755)
    builder.write("a.py", tangled("f"))
    play = """
        const { Tallystick } = await import(process.argv[1])
        const hooks = await Tallystick({ directory: process.cwd(), worktree: process.cwd() })
        for (const [tool, path] of [["edit", "a.py"], ["edit", "b.py"], ["bash", "a.py"]]) {
          const input = { tool, sessionID: "s", callID: tool + path }
          const output = { title: path, output: "Done.", metadata: {} }
          await hooks["tool.execute.before"](input, { args: { filePath: path } })
          await hooks["tool.execute.after"](input, output)
          console.log(JSON.stringify(output.output))
        }
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", play, str(plugin)],
        capture_output=True, text=True, check=True, cwd=builder.path,
        env={"PATH": f"{command.parent}:/usr/bin:/bin", "HOME": str(tmp_path),
             "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    edited, untouched, other = map(json.loads, done.stdout.splitlines())
    assert "a.py:1" in edited
    assert (untouched, other) == ("Done.", "Done.")


def test_the_command_itself_ends_with_nought_and_its_answer(builder: RepositoryBuilder) -> None:
    builder.write("a.py", tangled("f"))
    event = {"hook_event_name": "PostToolUse", "tool_input": {"file_path": "a.py"}}
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "hook", "claude-code"],
        input=json.dumps(event), capture_output=True, text=True, check=True, cwd=builder.path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(builder.path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert json.loads(done.stdout)["decision"] == "block"
    assert done.stderr == ""


#: What a hook that has nothing to say does not need; each costs 3 to 30 ms to import.
HEAVY = (
    "configparser",
    "importlib.metadata",
    "libcst",
    "numpy",
    "rich",
    "scanner.base.experiment",
    "scanner.judge.batch",
    "scanner.render",
    "scanner.rulepacks.catalogue",
    "scanner.rulepacks.codemods",
    "scanner.rulepacks.scan",
)


def test_a_hook_with_nothing_to_say_imports_little(builder: RepositoryBuilder) -> None:
    builder.write("a.py", PLAIN.replace("plain", "simple"))
    event = {"hook_event_name": "PostToolUse", "tool_input": {"file_path": "a.py"}}
    program = (
        "import sys; from scanner.cli.main import run; "
        "code = run(['hook', 'claude-code']); print(code, *sys.modules)"
    )
    assert called("claude-code", json.dumps(event), builder.path).stdout == ""  # warm from here on
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(event), cwd=builder.path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, *modules = done.stdout.split()
    assert (code, done.stderr) == ("0", "")
    assert not set(HEAVY).intersection(modules)
