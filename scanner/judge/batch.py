"""Many changes judged, each once ever: prepared on several processes, completed in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.analysis.all_facts import versions
from scanner.analysis.choices.team import TeamConvention
from scanner.base.interruption import may_go_on
from scanner.base.model import Judgement, Stage, TreeDiff
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store, open_store
from scanner.base.workers import worker_processes
from scanner.clones.live_code import LiveCode
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_at
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import shallow_boundary
from scanner.git.process import Repository
from scanner.judge import DeviationJudge, Prepared, Sources, prepare, read_change
from scanner.judge.coded import CodedRules
from scanner.judge.one_change import Surroundings, judge_change
from scanner.judge.rules import RulesAlong
from scanner.rulepacks.command import engine_identity
from scanner.rulepacks.packs import RuleSet

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Everything that a judgement comes from: the packages and modules that this module leads to.
JUDGING_SOURCE = (
    "analysis", "attribution", "base", "changes", "clones", "codebase", "config", "conventions",
    "dependencies", "durability", "git", "guards", "judge", "roles", "rulepacks", "scoring",
)  # fmt: skip
#: Neighbours in a history share most of their files, so a worker is given this many in a row.
CHANGES_PER_TASK = 20
#: Starting processes costs about as much as judging this many changes.
WORTH_PROCESSES = 60
#: Tasks under way for each process: enough to keep it busy, few enough to keep memory small.
TASKS_AHEAD = 2

#: Told the number of changes judged so far, and of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """What a worker needs to judge changes; it travels to other processes.

    `rules` None: changes are judged without rules.
    """

    repository: Repository
    store_path: Path
    settings: Settings
    rules: RuleSet | None = None

    @property
    def conventions(self) -> tuple[TeamConvention, ...]:
        """The team's own; none where rules are left out."""
        return self.rules.conventions if self.rules is not None else ()

    def cache_table(self) -> CacheTable[Judgement]:
        """Where judgements are kept that these settings, rules, analyses and this source make.

        What a clone lacks of the history tells, too: without it no habit is known to be old.
        """
        source = source_digest(*JUDGING_SOURCE)
        edge = shallow_boundary(self.repository)
        history = sha256("".join(sorted(edge)).encode()).hexdigest()[:16] if edge else "whole"
        rules = f"{self.rules.fingerprint}/{engine_identity()}" if self.rules else "no rules"
        version = f"{source}/{versions()}/{history}/{self.settings.fingerprint}/{rules}"
        return CacheTable("judgement", version, Judgement)


def context_at(
    repository: Repository,
    store_path: Path,
    tree: str,
    named: Settings | None = None,
    *,
    with_rules: bool = True,
) -> JudgingContext:
    """Settings and rules as a tree has them; `named` settings hold instead of its own.

    Raises:
        ScanError: its settings are not valid.
    """
    with BlobReader(repository) as blobs, open_store(store_path) as store:
        settings = named or settings_at(repository, tree, blobs)
        rules = rules_at(repository, tree, blobs, settings, store) if with_rules else None
    return JudgingContext(repository, store_path, settings, rules)


@dataclass(frozen=True, slots=True)
class ChangeToJudge:
    """A diff between two commits, and when the change was made."""

    diff: TreeDiff
    time: datetime

    @property
    def key(self) -> str:
        """What its judgement is stored under."""
        return f"{self.diff.before or ''}..{self.diff.after}"


def judge_changes(
    context: JudgingContext,
    store: Store,
    changes: Sequence[ChangeToJudge],
    jobs: int | None,
    progress: Progress,
) -> dict[str, Judgement]:
    """Judgements by the keys of changes, each against the codebase as it was then.

    Those that the store has are not made again, and those that are made go into it as they are
    made, so that a run that is cut off is taken up again. After one Ctrl-C those that are there so
    far are all there is.
    """
    cache_table = context.cache_table()
    stored = store.get_many(cache_table, (change.key for change in changes))
    judged = {key: value for key, value in stored.items() if isinstance(value, Judgement)}
    wanted = [change for change in changes if change.key not in judged]
    done = len(changes) - len(wanted)
    parts = _completed(context, store, wanted, jobs or os.cpu_count() or 1)
    try:
        for part in parts:
            judged.update(part)
            whole = {key: value for key, value in part.items() if _is_whole(value)}
            store.put_many(cache_table, whole)
            done += len(part)
            progress(done, len(changes))
    except KeyboardInterrupt:
        parts.close()
        if not judged or not may_go_on():
            raise
    return judged


def _is_whole(judgement: Judgement) -> bool:
    """Whether nothing kept it from being whole that may be otherwise next time.

    An object that lacks may be there then, and what took too long may be done in time.
    """
    passing = (Stage.GIT, Stage.BUDGET, Stage.STORE)
    return all(problem.stage not in passing for problem in judgement.problems)


def _completed(
    context: JudgingContext, store: Store, changes: Sequence[ChangeToJudge], jobs: int
) -> Generator[dict[str, Judgement], None, None]:
    """Judgements, a task at a time. The live code follows the changes, from tree to tree."""
    if not changes:
        return
    with BlobReader(context.repository) as blobs:
        reader = SourceReader(blobs, store, context.settings.limits, context.conventions)
        settings = context.settings
        is_excluded = path_filter(settings.exclude)
        live = LiveCode(context.repository, reader, is_excluded, settings.duplication)
        diffs = [change.diff for change in changes]
        rules = RulesAlong(context, diffs, jobs)
        sources = Sources(context.repository, blobs, reader, store)
        coded = CodedRules(sources, settings) if context.rules else None
        surroundings = Surroundings(live, _deviations(sources, context, changes), coded)
        for task, prepared in _prepared(context, changes, jobs):
            part = {}
            for change, ready in zip(task, prepared, strict=True):
                live.move_to(change.diff.before, store)
                judged = judge_change(ready, surroundings, rules.judge, change.time)
                part[change.key] = judged.judgement
            reader.flush()
            yield part
        surroundings.habits.keep()


def _deviations(
    sources: Sources, context: JudgingContext, changes: Sequence[ChangeToJudge]
) -> DeviationJudge:
    """The judge of habits, which walks along the main line as the live code does."""
    diffs = {(change.diff.before, change.diff.after): change.diff for change in changes}
    befores = [change.diff.before for change in changes]
    return DeviationJudge(sources, context.settings, befores, changes[-1].diff.after, diffs)


_Task = Sequence[ChangeToJudge]


def _prepared(
    context: JudgingContext, changes: Sequence[ChangeToJudge], jobs: int
) -> Iterator[tuple[_Task, list[Prepared]]]:
    """The tasks in order, each with its changes prepared; other processes work ahead."""
    starts = range(0, len(changes), CHANGES_PER_TASK)
    tasks = iter([changes[start : start + CHANGES_PER_TASK] for start in starts])
    if jobs == 1 or len(changes) < WORTH_PROCESSES:
        yield from ((task, prepare_task(context, task)) for task in tasks)
        return
    with worker_processes(jobs) as pool:
        under_way: deque[tuple[_Task, Future[list[Prepared]]]] = deque()
        for task in islice(tasks, jobs * TASKS_AHEAD):
            under_way.append((task, pool.submit(prepare_task, context, task)))
        while under_way:
            task, future = under_way.popleft()
            prepared = future.result()
            for following in islice(tasks, 1):
                under_way.append((following, pool.submit(prepare_task, context, following)))
            yield task, prepared


def prepare_task(context: JudgingContext, changes: _Task) -> list[Prepared]:
    """Prepares a stretch of changes; a pure function of the repository and the settings."""
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store, context.settings.limits, context.conventions)
        is_excluded = path_filter(context.settings.exclude)
        prepared = []
        for change in changes:
            read = read_change(change.diff, reader, is_excluded)
            prepared.append(prepare(read, reader, context.settings))
        reader.flush()
        return prepared
