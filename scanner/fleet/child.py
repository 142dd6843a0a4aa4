"""The process that scans one repository: asked on stdin, and gone where that closes."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import struct
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import monotonic

from scanner.base.errors import ScanError
from scanner.base.gc_tuning import collect_seldom
from scanner.base.interruption import leave_to_parent
from scanner.base.source_digest import source_digest
from scanner.base.whole_files import put_whole
from scanner.fleet.listing import without_credentials
from scanner.fleet.measure import ScanRequest, key_of, measure
from scanner.fleet.scan import Failed, Outcome, Scanned, ScanTask, Unchanged
from scanner.git.mirrors import mirror


def main() -> None:
    """Measures what stdin asks for; the answer goes into the file that the command line names."""
    leave_to_parent()
    collect_seldom()
    (size,) = struct.unpack(">Q", _read(8))
    task = pickle.loads(_read(size))  # noqa: S301  written by our own process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    put_whole(Path(sys.argv[1]), pickle.dumps(_answer(task)), 0o600)


def _answer(task: ScanTask) -> Outcome:
    try:
        return _scanned(task)
    except ScanError as error:
        return Failed(without_credentials(error.message))
    except MemoryError:
        return Failed("it needs more memory than it is allowed (limits.memory_mb)")
    except (OSError, sqlite3.OperationalError) as error:
        told = error.strerror if isinstance(error, OSError) else error
        return Failed(f"the system refuses what this needs: {told}")
    except Exception as error:  # noqa: BLE001  a defect in one repository's scan is that one's row
        return Failed(f"a bug in Tallystick: {type(error).__name__}: {error}")


def _scanned(task: ScanTask) -> Outcome:
    started = monotonic()
    if task.program != source_digest(""):
        return Failed("its worker runs another version of Tallystick")
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
        return Scanned(key, measure(request), monotonic() - started)


def _here(task: ScanTask) -> AbstractContextManager[Path]:
    if not task.entry.is_address:
        return nullcontext(Path(task.entry.repository))
    return mirror(task.entry.repository, task.cache / "mirrors")


def _read(size: int) -> bytes:
    """So many bytes of stdin, and not one more: the thread waits for its end."""
    found = b""
    while len(found) < size:
        part = os.read(0, size - len(found))
        if not part:
            os._exit(1)
        found += part
    return found


def _end_with_parent() -> None:
    os.read(0, 1)
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
