"""What a run leaves that is killed at some moment: `python -m benchmarks.kills REPO --trials 200`.

On a clone, `report`, `scan`, `check`, `gate` and `stamp` are ended by a signal at a random
moment. Nothing may be left then: no folder for temporary files, no process, no file in the work
tree. The next run, on the cache that the killed one began, has to print what a run without a cache
prints, and one that ended before the signal has to have given that answer itself. The message that
`stamp` was at is whole then, stamped or not. Prints a line for whatever was amiss, and ends with 1
then.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
TITLE = "Add what was asked for\n"
#: How long what was started may take to see that it is alone.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """A clone with something staged, a cache, and a folder for temporary files of its own."""

    repo: Path
    cache: Path
    temporary: Path

    def start(self, command: list[str], *, cached: bool = True) -> subprocess.Popen[bytes]:
        where = ["--cache", str(self.cache)] if cached else ["--no-cache"]
        return subprocess.Popen(
            [sys.executable, "-m", "scanner", *command, "--repo", str(self.repo), *where],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self.temporary), "CLAUDECODE": "1"},
            start_new_session=True,
        )

    @property
    def message(self) -> Path:
        """The message that git would have begun, in the git directory."""
        return self.repo / ".git" / "COMMIT_EDITMSG"

    def processes(self) -> list[int]:
        """Those that have the folder for temporary files in their environment."""
        mark, found = f"TMPDIR={self.temporary}".encode(), []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (place / "environ").read_bytes() and "Z" not in _state(place):
                    found.append(int(place.name))
        return found


def _below(folder: Path) -> str:
    return ", ".join(sorted(str(path.relative_to(folder)) for path in folder.rglob("*")))


def _state(place: Path) -> str:
    return (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]


def commands(place: Place, last: int) -> list[list[str]]:
    base = f"HEAD~{last}"
    return [
        ["report", f"{base}..HEAD", "--format", "json", "--jobs", "2", "-q"],
        ["scan", "--format", "json", "-q"],
        ["check", "--format", "json"],
        ["gate", "--base", "HEAD~3", "--format", "json"],
        ["stamp", str(place.message)],
    ]


def answer(place: Place, command: list[str], *, cached: bool) -> tuple[bytes, int]:
    place.message.write_text(TITLE)
    process = place.start(command, cached=cached)
    out, _ = process.communicate()
    return out + place.message.read_bytes(), process.returncode


def trial(
    place: Place, command: list[str], clean: tuple[bytes, int], seconds: float, number: int
) -> list[str]:
    """Whatever was amiss after a run was ended after so many seconds."""
    place.message.write_text(TITLE)
    process = place.start(command)
    time.sleep(seconds)
    process.send_signal(number)
    out, _ = process.communicate()
    message = place.message.read_bytes()
    out += message
    amiss = []
    if message != TITLE.encode() and not clean[0].endswith(message):
        amiss.append(f"the message is {message!r}")
    if process.returncode >= 0 and process.returncode != 130 and (out, process.returncode) != clean:
        amiss.append(f"answered {process.returncode}")
    end = time.monotonic() + PATIENCE_SECONDS
    while place.processes() and time.monotonic() < end:
        time.sleep(0.05)
    amiss += [f"process {pid} is left" for pid in place.processes()]
    if number != signal.SIGKILL and any(place.temporary.iterdir()):
        amiss.append(f"left: {_below(place.temporary)}")
    if answer(place, command, cached=True) != clean:
        amiss.append("the next run says something else")
    if any(place.temporary.iterdir()):
        amiss.append("a folder is left after the next run")
        for left in place.temporary.iterdir():
            shutil.rmtree(left, ignore_errors=True)
    if (
        subprocess.run(
            ["git", "-C", place.repo, "status", "--porcelain"], capture_output=True, check=True
        ).stdout.count(b"\n")
        != 1
    ):
        amiss.append("the work tree is another")
    return amiss


def prepared(source: Path, folder: Path) -> Place:
    repo = folder / "repo"
    subprocess.run(["git", "clone", "-q", str(source), str(repo)], check=True)
    (repo / "staged_here.py").write_text("import subprocess\n\n\ndef run(x):\n    return eval(x)\n")
    subprocess.run(["git", "-C", str(repo), "add", "staged_here.py"], check=True)
    place = Place(repo, folder / "cache", folder / "temporary")
    place.temporary.mkdir()
    return place


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--last", type=int, default=40, help="commits in the report")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)  # noqa: S311
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        place = prepared(options.repository, Path(name))
        known = {}
        for command in commands(place, options.last):
            began = time.monotonic()
            known[command[0]] = (answer(place, command, cached=False), time.monotonic() - began)
        for done in range(1, options.trials + 1):
            command = draw.choice(commands(place, options.last))
            clean, seconds = known[command[0]]
            number = draw.choice(SIGNALS)
            shutil.rmtree(place.cache, ignore_errors=True)
            amiss = trial(place, command, clean, draw.uniform(0, seconds), number)
            counts[f"{command[0]} {number.name}"] += 1
            for what in amiss:
                counts["amiss"] += 1
                print(f"AMISS  {command[0]}  {number.name}  {what}", flush=True)
            if done % 10 == 0:
                print("  ".join(f"{kind}: {n}" for kind, n in sorted(counts.items())), flush=True)
    return 1 if counts["amiss"] else 0


if __name__ == "__main__":
    sys.exit(main())
