"""`tallystick mcp`, asked by the official client over stdin and stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from mcp import ClientSession, McpError, types

from fixtures.mcp_client import mcp_client
from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, tangled

SLUG = '''import re


def slug(title: str, longest: int = 40) -> str:
    """The title as a part of an address: lower case, words joined by dashes."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    kept = []
    length = 0
    for word in words:
        length += len(word) + 1
        if length > longest:
            break
        kept.append(word)
    return "-".join(kept) or "untitled"
'''
SAME = """def make_path(name, size):
    parts = re.findall(r"[a-z0-9]+", name.lower())
    taken = []
    total = 0
    for part in parts:
        total += len(part) + 1
        if total > size:
            break
        taken.append(part)
    return "-".join(taken) or "untitled"
"""
NAMES = ("orders", "parcels", "meters", "tickets")


def page(name: str) -> str:
    functions = [
        f'def {name}_{i}(rows):\n    """The {name} number {i}."""\n    return rows[{i}]\n'
        for i in range(6)
    ]
    return "\n\n".join(functions)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path_factory.mktemp("mcp") / "repo")
    made.commit("Begin", {"app/__init__.py": "", "app/text.py": SLUG})
    for name in NAMES:
        made.commit(f"Add {name}", {f"app/pages/{name}.py": page(name)})
    made.commit("Tangle", {"app/core.py": tangled("decide")})
    made.commit(
        "Mark\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n",
        {"app/core.py": tangled("pick")},
        days_later=700,
    )
    return made


async def ask(session: ClientSession, tool: str, **question: Any) -> dict[str, Any]:
    result = await session.call_tool(tool, question)
    assert not result.isError, result.content
    assert isinstance(result.content[0], types.TextContent)
    assert json.loads(result.content[0].text) == result.structuredContent
    assert result.structuredContent is not None
    return result.structuredContent


async def refusal(session: ClientSession, tool: str, **question: Any) -> str:
    result = await session.call_tool(tool, question)
    assert result.isError
    assert isinstance(result.content[0], types.TextContent)
    return result.content[0].text


def status(builder: RepositoryBuilder) -> str:
    return builder.git("status", "--porcelain")


def test_every_tool_answers_and_writes_nothing(repository: RepositoryBuilder) -> None:
    async def talk() -> None:
        async with mcp_client(repository.path) as session:
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            for tool in tools.values():
                jsonschema.Draft202012Validator.check_schema(tool.inputSchema)
                assert tool.annotations is not None
                assert tool.annotations.readOnlyHint

            nothing = await ask(session, "check_changes")
            assert (nothing["verdict"], nothing["findings"]) == ("pass", [])

            for question in ({"code": SAME}, {"description": "title as part of an address"}):
                found = await ask(session, "find_existing", path="app/core.py", **question)
                first = found["functions"][0]
                assert (first["path"], first["name"]) == ("app/text.py", "slug")
                assert first["import_line"] == "from app.text import slug"
            own = await ask(session, "find_existing", code="def f(x):\n    return x @ x\n")
            assert own["functions"] == []

            habits = await ask(session, "conventions_for", path="app/pages/new.py")
            assert all(h["support"] <= h["total"] for h in habits["habits"])
            assert any("docstring" in h["convention"] for h in habits["habits"])

            hot = await ask(session, "hotspots")
            assert (hot["files"][0]["path"], hot["files"][0]["changes"]) == ("app/core.py", 2)
            plan = await ask(session, "plan", minutes=10_000)
            assert plan["repairs"][0]["finding"]["path"] == "app/core.py"
            assert plan["used"] <= 10_000
            assert (await ask(session, "plan", minutes=1))["repairs"] == []

            story = await ask(session, "explain", commit="HEAD")
            assert (story["label"], story["agents"]) == ("ai", ["claude"])
            labels = await ask(session, "attribution_status")
            assert (labels["commits"], labels["with_evidence"]) == (7, 1)
            assert labels["commits_are_stamped"] is False

    anyio.run(talk)
    assert status(repository) == ""


def test_what_is_wrong_is_told_in_a_sentence_and_the_server_goes_on(
    repository: RepositoryBuilder,
) -> None:
    async def talk() -> None:
        async with mcp_client(repository.path) as session:
            for tool, question, said in (
                ("explain", {"commit": "nowhere"}, "There is no revision 'nowhere'"),
                ("plan", {"minutes": 0}, "minimum of 0"),
                ("plan", {"hours": 1}, "'hours' was unexpected"),
                ("find_existing", {}, "Nothing is asked for."),
                ("find_existing", {"code": "def f(:"}, "cannot be read as Python"),
                ("check_changes", {"paths": ["../elsewhere.py"]}, "is not in the work tree"),
                ("write_file", {}, "There is no tool write_file."),
            ):
                text = await refusal(session, tool, **question)
                assert said in text
                assert "Traceback" not in text
            assert (await ask(session, "check_changes"))["verdict"] == "pass"

    anyio.run(talk)


def test_findings_come_in_pages_what_softens_first_and_what_is_not_judged_is_said(
    tmp_path: Path,
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Base", {"a.py": "A = 1\n", "tallystick.toml": "[thresholds]\ndebt = 5\n"})
    builder.write("a.py", "\n\n".join(tangled(f"f{i}", 5 + i) for i in range(12)))
    builder.write("b.py", "def f(:\n")
    builder.write("tallystick.toml", "[thresholds]\ndebt = 5000\n")

    async def talk() -> None:
        async with mcp_client(builder.path) as session:
            one = await ask(session, "check_changes")
            two = await ask(session, "check_changes", page=2)
            assert one["findings"][0]["softens"]
            assert one["findings"][0]["path"] == "tallystick.toml"
            assert not one["findings"][1]["softens"]
            assert len(one["findings"]) == len(two["findings"]) == 10
            assert (two["pages"]["page"], two["pages"]["of"]) == (
                2,
                -(-one["pages"]["entries"] // 10),
            )
            assert one["not_judged"].startswith("Not judged: b.py: ")
            only = await ask(session, "check_changes", paths=["b.py"])
            assert only["verdict"] == "could_not_judge"

    anyio.run(talk)


def test_progress_is_told_and_a_call_can_be_cancelled(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    text = "\n\n".join(tangled(f"f{i}") for i in range(12))
    builder.commit("Base", {f"app/m{i}.py": f"N = {i}\n\n\n{text}" for i in range(40)})
    told: list[tuple[float, float | None, str | None]] = []

    async def talk() -> None:
        async with mcp_client(builder.path) as session:
            begun = anyio.Event()

            async def tell(progress: float, total: float | None, message: str | None) -> None:
                told.append((progress, total, message))
                begun.set()

            async def ask_and_lose() -> None:
                with pytest.raises(McpError, match="cancelled"):
                    await session.call_tool("hotspots", {}, progress_callback=tell)

            async with anyio.create_task_group() as group:
                group.start_soon(ask_and_lose)
                await begun.wait()
                last = types.CancelledNotificationParams(requestId=1)
                note = types.CancelledNotification(method="notifications/cancelled", params=last)
                await session.send_notification(types.ClientNotification(note))
            assert (await ask(session, "check_changes"))["verdict"] == "pass"

    anyio.run(talk)
    assert told[0][:2] == (1, None)
    assert "reading files" in (told[0][2] or "")


def test_it_ends_with_its_input(repository: RepositoryBuilder) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "mcp", "--repo", str(repository.path)],
        input=b"", capture_output=True, check=False, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
