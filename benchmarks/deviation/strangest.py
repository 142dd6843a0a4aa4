"""The scores of a history's own changes: how many have one, how even they are; sheets to read.

The last changes of the main line are judged as `report` judges them. Printed are the share of those
that add code to functions and have a score, the share in each fifth of the scale (0.2 each if
scores are as even as percentiles should be), and the largest distance from evenness (Kolmogorov and
Smirnov). With `--sheets`, the strangest and as many drawn at random from the rest are written, each
as its message, its diff and some of the code base before it, shuffled, without scores, for readers
who are asked whether a maintainer would raise an eyebrow. The key goes to another folder.

    python -m benchmarks.deviation.strangest REPOSITORY... [--changes 200]
        [--sheets FOLDER --key FILE]
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path

import numpy as np

from scanner.base.model import Judgement
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import Repository, open_repository, run
from scanner.git.trees import diff_trees
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes
from scanner.judge.unusual import NO_FUNCTIONS

#: So many of either kind are read.
READ = 10
#: How much of a change is shown, and of the code base around it.
LONGEST_DIFF, EXCERPTS, EXCERPT_LINES = 300, 3, 30
QUESTION = (
    "Would a maintainer here raise an eyebrow at how this is written, compared with the code base? "
    "0-10 and one reason."
)
_HEADS = ("def ", "async def ")


def judged(repository: Repository, count: int) -> dict[str, Judgement]:
    """The last changes of the main line that touch Python, by their commits, oldest first."""
    tip = head(repository)
    assert tip is not None
    commits = first_parent_chain(read_commits(repository, [tip]), tip)[-4 * count :]
    pairs = [(one.oid, other.oid) for one, other in pairwise(commits)]
    times = {commit.oid: commit.committed for commit in commits}
    diffs = [diff for diff in diff_trees(repository, pairs) if diff.files][-count:]
    changes = [ChangeToJudge(diff, times[diff.after]) for diff in diffs]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "facts.sqlite"
        with open_store(place) as store:
            context = JudgingContext(repository, place, Settings(default_rules=False))
            found = judge_changes(context, store, changes, 1, lambda _done, _all: None)
    return {change.diff.after: found[change.key] for change in changes}


def evenness(scores: list[float]) -> tuple[list[float], float]:
    """The share of scores in each fifth, and the largest distance from evenness."""
    ordered = np.sort(np.array(scores)) / 100
    counts, _ = np.histogram(ordered, 5, (0, 1))
    steps = np.arange(1, len(ordered) + 1) / len(ordered)
    return (counts / len(ordered)).tolist(), float(np.abs(steps - ordered).max())


@dataclass(frozen=True, slots=True)
class Chosen:
    """A change to be read: where it is, how it was drawn, and its score."""

    name: str
    repository: Repository
    commit: str
    drawn: str
    score: float


def chosen(repository: Repository, name: str, scores: dict[str, float]) -> list[Chosen]:
    """The strangest changes, and as many drawn at random from the rest."""
    chance = random.Random(name)  # noqa: S311 - a repeatable sample
    ordered = sorted(scores, key=lambda oid: (-scores[oid], oid))
    strangest, rest = ordered[:READ], ordered[READ:]
    others = chance.sample(rest, min(READ, len(rest)))
    drawn = [("strangest", oid) for oid in strangest] + [("random", oid) for oid in others]
    return [Chosen(name, repository, oid, kind, scores[oid]) for kind, oid in drawn]


def write_sheets(changes: list[Chosen], folder: Path, key: Path) -> None:
    """One file for each change, shuffled, without its score; the key apart."""
    random.Random("sheets").shuffle(changes)  # noqa: S311 - a repeatable order
    folder.mkdir(parents=True, exist_ok=True)
    with key.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("sheet", "repository", "commit", "drawn", "score"))
        for number, one in enumerate(changes, 1):
            rows.writerow((f"{number:02}", one.name, one.commit, one.drawn, one.score))
            (folder / f"{number:02}.md").write_text(_sheet(number, one), encoding="utf-8")


def _sheet(number: int, one: Chosen) -> str:
    parent = f"{one.commit}^1"
    message = _git(one, "log", "-1", "--format=%B", one.commit)
    diff = _git(one, "diff", "--no-ext-diff", parent, one.commit, "--", "*.py").splitlines()
    shown = "\n".join(diff[:LONGEST_DIFF])
    more = len(diff) - LONGEST_DIFF
    left = f"\n({more} more lines are not shown.)\n" if more > 0 else ""
    body = f"# {number:02} ({one.name})\n\n{QUESTION}\n\n## Message\n\n~~~~text\n{message}\n~~~~\n"
    body += f"\n## Change\n\n~~~~diff\n{shown}\n~~~~\n{left}"
    return body + "\n## Of the code base before it\n" + "".join(_excerpts(one, parent))


def _excerpts(one: Chosen, parent: str) -> Iterator[str]:
    """Functions of the tree before: of the file that is changed most, and of files beside it."""
    stat = _git(one, "diff", "--numstat", "--no-renames", parent, one.commit, "--", "*.py")
    rows = [line.split("\t") for line in stat.splitlines()]
    path = max(rows, key=lambda row: (int(row[0]) if row[0].isdigit() else 0, row[2]))[2]
    tree = _git(one, "ls-tree", "-r", "--name-only", parent).splitlines()
    near = [name for name in tree if name.endswith(".py") and name != path]
    changed = {row[2] for row in rows}
    near = sorted(near, key=lambda name: (name in changed, _distance(name, path), name))
    shown = 0
    for name in ([path] if path in tree else []) + near:
        text = _git(one, "show", f"{parent}:{name}").splitlines()
        heads = [i for i, line in enumerate(text) if line.lstrip().startswith(_HEADS)]
        if not heads:
            continue
        middle = heads[len(heads) // 2]
        code = "\n".join(text[middle : middle + EXCERPT_LINES])
        yield f"\n{name}:{middle + 1}\n\n~~~~python\n{code}\n~~~~\n"
        shown += 1
        if shown == EXCERPTS:
            return


def _distance(one: str, other: str) -> int:
    """How many folders lie between two files."""
    here, there = one.split("/")[:-1], other.split("/")[:-1]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, there)))  # noqa: B905
    return len(here) + len(there) - 2 * shared


def _git(one: Chosen, *arguments: str) -> str:
    return run(one.repository, *arguments).decode("utf-8", "replace")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()
    print(f"{'history':34} changes  with functions  scored  fifths of the scale          distance")
    read: list[Chosen] = []
    for source in options.repositories:
        path = Path(source)
        name = path.parent.name if path.name == "repo" else path.name
        repository = open_repository(path)
        start = time.process_time()
        found = {oid: one.deviation for oid, one in judged(repository, options.changes).items()}
        spent = time.process_time() - start
        coded = [one for one in found.values() if one.unmeasured != NO_FUNCTIONS]
        scores = {oid: one.score for oid, one in found.items() if one.score is not None}
        fifths, distance = evenness(list(scores.values()))
        shares = " ".join(f"{share:.2f}" for share in fifths)
        print(
            f"{name:34} {len(found):7} {len(coded):15} {len(scores):7}  {shares:27}"
            f"  {distance:.3f}  ({spent:.0f} s)",
            flush=True,
        )
        read += chosen(repository, name, scores)
    if options.sheets and options.key:
        write_sheets(read, options.sheets, options.key)


if __name__ == "__main__":
    main()
