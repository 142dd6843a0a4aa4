"""`tallystick report` on whole histories: cold, again, after one more commit; wily beside it.

    python -m benchmarks.history [--wily PATH] [--revisions N] REPOSITORY...

Each history is cloned first, and everything runs with a throwaway HOME: wily checks revisions out
and writes settings. The first run stops one change before the newest that touches Python, so that
the last run has one more to judge. Shares are of processor time, of all processes together: wall
time bends where other programs run. wily is timed on its newest N revisions, and compared by
seconds per revision.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """Wall and processor seconds of one command, and the peak memory of any process so far."""

    wall: float
    cpu: float
    peak_mb: float
    output: bytes


def timed(command: list[str], home: Path, cwd: Path | None = None) -> Run:
    """Runs a command that has to succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr.decode()}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, cpu, after.ru_maxrss / 1024, done.stdout)


def report(repository: Path, home: Path, *more: str) -> Run:
    """The JSON report, so that rendering a page takes no part."""
    command = [sys.executable, "-m", "scanner", "report", "--format", "json", "-q"]
    return timed([*command, "--repo", str(repository), *more], home)


def git(clone: Path, *command: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", "-C", str(clone), *command], capture_output=True, check=True)
    return done.stdout.decode().strip()


def measure(source: str, wily: str | None, revisions: int) -> None:
    """Prints one history's figures."""
    with tempfile.TemporaryDirectory() as folder:
        home, clone = Path(folder, "home"), Path(folder, "clone")
        home.mkdir()
        subprocess.run(["git", "clone", "-q", source, str(clone)], check=True)
        newest = git(clone, "log", "--first-parent", "-1", "--format=%H", "HEAD", "--", "*.py")
        git(clone, "reset", "-q", "--soft", f"{newest}^")
        commits = int(git(clone, "rev-list", "--count", "HEAD"))
        cold, again = report(clone, home), report(clone, home)
        git(clone, "reset", "-q", "--soft", newest)
        more = report(clone, home)
        afresh = report(clone, home, "--no-cache")
        document = json.loads(cold.output)
        labels = Counter(c["label"] for c in document["changes"] if "exclusion" not in c)
        print(f"{source}: {commits} commits, {len(document['changes'])} changes, {dict(labels)}")
        print(f"  cold     {told(cold)}  {commits / cold.cpu:5.0f} commits per CPU second")
        print(f"  again    {told(again)}  {again.cpu / cold.cpu:6.1%} of cold")
        print(f"  one more {told(more)}  {more.cpu / cold.cpu:6.1%} of cold")
        print(f"  peak {cold.peak_mb:.0f} MB, {len(document['problems'])} problems")
        print(f"  same bytes again: {cold.output == again.output}")
        print(f"  same bytes after one more as without a cache: {more.output == afresh.output}")
        if wily:
            compare_wily(clone, home, wily, revisions, cold.wall / commits)


def told(run: Run) -> str:
    """The seconds of a run."""
    return f"{run.cpu:7.2f} s CPU {run.wall:7.2f} s wall"


def compare_wily(clone: Path, home: Path, wily: str, revisions: int, ours: float) -> None:
    """Prints wily's seconds per revision beside ours."""
    shutil.rmtree(clone / ".git" / "tallystick", ignore_errors=True)
    run = timed([wily, "build", "-n", str(revisions), "."], home, clone)
    theirs = run.wall / revisions
    print(f"  wily  {run.wall:7.1f} s wall for {revisions} revisions: {theirs:.2f} s each,")
    print(f"        tallystick {ours:.3f} s a commit: {theirs / ours:.0f} times as fast")


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--wily", help="wily's executable; left out if not given")
    parser.add_argument("--revisions", type=int, default=40)
    chosen = parser.parse_args()
    for repository in chosen.repositories:
        measure(repository, chosen.wily, chosen.revisions)


if __name__ == "__main__":
    main()
