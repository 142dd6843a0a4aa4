"""git-ai notes as the commands read them: what is switched off, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

NOTE = """a.py
  0123456789abcdef 1-2
---
{"schema_version": "authorship/3.0.0", "base_commit_sha": "", "prompts":
 {"0123456789abcdef": {"agent_id": {"tool": "cursor", "id": "z", "model": "m"}}}}
"""


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"b.py": "B = 1\n"})
    made.commit("Add", {"a.py": "A = 1\nC = 2\n"})
    return made


def gate(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """The label, and what the gate notes."""
    run(["gate", "--repo", str(builder.path), "--base", "HEAD~1", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    return found["attribution"]["label"], found["notes"]


def test_a_note_counts(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    builder.git("notes", "--ref=ai", "add", "-m", NOTE)
    assert gate(builder, capsys) == ("ai", [])


def test_what_is_switched_off_does_not(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.git("reset", "-q", "--hard", "HEAD~1")
    builder.commit("Settings", {"tallystick.toml": '[attribution]\noff = ["git-ai.note"]\n'})
    builder.commit("Add", {"a.py": "A = 1\nC = 2\n"})
    builder.git("notes", "--ref=ai", "add", "-m", NOTE)
    assert gate(builder, capsys) == ("unmarked", [])


def test_what_cannot_be_read_is_said(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.git("notes", "--ref=ai", "add", "-m", NOTE.replace('"schema', "schema"))
    _, (said,) = gate(builder, capsys)
    assert said.startswith("Evidence of who wrote this could not be read: ")
