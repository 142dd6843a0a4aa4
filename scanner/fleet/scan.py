"""One repository of a fleet scanned: what an executor runs, here or on another machine.

All of it, from the clone on, runs in a process of its own with its own, so that one that hangs,
dies or takes all memory is ended and told, and takes neither its worker nor its neighbours along.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scanner.base.private_files import run_folder
from scanner.config import Settings
from scanner.fleet.listing import Entry
from scanner.fleet.measure import Measurement

_KILLED = -9


@dataclass(frozen=True, slots=True)
class ScanTask:
    """What a worker is given. `known` is the key of the last scan, if there was one.

    `cache` is a folder of the machine that scans; `seconds` is the time for this repository;
    `program` a digest of the program that asks, which has to be the one that scans.
    """

    entry: Entry
    known: str | None
    settings: Settings | None
    without_rules: bool
    salt: bytes
    cache: Path
    seconds: float
    program: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A repository that was scanned, what its scan depended on, and the seconds it took."""

    key: str
    measurement: Measurement
    seconds: float


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A repository that is as it was when it was scanned."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A repository that could not be scanned, and why."""

    reason: str


Outcome = Scanned | Unchanged | Failed


def scan_repository(task: ScanTask) -> Outcome:
    """Brings the repository here if need be, and scans it unless it is as it was.

    A process does so that ends with this one, and after `task.seconds`.
    """
    asked = pickle.dumps(task)
    with run_folder() as folder, (folder / "said").open("w+b") as errors:
        answer = folder / "answer"
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scanner.fleet.child", str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        assert process.stdin is not None
        try:
            # It stays open: where it closes, the process knows that nobody waits for it.
            process.stdin.write(struct.pack(">Q", len(asked)) + asked)
            process.stdin.flush()
            process.wait(task.seconds)
        except subprocess.TimeoutExpired:
            return Failed(f"it was not scanned within {task.seconds:g} seconds")
        except BrokenPipeError:
            process.wait()
        finally:
            _end_group(process)
            with suppress(BrokenPipeError):
                process.stdin.close()
        if not answer.is_file():
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()
            return Failed(_end_of(process.returncode, said))
        found = pickle.loads(answer.read_bytes())  # noqa: S301  written by our own process
        assert isinstance(found, Outcome)
        return found


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads a session of its own, with all that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_of(code: int, said: str) -> str:
    if code == _KILLED:
        return "its scan was killed, or ran out of memory"
    last = said.splitlines()[-1] if said else f"exit code {code}"
    return f"its scan ended without an answer: {last}"
