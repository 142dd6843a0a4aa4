"""A fleet on a Dask cluster, its scheduler and workers being processes: the same, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.fleet.runs import environment, prepare, start, start_to_hang, undisturbed, until, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and /proc")


@contextmanager
def dask(home: Path, what: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of Dask's own processes, ended with the block with all that it has started."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "dask", what, *arguments, "--no-dashboard"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment(home), start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def cluster(home: Path, address: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler at an address of this machine, and a worker."""
    file = home / "scheduler.json"
    file.unlink(missing_ok=True)
    with dask(home, "scheduler", "--host", address, "--scheduler-file", str(file)) as scheduler:
        until(file.is_file)
        found = json.loads(file.read_text())["address"]
        with dask(home, "worker", found, "--nthreads", "2"):
            yield found, scheduler


def test_the_same_comes_out_whatever_dies(tmp_path: Path) -> None:
    prepare(tmp_path)
    with cluster(tmp_path, "tcp://127.0.0.1:0") as (address, scheduler):
        run = start_to_hang(tmp_path, "worker", "both", "--dask", address)
        os.kill(run.started()[0], signal.SIGKILL)
        assert run.process.wait() == 0
        without_scheduler = start_to_hang(tmp_path, "scheduler", "both", "--dask", address)
        without_scheduler.started()
        scheduler.kill()
        scheduler.wait()
    with cluster(tmp_path, address):
        assert without_scheduler.process.wait() == 0
    whole = undisturbed(tmp_path)
    assert written(run.out) == whole
    assert written(without_scheduler.out) == whole


def test_no_scheduler_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    prepare(tmp_path)
    assert start(tmp_path, "nobody", "both", "--dask", "nowhere://x").process.wait() == 2
    assert "No Dask scheduler answers at nowhere://x." in capfd.readouterr().err
