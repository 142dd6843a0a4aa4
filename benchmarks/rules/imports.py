"""What the two rules in code say along whole histories, what that costs, and whether it is worth it.

    python -m benchmarks.rules.imports walk [--changes N] CLONE...
    python -m benchmarks.rules.imports score

`walk` judges each change (or the newest N) on the first-parent line against the codebase before it, as a report does,
without semgrep, and prints each finding with the lines around it; then the processor
milliseconds that the rules take for a change, and their share of the time to judge it. The verdicts of a reader who opened
each finding at its commit are kept in `imports_verdicts.csv`: `worth` if a reviewer of the change
would want the comment, `not` if not. `score` prints their shares with Wilson's intervals.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from benchmarks.attribution_accuracy import wilson
from scanner.clones.live_code import LiveCode
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parents, head
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees
from scanner.judge import Sources, complete, prepare, read_change
from scanner.judge.change import ReadChange
from scanner.judge.coded import CodedRules, without_copies
from scanner.base.model import Problem
from scanner.rulepacks.hits import CodedHits
from scanner.base.store import open_store

VERDICTS = Path(__file__).with_name("imports_verdicts.csv")
CONTEXT = 3


def walk(repository: Repository, changes: int) -> str:
    """Prints the findings; gives their number and what they cost in words."""
    tip = head(repository)
    assert tip is not None
    parents, chain = first_parents(repository, [tip]).parents, [tip]
    while (parent := parents[chain[-1]]) is not None and len(chain) <= changes:
        chain.append(parent)
    pairs = list(pairwise(reversed(chain)))
    problems: dict[Problem, None] = {}
    told, taken, slowest, start = Counter[str](), 0.0, 0.0, _used()
    settings = Settings()
    with BlobReader(repository) as blobs, open_store(None) as store:
        reader = SourceReader(blobs, store)
        live = LiveCode(repository, reader, lambda _path: False)
        rules = CodedRules(Sources(repository, blobs, reader, store), settings)
        for diff in diff_trees(repository, pairs):
            change = read_change(diff, reader, lambda _path: False)
            prepared = prepare(change, reader, settings)
            live.move_to(diff.before, store)
            before = _used()
            found = rules.judge(prepared, live)
            cost = _used() - before
            taken, slowest = taken + cost, max(slowest, cost)
            found = without_copies(found, complete(prepared, live))
            problems |= dict.fromkeys(found.problems)
            told.update(_shown(diff.after, change, found))
    whole = _used() - start
    counts = ", ".join(f"{count} {rule}" for rule, count in sorted(told.items())) or "nothing"
    return (
        f"{len(pairs)} changes: {counts}; {1000 * taken / len(pairs):.2f} ms a change "
        f"(slowest {1000 * slowest:.0f}), {taken / whole:.1%} of {whole:.0f} s; "
        f"not told: {sorted({f'{one.path}: {one.reason}' for one in problems})}"
    )


def _used() -> float:
    """Processor seconds of this process and of the gits that it ran."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def _shown(commit: str, change: ReadChange, found: CodedHits) -> list[str]:
    texts = {file.path: file.after.lines for file in change.files if file.after}
    rules = []
    for path, hits in found.hits.items():
        for hit in hits:
            rules.append(hit.rule)
            print(f"\n--- {commit[:12]},{path},{hit.span.first},{hit.rule}\n{hit.message}")
            first = max(0, hit.span.first - 1 - CONTEXT)
            for number, line in enumerate(texts[path][first : hit.span.first + CONTEXT], first + 1):
                print(f"{'>' if number == hit.span.first else ' '}{number:5} {line}")
    return rules


def score() -> None:
    """Prints the shares of the verdicts, by rule."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for rule in dict.fromkeys(row["rule"] for row in rows):
        verdicts = [row["verdict"] == "worth" for row in rows if row["rule"] == rule]
        share, low, high = wilson(sum(verdicts), len(verdicts))
        print(f"{rule}: {sum(verdicts)} of {len(verdicts)}, {share:.0%} ({low:.0%} to {high:.0%})")


def main() -> None:
    """Walks, or scores what was judged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("score")
    walking = commands.add_parser("walk")
    walking.add_argument("--changes", type=int, default=sys.maxsize)
    walking.add_argument("clones", nargs="+", type=Path)
    options = parser.parse_args()
    if options.command == "score":
        score()
        return
    for clone in options.clones:
        print(f"\n{clone.name}: {walk(open_repository(clone), options.changes)}", flush=True)


if __name__ == "__main__":
    main()
