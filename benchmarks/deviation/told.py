"""Every deviation that a report tells of on the last changes of a history, to be read and judged.

python -m benchmarks.deviation.told REPOSITORY... [--changes 300]
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parents, head
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees
from scanner.judge import DeviationJudge, Sources, prepare, read_change


def tell(repository: Repository, changes: int) -> str:
    """Prints the findings; gives their sum in words."""
    tip = head(repository)
    assert tip is not None
    parents, chain = first_parents(repository, [tip]).parents, [tip]
    while len(chain) <= changes and (parent := parents[chain[-1]]) is not None:
        chain.append(parent)
    chain.reverse()
    pairs = list(pairwise(chain))
    diffs = {(diff.before, diff.after): diff for diff in diff_trees(repository, pairs)}
    told = with_code = 0
    with BlobReader(repository) as blobs, open_store(None) as store:
        reader = SourceReader(blobs, store)
        sources = Sources(repository, blobs, reader, store)
        judge = DeviationJudge(sources, Settings(), [before for before, _ in pairs], None, diffs)
        for before, after in pairs:
            change = read_change(diffs[before, after], reader, lambda _path: False)
            prepared = prepare(change, reader, Settings())
            with_code += bool(prepared.added)
            for finding in judge.judge(prepared.diff, change.files, prepared.added).findings:
                told += 1
                place = f"{finding.place.path}:{finding.place.span.first}"
                print(
                    f"{after[:10]} {place} {finding.points:g} {finding.rule}\n  {finding.message}"
                )
    return f"{told} findings on {len(pairs)} changes, {with_code} of which add code"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=300)
    options = parser.parse_args()
    for name in options.repositories:
        print(f"{name}: {tell(open_repository(Path(name)), options.changes)}", flush=True)


if __name__ == "__main__":
    main()
