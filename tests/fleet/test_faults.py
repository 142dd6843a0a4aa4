"""What dies or hangs in the middle of a fleet takes nothing else along, and is gone on with."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from scanner.fleet.data_folder import DataFolder
from scanner.fleet.tables import REPOSITORIES
from tests.fleet.runs import is_running, prepare, start, start_to_hang, undisturbed, until, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and /proc")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    prepare(folder)
    return folder


@pytest.fixture(scope="module")
def whole(home: Path) -> dict[str, bytes]:
    return undisturbed(home)


def test_a_worker_that_is_killed_is_replaced(home: Path, whole: dict[str, bytes]) -> None:
    run = start_to_hang(home, "worker")
    worker, *_, hanging = run.started()
    os.kill(worker, signal.SIGKILL)
    assert run.process.wait() == 0
    assert written(run.out) == whole
    until(lambda: not is_running(hanging))


def test_a_coordinator_that_is_killed_goes_on_where_it_was(
    home: Path, whole: dict[str, bytes]
) -> None:
    run = start_to_hang(home, "coordinator")
    done = run.out / "data" / f"near.{REPOSITORIES}.parquet"
    started = run.started()
    until(done.is_file)
    run.process.kill()
    run.process.wait()
    until(lambda: not any(map(is_running, started)))
    # what git leaves where it is killed while it writes
    (mirror,) = (home / "cache" / "mirrors").glob("*/mirror.git")
    (mirror / "packed-refs.lock").touch()
    at = done.stat().st_mtime_ns
    assert start(home, "coordinator").process.wait() == 0
    assert done.stat().st_mtime_ns == at
    assert written(run.out) == whole


@pytest.mark.parametrize("by", ["time", "memory"])
def test_a_scan_that_is_ended_is_told(home: Path, by: str) -> None:
    limit = ("--time-limit", "4") if by == "time" else ()
    run = start_to_hang(home, by, "far_alone", *limit)
    _, scan, *others = run.started()
    if by == "memory":  # as the kernel does where there is none left
        os.kill(scan, signal.SIGKILL)
    assert run.process.wait() == 3
    row = DataFolder(run.out).done("far")
    assert row is not None
    assert (
        row.failure
        == {
            "time": "it was not scanned within 4 seconds",
            "memory": "its scan was killed, or ran out of memory",
        }[by]
    )
    until(lambda: not any(map(is_running, others)))
