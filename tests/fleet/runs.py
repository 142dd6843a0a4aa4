"""Runs of a fleet as processes, one of whose repositories hangs when it is first asked for.

Git fetches it over a stand-in for ssh.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scanner.fleet.tables import REPOSITORIES
from tests.fleet.histories import history

_SSH = """#!/bin/sh
cd "$(dirname "$0")"
if rm hang 2>/dev/null; then
    echo $$ > new
    mv new pid
    exec sleep 600
fi
shift
exec sh -c "$1"
"""


def environment(home: Path) -> dict[str, str]:
    """With the stand-in for ssh."""
    return {**os.environ, "GIT_SSH": str(home / "ssh"), "GIT_SSH_VARIANT": "simple"}


@dataclass(frozen=True)
class Run:
    """A run of a fleet that writes into `out`."""

    out: Path
    process: subprocess.Popen[bytes]

    def started(self) -> list[int]:
        """From the worker that scans `far`, which is an executor's, to the process that hangs."""
        file = self.out.parent / "pid"
        until(file.is_file)
        line = [int(file.read_text())]
        while b"scanner.fleet.child" not in Path(f"/proc/{line[0]}/cmdline").read_bytes():
            line.insert(0, parent_of(line[0]))
        return [parent_of(line[0]), *line]


def prepare(home: Path) -> None:
    """Two repositories, lists of both and of the one far away, and the stand-in for ssh."""
    history(home / "near", changes=4)
    history(home / "far", changes=4)
    (home / "ssh").write_text(_SSH)
    (home / "ssh").chmod(0o755)
    (home / "both").write_text(f"near\nssh://host{home}/far\n")
    (home / "far_alone").write_text(f"ssh://host{home}/far\n")


def start(home: Path, name: str, repositories: str = "both", *more: str) -> Run:
    """Begins to scan a list into the folder `name`."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "scanner", "fleet", str(home / repositories), "-o",
         str(home / name), "--cache", str(home / "cache"), "--no-rules", "--jobs", "2", "-q",
         *more],
        env=environment(home),
    )  # fmt: skip
    return Run(home / name, process)


def start_to_hang(home: Path, name: str, repositories: str = "both", *more: str) -> Run:
    """The same, and `far` hangs, once."""
    (home / "pid").unlink(missing_ok=True)
    (home / "hang").touch()
    return start(home, name, repositories, *more)


def undisturbed(home: Path) -> dict[str, bytes]:
    """What is written where nothing hangs."""
    run = start(home, "undisturbed")
    assert run.process.wait() == 0
    return written(run.out)


def written(out: Path) -> dict[str, bytes]:
    """All that is written but how long it took."""
    files = (file for file in out.rglob("*") if file.is_file())
    return {file.name: file.read_bytes() for file in files if f".{REPOSITORIES}." not in file.name}


def until(is_so: Callable[[], bool]) -> None:
    """Waits; a minute is far more than it takes."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def _stat(process: int) -> list[str] | None:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def is_running(process: int) -> bool:
    stat = _stat(process)
    return stat is not None and stat[0] != "Z"


def parent_of(process: int) -> int:
    stat = _stat(process)
    assert stat is not None
    return int(stat[1])
