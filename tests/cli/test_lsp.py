"""`tallystick lsp`, asked by pygls' own client over stdin and stdout."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from fixtures.lsp_client import applied, lsp_client
from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, tangled

PLAIN = "def plain(rows):\n    return rows[0]\n"
MENDABLE = "def kind(value):\n    return type(value) == str\n"
MENDED = "def kind(value):\n    return type(value) is str\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit(
        "Base",
        {"a.py": f"{tangled('decide', 3)}\n\n{PLAIN}", "old.py": tangled("old"), "notes.md": "-\n"},
    )
    return made


def test_what_is_not_edited_or_not_of_this_repository_is_left_alone(
    builder: RepositoryBuilder, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.py").write_text(tangled("f"))

    async def talk() -> None:
        async with lsp_client(builder.path) as editor:
            uri = (tmp_path / "elsewhere.py").as_uri()
            item = types.TextDocumentItem(uri, "python", 0, tangled("f"))
            editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
            # Nothing is said of the former: this is the first answer.
            assert await editor.open("old.py") == []
            assert await editor.open("notes.md", language="markdown") == []
            assert await editor.lenses("old.py") == []
            assert "| cognitive complexity | 54 | 54 | 15 |" in (
                await editor.hover("old.py", 1) or ""
            )
            assert await editor.hover("old.py", 2) is None
            assert await editor.hover("notes.md", 1) is None
            assert await editor.actions("old.py", 1) == []
            assert editor.errors == []

    asyncio.run(talk())
    assert builder.git("status", "--porcelain") == ""


def test_a_saved_file_shows_findings_numbers_and_fixes(builder: RepositoryBuilder) -> None:
    grown = f"{tangled('decide', 6)}\n\n{PLAIN}\n\n{MENDABLE}\n\n{tangled('new')}"

    async def talk() -> None:
        async with lsp_client(builder.path) as editor:
            assert await editor.open("a.py") == []
            shown = await editor.save("a.py", grown)
            first = shown[0]
            assert (first.source, first.code) == ("tallystick", "complexity.cognitive")
            assert first.message.startswith("new has a cognitive complexity of 54 (new, limit 15).")
            decide = next(one for one in shown if one.message.startswith("decide has a cognitive"))
            assert decide.range == types.Range(types.Position(0, 0), types.Position(0, 17))
            assert decide.severity is types.DiagnosticSeverity.Warning

            assert await editor.lenses("a.py") == [
                (1, "cognitive 9 → 27"),
                (20, "cognitive 54 (new)"),
            ]
            assert editor.refreshes == 2
            table = await editor.hover("a.py", 1) or ""
            assert table.startswith("**Tallystick**: `decide`")
            assert "| cognitive complexity | 9 | 27 | 15 |" in table
            assert "| nesting depth | new | 9 | 4 |" in (await editor.hover("a.py", 20) or "")

            (action,) = await editor.actions("a.py", 17)
            assert action.title == "Fix type-compared-by-equality"
            assert action.is_preferred
            assert await editor.actions("a.py", 17, types.CodeActionKind.Refactor) == []
            mended = applied(grown, action)
            assert mended == grown.replace(MENDABLE, MENDED)
            shown = await editor.save("a.py", mended)
            assert "type-compared-by-equality" not in {one.code for one in shown}
            assert await editor.save("a.py", (builder.git("show", "HEAD:a.py") + "\n")) == []

    asyncio.run(talk())


def test_what_is_typed_moves_the_numbers_and_takes_the_fixes_back(
    builder: RepositoryBuilder,
) -> None:
    saved = f"{MENDABLE}\n\n{tangled('decide', 6)}\n\n{PLAIN}"
    typed = saved.replace("def kind", "# Two\n# lines\ndef kind")

    async def talk() -> None:
        async with lsp_client(builder.path) as editor:
            await editor.open("a.py")
            await editor.save("a.py", saved)
            for text, lens, hovers in (
                (saved, 5, 5),
                (typed, 7, 7),
                (saved.replace("\n", "\r\n"), 5, 5),
                (saved + "\n\nLATER = 1\n", 5, 5),
                (saved.replace("decide", "choose"), None, None),
                ("", None, None),
            ):
                editor.type("a.py", text)
                expected = [] if lens is None else [(lens, "cognitive 9 → 27")]
                assert await editor.lenses("a.py") == expected, text
                assert (await editor.hover("a.py", hovers or 5) is None) is (hovers is None)
                is_as_saved = text.replace("\r\n", "\n") == saved
                assert bool(await editor.actions("a.py", 2)) is is_as_saved
            editor.text_document_did_close(
                types.DidCloseTextDocumentParams(editor.document("a.py"))
            )
            assert await editor.shown("a.py") == []
            assert await editor.hover("a.py", 5) is None

    asyncio.run(talk())


def test_what_cannot_be_judged_is_shown_and_the_server_goes_on(builder: RepositoryBuilder) -> None:
    async def talk() -> None:
        async with lsp_client(builder.path) as editor:
            await editor.open("a.py")
            (shown,) = await editor.save("a.py", "def f(:\n")
            assert shown.message.startswith("Not judged: ")
            assert shown.severity is types.DiagnosticSeverity.Information
            assert await editor.save("a.py", PLAIN) == []
            builder.commit("Break", {"tallystick.toml": "[limits]\ncognitive = 'many'\n"})
            (shown,) = await editor.save("a.py", PLAIN + tangled("f"))
            assert shown.message.startswith("Not judged: tallystick.toml")
            assert await editor.hover("a.py", 1) is None
            assert await editor.actions("a.py", 1) == []
            builder.commit("Mend", {"tallystick.toml": None, "a.py": PLAIN})
            assert await editor.save("a.py", PLAIN) == []

    asyncio.run(talk())


def test_nothing_of_the_repository_is_run(builder: RepositoryBuilder, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'a').write(__file__)\n"
    script = f'#!/bin/sh\necho "$0 $@" >> {mark}\ncat\n'
    for name in ("conftest.py", "setup.py", "click.py", "pygls.py", "scanner/__init__.py"):
        builder.write(name, code)
    builder.commit("Trap", {".gitattributes": "*.py filter=trap\n"})
    trap = tmp_path / "trap"
    trap.write_text(script)
    trap.chmod(0o755)
    for key in ("filter.trap.clean", "filter.trap.smudge", "core.fsmonitor", "diff.external"):
        builder.git("config", key, str(trap))
    hooks = builder.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
        (hooks / name).write_text(script)
        (hooks / name).chmod(0o755)
    mark.unlink(missing_ok=True)

    async def talk() -> None:
        async with lsp_client(builder.path) as editor:
            await editor.open("a.py")
            shown = await editor.save("a.py", code + tangled("f"))
            assert shown
            await editor.open("setup.py")
            assert await editor.save("setup.py", code + tangled("f"))

    asyncio.run(talk())
    assert not mark.exists(), mark.read_text()


def test_it_ends_with_its_input_and_prints_nothing(builder: RepositoryBuilder) -> None:
    rubbish = b"Content-Length: 3\r\n\r\n{,}Content-Length: 2\r\n\r\n[]"
    for sent in (b"", rubbish):
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "lsp", "--repo", str(builder.path)],
            input=sent, capture_output=True, check=False, timeout=60, cwd=ROOT,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (1, b"")
        assert b"Traceback" not in done.stdout
