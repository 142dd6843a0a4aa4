"""What `check` judges when a framework started it, and `gate` without a base."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from tests.gate.hooks import tangled


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RepositoryBuilder:
    for name in ("FROM_REF", "TO_REF", "ORIGIN", "SOURCE"):
        monkeypatch.delenv(f"PRE_COMMIT_{name}", raising=False)
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("First", {"a.py": "A = 1\n"})
    made.branch("change")
    made.commit("Messy", {"b.py": tangled("messy")})
    made.commit("Then", {"a.py": "A = 2\n"})
    monkeypatch.chdir(made.path)
    return made


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, 0),
        ({"FROM_REF": "main"}, 0),
        ({"FROM_REF": "", "TO_REF": ""}, 0),
        ({"FROM_REF": "HEAD~1", "TO_REF": "HEAD"}, 0),
        ({"FROM_REF": "main", "TO_REF": "HEAD"}, 1),
        ({"ORIGIN": "main", "SOURCE": "HEAD"}, 1),
        ({"FROM_REF": "HEAD~1", "TO_REF": "HEAD", "ORIGIN": "main", "SOURCE": "HEAD"}, 0),
        ({"FROM_REF": "nowhere", "TO_REF": "HEAD"}, 2),
    ],
)
@pytest.mark.usefixtures("built")
def test_the_range_of_the_framework_is_judged(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    code: int,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PRE_COMMIT_{name}", value)
    assert run(["check", "--no-cache"]) == code


def test_a_range_without_a_common_ancestor(
    built: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = built.git("commit-tree", "HEAD^{tree}", "-m", "Another history")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", other)
    assert run(["check", "--no-cache"]) == 1


def test_where_nothing_is_staged_nothing_is_said_to_be_clean(
    built: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--no-cache"]) == 0
    assert "Nothing is staged, so nothing was judged" in capsys.readouterr().out
    built.write("README.md", "x\n")
    built.git("add", "-A")
    assert run(["check", "--no-cache"]) == 0
    assert "Nothing is staged" not in capsys.readouterr().out


def test_a_gate_without_a_base_says_what_it_took(
    built: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["gate", "--no-cache"]) == 1
    assert "compared with main, the default branch" in " ".join(capsys.readouterr().out.split())
    built.git("remote", "add", "origin", "https://host.example/x")
    assert run(["gate", "--no-cache"]) == 2
    assert "--base" in capsys.readouterr().err
