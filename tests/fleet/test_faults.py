"""What dies or hangs in the middle of a fleet takes nothing else along, and is gone on with.

Real processes: git fetches over a stand-in for ssh that hangs the first time that it is called.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.fleet.data_folder import DataFolder
from scanner.fleet.tables import REPOSITORIES
from tests.fleet.histories import history

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and /proc")

_SSH = """#!/bin/sh
if mkdir "$HELD" 2>/dev/null; then
    echo $$ > "$HELD/new"
    mv "$HELD/new" "$HELD/pid"
    exec sleep 600
fi
shift
exec sh -c "$1"
"""


@dataclass(frozen=True)
class Run:
    """A run of a fleet whose repository `far` hangs where `held` is not there yet."""

    home: Path
    out: Path
    held: Path
    process: subprocess.Popen[bytes]

    def hanging(self) -> int:
        """The process that hangs, once it does."""
        _until((self.held / "pid").is_file)
        return int((self.held / "pid").read_text())

    def started_by_us(self) -> list[int]:
        """From the coordinator's worker to the process that hangs."""
        line = [self.hanging()]
        while (parent := _parent(line[0])) != self.process.pid:
            line.insert(0, parent)
        return line


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    history(folder / "near", changes=4)
    history(folder / "far", changes=4)
    (folder / "ssh").write_text(_SSH)
    (folder / "ssh").chmod(0o755)
    (folder / "both").write_text(f"near\nssh://host{folder}/far\n")
    (folder / "far_alone").write_text(f"ssh://host{folder}/far\n")
    return folder


def start(home: Path, name: str, repositories: str = "both", *more: str) -> Run:
    out, held = home / name, home / f"{name}.held"
    environment = {
        **os.environ, "GIT_SSH": str(home / "ssh"), "GIT_SSH_VARIANT": "simple", "HELD": str(held),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "scanner", "fleet", str(home / repositories), "-o", str(out),
         "--cache", str(home / "cache"), "--no-rules", "--jobs", "2", "-q", *more],
        env=environment,
    )  # fmt: skip
    return Run(home, out, held, process)


@pytest.fixture(scope="module")
def undisturbed(home: Path) -> dict[str, bytes]:
    (home / "undisturbed.held").mkdir()
    run = start(home, "undisturbed")
    assert run.process.wait() == 0
    return written(run.out)


def written(out: Path) -> dict[str, bytes]:
    """All that is written but how long it took."""
    files = (file for file in out.rglob("*") if file.is_file())
    return {file.name: file.read_bytes() for file in files if f".{REPOSITORIES}." not in file.name}


def test_a_worker_that_is_killed_is_replaced(home: Path, undisturbed: dict[str, bytes]) -> None:
    run = start(home, "worker")
    os.kill(run.started_by_us()[0], signal.SIGKILL)
    assert run.process.wait() == 0
    assert written(run.out) == undisturbed
    _until(lambda: not _is_running(run.hanging()))


def test_a_coordinator_that_is_killed_goes_on_where_it_was(
    home: Path, undisturbed: dict[str, bytes]
) -> None:
    run = start(home, "coordinator")
    done = run.out / "data" / f"near.{REPOSITORIES}.parquet"
    hanging = run.started_by_us()
    _until(done.is_file)
    run.process.kill()
    run.process.wait()
    _until(lambda: not any(map(_is_running, hanging)))
    # what git leaves where it is killed while it writes
    (mirror,) = (home / "cache" / "mirrors").glob("*/mirror.git")
    (mirror / "packed-refs.lock").touch()
    at = done.stat().st_mtime_ns
    assert start(home, "coordinator").process.wait() == 0
    assert done.stat().st_mtime_ns == at
    assert written(run.out) == undisturbed


@pytest.mark.parametrize("by", ["time", "memory"])
def test_a_scan_that_is_ended_is_told(home: Path, by: str) -> None:
    limit = ("--time-limit", "4") if by == "time" else ()
    run = start(home, by, "far_alone", *limit)
    _, scan, *others = run.started_by_us()
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
    _until(lambda: not any(map(_is_running, others)))


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def _stat(process: int) -> list[str] | None:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _is_running(process: int) -> bool:
    stat = _stat(process)
    return stat is not None and stat[0] != "Z"


def _parent(process: int) -> int:
    stat = _stat(process)
    assert stat is not None
    return int(stat[1])
