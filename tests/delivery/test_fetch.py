from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from scanner.base.errors import ScanError
from scanner.delivery.exports import read_export
from scanner.delivery.fetch import fetch_pulls, forge_of, run_tool
from scanner.delivery.pulls import Forge
from tests.delivery.test_exports import MERGE_REQUEST, PULL


@pytest.mark.parametrize(
    ("url", "forge"),
    [
        ("https://github.com/o/r.git", Forge.GITHUB),
        ("git@github.com:o/r.git", Forge.GITHUB),
        ("ssh://git@gitlab.example.org:2222/o/r.git", Forge.GITLAB),
        ("git@gitlab.com:o/r.git", Forge.GITLAB),
        ("https://user:token@gitlab.com/o/r", Forge.GITLAB),
        ("https://github.com/gitlab/mirror", Forge.GITHUB),
        ("https://git.example.org/o/r", Forge.GITHUB),
    ],
)
def test_the_host_tells_the_forge(url: str, forge: Forge) -> None:
    assert forge_of(url) is forge


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in front of PATH, where tests put programs in place of `gh` and `glab`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def install(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


def test_github_is_asked_once_through_gh(tool: Path, tmp_path: Path) -> None:
    page = {"data": {"repository": {"pullRequests": {"nodes": [PULL]}}}}
    (tmp_path / "page.json").write_text(json.dumps(page))
    install(tool, "gh", f'echo "$@" >> {tmp_path}/calls\ncat {tmp_path}/page.json')
    text = fetch_pulls(tmp_path, "git@github.com:o/r.git")
    assert [pull.number for pull in read_export([("gh", text)]).pulls] == [7]
    calls = (tmp_path / "calls").read_text()
    assert calls.startswith("api graphql --paginate -F owner={owner} -F name={repo} -f query=")


def test_gitlab_records_get_their_notes_and_commits(tool: Path, tmp_path: Path) -> None:
    note = {"author": {"username": "bob"}, "body": "hm", "created_at": "2025-03-02T10:00:00Z"}
    own = {"id": "1" * 40, "title": "Add", "authored_date": "2025-03-01T10:00:00Z"}
    for name, value in (("list", [MERGE_REQUEST]), ("notes", [note]), ("commits", [own])):
        (tmp_path / name).write_text(json.dumps(value))
    install(
        tool,
        "glab",
        f"""case "$3" in
        */notes*) cat {tmp_path}/notes ;;
        */commits*) cat {tmp_path}/commits ;;
        *) cat {tmp_path}/list ;;
        esac""",
    )
    text = fetch_pulls(tmp_path, "https://gitlab.com/o/r.git")
    (pull,) = read_export([("glab", text)]).pulls
    assert pull.reviews is not None
    assert len(pull.reviews) == 1
    assert pull.commits is not None
    assert pull.commits[0].title == "Add"


def test_a_tool_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScanError, match="`gh` is not installed") as caught:
        fetch_pulls(tmp_path, "https://github.com/o/r")
    assert caught.value.hint is not None
    assert "--pulls" in caught.value.hint


def test_a_tool_that_fails_is_quoted(tool: Path, tmp_path: Path) -> None:
    install(tool, "gh", "echo 'To get started, run: gh auth login' >&2; exit 4")
    with pytest.raises(ScanError, match="run: gh auth login"):
        run_tool(("gh", "api"), tmp_path)
