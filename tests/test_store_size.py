"""The store keeps within a limit: what was not used for longest goes first."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.store import SCHEMA_VERSION, CacheTable, open_store, today
from scanner.base.store_size import kinds_in, size_on_disk, trim
from scanner.cli.main import run

OLD, NEW = CacheTable("old", "1", str), CacheTable("new", "1", str)
VALUES = {str(number): "x" * 10_000 for number in range(100)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A megabyte of values that were used long ago, and one of today's."""
    place = tmp_path / "facts.sqlite"
    with open_store(place) as store:
        store.put_many(OLD, VALUES)
        store.put_many(NEW, VALUES)
    with sqlite3.connect(place) as connection:
        connection.execute(
            "UPDATE entry SET used = used - 30 "
            "WHERE cache_table = (SELECT id FROM cache_table WHERE name = 'old')"
        )
    return place


def names(path: Path) -> list[str]:
    return [kind.name for kind in kinds_in(path)]


def test_a_small_store_is_left_alone(path: Path) -> None:
    before = path.read_bytes()
    trim(path, 10_000_000)
    assert path.read_bytes() == before


def test_what_is_used_again_is_young_again(path: Path) -> None:
    with open_store(path) as store:
        store.get_many(OLD, VALUES)
    days = sqlite3.connect(path).execute("SELECT DISTINCT used FROM entry").fetchall()
    assert [day for (day,) in days] == [today()]


def test_the_oldest_goes_first_and_the_file_shrinks(path: Path) -> None:
    trim(path, 1_500_000)
    assert names(path) == ["new"]
    assert size_on_disk(path) < 1_500_000
    with open_store(path) as store:
        assert len(store.get_many(NEW, VALUES)) == len(VALUES)
        assert store.problems == []


def test_one_days_values_may_be_too_many(path: Path) -> None:
    trim(path, 100_000)
    assert names(path) == []
    assert size_on_disk(path) < 100_000


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000])
def test_what_is_no_store_is_left_to_the_next_run(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "facts.sqlite"
    if content is not None:
        path.write_bytes(content)
    trim(path, 1)
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_store_of_another_version_is_left_to_the_next_run(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    assert names(path) == []


class TestCommand:
    def test_there_is_none(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        assert run(["cache", "--repo", str(builder.path)]) == 0
        assert capsys.readouterr().out == "There is no cache.\n"

    def test_it_is_listed_and_cleared(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.commit("Base", {"a.py": "A = 1\n"})
        where = ["--repo", str(builder.path)]
        run(["scan", *where, "-q"])
        capsys.readouterr()
        assert run(["cache", *where]) == 0
        listed = capsys.readouterr().out
        assert "facts.sqlite: " in listed
        assert " values " in listed
        assert run(["cache", *where, "--clear"]) == 0
        assert capsys.readouterr().out.startswith("Deleted ")
        run(["cache", *where])
        assert capsys.readouterr().out == "There is no cache.\n"
