"""What lost guards are told in the last changes of histories.

python -m benchmarks.lost_guards.changes [--last N] REPOSITORY…
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, read_commits
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees
from scanner.guards.protection.finding import finding_of
from scanner.guards.protection.lost import LostGuard, lost_guards
from scanner.history.read import IntegratedChange, Selection, all_changes
from scanner.judge import unit_pairs
from scanner.radar.survey import changed_files
from scanner.scoring.change import ChangedFile


@dataclass(frozen=True, slots=True)
class Told:
    """One change of a history, its changed files and what is said of them."""

    change: IntegratedChange
    files: tuple[ChangedFile, ...]
    found: tuple[LostGuard, ...]
    seconds: float


def told_in(repository: Repository, last: int) -> Iterator[Told]:
    """The newest changes of the main line that touch Python, the newest first, with lost guards."""
    tip = head(repository)
    assert tip is not None, "the repository has no commit"
    every = all_changes(read_commits(repository, [tip]), Selection(tip))
    chosen = [one for one in every if one.commit.parents][-last:][::-1]
    with (
        tempfile.TemporaryDirectory() as folder,
        BlobReader(repository) as blobs,
        open_store(Path(folder) / "facts.sqlite") as store,
    ):
        reader = SourceReader(blobs, store)
        diffs = diff_trees(repository, [one.pair for one in chosen])
        for one, diff in zip(chosen, diffs, strict=True):
            files = tuple(changed_files(diff, reader))
            if files:
                pairs = unit_pairs(files)
                start = time.process_time()
                found = tuple(lost_guards(files, pairs))
                yield Told(one, files, found, time.process_time() - start)


def _print(name: str, told: Sequence[Told]) -> None:
    every = [(change.change.commit, lost) for change in told for lost in change.found]
    seconds = sorted(one.seconds for one in told)
    holding = sum(bool(one.found) for one in told)
    print(f"== {name}: {len(told)} changes, {len(every)} lost guards in {holding} of them")
    if seconds:
        ranks = (50, 95, 100)
        shown = (f"{rank} %: {1000 * np.percentile(seconds, rank):.1f} ms" for rank in ranks)
        print(f"   CPU time of a change: {', '.join(shown)}")
    for kind, count in Counter(lost.lost.guard.kind for _, lost in every).most_common():
        print(f"   {kind:<24} {count}")
    for commit, lost in every:
        finding = finding_of(lost)
        print(f"{commit.oid[:10]} {commit.subject}")
        print(f"   {lost.path}:{lost.line} {finding.message}")


def main() -> None:
    """Prints what is told of each history."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=100)
    options = parser.parse_args()
    for path in options.repositories:
        repository = open_repository(path)
        name = path.parent.name if path.name == "repo" else path.name
        _print(name, list(told_in(repository, options.last)))


if __name__ == "__main__":
    main()
