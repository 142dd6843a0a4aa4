"""One repository of a fleet scanned: what an executor runs, here or on another machine.

The scan itself runs in a process of its own, so that one that hangs, dies or takes all memory is
ended and told, and takes neither its worker nor its neighbours along.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from scanner.base.errors import ScanError
from scanner.base.private_files import run_folder
from scanner.config import Settings
from scanner.fleet.listing import Entry, without_credentials
from scanner.fleet.measure import Measurement, ScanRequest, key_of
from scanner.git.mirrors import end_group, mirror

_KILLED = -9


@dataclass(frozen=True, slots=True)
class ScanTask:
    """What a worker is given. `known` is the key of the last scan, if there was one.

    `cache` is a folder of the machine that scans; `seconds` is the time for this repository.
    """

    entry: Entry
    known: str | None
    settings: Settings | None
    without_rules: bool
    salt: bytes
    cache: Path
    seconds: float


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
    """Brings the repository here if need be, and scans it unless it is as it was."""
    started = monotonic()
    try:
        with _here(task) as path:
            request = ScanRequest(
                task.entry.name,
                path,
                task.entry.revisions,
                task.settings,
                task.without_rules,
                task.salt,
                task.cache / "facts" / task.entry.name / "facts.sqlite",
            )
            key = key_of(request)
            if key == task.known:
                return Unchanged()
            left = task.seconds - (monotonic() - started)
            found = _measured_apart(request, left, task.seconds)
    except ScanError as error:
        return Failed(without_credentials(error.message))
    except OSError as error:
        return Failed(f"the system refuses what this needs: {error.strerror}")
    if isinstance(found, Failed):
        return found
    return Scanned(key, found, monotonic() - started)


@contextmanager
def _here(task: ScanTask) -> Iterator[Path]:
    if not task.entry.is_address:
        yield Path(task.entry.repository)
        return
    with mirror(task.entry.repository, task.cache / "mirrors", task.seconds) as path:
        yield path


def _measured_apart(request: ScanRequest, left: float, limit: float) -> Measurement | Failed:
    """Measured by a process that ends with this one, and after `left` seconds."""
    asked = pickle.dumps(request)
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
            process.wait(max(left, 0.0))
        except subprocess.TimeoutExpired:
            return Failed(f"it was not scanned within {limit:g} seconds")
        except BrokenPipeError:
            process.wait()
        finally:
            end_group(process)
            with suppress(BrokenPipeError):
                process.stdin.close()
        if not answer.is_file():
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()
            return Failed(_end_of(process.returncode, said))
        found = pickle.loads(answer.read_bytes())  # noqa: S301  written by our own process
        assert isinstance(found, Measurement | Failed)
        return found


def _end_of(code: int, said: str) -> str:
    if code == _KILLED:
        return "its scan was killed, or ran out of memory"
    last = said.splitlines()[-1] if said else f"exit code {code}"
    return f"its scan ended without an answer: {last}"
