"""`check --worktree`: what is edited, staged or not, new files included, against HEAD."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from tests.gate.hooks import tangled
from tests.hostile.test_planted import snapshot

PLAIN = "def plain(a):\n    return a\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": PLAIN, "lib/b.py": PLAIN, ".gitignore": "ignored.py\n"})
    return made


class Step(NamedTuple):
    """A file written, or with no text deleted; and perhaps staged."""

    path: str
    text: str | None
    is_staged: bool = False


def edit(builder: RepositoryBuilder, *steps: Step) -> None:
    for path, text, is_staged in steps:
        place = builder.path / path
        if text is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        if is_staged:
            builder.git("add", path)


def check(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    *paths: str,
) -> tuple[int, set[str]]:
    """The exit code, and the files with findings."""
    places = [str(builder.path / path) for path in paths]
    arguments = ["check", "--repo", str(builder.path), "--worktree", "--format", "json", *places]
    code = run(arguments)
    found = json.loads(capsys.readouterr().out)
    return code, {finding["path"] for finding in found["findings"]}


BAD = tangled("f")
PASSES: dict[str, list[Step]] = {
    "nothing": [],
    "an ignored file": [Step("ignored.py", BAD)],
    "line ends alone": [Step("a.py", PLAIN.replace("\n", "\r\n"))],
    "a file gone": [Step("a.py", None)],
    "staged and taken back": [Step("a.py", BAD, is_staged=True), Step("a.py", PLAIN)],
    "a new file staged and gone": [Step("n.py", BAD, is_staged=True), Step("n.py", None)],
    "data": [Step("data.csv", "1,2\n" * 400_000)],
}
FAILS: dict[str, list[Step]] = {
    "an edit": [Step("a.py", BAD)],
    "an edit in a folder": [Step("lib/b.py", BAD)],
    "a staged edit": [Step("a.py", BAD, is_staged=True)],
    "a new file": [Step("n.py", BAD)],
    "a new file in a new folder": [Step("x/y/n.py", BAD)],
    "a new script": [Step("run", f"#!/usr/bin/env python\n{BAD}")],
    "a name with a line end": [Step("n\n.py", BAD)],
    "staged, then worse": [Step("a.py", PLAIN * 2, is_staged=True), Step("a.py", BAD)],
}


@pytest.mark.parametrize("name", PASSES)
def test_passes(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], name: str) -> None:
    edit(builder, *PASSES[name])
    assert check(builder, capsys) == (0, set())


@pytest.mark.parametrize("name", FAILS)
def test_fails(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], name: str) -> None:
    edit(builder, *FAILS[name])
    assert check(builder, capsys) == (1, {FAILS[name][-1].path})


def test_a_link_to_code_is_no_code(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(builder, Step("ignored.py", BAD))
    (builder.path / "link.py").symlink_to("ignored.py")
    assert check(builder, capsys) == (0, set())


def test_only_what_is_named(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    edit(builder, Step("a.py", BAD, is_staged=True), Step("lib/b.py", BAD))
    assert check(builder, capsys, "lib") == (1, {"lib/b.py"})
    assert check(builder, capsys, "a.py") == (1, {"a.py"})
    assert check(builder, capsys, "gone.py") == (0, set())


def test_before_the_first_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = RepositoryBuilder(tmp_path / "repo")
    edit(made, Step("a.py", BAD))
    assert check(made, capsys) == (1, {"a.py"})


def test_nothing_is_written_and_no_program_is_run(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    builder.git("config", "filter.x.clean", f"touch {canary}; cat")
    builder.git("config", "filter.x.process", f"touch {canary}")
    builder.git("config", "filter.x.required", "true")
    edit(builder, Step(".gitattributes", "*.py filter=x\n"), Step("a.py", BAD))
    os.utime(builder.path / "lib/b.py")
    check(builder, capsys)  # makes the cache
    before = snapshot(builder.path)
    assert check(builder, capsys) == (1, {"a.py"})
    assert {k: v for k, v in snapshot(builder.path).items() if "/tallystick" not in str(k)} == {
        k: v for k, v in before.items() if "/tallystick" not in str(k)
    }
    assert not canary.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.py"], "PATH is for the work tree."),
        (["--worktree", "/"], "/ is not in the work tree"),
    ],
)
def test_wrong_usage(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    assert run(["check", "--repo", str(builder.path), *arguments]) == 2
    assert said in capsys.readouterr().err
