"""SonarQube's cognitive complexity and lines beside ours, on the commits of a published data set.

He, Miller, Agarwal, Kästner and Vasilescu measured repositories month by month with SonarQube 25.4
(hehao98/CursorStudy, Apache-2.0: `data/ts_repos_monthly.csv`, plain or gzip). Each git directory
is named as the data set names its repository; every different measurement of a commit that is
there is scanned. SonarQube counts all languages: how much of the tree is in others stands beside.

    python -m benchmarks.sonar_oracle MONTHS.csv.gz OWNER/NAME=GIT_DIRECTORY... [--most N]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.adoption_study import Row, read_rows

#: What SonarQube reads beside Python, of what has a cognitive complexity there.
OTHER_LANGUAGES = frozenset(
    ("js", "jsx", "mjs", "cjs", "ts", "tsx", "vue", "java", "kt", "go", "rb", "php", "cs", "scala")
)


class Measured(NamedTuple):
    """A commit that SonarQube measured: its cognitive complexity and lines of code."""

    commit: str
    cognitive: int
    lines: int


def measured(rows: Sequence[Row], name: str) -> Iterator[Measured]:
    """Each measurement once; a month without a commit repeats the last."""
    for row in rows:
        if row["repo_name"] == name and row["latest_commit"] and row["cognitive_complexity"]:
            yield Measured(
                row["latest_commit"], int(float(row["cognitive_complexity"])),
                int(float(row["ncloc"])),
            )  # fmt: skip


def ours(directory: Path, commit: str, cache: Path) -> Measured:
    """The same by `scan`."""
    command = [sys.executable, "-m", "scanner", "scan", commit, "--repo", str(directory),
               "--format", "json", "--cache", str(cache)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True)
    totals = json.loads(done.stdout)["totals"]
    return Measured(commit, totals["cognitive"], totals["sloc"])


def others(directory: Path, commit: str) -> Counter[str]:
    """Kilobytes in other languages, by suffix."""
    listed = subprocess.run(
        ["git", "-C", str(directory), "ls-tree", "-r", "-l", commit],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found: Counter[str] = Counter()
    for line in listed.splitlines():
        entry, path = line.split("\t", 1)
        suffix = path.rpartition(".")[2]
        if suffix in OTHER_LANGUAGES:
            found[suffix] += int(entry.split()[3])
    return Counter({suffix: size // 1000 for suffix, size in found.items()})


def is_there(directory: Path, commit: str) -> bool:
    command = ["git", "-C", str(directory), "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("months", type=Path)
    parser.add_argument("histories", nargs="+", metavar="OWNER/NAME=GIT_DIRECTORY")
    parser.add_argument("--most", type=int, default=3, help="commits of a history, the newest")
    given = parser.parse_args()
    rows = read_rows(given.months)
    print("| repository | commit | cognitive: theirs | ours | lines: theirs | ours | others (kB) |")
    print("|---|---|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as cache:
        for name, _, directory in (one.partition("=") for one in given.histories):
            known = [one for one in measured(rows, name) if is_there(Path(directory), one.commit)]
            for theirs in known[-given.most :]:
                found = ours(Path(directory), theirs.commit, Path(cache))
                told = ", ".join(
                    f"{suffix} {size}"
                    for suffix, size in others(Path(directory), theirs.commit).most_common()
                )
                print(
                    f"| {name} | {theirs.commit[:9]} | {theirs.cognitive} | {found.cognitive} "
                    f"| {theirs.lines} | {found.lines} | {told} |", flush=True,
                )  # fmt: skip


if __name__ == "__main__":
    main()
