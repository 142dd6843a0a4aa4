"""Rework within 14 days, recomputed for sampled changes by `git blame` alone.

    python -m benchmarks.rework_by_blame [--sample N] [--seed N] [--cache DIR] REPOSITORY

For each sampled change C, `git blame -w` names C's lines in every Python file as it stood at C, and
again at the last change that landed within 14 days. A line is known by the commit, path and line it
was born at, which is what blame prints and what lifelines keep; so the two are compared line by
line. Code lines are told by the parser here, and without one there. Prints the counts of each
change, the agreement over all lines, and the reasons for which they differ:

- moved: blame takes a line that was moved or laid out anew for a new one, and where it was moved
  from for rework. Confirmed where `git blame -w -M20 -C20 -C20`, which looks for moves, and takes
  copies for moves too, says what we do;
- white space: blame without `-w` says what we do. With it, a line of equal text elsewhere in the
  file (a bracket, one of several equal calls) is taken for this one;
- no code: a string that is a statement by itself;
- otherwise: none of these, so a defect here until explained. Each is printed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.whole_history import followed
from scanner.analysis.parsing.outline import code_lines, read_outline
from scanner.base.model import Change, Missing, Problem
from scanner.compare.outcomes import OutcomeFacts
from scanner.durability.texts import marks_of
from scanner.git.process import open_repository
from scanner.history.aftermath import Aftermath
from scanner.history.read import History, IntegratedChange

DAYS = 14
_SECONDS = DAYS * 86_400


class Line(NamedTuple):
    """Where a line was born."""

    commit: str
    path: str
    number: int


@dataclass(frozen=True)
class Told:
    """The code lines that a change wrote, and those of them that were reworked in time."""

    added: frozenset[Line]
    reworked: frozenset[Line]


class Git:
    """One repository asked by commands alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, *command: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self._folder), *command], capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "surrogateescape")

    def source(self, revision: str, path: str) -> bytes:
        return self.run("show", f"{revision}:{path}").encode("utf-8", "surrogateescape")

    def line(self, line: Line) -> str:
        text = self.source(line.commit, line.path).decode("utf-8", "replace")
        return text.split("\n")[line.number - 1].strip()

    def changed(self, before: str, after: str) -> list[str]:
        """Python files of `after` that are not as they were before."""
        flags = ("--no-renames", "--diff-filter=AMT", "--name-only", "-z")
        return self.run("diff", *flags, before, after, "--", "*.py", "*.pyi").split("\0")[:-1]

    def blame(self, flags: tuple[str, ...], revision: str, path: str) -> Iterator[tuple[int, Line]]:
        """For each line of a file, where it was born."""
        commit, name, born, final = "", "", 0, 0
        command = ("blame", *flags, "--line-porcelain", revision, "--", path)
        for text in self.run(*command).split("\n"):
            words = text.split(" ")
            if text.startswith("\t"):
                yield final, Line(commit, name, born)
            elif text.startswith("filename "):
                name = text.removeprefix("filename ")
            elif len(words[0]) in (40, 64) and len(words) >= 3 and words[1].isdigit():
                commit, born, final = words[0], int(words[1]), int(words[2])


PLAIN = ()
SPACE_ASIDE = ("-w",)
WITH_MOVES = ("-w", "-M20", "-C20", "-C20")


def by_blame(
    git: Git, flags: tuple[str, ...], one: IntegratedChange, parent: str, last: str
) -> Told:
    """A change's lines by blame, at itself and at the last change that landed in time."""
    mine = set(one.commits)
    added: set[Line] = set()
    for path in git.changed(parent, one.commit.oid):
        read = read_outline(git.source(one.commit.oid, path))
        code = frozenset() if isinstance(read, Problem) else code_lines(read)
        for number, line in git.blame(flags, one.commit.oid, path):
            if line.commit in mine and number in code:
                added.add(line)
    alive = {
        line
        for path in git.changed(parent, last)
        for _, line in git.blame(flags, last, path)
        if line.commit in mine
    }
    return Told(frozenset(added), frozenset(added - alive))


def by_lifelines(history: History, aftermath: Aftermath, change: int) -> Told:
    """The same from what the report goes by; `change` counts all that were integrated."""
    lines, followed = history.lifelines, aftermath.followed
    mine = followed.change == change
    done = mine & followed.ended & (followed.days <= DAYS)

    def places(identities: NDArray[np.int64]) -> frozenset[Line]:
        return frozenset(
            Line(
                lines.commits[lines.birth[one]],
                lines.paths[lines.birth_path[one]],
                int(lines.birth_line[one]),
            )
            for one in identities.tolist()
        )

    return Told(places(followed.line[mine]), places(followed.line[done]))


@dataclass(frozen=True)
class Compared:
    """One change: what blame says, what we say, and how many lines differ for each reason."""

    blame: Told
    ours: Told
    reasons: Counter[str]

    @property
    def lines(self) -> int:
        return len(self.blame.added | self.ours.added)


def compare(git: Git, history: History, aftermath: Aftermath, change: Change) -> Compared:
    """Both accounts of one change, line by line."""
    place = next(i for i, one in enumerate(history.integrated) if one.commit is change.commit)
    one, parent = history.integrated[place], change.commit.parents[0]
    limit = change.time.timestamp() + DAYS * 86_400
    later = (other.commit for other in history.integrated[place:])
    last = [commit.oid for commit in later if commit.committed.timestamp() <= limit][-1]
    ours = by_lifelines(history, aftermath, place)
    blame = by_blame(git, SPACE_ASIDE, one, parent, last)
    reasons: Counter[str] = Counter()
    differing = _differing(blame, ours)
    if differing:
        plain = by_blame(git, PLAIN, one, parent, last)
        moving = by_blame(git, WITH_MOVES, one, parent, last)
        for line in sorted(differing):
            reason = _reason(git, line, ours, blame, plain, moving)
            reasons[reason] += 1
            if reason == OTHERWISE:
                print(f"    {line.commit[:10]} {line.path}:{line.number}: {git.line(line)}")
    return Compared(blame, ours, reasons)


MOVED, CONFIRMED, SPACE = "moved, by our rule alone", "moved, confirmed", "white space"
NO_CODE, OTHERWISE = "no code", "otherwise"


def _differing(one: Told, other: Told) -> set[Line]:
    both = one.added & other.added
    return set((one.added ^ other.added) | ((one.reworked ^ other.reworked) & both))


def _carries_code(lines: Sequence[str], line: Line) -> bool:
    return marks_of(lines, [line.number - 1])[line.number - 1]


def _reason(git: Git, line: Line, ours: Told, blame: Told, plain: Told, moving: Told) -> str:
    if line not in _differing(plain, ours):
        return SPACE
    if line not in _differing(moving, ours):
        return CONFIRMED
    is_in_blame = line in blame.added
    if is_in_blame and not _carries_code(
        git.source(line.commit, line.path).decode().split("\n"), line
    ):
        return NO_CODE
    is_less_with_us = line not in ours.added or line in blame.reworked
    return MOVED if is_in_blame and is_less_with_us else OTHERWISE


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sampled(chosen.repository, chosen.cache or Path(folder), chosen.sample, chosen.seed)


def sampled(folder: Path, cache: Path, sample: int, seed: int) -> None:
    """Prints the comparison of a sample of changes."""
    with followed(open_repository(folder), cache) as (history, aftermath, _):
        old_enough = [facts.change for facts in aftermath.facts if _is_old_enough(facts)]
    picked = random.Random(seed).sample(old_enough, min(sample, len(old_enough)))  # noqa: S311
    found = []
    for change in sorted(picked, key=lambda one: one.time):
        one = compare(Git(folder), history, aftermath, change)
        found.append(one)
        told = ", ".join(f"{count} {why}" for why, count in one.reasons.most_common()) or "equal"
        print(
            f"{change.commit.oid[:10]}  reworked of added: "
            f"blame {len(one.blame.reworked):3}/{len(one.blame.added):<4} "
            f"ours {len(one.ours.reworked):3}/{len(one.ours.added):<4} {told}"
        )
    _print_totals(found)


def _is_old_enough(facts: OutcomeFacts) -> bool:
    if facts.change.exclusion is not None or isinstance(facts.fate, Missing):
        return False
    return facts.fate.added > 0 and facts.fate.within(DAYS).is_observed


def _print_totals(found: Sequence[Compared]) -> None:
    lines = sum(one.lines for one in found)
    reasons = sum((one.reasons for one in found), Counter[str]())
    equal = lines - sum(reasons.values())
    print(f"{len(found)} changes, {sum(not one.reasons for one in found)} equal to the line")
    print(f"{lines} lines: {equal} told alike ({equal / max(lines, 1):.1%})", dict(reasons))
    for name, told in (("blame", [o.blame for o in found]), ("ours", [o.ours for o in found])):
        added, reworked = sum(len(t.added) for t in told), sum(len(t.reworked) for t in told)
        print(f"{name}: {reworked} of {added} reworked, {reworked / max(added, 1):.1%}")


if __name__ == "__main__":
    main()
