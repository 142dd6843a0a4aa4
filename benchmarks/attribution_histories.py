"""Labels by agent, coverage, notes and time over the history of given repositories.

    python -m benchmarks.attribution_histories REPOSITORY… [--revision HEAD] [--report]

The peer beside it is git itself: the time of `git log` over the same commits. `--report` also runs
`tallystick report`, cold and again, and prints which share of its processor time attribution takes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from scanner.attribution.all_sources import Attributed, attribute
from scanner.attribution.git_ai import read_git_ai
from scanner.attribution.tables import coverage
from scanner.base.model import Commit, Problem
from scanner.git.commits import read_commits
from scanner.git.process import Repository, open_repository, run


def print_history(path: Path, revision: str) -> None:
    repo = open_repository(path)
    start = time.perf_counter()
    run(repo, "log", "--format=%an%ae%cn%ce%B", revision)
    git_seconds = time.perf_counter() - start
    commits = read_commits(repo, [revision])
    start = time.perf_counter()
    alone = attribute(commits)
    alone_seconds = time.perf_counter() - start
    start = time.perf_counter()
    found = attribute(commits, repo)
    seconds = time.perf_counter() - start
    print(f"\n## {path}")
    print(
        f"git log {git_seconds:.2f} s; records and policies {alone_seconds:.2f} s "
        f"({len(commits) / alone_seconds:,.0f} commits/s); all sources {seconds:.2f} s"
    )
    print_labels(commits, alone, found)
    print_notes(repo, found)


def print_labels(commits: tuple[Commit, ...], alone: Attributed, found: Attributed) -> None:
    merges = {commit.oid for commit in commits if commit.is_merge}
    changes = [one for oid, one in found.attributions.items() if oid not in merges]
    known = coverage(changes)
    share = 100 * (known.share or 0)
    print(
        f"{known.commits} commits and {len(merges)} merges; known {known.known} ({share:.1f} %); "
        f"near misses on {known.near_misses}; attested lines on {known.line_attested}"
    )
    by_agent: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in changes:
        by_agent[one.label, (*one.agents, "–")[0]][one.level or "-"] += 1
    for (label, agent), levels in sorted(by_agent.items(), key=lambda item: -item[1].total()):
        shown = ", ".join(f"{level} {count}" for level, count in sorted(levels.items()))
        print(f"  {label:10} {agent:16} {levels.total():6}  {shown}")
    moved = sum(
        found.attributions[oid].label is not one.label for oid, one in alone.attributions.items()
    )
    print(f"labels that notes, traces, branches and pull requests changed: {moved}")


def print_notes(repo: Repository, found: Attributed) -> None:
    notes = found.notes
    print(
        f"git-ai notes {notes.notes}: reached {notes.reached}, carried {notes.carried}, "
        f"unreached {notes.unreached}, empty {notes.empty}; problems {len(found.problems)}"
    )
    for problem in found.problems[:5]:
        print(f"  {problem}")
    if notes.notes:
        lines = 0

        def read() -> None:
            nonlocal lines
            for _, note in read_git_ai(repo, "refs/notes/ai"):
                lines += 0 if isinstance(note, Problem) else len(note.lines)

        rate = notes.notes / cpu_seconds(read)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"reading them all: {rate:,.0f} notes per second of processor time, {lines:,} ranges; "
            f"peak so far {peak:.0f} MB"
        )


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of those that it waited for."""
    before = _cpu()
    work()
    return _cpu() - before


def _cpu() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


def print_share(path: Path, revision: str) -> None:
    """Attribution's part of a report's processor time; both are run by themselves."""
    repo = open_repository(path)
    commits = read_commits(repo, [revision])
    alone = cpu_seconds(lambda: attribute(commits, repo))
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "scanner", "report", revision, "--repo", str(path)]
        command += ["--cache", cache, "-q", "--format", "json"]

        def report() -> None:
            subprocess.run(command, capture_output=True, check=True)

        cold, again = cpu_seconds(report), cpu_seconds(report)
    print(
        f"attribution {alone:.2f} s of processor time: {alone / cold:.1%} of a cold report "
        f"({cold:.1f} s), {alone / again:.1%} of the next ({again:.1f} s)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--revision", default="HEAD")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for path in options.repositories:
        print_history(path, options.revision)
        if options.report:
            print_share(path, options.revision)


if __name__ == "__main__":
    main()
