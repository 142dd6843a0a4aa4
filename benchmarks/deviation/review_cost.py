"""What judging habits adds to a review: milliseconds of processor time, git's beside ours.

A change is judged cold (nothing is known of the codebase before it), warm (its book is kept), and
after one more commit (the book of the commit before is kept). The last column is by how many MB the
peak of the process grows when it is judged cold; name one repository a run for it.

    python -m benchmarks.deviation.review_cost REPOSITORY... [--changes 5]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from scanner.analysis.parsing.source import split_lines
from scanner.base.model import Problem
from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parents, head
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees, list_tree
from scanner.judge import DeviationJudge, Sources, prepare, read_change


def judged(repository: Repository, store_path: Path, base: str, tip: str) -> float:
    """Milliseconds of processor time, of git too, that judging one change by its base takes."""
    with BlobReader(repository) as blobs, open_store(store_path) as store:
        reader = SourceReader(blobs, store)
        (diff,) = diff_trees(repository, [(base, tip)])
        change = read_change(diff, reader, lambda _path: False)
        prepared = prepare(change, reader, Settings())
        start = time.process_time() + _children()
        sources = Sources(repository, blobs, reader, store)
        judge = DeviationJudge(sources, Settings(), [base], base, {})
        judge.judge(diff, change.files, prepared.added)
        judge.keep()
        spent = time.process_time() + _children() - start
        reader.flush()
    return 1000 * spent


def _children() -> float:
    times = os.times()
    return float(times.children_user + times.children_system)


def size(repository: Repository, tip: str) -> float:
    """Thousands of lines of the tree."""
    with BlobReader(repository) as blobs:
        texts = [blobs.read(file.blob) for file in list_tree(repository, tip)]
    return (
        sum(
            len(split_lines(t.decode("utf-8", "replace")))
            for t in texts
            if t and not isinstance(t, Problem)
        )
        / 1000
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=5)
    options = parser.parse_args()
    print(f"{'repository':34}  kLOC  commits   cold   warm  one more commit (ms)  MB")
    for name in options.repositories:
        repository = open_repository(Path(name))
        tip = head(repository)
        assert tip is not None
        parents = first_parents(repository, [tip]).parents
        chain = [tip]
        while len(chain) <= options.changes + 1 and (parent := parents[chain[-1]]) is not None:
            chain.append(parent)
        chain.reverse()
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "facts.sqlite"
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            cold = judged(repository, store, chain[0], chain[1])
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
            warm = statistics.median(
                judged(repository, store, chain[0], chain[1]) for _ in range(5)
            )
            pairs = list(pairwise(chain[1:]))
            moved = statistics.median(judged(repository, store, *pair) for pair in pairs)
        place = Path(name).resolve()
        shown = place.parent.name if place.name == "repo" else place.name
        print(f"{shown:34} {size(repository, tip):5.0f} {len(parents):8}", end="")
        print(f" {cold:6.0f} {warm:6.0f} {moved:16.0f} {grown:8.0f}", flush=True)


if __name__ == "__main__":
    main()
