"""The store is a cache: it survives anything, and never turns a run into an error."""

from __future__ import annotations

import contextlib
import multiprocessing
import sqlite3
import sys
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from scanner.base.errors import ScanError
from scanner.base.model import Problem, Stage
from scanner.base.store import SCHEMA_VERSION, VERSIONS_KEPT, CacheTable, open_store


@dataclass(frozen=True, slots=True)
class Fact:
    count: int
    names: tuple[str, ...] = ()


SHELF = CacheTable("fact", "1", Fact)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "facts.sqlite"


def test_values_come_back_in_the_next_run(path: Path) -> None:
    problem = Problem(Stage.PARSE, None, "no Python")
    values: dict[str, Fact | Problem] = {"a": Fact(1, ("x",)), "b": problem}
    with open_store(path) as store:
        store.put_many(SHELF, values)
    with open_store(path) as store:
        assert store.get_many(SHELF, ["a", "b", "c"]) == values
        assert store.get(SHELF, "c") is None


def test_another_version_of_an_analysis_sees_nothing_of_the_old_one(path: Path) -> None:
    with open_store(path) as store:
        store.put_many(SHELF, {"a": Fact(1)})
        assert store.get(CacheTable("fact", "2", Fact), "a") is None


def test_only_the_last_versions_are_kept(path: Path) -> None:
    for version in range(VERSIONS_KEPT + 2):
        with open_store(path) as store:
            store.put_many(CacheTable("fact", str(version), Fact), {"a": Fact(version)})
    rows = sqlite3.connect(path).execute("SELECT count(*) FROM entry").fetchone()
    assert rows == (VERSIONS_KEPT,)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, b"SQLite format 3\0rest"])
def test_a_corrupt_store_is_made_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with open_store(path) as store:
        store.put_many(SHELF, {"a": Fact(1)})
        assert store.get(SHELF, "a") == Fact(1)


def test_a_store_that_breaks_while_it_is_used_is_made_anew(path: Path) -> None:
    with open_store(path) as store:
        store.put_many(SHELF, {str(i): Fact(i, ("x" * 500,)) for i in range(500)})
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with open_store(path) as store:
        store.get_many(SHELF, map(str, range(500)))
        store.put_many(SHELF, {"a": Fact(1)})
        store.put_many(SHELF, {"a": Fact(2)})
        assert store.get(SHELF, "a") == Fact(2)


@pytest.mark.parametrize(
    "damage",
    [
        (b"CREATE TABLE entry", b"CREATE T\xe1BLE entry"),
        (b"CREATE TABLE cache", b"CREATE TABLE \xe3ache"),
        (b"INTEGER NOT NULL REF", b"INTEGER NOT NULL R\xff\0"),
    ],
)
def test_a_damaged_schema_is_made_anew(path: Path, damage: tuple[bytes, bytes]) -> None:
    with open_store(path) as store:
        store.put_many(SHELF, {"a": Fact(1)})
    path.write_bytes(path.read_bytes().replace(*damage))
    with open_store(path) as store:
        assert store.get(SHELF, "a") is None
        store.put_many(SHELF, {"a": Fact(2)})
        assert store.get(SHELF, "a") == Fact(2)


def test_a_key_that_names_a_path_of_other_bytes_is_not_kept(path: Path) -> None:
    with open_store(path) as store:
        store.put_many(SHELF, {"\udcff.py": Fact(1), "b": Fact(2)})
        assert store.get_many(SHELF, ["\udcff.py", "b"]) == {"b": Fact(2)}


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_a_store_of_another_schema_is_made_anew(path: Path, version: int) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entry (other TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
    with open_store(path) as store:
        store.put_many(SHELF, {"a": Fact(1)})
        assert store.get(SHELF, "a") == Fact(1)


def test_a_value_that_cannot_be_read_is_as_good_as_not_stored(path: Path) -> None:
    with open_store(path) as store:
        store.put_many(CacheTable("fact", "1", str), {"a": "no Fact"})
        assert store.get(SHELF, "a") is None


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScanError, match=r"^The cache folder .* cannot be used: ") as caught:
        open_store(tmp_path / "file" / "facts.sqlite")
    assert "--no-cache" in (caught.value.hint or "")


def test_a_value_that_names_a_path_of_other_bytes_is_left_out(path: Path) -> None:
    values: dict[str, Fact | Problem] = {"a": Problem(Stage.READ, "\udcff.py", "odd"), "b": Fact(1)}
    with open_store(path) as store:
        store.put_many(SHELF, values)
        assert store.get_many(SHELF, ["a", "b"]) == {"b": Fact(1)}


def test_no_path_keeps_values_in_memory() -> None:
    with open_store(None) as store:
        store.put_many(SHELF, {"a": Fact(1)})
        assert store.get(SHELF, "a") == Fact(1)


def _write(path: Path, start: int) -> None:
    for i in range(start, start + 200):
        with open_store(path) as store:
            store.put_many(SHELF, {str(i): Fact(i)})


def test_two_processes_write_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path, start)) for start in (0, 200)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with open_store(path) as store:
        assert store.get_many(SHELF, map(str, range(400))) == {str(i): Fact(i) for i in range(400)}


def _begin(path: Path, start: Barrier, number: int) -> None:
    start.wait()
    with open_store(path) as store:
        store.put_many(SHELF, {str(number): Fact(number)})
        kept = store.get(SHELF, str(number)) == Fact(number)
        told = [problem for problem in store.problems if "computed again" not in problem.reason]
        sys.exit(0 if kept and not told else 1)


@pytest.mark.parametrize("before", ["nothing", "another schema", "garbage"])
def test_many_processes_begin_a_store_at_once(path: Path, before: str) -> None:
    path.parent.mkdir()
    context = multiprocessing.get_context("fork")
    for _ in range(5):
        path.unlink(missing_ok=True)
        if before == "garbage":
            path.write_bytes(b"not a database" * 1000)
        elif before == "another schema":
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE other (a)")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        start = context.Barrier(8)
        openers = [context.Process(target=_begin, args=(path, start, i)) for i in range(8)]
        for opener in openers:
            opener.start()
        for opener in openers:
            opener.join()
        assert [opener.exitcode for opener in openers] == [0] * 8


def test_a_disk_without_room_keeps_no_facts_and_stops_no_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def small(database: str, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(database, **options)
        if database != ":memory:":
            connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with open_store(path) as store:
        store.put_many(SHELF, {"a": Fact(1)})
        assert store.get(SHELF, "a") == Fact(1)
        assert [problem.stage for problem in store.problems] == [Stage.STORE]
        assert "database or disk is full" in store.problems[0].reason
