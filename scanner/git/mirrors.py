"""Clones that the scan of a fleet makes: mirrors in a cache folder, updated and not cloned anew.

The one place that goes online, and only for addresses that the user named. Credentials come from
git's own helpers; nobody is asked for a password. Large files are left at the server where that can
(a partial clone): no Python file is read that is as large.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scanner.base.errors import ExitCode, ScanError
from scanner.base.private_files import make_private, open_private

if sys.platform != "win32":
    import fcntl

#: Files from this size on stay at the server.
_LARGE = "4m"
_SETTINGS = (
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.fsmonitor=false",
    "-c", "protocol.ext.allow=never",
    "-c", "gc.auto=0",
    "-c", "transfer.fsckObjects=false",
)  # fmt: skip
_LOCK = "lock"


@contextlib.contextmanager
def mirror(address: str, folder: Path) -> Iterator[Path]:
    """A mirror of `address` under `folder`, up to date and locked while it is used.

    Raises:
        ScanError: git could not clone or update it; the message is git's.
    """
    place = folder / hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    make_private(folder)
    make_private(place)
    with _locked(place / _LOCK):
        repository = place / "mirror.git"
        if repository.is_dir():
            _unlock(repository)
            _git(["--git-dir", str(repository), "fetch", "--quiet", "--prune", "origin"])
        else:
            _clone(address, place, repository)
        os.utime(place)
        yield repository


def _clone(address: str, place: Path, repository: Path) -> None:
    """Made beside its place first: what was killed in the middle is no mirror."""
    making = place / "making.git"
    shutil.rmtree(making, ignore_errors=True)
    _git(
        ["clone", "--quiet", "--mirror", f"--filter=blob:limit={_LARGE}", "--", address,
         str(making)]
    )  # fmt: skip
    making.rename(repository)


def _unlock(repository: Path) -> None:
    """Removes git's own locks: ours is held, so whoever made them is dead."""
    for file in (*repository.glob("*.lock"), *(repository / "refs").rglob("*.lock")):
        file.unlink(missing_ok=True)


def trim_mirrors(folder: Path, limit: int) -> int:
    """Removes the mirrors that were not used for longest until all take `limit` bytes at most.

    Those in use stay. Gives how many were removed.
    """
    if not folder.is_dir():
        return 0
    places = sorted((one for one in folder.iterdir() if one.is_dir()), key=_used)
    sizes = {place: _size(place) for place in places}
    total, removed = sum(sizes.values()), 0
    for place in places:
        if total <= limit:
            break
        with contextlib.suppress(BlockingIOError), _locked(place / _LOCK, waits=False):
            shutil.rmtree(place / "mirror.git", ignore_errors=True)
            total, removed = total - sizes[place], removed + 1
    return removed


def _used(place: Path) -> float:
    return place.stat().st_mtime


def _size(place: Path) -> int:
    total = 0
    for file in place.rglob("*"):
        with contextlib.suppress(OSError):
            total += file.lstat().st_size
    return total


@contextlib.contextmanager
def _locked(file: Path, *, waits: bool = True) -> Iterator[None]:
    """Holds a lock that ends with the process. Raises BlockingIOError if it may not wait."""
    handle = open_private(file)
    try:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _git(arguments: list[str]) -> None:
    """Runs git with the user's own settings, for its helpers of credentials are named there."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    kept = {name: text for name, text in os.environ.items() if name.startswith(("GIT_CONFIG_",
            "GIT_SSH", "GIT_SSL", "GIT_ASKPASS"))}  # fmt: skip
    environment = own | kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SETTINGS, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        raise ScanError(f"git cannot be started: {error.strerror}.") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        wanted = [one for one in lines if one.startswith(("fatal:", "error:", "remote:"))] or lines
        sentence = wanted[-1] if wanted else f"git ended with {done.returncode}"
        raise ScanError(sentence.removeprefix("fatal: "), exit_code=ExitCode.COULD_NOT_JUDGE)
