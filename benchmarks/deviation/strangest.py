"""The scores of a history's own changes: how many have one, how even they are; sheets to read.

The last changes of the main line are judged as `report` judges them. Printed are the share of those
that add code to functions and have a score, the share in each fifth of the scale (0.2 each if
scores are as even as percentiles should be), and the largest distance from evenness (Kolmogorov and
Smirnov). With `--sheets`, the strangest and as many drawn at random from the rest are written, each
as its diff, shuffled, without scores, for readers who are asked: "would a maintainer here raise an
eyebrow?" The key goes to another folder.

    python -m benchmarks.deviation.strangest REPOSITORY... [--changes 200]
        [--sheets FOLDER --key FILE]
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from itertools import pairwise
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
_LONGEST_DIFF = 60_000


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


def write_sheets(
    repository: Repository, name: str, scores: dict[str, float], folder: Path, key: Path
) -> None:
    """The strangest changes and others, shuffled, one file for each; the key apart."""
    chance = random.Random(name)  # noqa: S311 - a repeatable sample
    ordered = sorted(scores, key=lambda oid: (-scores[oid], oid))
    strangest, rest = ordered[:READ], ordered[READ:]
    chosen = [*strangest, *chance.sample(rest, min(READ, len(rest)))]
    chance.shuffle(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    with key.open("a", encoding="utf-8", newline="") as file:
        for number, oid in enumerate(chosen, 1):
            sheet = f"{name}-{number:02}"
            kind = "strangest" if oid in strangest else "random"
            csv.writer(file).writerow((sheet, oid, kind, scores[oid]))
            shown = run(repository, "diff", "--no-ext-diff", f"{oid}^1", oid, "--", "*.py")
            text = shown.decode("utf-8", "replace")[:_LONGEST_DIFF]
            asked = "Would a maintainer here raise an eyebrow? (yes / no, and why in a few words)"
            body = f"# {sheet}\n\n{asked}\n\n~~~~diff\n{text}\n~~~~\n"
            (folder / f"{sheet}.md").write_text(body, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()
    print(f"{'history':34} changes  with functions  scored  fifths of the scale          distance")
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
        if options.sheets and options.key:
            write_sheets(repository, name, scores, options.sheets, options.key)


if __name__ == "__main__":
    main()
