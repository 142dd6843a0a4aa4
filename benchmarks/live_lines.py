"""Whether lines add up, by command: live lines by label against the lines that stand at the head.

    python -m benchmarks.live_lines [--report] REPOSITORY...

`attribute --format json` and, with `--report`, `report --format json` (the same counts of each
label), against the lines of the Python files of HEAD, counted from their blobs as git counts them.
Exit status 1 if one does not agree.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from scanner.base.model import Problem
from scanner.git.blobs import BlobReader
from scanner.git.commits import head
from scanner.git.process import open_repository
from scanner.git.trees import list_tree


def lines_at_head(path: Path) -> int:
    """The lines of all Python files of HEAD."""
    repository = open_repository(path)
    count = 0
    with BlobReader(repository) as blobs:
        for version in list_tree(repository, head(repository) or "HEAD"):
            if version.mode.is_text_file:
                source = blobs.read(version.blob)
                assert not isinstance(source, Problem), source
                count += source.count(b"\n") + (source[-1:] not in (b"", b"\n"))
    return count


def printed(path: Path, command: str, *options: str) -> Any:
    """The JSON document of a command, without a cache."""
    words = [sys.executable, "-m", "scanner", command, "--format", "json", "--no-cache", "--quiet"]
    asked = [*words, *options, "--repo", str(path)]
    return json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)


def check(path: Path, *, with_report: bool) -> bool:
    """Prints one line for a history."""
    start = os.times()
    rows = printed(path, "attribute")["lines"]
    end = os.times()
    cpu = end.children_user + end.children_system - start.children_user - start.children_system
    alive: Counter[str] = Counter()
    for row in rows:
        alive[row["label"]] += row["alive"]
    stand = lines_at_head(path)
    agree = alive.total() == stand and not any(row["lost"] for row in rows)
    text = f"{path}: head {stand:,}, attribute {alive.total():,} {dict(alive)} ({cpu:.1f} s cpu)"
    if with_report:
        same = printed(path, "report", "--no-rules")["attribution"]["lines"] == rows
        text += f", report {'the same' if same else 'NOT the same'}"
        agree = agree and same
    print(f"{text}: {'agree' if agree else 'DO NOT AGREE'}", flush=True)
    return agree


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--report", action="store_true", help="compare with the report as well")
    chosen = parser.parse_args()
    held = [check(one, with_report=chosen.report) for one in chosen.repositories]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
