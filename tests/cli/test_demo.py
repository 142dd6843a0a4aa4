"""`demo` makes a history and its report from nothing, and touches nothing that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.cli.main import run


def test_a_page_is_made_from_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    assert run(["demo", str(folder), "--changes", "12"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (folder / "shop" / ".git").is_dir()


def test_what_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["demo", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
