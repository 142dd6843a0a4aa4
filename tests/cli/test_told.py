"""The log of what agents are told: kept where it is asked for, and read by the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from fixtures.mcp_client import mcp_client
from fixtures.repository import RepositoryBuilder
from scanner.base.agent_log import PLACE, Told, add, read
from tests.cli.test_hook import PLAIN, called
from tests.gate.hooks import tallystick, tangled

STRICT = {"tallystick.toml": "[thresholds]\ndebt = 5\n"}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": PLAIN, "b.py": PLAIN, **STRICT})
    return made


def edited(builder: RepositoryBuilder, path: str, *options: str) -> None:
    event = {"hook_event_name": "PostToolUse", "tool_input": {"file_path": path}}
    done = called("claude-code", json.dumps(event), builder.path, *options)
    assert "block" in done.stdout
    assert done.stderr == ""


def told(builder: RepositoryBuilder) -> list[dict[str, Any]]:
    done = tallystick(builder.path, "report", "--format", "json", "--no-rules")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["tallies"]["told"]
    assert isinstance(found, list)
    return found


def test_nothing_is_kept_unasked(builder: RepositoryBuilder) -> None:
    builder.write("a.py", tangled("f"))
    edited(builder, "a.py")
    assert not (builder.path / ".git" / PLACE).exists()
    assert told(builder) == []
    assert "Told to agents" not in tallystick(builder.path, "rules", "list").stdout


def test_the_report_says_what_became_of_it(builder: RepositoryBuilder) -> None:
    builder.write("a.py", tangled("first_secret"))
    edited(builder, "a.py", "--log")
    edited(builder, "a.py", "--log")  # again: counted once
    (one, *others) = told(builder)
    assert (one["told"], one["mended"], one["ignored"], one["open"]) == (1, 0, 0, 1)
    assert {each["agent"] for each in (one, *others)} == {"claude-code"}
    log = (builder.path / ".git" / PLACE).read_text()
    assert "secret" not in log
    assert "a.py" not in log

    builder.commit("Ignored", {"a.py": tangled("first_secret")})
    assert [(each["mended"], each["ignored"]) for each in told(builder)] == [
        (0, 1) for _ in (one, *others)
    ]
    builder.write("b.py", tangled("second"))
    edited(builder, "b.py", "--log")
    builder.commit("Mended", {"b.py": PLAIN.replace("plain", "simple")})
    sums = {each["rule"]: (each["told"], each["mended"], each["ignored"]) for each in told(builder)}
    assert sums["complexity.cognitive"] == (2, 1, 1)
    page = tallystick(builder.path, "report", "--no-rules", "-o", "-").stdout
    assert "Told to agents" in page

    listed = tallystick(builder.path, "rules", "list").stdout
    (header, *lines) = listed[listed.index("Told to agents") :].splitlines()
    assert header == "Told to agents in this clone, and what the newest changes held of it:"
    assert lines[0].split() == [
        "complexity.cognitive", "2", "told", "1", "mended", "1", "ignored", "0", "open",
        "ignored", "by", "claude-code",
    ]  # fmt: skip
    assert "Told to agents" not in tallystick(builder.path, "rules", "list", "-q").stdout


def test_what_check_changes_tells_is_kept_where_that_is_asked_for(
    builder: RepositoryBuilder,
) -> None:
    builder.write("a.py", tangled("first_secret"))

    async def ask(*options: str) -> None:
        async with mcp_client(builder.path, *options) as session:
            answer = await session.call_tool("check_changes", {})
            assert not answer.isError
            await session.call_tool("hotspots", {})

    anyio.run(ask)
    assert not (builder.path / ".git" / PLACE).exists()
    anyio.run(ask, "--log")
    kept = read(builder.path / ".git")
    assert {one.agent for one in kept} == {"mcp"}
    assert "complexity.cognitive" in {one.rule for one in kept}
    assert {one.base for one in kept} == {builder.head}
    assert "secret" not in (builder.path / ".git" / PLACE).read_text()


ONE = Told(1, "codex", "complexity.cognitive", "ab" * 8, "c" * 40)


class TestLog:
    def test_what_is_added_is_read(self, tmp_path: Path) -> None:
        assert add(tmp_path, [ONE]) is None
        assert add(tmp_path, [ONE, ONE]) is None
        assert read(tmp_path) == (ONE, ONE, ONE)

    @pytest.mark.parametrize("text", [b"", b"no json\n", b"[1]\n", b"\xff\n", b"{}\n" * 3])
    def test_lines_that_are_none_of_ours_are_passed_over(self, tmp_path: Path, text: bytes) -> None:
        add(tmp_path, [ONE])
        (tmp_path / PLACE).write_bytes(text + (tmp_path / PLACE).read_bytes())
        assert read(tmp_path) == (ONE,)

    def test_there_may_be_none(self, tmp_path: Path) -> None:
        assert read(tmp_path) == ()

    def test_a_link_in_its_place_is_not_followed(self, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.write_text("theirs\n")
        (tmp_path / PLACE).parent.mkdir()
        (tmp_path / PLACE).symlink_to(other)
        assert "is a symbolic link" in (add(tmp_path, [ONE]) or "")
        assert read(tmp_path) == ()
        assert other.read_text() == "theirs\n"
