"""On a long history `report` is on the newest part, says so, and says how to have all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.repository import DAY, RepositoryBuilder
from scanner.cli.main import run
from scanner.git.commits import read_commits
from scanner.git.process import open_repository
from scanner.history.read import NEWEST_CHANGES, IntegratedChange, newest_since

START = 1_600_000_000
EXTRA = 7


def _stream(commits: int, step: int) -> Iterator[str]:
    for number in range(commits):
        yield "commit refs/heads/main\n"
        yield f"committer A <a@x> {START + number * step} +0000\ndata 1\nx\n"
        yield f"M 644 inline b{number % 9}.py\ndata 6\nA = {number % 10}\n\n"


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    """A commit every half day: more than 1,000 in more than a year."""
    builder = RepositoryBuilder(tmp_path_factory.mktemp("long") / "repo")
    stream = "".join(_stream(NEWEST_CHANGES + EXTRA, DAY // 2))
    builder.git("fast-import", "--quiet", stdin=stream.encode())
    return builder


@pytest.fixture(scope="module")
def changes(long: RepositoryBuilder) -> tuple[IntegratedChange, ...]:
    commits = read_commits(open_repository(long.path), ["main"])
    return tuple(IntegratedChange(commit, (commit.oid,)) for commit in commits)


@pytest.mark.parametrize("count", [0, 1, NEWEST_CHANGES])
def test_a_short_history_is_whole(changes: tuple[IntegratedChange, ...], count: int) -> None:
    assert newest_since(changes[:count]) is None


def test_a_busy_year_is_whole(changes: tuple[IntegratedChange, ...]) -> None:
    assert newest_since(_spaced(changes, timedelta(hours=1))) is None


def test_more_than_the_newest_thousand_within_a_year(
    changes: tuple[IntegratedChange, ...],
) -> None:
    busy = _spaced(changes, timedelta(hours=1))
    old = replace(busy[0].commit, committed=busy[0].commit.committed - timedelta(days=900))
    since = newest_since((replace(busy[0], commit=old), *busy[1:]))
    last = busy[-1].commit.committed
    assert since == datetime.combine((last - timedelta(days=365)).date(), datetime.min.time(), UTC)


def test_a_slow_history_has_its_newest_thousand(changes: tuple[IntegratedChange, ...]) -> None:
    since = newest_since(changes)
    assert since is not None
    newest = [one for one in changes if one.commit.committed >= since]
    assert NEWEST_CHANGES <= len(newest) < NEWEST_CHANGES + EXTRA


def _spaced(changes: tuple[IntegratedChange, ...], step: timedelta) -> tuple[IntegratedChange, ...]:
    first = changes[0].commit.committed
    return tuple(
        replace(one, commit=replace(one.commit, committed=first + number * step))
        for number, one in enumerate(changes)
    )


def test_the_command_says_what_it_left_out(
    long: RepositoryBuilder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert run(["report", "--repo", str(long.path), "--no-rules", "-o", str(page)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    words = "1,000 of 1,007 changes; tallystick report --all looks at all of them."
    assert words in said
    assert words in page.read_text()


@pytest.mark.parametrize("arguments", [["--all"], ["--since", "2000-01-01"]])
def test_what_was_asked_for_is_not_cut(
    long: RepositoryBuilder, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    command = ["report", "--repo", str(long.path), "--no-rules", "--format", "json", "-q"]
    assert run([*command, *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (len(document["changes"]), document["older_changes"]) == (NEWEST_CHANGES + EXTRA, 0)
    assert f" {arguments[0]}" in document["command"]
