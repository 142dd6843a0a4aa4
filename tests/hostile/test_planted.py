"""What was planted is not followed, what is damaged is made anew, and nothing is left behind."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base import store
from scanner.base.private_files import PREFIX, remove_dead, run_folder
from scanner.base.store import CacheTable, open_store
from scanner.cli import output
from scanner.cli.main import run
from tests.hostile.trees import begun

CANARY = b"the canary is alive\n"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = begun(tmp_path / "r")
    builder.commit("More", {"app/b.py": "def more(x):\n    return x * 2\n"})
    return builder


def gate(builder: RepositoryBuilder, *more: str) -> int:
    return run(["gate", "--base", "HEAD~1", "--repo", str(builder.path), *more])


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder below, with its mode, number of links and content."""
    found = {}
    for file in sorted(folder.rglob("*")):
        status = file.lstat()
        is_plain = file.is_file() and not file.is_symlink()
        content = file.read_bytes() if is_plain else b""
        found[str(file.relative_to(folder))] = (status.st_mode, status.st_nlink, content)
    return found


# --------------------------------------------------------------------------- the cache


def _link_lock(cache: Path, canary: Path) -> None:
    (cache / "facts.sqlite-lock").symlink_to(canary)
    (cache / "facts.sqlite").write_bytes(b"no database" * 100)


def _link(name: str) -> Callable[[Path, Path], None]:
    return lambda cache, canary: (cache / name).symlink_to(canary)


def _dangling(cache: Path, canary: Path) -> None:
    (cache / "facts.sqlite").symlink_to(canary.with_name("nowhere"))


def _folder_link(cache: Path, canary: Path) -> None:
    cache.rmdir()
    cache.symlink_to(canary.parent)


def _hard_link(cache: Path, canary: Path) -> None:
    os.link(canary, cache / "facts.sqlite")


def _pipe(name: str) -> Callable[[Path, Path], None]:
    return lambda cache, _: os.mkfifo(cache / name)


def _folder(name: str) -> Callable[[Path, Path], None]:
    return lambda cache, _: (cache / name).mkdir()


PLANTED: dict[str, Callable[[Path, Path], None]] = {
    "lock is a link": _link_lock,
    "database is a link": _link("facts.sqlite"),
    "log is a link": _link("facts.sqlite-wal"),
    "shared memory is a link": _link("facts.sqlite-shm"),
    "journal is a link": _link("facts.sqlite-journal"),
    "database is a dangling link": _dangling,
    "folder is a link": _folder_link,
    "database is a hard link": _hard_link,
    "database is a pipe": _pipe("facts.sqlite"),
    "lock is a pipe": _pipe("facts.sqlite-lock"),
    "database is a folder": _folder("facts.sqlite"),
    "lock is a folder": _folder("facts.sqlite-lock"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_nothing_planted_in_the_cache_is_followed(
    builder: RepositoryBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    canary = tmp_path / "elsewhere" / "canary"
    canary.parent.mkdir()
    canary.write_bytes(CANARY)
    cache = builder.path / ".git" / "tallystick"
    cache.mkdir()
    PLANTED[kind](cache, canary)
    before = snapshot(tmp_path)
    assert gate(builder) == 0
    assert "the cache is not used in this run" in capsys.readouterr().err
    assert snapshot(tmp_path) == before


def test_the_cache_is_its_users_alone(builder: RepositoryBuilder) -> None:
    assert gate(builder) == 0
    cache = builder.path / ".git" / "tallystick"
    assert cache.stat().st_mode & 0o777 == 0o700
    cache.chmod(0o777)
    assert gate(builder) == 0
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_flipped_bit_is_noticed_and_changes_nothing(tmp_path: Path) -> None:
    table = CacheTable("fact", "1", str)
    values = {str(number): f"value {number}" * 20 for number in range(200)}
    path = tmp_path / "facts.sqlite"
    with open_store(path) as kept:
        kept.put_many(table, dict(values))
    whole = path.read_bytes()
    draw = random.Random(5)  # noqa: S311
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(damaged)
        with open_store(path) as kept:
            found = kept.get_many(table, values)
            assert found.items() <= values.items()
            kept.put_many(table, dict(values))
            found = kept.get_many(table, values)
            assert found.items() <= values.items()
            # Where the bit was in a key, SQLite may look past a row for good: it is made anew.
            assert len(found) >= len(values) - 1


def test_a_lock_of_another_is_not_waited_for_long(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert store.WAIT_SECONDS <= 2
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.2)
    assert gate(builder) == 0
    told = capsys.readouterr().out
    database = builder.path / ".git" / "tallystick" / "facts.sqlite"
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("DELETE FROM entry")
    assert gate(builder) == 0
    captured = capsys.readouterr()
    assert captured.out == told
    assert "the cache is not used in this run: database is locked" in captured.err
    other.close()


# --------------------------------------------------------------------------- what is left


def test_the_folder_of_a_dead_run_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, others = tmp_path / f"{PREFIX}dead", tmp_path / "another"
    for folder in (dead, others):
        folder.mkdir()
        (folder / "alive").write_bytes(b"")
        (folder / "code.py").write_text("x = 1\n")
    (tmp_path / f"{PREFIX}link").symlink_to(others)
    (tmp_path / f"{PREFIX}new").mkdir()
    remove_dead.cache_clear()
    with run_folder() as mine:
        remove_dead.cache_clear()
        remove_dead()
        assert mine.is_dir()
        assert not dead.exists()
        assert (others / "code.py").exists()
    left = {file.name for file in tmp_path.iterdir()}
    assert left == {"another", f"{PREFIX}link", f"{PREFIX}new"}


WORKERS = """
import os, sys, time
from scanner.base.workers import worker_processes
def work(_):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)
if __name__ == "__main__":
    with worker_processes(2) as pool:
        list(pool.map(work, range(2)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path: Path, ended_by: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(WORKERS)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment
    )
    assert parent.stdout is not None
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.send_signal(ended_by)
    parent.wait()
    # Whoever waits for the end of the output is not kept waiting by a worker that holds it.
    assert parent.stdout.read() == b""
    for worker in workers:
        for _ in range(100):
            if not _is_running(worker):
                break
            time.sleep(0.05)
        assert not _is_running(worker)


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except OSError:
        return False


# --------------------------------------------------------------------------- where it writes


def test_a_pipe_that_nobody_reads_is_not_waited_for(
    builder: RepositoryBuilder,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output, "_PATIENCE_SECONDS", 0.1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert gate(builder, "--no-cache", "--output", f"json={pipe}") == 2
    assert "nobody reads from this pipe" in capsys.readouterr().err


def test_a_file_is_replaced_and_what_is_linked_to_it_is_not(tmp_path: Path) -> None:
    file, linked = tmp_path / "a.py", tmp_path / "b.py"
    file.write_bytes(b"old\n")
    file.chmod(0o755)
    os.link(file, linked)
    output.replace_content(file, b"new\n")
    assert (file.read_bytes(), linked.read_bytes()) == (b"new\n", b"old\n")
    assert file.stat().st_mode & 0o777 == 0o755
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_dead_run_left_beside_a_result_is_removed(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".out.json.tallystick-{dead.pid}.x").write_text("half")
    (tmp_path / f".out.json.tallystick-{os.getpid()}.x").write_text("of another thread")
    output.write_file(tmp_path / "out.json", "{}")
    left = {file.name for file in tmp_path.iterdir()}
    assert left == {"out.json", f".out.json.tallystick-{os.getpid()}.x"}
