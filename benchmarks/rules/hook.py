"""What rules cost in the hook: `check` with them and without, and after one more edit.

    python -m benchmarks.rules.hook [--rounds N] [--lines N] REPOSITORY

Builds the repository of `benchmarks.hook_time` with 5 files staged. Printed are medians of wall and
processor time: with rules when all hits are known, without rules, and with rules after a function
was added to each staged file, which is when semgrep runs.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.hook_time import ROOT, build, git

MORE = "\n\ndef more_{number}(rows):\n    return [row for row in rows if row.kind > {number}]\n"


def check(folder: Path, *more: str) -> tuple[float, float]:
    """Wall and processor seconds of one check."""
    before, start = _cpu(), time.perf_counter()
    command = [sys.executable, "-m", "scanner", "check", "-q", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")[-2000:]
    return time.perf_counter() - start, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def edited(folder: Path, staged: Sequence[str], number: int) -> tuple[float, float]:
    """A check after one more function in each staged file."""
    for path in staged:
        with (folder / path).open("a") as stream:
            stream.write(MORE.format(number=number))
    git(folder, "add", "-A")
    return check(folder)


def main() -> None:
    """Prints the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=50_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder, off = Path(passing, "tree"), Path(passing, "off.toml")
        folder.mkdir()
        off.write_text("default_rules = false\n")
        staged, lines = build(options.repository, folder, options.lines)
        print(f"{lines:,} lines, {len(staged)} files staged")
        check(folder, "--config", str(off))
        print("first time with rules: {:.2f} s wall, {:.2f} s processor".format(*check(folder)))
        rounds = range(options.rounds)
        times = {
            "with rules, all known": [check(folder) for _ in rounds],
            "without rules": [check(folder, "--config", str(off)) for _ in rounds],
            "with rules, edited": [edited(folder, staged, number) for number in rounds],
        }
        for name, values in times.items():
            wall, cpu = (statistics.median(one) for one in zip(*values, strict=True))
            print(f"{name:<22} {wall:5.2f} s wall  {cpu:5.2f} s processor")


if __name__ == "__main__":
    main()
