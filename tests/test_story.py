"""The story of one change, from how it came in to its lines' end, as a user reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

SUMMER_2025 = 1_751_328_000
AI = "\n\nCo-authored-by: Claude <noreply@anthropic.com>"
BOB = "Bob <bob@people.example>"

Explain = Callable[..., str]


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo", clock=SUMMER_2025)


@pytest.fixture
def explain(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]) -> Explain:
    def told(commit: str, *options: str) -> str:
        assert run(["explain", commit, "--repo", str(builder.path), "--no-cache", *options]) == 0
        return capsys.readouterr().out

    return told


def numbered(*changed: int) -> str:
    """Ten lines, those of the given numbers in other words."""
    return "".join(f"{'other' if n in changed else 'value'}_{n} = {n}\n" for n in range(10))


def test_what_nobody_touched(builder: RepositoryBuilder, explain: Explain) -> None:
    commit = builder.commit("Add values", {"a.py": numbered()})
    text = explain(commit)
    assert "10 of 10 code lines still exist after 0 days." in text
    assert "within 7 days       not known yet: so far 0" in text
    assert "gone" not in text
    assert "Release: not known, the repository has no release tags." in text


def test_a_change_without_code(builder: RepositoryBuilder, explain: Explain) -> None:
    builder.commit("Add values", {"a.py": numbered()})
    commit = builder.commit("Say more", {"README": "more\n"})
    assert "It adds no code lines that could be followed." in explain(commit)


def test_who_took_its_lines_and_when(builder: RepositoryBuilder, explain: Explain) -> None:
    builder.commit("Begin", {"b.py": "x = 1\n"})
    commit = builder.commit(f"Add values{AI}", {"a.py": numbered()}, days_later=1)
    fix = builder.commit("Fix a crash", {"a.py": numbered(0, 1, 2)}, author=BOB, days_later=5)
    builder.commit(f"Rename more{AI}", {"a.py": numbered(*range(6))}, days_later=20)
    builder.commit("Much later", {"b.py": "x = 2\n"}, days_later=100)
    builder.git("tag", "v1.0", commit)
    text = explain(commit)
    assert "4 of 10 code lines still exist after 125 days. Half were gone after 25 days." in text
    assert "  within 7 days            3           0      3            0      3\n" in text
    assert "  within 30 days           6           3      3            3      3\n" in text
    assert "Of 6 lines gone, 3 by AI-attributed changes, 3 by unmarked changes:" in text
    assert f"3 lines after 5 days, {fix[:12]} (unmarked): Fix a crash, a fix" in text
    assert "First released in v1.0" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "replaces 3 lines of 1 earlier change." in explain(fix)


def test_a_revert_and_its_own_revert(builder: RepositoryBuilder, explain: Explain) -> None:
    builder.commit("Begin", {"b.py": "x = 1\n"})
    commit = builder.commit("Add values", {"a.py": numbered()}, days_later=1)
    builder.git("revert", "--no-edit", commit)
    first = builder.git("rev-parse", "HEAD")
    text = explain(commit)
    assert f"Reverted after 0 days by {first[:12]} (unmarked): Revert" in text
    assert f"It takes back {commit[:12]} (unmarked): Add values (names the commit)." in explain(
        first
    ).replace("\n    ", " ")
    builder.git("revert", "--no-edit", first)
    assert "which was itself taken back" in explain(commit).replace("\n    ", " ")


def test_the_same_in_json(builder: RepositoryBuilder, explain: Explain) -> None:
    builder.commit("Begin", {"b.py": "x = 1\n"})
    commit = builder.commit("Add values (#7)", {"a.py": numbered()}, days_later=1)
    builder.commit("Rename", {"a.py": numbered(0, 1)}, days_later=8)
    document = json.loads(explain(commit, "--format", "json"))
    arrival, aftermath = document["arrival"], document["aftermath"]
    assert (arrival["style"], arrival["pull_request"]) == ("squash", 7)
    assert arrival["authored_days_before_reason"].startswith("a squash keeps no earlier commit")
    assert [taker["lines"] for taker in aftermath["takers"]] == [2]
    assert aftermath["taken_by"] == {"unmarked": 2}
    assert aftermath["added_lines"] - aftermath["alive_lines"] == 2


def test_of_two_branches_that_removed_a_line_the_first_to_land_ended_it(
    builder: RepositoryBuilder, explain: Explain
) -> None:
    commit = builder.commit("Add values", {"a.py": numbered()})
    for branch in ("early", "late"):
        builder.git("checkout", "-q", "-b", branch, "main")
        builder.commit(f"Change it {branch}", {"a.py": numbered(3)}, days_later=2)
    builder.git("checkout", "-q", "main")
    for number, branch in enumerate(("late", "early")):
        builder.clock += 86_400 * 10
        message = f"Merge pull request #{number} from x/{branch}\n\nRework it, {branch}"
        builder.git("merge", "-q", "--no-ff", "-m", message, branch)
    text = explain(commit)
    assert "(unmarked): Rework it, late" in text
    assert "early" not in text


def test_a_commit_that_blame_is_to_ignore_ends_no_lines_life(
    builder: RepositoryBuilder, explain: Explain
) -> None:
    commit = builder.commit("Add values", {"a.py": numbered()})
    listed = builder.commit("Upgrade the syntax", {"a.py": numbered(3)}, days_later=2)
    builder.commit("Say so", {".git-blame-ignore-revs": f"{listed}\n"})
    text = explain(commit)
    assert "within 7 days       not known yet: so far 0" in text
    assert "gone" not in text
