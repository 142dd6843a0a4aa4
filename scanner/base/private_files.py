"""Folders and files that are this user's alone: nothing planted is followed, nothing is left.

Whoever can write into a repository's git directory, or into a shared folder for temporary files,
can put a link there. So what is not a plain file of this user is refused, and what a run makes for
itself it marks by a lock, by which the next run knows what a dead one has left.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scanner.base.signals import signals_held_back

if sys.platform != "win32":
    import fcntl

#: How the folder of a run is called.
PREFIX = "tallystick-"
_ALIVE = "alive"
#: A folder without a lock may be one that is being made at this moment.
_MAKING_SECONDS = 600
#: How often, and how long apart, a folder is removed into which somebody may be writing.
_TRIES, _WAIT_SECONDS = 20, 0.1
#: Where run folders are made; None for the system's place.
_all_folders: Path | None = None
_BESIDE = ("", "-wal", "-shm", "-journal", "-lock")


def make_private(folder: Path) -> None:
    """Makes a folder that only this user can enter; one of this user's that is open is closed.

    Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if sys.platform != "win32" and stat.S_ISDIR(status.st_mode) and _is_own(status):
        if status.st_mode & 0o077:
            folder.chmod(0o700)


def refusal(database: Path) -> str | None:
    """Why a database may not be opened: its folder or one of its files is not this user's own."""
    if sys.platform == "win32":
        return None
    with contextlib.suppress(FileNotFoundError):
        status = database.parent.lstat()
        if stat.S_ISLNK(status.st_mode):
            return f"{database.parent} is a symbolic link"
        if not _is_own(status):
            return f"{database.parent} belongs to another user"
    for suffix in _BESIDE:
        file = database.with_name(database.name + suffix)
        with contextlib.suppress(FileNotFoundError):
            status = file.lstat()
            if not stat.S_ISREG(status.st_mode):
                return f"{file} is a {_kind(status.st_mode)}"
            if not _is_own(status) or status.st_nlink > 1:
                return f"{file} belongs to somebody else, or has a second name"
    return None


def _is_own(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid()


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "symbolic link", stat.S_IFDIR: "folder", stat.S_IFIFO: "named pipe"}
    return kinds.get(stat.S_IFMT(mode), "device")


def open_private(file: Path, further: int = 0) -> int:
    """Opens a file of this user's for reading and writing, made if need be; no link is followed.

    `further` are flags of `os.open`. Raises OSError.
    """
    flags = (
        further
        | os.O_RDWR
        | os.O_CREAT
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_NONBLOCK", 0)
    )
    return os.open(file, flags, 0o600)


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for this run, removed at its end, as are those of runs that were killed."""
    remove_dead()
    with contextlib.ExitStack() as undo:
        with signals_held_back():
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_all_folders))
            undo.callback(_remove, folder)
            _hold(folder, undo)
        yield folder


def make_folders_in(folder: Path) -> None:
    """Lets this process make its run folders in one of its parent, which removes it in the end."""
    global _all_folders  # noqa: PLW0603  asked for wherever a folder is made
    _all_folders = folder


def _hold(folder: Path, undo: contextlib.ExitStack) -> None:
    """Holds the lock that says that the folder's run is alive. Locked before it has its name."""
    if sys.platform == "win32":
        return
    making = folder / f"{_ALIVE}.new"
    handle = open_private(making)
    undo.callback(os.close, handle)
    fcntl.flock(handle, fcntl.LOCK_EX)
    making.rename(folder / _ALIVE)


def _remove(folder: Path) -> None:
    """Removes a folder, into which a process that is about to end may be writing still."""
    with signals_held_back():
        for _ in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                return
            time.sleep(_WAIT_SECONDS)


@cache
def remove_dead() -> None:
    """Removes the folders of runs that are no more, once in a process."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    if _is_own(entry.stat(follow_symlinks=False)) and _is_dead(Path(entry.path)):
                        shutil.rmtree(entry.path, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(folder / _ALIVE, flags)
    except FileNotFoundError:
        return folder.lstat().st_mtime < time.time() - _MAKING_SECONDS
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
