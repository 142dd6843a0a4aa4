"""The book that `conventions` prints, and the rules that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from scanner.render.json.conventions_documents import Conventions

LOGGED = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n"
FUNCTION = "def load_{i}_{n}(path):\n    logger.info('%s', path)\n    return path\n\n\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    for i in range(12):
        text = LOGGED + "".join(FUNCTION.format(i=i, n=n) for n in range(8))
        builder.commit(f"part {i}", {f"app/m{i}.py": text})
    return builder


def said(
    capsys: pytest.CaptureFixture[str], builder: RepositoryBuilder, *arguments: str
) -> tuple[int, str, str]:
    code = run(["conventions", "--repo", str(builder.path), *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_nothing_is_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("one", {"a.py": "print(1)\n"})
    code, out, _ = said(capsys, builder)
    assert code == 0
    assert out.startswith("no convention found at ")


def test_a_file_of_someone_else_is_not_written_over(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n")
    code, _, err = said(capsys, builder, "--export-semgrep", str(tmp_path / "mine.yml"))
    assert code == 2
    assert "mine.py exists and was not" in err
    assert not (tmp_path / "mine.yml").exists()
    code, _, err = said(capsys, builder, "--export-semgrep", str(tmp_path / "mine.txt"))
    assert code == 2
    assert "is not a name for a" in err


def test_the_book_says_what_is_done_how_often_and_where(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, builder)
    assert code == 0
    assert "* Reports of functions are made through a logger\n" in out
    assert "      96 of 96 in this repository, e.g. app/m0.py:7\n" in out
    assert "* check, gate and report point out a change that departs from it" in out
    assert max(map(len, out.splitlines())) <= 80
    assert out == said(capsys, builder)[1] == said(capsys, builder, "--no-cache")[1]


def test_what_a_tool_sees_to_is_shown_only_when_asked(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("lint", {"pyproject.toml": '[tool.ruff.lint]\nselect = ["ALL"]\n'})
    out = said(capsys, builder)[1]
    assert "named in snake_case" not in out
    assert "left to configured formatters and linters (--all shows them)" in out
    assert "named in snake_case" in said(capsys, builder, "--all")[1]


def test_the_document_has_what_the_text_has(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, builder, "HEAD~1", "--format", "json")
    assert code == 0
    document = msgspec.convert(json.loads(out), Conventions)
    assert document.revision == builder.git("rev-parse", "HEAD~1")
    (channel,) = [one for one in document.conventions if one.family == "output-channel"]
    assert (channel.support, channel.total, channel.files, channel.commits) == (88, 88, 11, 11)
    assert channel.is_charged


def test_the_rules_are_written_with_their_tests_and_again(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "habits.yml"
    for _ in range(2):
        code, out, _ = said(capsys, builder, "--export-semgrep", str(target))
        assert code == 0
        assert f"rules are in {target}, their tests beside it" in out
    assert "id: convention-output-channel-code" in target.read_text()
    assert "# ruleid: convention-output-channel-code" in target.with_suffix(".py").read_text()
