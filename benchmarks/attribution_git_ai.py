"""Agreement with git-ai's own definitions: AI, human and unknown additions of every noted commit.

    python -m benchmarks.attribution_git_ai REPOSITORY…

The peer is a reading of the notes and of git's diff written from git-ai's definitions alone (`src/
authorship/stats.rs`): of the added lines, those that an `h_` key lists are human, those that any
other key lists are AI, the rest is unknown; a merge has none. It shares no code with the scanner.
Where two keys list one line, git-ai counts it for both; such commits are counted apart.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from scanner.attribution.changes import added_lines
from scanner.attribution.git_ai import read_git_ai
from scanner.attribution.shares import git_ai_counts
from scanner.base.model import Problem
from scanner.git.commits import read_commits
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees

REF = "refs/notes/ai"


class Additions(NamedTuple):
    """`ai_additions`, `human_additions` and `unknown_additions` of one commit."""

    ai: int
    human: int
    unknown: int


def git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(repository), "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def expected(repository: Path, commit: str) -> tuple[Additions, bool]:
    """What git-ai would say of a commit, and whether two keys list one of its lines."""
    parents = git(repository, "log", "-1", "--format=%P", commit).split()
    if len(parents) > 1:
        return Additions(0, 0, 0), False
    added = _added(repository, commit)
    claimed: Counter[tuple[str, int]] = Counter()
    ai = human = 0
    for path, key, lines in _attested(git(repository, "notes", f"--ref={REF}", "show", commit)):
        hits = lines & added.get(path, set())
        claimed.update((path, line) for line in hits)
        if key.startswith("h_"):
            human += len(hits)
        elif key != "human":
            ai += len(hits)
    total = sum(map(len, added.values()))
    return Additions(ai, human, max(0, total - ai - human)), any(n > 1 for n in claimed.values())


def _added(repository: Path, commit: str) -> dict[str, set[int]]:
    """The numbers of the added lines by path, read from the text of a patch."""
    options = ("--root", "--no-commit-id", "-r", "-p", "-U0", "-M", "--no-ext-diff")
    patch = git(repository, "diff-tree", *options, "--no-textconv", commit, "--")
    found: dict[str, set[int]] = {}
    path, left = None, 0
    for line in patch.decode("utf-8", "surrogateescape").split("\n"):
        if left and line[:1] in ("+", "-", "\\"):
            left -= line[:1] != "\\"
            continue
        header = re.match(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
        if header and path is not None:
            first, count = int(header[2]), int(header[3] or 1)
            found.setdefault(path, set()).update(range(first, first + count))
            left = int(header[1] or 1) + count
        elif line.startswith("+++ "):
            name = line[4:].removesuffix("\t")
            path = None if name == "/dev/null" else name.strip('"').removeprefix("b/")
    return found


def _attested(note: bytes) -> list[tuple[str, str, set[int]]]:
    """Path, key and lines of each entry above the divider."""
    found, path = [], ""
    for line in note.decode("utf-8", "surrogateescape").split("\n"):
        if line == "---":
            break
        if line.startswith("  "):
            key, _, ranges = line.strip().partition(" ")
            lines: set[int] = set()
            for part in ranges.split(","):
                first, _, last = part.partition("-")
                lines.update(range(int(first), int(last or first) + 1))
            found.append((path, key, lines))
        elif line:
            path = line.strip('"')
    return found


def counted(repository: Path) -> dict[str, Additions]:
    """What the scanner says of every noted commit of the history."""
    repo = open_repository(repository)
    commits = {commit.oid: commit for commit in read_commits(repo, ["HEAD"])}
    notes = {
        oid: note.lines
        for oid, note in read_git_ai(repo, REF, commits)
        if not isinstance(note, Problem)
    }
    noted = [commits[oid] for oid in notes]
    pairs = [(one.parents[0] if one.parents else None, one.oid) for one in noted]
    found = {}
    for commit, diff in zip(noted, diff_trees(repo, pairs, ("*",)), strict=True):
        attested = notes[commit.oid]
        counts = git_ai_counts(added_lines(diff), attested, is_merge=commit.is_merge)
        found[commit.oid] = Additions(counts.ai, counts.human, counts.unknown)
    return found


def print_agreement(repository: Path, most: int) -> None:
    found = counted(repository)
    equal = doubled = absent = 0
    differing = []
    for oid, ours in list(found.items())[:most]:
        try:
            theirs, twice = expected(repository, oid)
        except subprocess.CalledProcessError:  # a snapshot may lack large files
            absent += 1
            continue
        equal += ours == theirs
        doubled += ours != theirs and twice
        if ours != theirs and not twice:
            differing.append((oid, ours, theirs))
    asked = min(most, len(found)) - absent
    print(
        f"{repository}: {equal} of {asked} noted commits agree; {doubled} of the others list a "
        f"line twice; {absent} could not be compared by git"
    )
    for oid, ours, theirs in differing[:10]:
        print(f"  {oid[:12]} ours {tuple(ours)} theirs {tuple(theirs)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=1000)
    options = parser.parse_args()
    for repository in options.repositories:
        print_agreement(repository, options.most)


if __name__ == "__main__":
    main()
