"""What the rules find in many file versions, matched on several processes."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from scanner.base.model import FileVersion
from scanner.base.store import open_store
from scanner.base.workers import worker_processes
from scanner.codebase.rule_hits import StoredHits
from scanner.git.blobs import BlobReader
from scanner.rulepacks.command import SemgrepLimits
from scanner.rulepacks.hits import RuleRun
from scanner.rulepacks.run import Options, match_rules

if TYPE_CHECKING:
    from scanner.judge.batch import JudgingContext

#: To start another process, with a semgrep of its own, costs about as much as so many files.
WORTH_A_PROCESS = 30


def matched(context: JudgingContext, versions: Sequence[FileVersion], jobs: int | None) -> RuleRun:
    """What the rules of the context find in all versions, on `jobs` processes, all cores if None.

    Each process cuts, chooses and matches a share of its own with one semgrep at a time; it is
    given no content, but what to read.
    """
    most = jobs or os.cpu_count() or 1
    processes = min(most, len(versions) // WORTH_A_PROCESS)
    if processes <= 1:
        runs = [_match(context, versions, most)]
    else:
        with worker_processes(processes) as pool:
            runs = [*pool.map(partial(_match, context, semgreps=1), _shares(versions, processes))]
    files = {place: hits for run in runs for place, hits in run.files.items()}
    problems = {problem for run in runs for problem in run.problems}
    return RuleRun(files, tuple(sorted(problems, key=repr)))


def _match(context: JudgingContext, versions: Sequence[FileVersion], semgreps: int) -> RuleRun:
    assert context.rules is not None
    options = Options(SemgrepLimits(jobs=semgreps))
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        return match_rules(versions, blobs.read_many, context.rules, StoredHits(store), options)


def _shares(versions: Sequence[FileVersion], count: int) -> list[list[FileVersion]]:
    """Shares of about equal length. Versions of one path have much in common and stay together."""
    by_path: dict[str, list[FileVersion]] = defaultdict(list)
    for version in versions:
        by_path[version.path].append(version)
    shares: list[list[FileVersion]] = [[] for _ in range(count)]
    for own in sorted(by_path.values(), key=len, reverse=True):
        min(shares, key=len).extend(own)
    return shares
