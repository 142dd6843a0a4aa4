"""What rules cost a review and a history: with them, without them, and with plain semgrep.

    python -m benchmarks.rules.cost [--sample N] CLONE...

For each history, all in one run: `tallystick report` on all of it, cold, with the rules and
without; `tallystick gate` on each of N first-parent changes that touch Python, spread over the
history, each with nothing known, with and without rules; and `semgrep scan` with the same packs on
both sides of the changed files of the same changes, which is what it takes to tell what a change
introduces. Printed are processor and wall seconds of all processes together, and ratios: wall time
bends where other programs run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.history import Run, git, report, timed
from scanner.rulepacks.packs import default_folder


def sampled(clone: Path, count: int) -> Sequence[str]:
    """First-parent changes that touch Python files, evenly over the history, newest first."""
    log = git(clone, "log", "--first-parent", "--format=%H", "--min-parents=1", "--", "*.py")
    every = log.split()
    step = max(1, len(every) // count)
    return every[step // 2 :: step][:count]


def gated(clone: Path, home: Path, change: str, *more: str) -> Run:
    """A review of a change for which nothing is known, whatever it finds."""
    program = (
        "import subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
        "sys.exit(code if code not in (0, 1, 3) else 0)"
    )
    gate = [sys.executable, "-m", "scanner", "gate", "-q", "--no-cache", "--repo", str(clone)]
    which = ["--base", f"{change}^", "--head", change, *more]
    return timed([sys.executable, "-c", program, *gate, *which], home)


def scanned(clone: Path, home: Path, change: str, folder: Path) -> Run:
    """Plain semgrep with the same packs on both sides of the changed files."""
    names = git(clone, "diff", "--name-only", "-z", f"{change}^", change, "--", "*.py")
    for side, commit in (("before", f"{change}^"), ("after", change)):
        for name in filter(None, names.split("\0")):
            asked = ["git", "-C", str(clone), "show", f"{commit}:{name}"]
            shown = subprocess.run(asked, capture_output=True, check=False)
            if shown.returncode == 0:
                target = folder / side / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(shown.stdout)
    packs = sorted(default_folder().glob("*.yaml"))
    semgrep = Path(sys.executable).with_name("semgrep")
    return timed(
        [
            str(semgrep), "scan", "--json", "--quiet", "--metrics=off", "--disable-version-check",
            "--no-git-ignore", "--jobs=1", *(f"--config={pack}" for pack in packs), str(folder),
        ],
        home,
    )  # fmt: skip


def total(runs: Sequence[Run]) -> Run:
    """The seconds of several runs, and the highest peak."""
    wall, cpu = sum(run.wall for run in runs), sum(run.cpu for run in runs)
    return Run(wall, cpu, max(run.peak_mb for run in runs), b"")


def told(name: str, run: Run, without: Run, count: float) -> str:
    """Processor and wall seconds for each of `count`, and the ratio of processor time."""
    each = f"{run.cpu / count:8.3f} s CPU {run.wall / count:8.3f} s wall"
    return f"    {name:<15} {each} {run.cpu / without.cpu:8.2f} times without rules"


def measure(source: str, sample: int) -> None:
    """Prints one history's figures."""
    with tempfile.TemporaryDirectory() as passing:
        home, clone, off = (Path(passing, name) for name in ("home", "clone", "off.toml"))
        home.mkdir()
        off.write_text("default_rules = false\n", encoding="utf-8")
        subprocess.run(["git", "clone", "-q", source, str(clone)], check=True)
        commits = int(git(clone, "rev-list", "--count", "HEAD"))
        changes = int(git(clone, "rev-list", "--count", "--first-parent", "HEAD"))
        print(f"{source}: {commits:,} commits, {changes:,} changes")
        bare = report(clone, home, "--no-rules", "--cache", f"{passing}/bare")
        full = report(clone, home, "--cache", f"{passing}/full")
        print("  a history, each 1,000 commits")
        print(told("without rules", bare, bare, commits / 1000))
        print(told("with rules", full, bare, commits / 1000))
        in_history = (full.cpu - bare.cpu) / changes
        chosen = sampled(clone, sample)
        bare = total([gated(clone, home, one, "--config", str(off)) for one in chosen])
        full = total([gated(clone, home, one) for one in chosen])
        plain = total([scanned(clone, home, one, Path(passing, one)) for one in chosen])
        print(f"  a review with nothing known, mean of {len(chosen)}")
        print(told("without rules", bare, bare, len(chosen)))
        print(told("with rules", full, bare, len(chosen)))
        print(told("semgrep alone", plain, bare, len(chosen)))
        alone, in_review = plain.cpu / len(chosen), (full.cpu - bare.cpu) / len(chosen)
        for place, added in (("review", in_review), ("change of a history", in_history)):
            print(f"  rules add {added:.3f} s CPU to a {place}: "
                  f"semgrep alone takes {alone / added:.1f} times that")  # fmt: skip


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--sample", type=int, default=20)
    chosen = parser.parse_args()
    for clone in chosen.clones:
        measure(clone, chosen.sample)


if __name__ == "__main__":
    main()
