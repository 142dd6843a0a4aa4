"""Many changes judged, each once ever: on several processes, with every judgement kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from scanner.analysis.all_facts import FACTS
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.judge import judge, read_change
from scanner.model import Judgement, Problem, TreeDiff
from scanner.store import Shelf, Store, open_store

#: Raised whenever equal input would be judged otherwise than before.
JUDGE_VERSION = 1
#: Neighbours in a history share most of their files, so a worker is given this many in a row.
CHANGES_PER_TASK = 40
#: Starting processes costs about as much as judging this many changes.
WORTH_PROCESSES = 60

#: Told the number of changes judged so far, and of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker needs to judge changes; it travels to other processes."""

    repository: Repository
    store_path: Path | None
    settings: Settings

    def shelf(self) -> Shelf[Judgement]:
        """Where judgements made with these settings and analyses are kept."""
        analyses = ",".join(f"{analysis.name}{analysis.version}" for analysis in FACTS)
        version = f"{JUDGE_VERSION}/{analyses}/{self.settings.fingerprint}"
        return Shelf("judgement", version, Judgement)


def judge_changes(
    bench: Bench, store: Store, diffs: Sequence[TreeDiff], jobs: int | None, progress: Progress
) -> dict[str, Judgement]:
    """Judgements by `diff_key`. Those the store has are not made again; new ones go into it."""
    shelf = bench.shelf()
    stored = store.get_many(shelf, (diff_key(diff) for diff in diffs))
    judged = {key: value for key, value in stored.items() if isinstance(value, Judgement)}
    wanted = [diff for diff in diffs if diff_key(diff) not in judged]
    done = len(diffs) - len(wanted)
    for part in _judged(bench, wanted, jobs or os.cpu_count() or 1):
        store.put_many(shelf, part)
        judged.update(part)
        done += len(part)
        progress(done, len(diffs))
    return judged


def diff_key(diff: TreeDiff) -> str:
    """What a judgement is stored under: the two trees' commits."""
    return f"{diff.before or ''}..{diff.after}"


def _judged(
    bench: Bench, diffs: Sequence[TreeDiff], jobs: int
) -> Iterator[Mapping[str, Judgement]]:
    tasks = [diffs[i : i + CHANGES_PER_TASK] for i in range(0, len(diffs), CHANGES_PER_TASK)]
    if jobs == 1 or len(diffs) < WORTH_PROCESSES:
        yield from (judge_task(bench, task) for task in tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(judge_task, bench, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def judge_task(bench: Bench, diffs: Sequence[TreeDiff]) -> dict[str, Judgement]:
    """Judgements of a stretch of changes; a pure function of the repository and the settings."""
    with BlobReader(bench.repository) as blobs, open_store(bench.store_path) as store:
        reader = SourceReader(blobs, store)
        is_excluded = path_filter(bench.settings.exclude)
        judged = {}
        for diff in diffs:
            change = read_change(diff, reader, is_excluded)
            judged[diff_key(diff)] = judge(change, reader, bench.settings)
        reader.flush()
        return judged


def problems_of(judged: Mapping[str, Judgement]) -> tuple[Problem, ...]:
    """All problems of all judgements, each once."""
    return tuple(dict.fromkeys(p for judgement in judged.values() for p in judgement.problems))
