"""Lifelines beside git: agreement with `git blame`, and time beside `git log -m -p -U0`.

    python -m benchmarks.lifelines [--rounds N] [--verify] [--no-blame] REPOSITORY…

For each history: the share of lines at HEAD whose commit of birth is the one that plain `git blame`
names, with the files that differ most; the median time to read all commits, compare all
parent-child pairs and follow every line, beside git writing the same diffs, in alternating rounds;
and the peak memory of a process that does only this. `--verify` also counts the lines of every
version of every file and compares the count with what was followed. Exit status 1 if a count
differs or agreement is under 98 %.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from scanner.base.model import Commit, FileVersion, TreeDiff
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, read_commits
from scanner.git.lifelines import Lifelines, in_order, needed_pairs, trace
from scanner.git.line_registry import Lines
from scanner.git.process import Repository, open_repository
from scanner.git.trees import PYTHON_PATHS, diff_trees

T = TypeVar("T")

WANTED_AGREEMENT = 0.98
WORST_FILES = 5
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Agreement:
    """Lines at HEAD by file: how many blame and lifelines give to one commit, and how many not."""

    same: int
    differ: Mapping[str, int]

    @property
    def share(self) -> float:
        return self.same / max(1, self.same + sum(self.differ.values()))


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of processors, those of child processes included."""

    wall: float
    cpu: float


def costing(work: Callable[[], T]) -> tuple[Cost, T]:
    """What a piece of work costs, and what it gives."""
    start, before = time.perf_counter(), os.times()
    result = work()
    after = os.times()
    cpu = sum(now - then for now, then in zip(after[:4], before[:4], strict=True))
    return Cost(time.perf_counter() - start, cpu), result


@dataclass(frozen=True)
class Run:
    """One run of the lifelines in a process of its own."""

    cost: Cost
    peak_mib: float
    commits: int
    pairs: int
    lines: int


def follow(path: Path) -> tuple[tuple[Commit, ...], Lifelines]:
    repo = open_repository(path)
    commits = read_commits(repo, [head(repo) or "HEAD"])
    return commits, trace(commits, in_order(diff_trees(repo, needed_pairs(commits))))


def measured(path: Path) -> Run:
    cost, (commits, lives) = costing(lambda: follow(path))
    return Run(cost, peak_mib(), len(commits), len(needed_pairs(commits)), len(lives.birth))


def peak_mib() -> float:
    """The largest memory this process ever held.

    `ru_maxrss` would count the parent's, which a child has for the moment before it is replaced.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / KIB_PER_MIB


def in_fresh_process(path: Path) -> Run:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        # The first task pays for the imports.
        pool.submit(abs, 0).result()
        pool.submit(open_repository, path).result()
        return pool.submit(measured, path).result()


def git_log(path: Path) -> Cost:
    """What git takes to write the diffs of every commit with each of its parents."""
    command = ["git", "-C", str(path), "log", "-m", "-p", "-U0", "HEAD", "--", *PYTHON_PATHS]
    return costing(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))[0]


def blame(path: Path, file: str) -> Iterator[str]:
    """The commit of each line, by plain blame."""
    command = ["git", "-C", str(path), "blame", "--root", "--porcelain", "HEAD", "--", file]
    done = subprocess.run(command, capture_output=True, check=True)
    for line in done.stdout.split(b"\n"):
        words = line.split(b" ")
        if not line.startswith(b"\t") and len(words[0]) in (40, 64) and len(words) >= 3:
            yield words[0].decode()


def agreement(path: Path, lives: Lifelines) -> Agreement:
    number = {oid: index for index, oid in enumerate(lives.commits)}
    same = 0
    differ = {}
    for file, lines in lives.alive.items():
        blamed = np.array([number[oid] for oid in blame(path, file)], np.int64)
        if len(blamed) != len(lines):
            raise AssertionError(f"{file}: {len(lines)} lines followed, {len(blamed)} blamed")
        equal = int((blamed == lives.birth[lines]).sum())
        same += equal
        if equal < len(lines):
            differ[file] = len(lines) - equal
    return Agreement(same, differ)


@dataclass
class LineCounts:
    """Compares the lines followed with those of the file itself, commit by commit."""

    repo: Repository
    blobs: BlobReader
    diffs: Mapping[tuple[str | None, str], TreeDiff]
    counted: dict[str, int]
    checked: int = 0

    def check(self, commit: Commit, files: Mapping[str, Lines | None]) -> None:
        for parent in commit.parents or (None,):
            for change in self.diffs[parent, commit.oid].files:
                if change.after is not None and change.after.mode.is_text_file:
                    self.check_file(commit, change.after, files.get(change.after.path))

    def check_file(self, commit: Commit, version: FileVersion, lines: Lines | None) -> None:
        expected = self.count(version.blob)
        self.checked += 1
        if lines is None or len(lines) != expected:
            found = "none" if lines is None else len(lines)
            raise AssertionError(f"{commit.oid} {version.path}: {expected} lines, {found} followed")

    def count(self, blob: str) -> int:
        if blob not in self.counted:
            content = self.blobs.read(blob)
            assert isinstance(content, bytes)
            self.counted[blob] = content.count(b"\n") + (content[-1:] not in (b"", b"\n"))
        return self.counted[blob]


def verify(path: Path) -> tuple[int, int]:
    """How many file versions of how many blobs have just the lines that were followed."""
    repo = open_repository(path)
    commits = read_commits(repo, [head(repo) or "HEAD"])
    pairs = needed_pairs(commits)
    diffs = dict(zip(pairs, diff_trees(repo, pairs), strict=True))
    with BlobReader(repo) as blobs:
        counts = LineCounts(repo, blobs, diffs, {})
        trace(commits, lambda before, after: diffs[before, after], observe=counts.check)
    return counts.checked, len(counts.counted)


def timed(path: Path, rounds: int) -> tuple[list[Run], list[Cost]]:
    runs, logs = [], []
    git_log(path)  # Warms the file cache for both.
    for _ in range(rounds):
        runs.append(in_fresh_process(path))
        logs.append(git_log(path))
    return runs, logs


def report(path: Path, rounds: int) -> None:
    runs, logs = timed(path, rounds)
    ours = statistics.median(run.cost.wall for run in runs)
    theirs = statistics.median(log.wall for log in logs)
    run = runs[0]
    print(f"{path}: {run.commits} commits, {run.pairs} pairs, {run.lines} lines ever born")
    print(f"  time: lifelines {ours:.2f} s, git log -m -p -U0 {theirs:.2f} s (medians of {rounds})")
    print(f"  ratio: {ours / theirs:.2f} (each round {', '.join(_ratios(runs, logs))})")
    cpu = statistics.median(run.cost.cpu for run in runs) / statistics.median(
        log.cpu for log in logs
    )
    print(f"  ratio of processor time: {cpu:.2f}")
    print(f"  peak memory: {max(run.peak_mib for run in runs):.0f} MiB")


def _ratios(runs: list[Run], logs: list[Cost]) -> list[str]:
    return [f"{run.cost.wall / log.wall:.2f}" for run, log in zip(runs, logs, strict=True)]


def report_agreement(path: Path) -> bool:
    _, lives = follow(path)
    result = agreement(path, lives)
    total = result.same + sum(result.differ.values())
    print(f"  git blame: {100 * result.share:.3f} % of {total} lines at HEAD agree")
    worst = sorted(result.differ.items(), key=lambda item: -item[1])[:WORST_FILES]
    for file, count in worst:
        print(f"    {count} differ in {file}")
    return result.share >= WANTED_AGREEMENT


def report_verification(path: Path) -> bool:
    try:
        versions, blobs = verify(path)
    except AssertionError as error:
        print(f"  line counts: {error}")
        return False
    print(f"  line counts: right in all {versions} changed file versions ({blobs} blobs)")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--no-blame", action="store_true")
    options = parser.parse_args()
    git = subprocess.run(["git", "--version"], capture_output=True, check=True, text=True)
    print(f"{git.stdout.strip()}, Python {platform.python_version()}, numpy {np.__version__}")
    checks: list[Callable[[Path], bool]] = []
    if not options.no_blame:
        checks.append(report_agreement)
    if options.verify:
        checks.append(report_verification)
    is_right = True
    for path in options.repositories:
        report(path, options.rounds)
        for check in checks:
            is_right = check(path) and is_right
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
