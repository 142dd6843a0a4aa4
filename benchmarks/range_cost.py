"""What a range of a large history costs, against parsing what it holds once.

    python -m benchmarks.range_cost [--changes N] [--without-rules] REPOSITORY...

For the newest N first-parent changes of each repository, all in one run: `ast.parse` of each
different version of a Python file that they come from or lead to, and of the tree at the start,
once; then `tallystick report` on the range with nothing known, without rules and with them, each in
a store of its own, and once more with all known. Processor seconds of all processes together, and
what they are times the parsing: wall time bends where other programs run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.history import Run, git, report, timed

#: Parses what is named on its input by object ids, one a line, through one git process.
PARSE = """
import ast, subprocess, sys, warnings
warnings.simplefilter("ignore")
asked = subprocess.run(
    ["git", "-C", sys.argv[1], "cat-file", "--batch"], input=sys.stdin.buffer.read(),
    capture_output=True, check=True,
).stdout
start = lines = files = 0
while start < len(asked):
    end = asked.index(b"\\n", start)
    head = asked[start:end].split()
    if len(head) < 3:
        start = end + 1
        continue
    text = asked[end + 1 : end + 1 + int(head[2])]
    start = end + 2 + int(head[2])
    files += 1
    lines += text.count(b"\\n")
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        pass
print(files, lines)
"""


def contents(repository: Path, base: str) -> list[str]:
    """The object ids of all different Python files of the range and of the tree at its start."""
    tree = git(repository, "ls-tree", "-r", base).splitlines()
    found = [line.split()[2] for line in tree if line.endswith(".py")]
    log = git(
        repository, "log", "-m", "--first-parent", "--raw", "--no-abbrev", "--no-renames",
        "--format=", f"{base}..HEAD",
    )  # fmt: skip
    for line in log.splitlines():
        if line.endswith(".py"):
            found += line.split()[2:4]
    return [one for one in dict.fromkeys(found) if one.strip("0")]


def parsed(repository: Path, home: Path, base: str) -> Run:
    """The run that parses each content once."""
    asked = home / "asked"
    asked.write_text("".join(f"{one}\n" for one in contents(repository, base)), encoding="ascii")
    shell = 'exec "$0" -c "$1" "$2" < "$3"'
    return timed(["/bin/sh", "-c", shell, sys.executable, PARSE, str(repository), str(asked)], home)


def told(name: str, run: Run, parse: Run) -> str:
    """The seconds of a run and what they are times the parsing."""
    seconds = f"{run.cpu:8.1f} s CPU {run.wall:8.1f} s wall {run.peak_mb:6.0f} MB"
    return f"  {name:<22}{seconds} {run.cpu / parse.cpu:7.2f} times"


def measure(repository: Path, changes: int, *, with_rules: bool) -> None:
    """Prints one repository's figures."""
    base = git(repository, "rev-parse", f"HEAD~{changes}")
    span = f"{base}..HEAD"
    with tempfile.TemporaryDirectory() as passing:
        home = Path(passing, "home")
        home.mkdir()
        parse = parsed(repository, home, base)
        files, lines = map(int, parse.output.split())
        print(f"{repository}: newest {changes} changes, {files:,} files of {lines:,} lines")
        print(told("ast.parse, each once", parse, parse))
        bare = report(repository, home, span, "--no-rules", "--cache", f"{passing}/bare")
        print(told("without rules", bare, parse), flush=True)
        if not with_rules:
            return
        full = report(repository, home, span, "--cache", f"{passing}/full")
        print(told("with rules", full, parse), flush=True)
        again = report(repository, home, span, "--cache", f"{passing}/full")
        print(told("again", again, parse), f"{again.cpu / full.cpu:.1%} of cold", flush=True)


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--changes", type=int, default=150)
    parser.add_argument("--without-rules", action="store_true")
    chosen = parser.parse_args()
    for repository in chosen.repositories:
        measure(repository, chosen.changes, with_rules=not chosen.without_rules)


if __name__ == "__main__":
    main()
