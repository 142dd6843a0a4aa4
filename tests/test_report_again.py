"""A report made again has the same bytes: from the cache, without one, on several processes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

#: Marks from before an agent existed are not believed.
SUMMER_2025 = 1_751_328_000
AI = "\n\nCo-authored-by: Claude <noreply@anthropic.com>"
PEOPLE = ("Ada <ada@people.example>", "Bob <bob@people.example>", "Cy <cy@people.example>")

Report = Callable[..., bytes]


def draw_history(builder: RepositoryBuilder, changes: int, seed: int) -> None:
    """Changes of all kinds: new code, rework, moves, new layout, reverts, renames, merges."""
    draw = random.Random(seed)  # noqa: S311
    files = {f"pkg/m{i}.py": [f"value_{i}_{n} = {n}" for n in range(20)] for i in range(4)}
    builder.commit("Begin", texts(files), author=PEOPLE[0])
    for number in range(changes):
        on_branch = draw.random() < 0.2
        if on_branch:
            builder.git("checkout", "-q", "-b", f"branch-{number}")
        path = draw.choice(sorted(files))
        title = alter(files, path, draw, number)
        message = title + (AI if draw.random() < 0.5 else "")
        gone: dict[str, str | bytes | None] = {} if path in files else {path: None}
        author = draw.choice(PEOPLE)
        builder.commit(
            message, {**gone, **texts(files)}, author=author, days_later=draw.random() * 9
        )
        if on_branch:
            builder.git("checkout", "-q", "main")
            builder.git(
                "merge", "-q", "--no-ff", "-m", f"Merge branch {number}", f"branch-{number}"
            )


def texts(files: dict[str, list[str]]) -> dict[str, str | bytes | None]:
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def alter(files: dict[str, list[str]], path: str, draw: random.Random, number: int) -> str:
    """Alters the files as one change would, and gives its title."""
    lines = files[path]
    place = draw.randrange(len(lines)) if lines else 0
    match draw.randrange(6):
        case 0:
            lines[place:place] = [f"def new_{number}_{n}(): return {n}" for n in range(9)]
            return "Add things"
        case 1:
            lines[place : place + 5] = [f"changed_{number}_{n} = {n}" for n in range(4)]
            return "Fix a crash"
        case 2:
            other = draw.choice(sorted(files))
            moved, lines[place : place + 6] = lines[place : place + 6], []
            files[other].extend(moved)
            return "Move things"
        case 3:
            lines[:] = [line.replace(" = ", "  =  ") for line in lines]
            return "Format"
        case 4:
            files[f"pkg/renamed_{number}.py"] = files.pop(path)
            return "Rename a module"
        case _:
            del lines[place : place + 3]
            return "Drop things"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo", clock=SUMMER_2025)


@pytest.fixture
def report(builder: RepositoryBuilder, tmp_path: Path) -> Report:
    def make(*options: str) -> bytes:
        file = tmp_path / "report.json"
        words = ["report", "--repo", str(builder.path), "--format", "json", "-o", str(file), "-q"]
        assert run([*words, *options]) == 0
        return file.read_bytes()

    return make


@pytest.mark.parametrize("seed", range(3))
def test_the_cache_changes_nothing(builder: RepositoryBuilder, report: Report, seed: int) -> None:
    draw_history(builder, 25, seed)
    first = report()
    assert json.loads(first)["changes"]
    assert first == report() == report("--no-cache")
    head = builder.git("rev-parse", "HEAD")
    builder.commit("One more", {"pkg/more.py": "x = 1\ny = 2\n"}, days_later=3)
    more = report()
    assert more == report("--no-cache")
    assert more != first
    assert first == report(head)


def test_processes_change_nothing(builder: RepositoryBuilder, report: Report) -> None:
    draw_history(builder, 80, 7)
    assert report("--jobs", "1", "--no-cache") == report("--jobs", "2", "--no-cache")


def test_an_object_that_was_missing_is_read_when_it_is_there(
    builder: RepositoryBuilder, report: Report
) -> None:
    builder.commit("Begin", {"a.py": "first = 1\nsecond = 2\n"})
    builder.commit("Change", {"a.py": "first = 1\nsecond = 3\nthird = 4\n"}, days_later=1)
    whole = report("--no-cache")
    blob = builder.git("rev-parse", "HEAD:a.py")
    file = builder.path / ".git" / "objects" / blob[:2] / blob[2:]
    away = file.rename(builder.path / ".git" / "away")
    assert json.loads(report())["problems"]
    away.rename(file)
    assert report() == whole


def test_open_pull_requests_are_counted_by_arm(
    builder: RepositoryBuilder, report: Report, tmp_path: Path
) -> None:
    builder.commit("Begin", {"a.py": "first = 1\n"})
    builder.commit("Change (#3)", {"a.py": "first = 2\n"}, days_later=50)
    pulls = tmp_path / "pulls.json"
    common = {"title": "x", "author": {"login": "ada"}, "createdAt": "2025-07-03T00:00:00Z"}
    merged = {"state": "MERGED", "mergedAt": "2025-08-20T00:00:00Z", "headRefName": "x"}
    opened = {"state": "OPEN", "mergedAt": None, "headRefName": "claude/issue-1-20250703-1200"}
    pulls.write_text(
        json.dumps([{**common, **merged, "number": 3}, {**common, **opened, "number": 4}])
    )
    assert json.loads(report())["delivery"]["pull_requests"] == []
    found = json.loads(report("--pulls", str(pulls)))["delivery"]["pull_requests"]
    assert [(one["arm"], one["merged"], one["still_open"]) for one in found] == [
        ("ai", 0, 1),
        ("other", 1, 0),
    ]


def test_trends_by_release_say_what_each_cell_rests_on(
    builder: RepositoryBuilder, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("Begin", {"a.py": "first = 1\n"})
    assert run(["report", "--repo", str(builder.path), "--trend", "release", "-q"]) == 2
    assert "no tag names a version" in capsys.readouterr().err
    for number in range(12):
        builder.commit("Add", {f"m{number}.py": f"x = made({number})\n"})
    builder.git("tag", "v1.0")
    builder.commit("Add more", {"more.py": "x = made(1)\n"})
    document = json.loads(report("--trend", "release"))
    debt = next(trend for trend in document["trends"] if trend["outcome"] == "debt")
    assert (debt["by"], "--trend release" in document["command"]) == ("release", True)
    cells = {(cell["period"], cell["arm"]): cell for cell in debt["cells"]}
    assert cells["v1.0", "other"]["changes"] == 12
    assert cells["v1.0", "other"]["value"]["state"] == "measured"
    assert cells["not released yet", "other"]["changes"] == 1
    assert cells["not released yet", "other"]["value"]["state"] == "measured"
    assert json.loads(report())["trends"][0]["by"] == "month"
