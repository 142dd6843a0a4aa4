"""What agents were told in a clone, and what its newest changes then held."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.base.agent_log import Told, read
from scanner.base.model import Commit
from scanner.base.store import Store
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.history.read import Progress, diffs_of
from scanner.history.told import ToldTally, tally_told
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes

#: How many changes are looked at; what was told before them is left out.
NEWEST = 200


def told_here(
    context: JudgingContext, store: Store, jobs: int | None, progress: Progress
) -> tuple[ToldTally, ...]:
    """By agent and rule, of the newest changes of HEAD; nothing is judged where nothing was told.

    Raises:
        ScanError: HEAD cannot be read.
    """
    repository = context.repository
    log, tip = read(repository.common_dir), head(repository)
    if not log or tip is None:
        return ()
    commits = read_commits(repository, [tip])
    log, since = _newest(log, commits, tip)
    diffs = diffs_of(repository, store, [one.against_first_parent for one in since], progress)
    changes = [ChangeToJudge(diffs[one.against_first_parent], one.committed) for one in since]
    judged = judge_changes(
        context, store, changes, jobs, lambda done, total: progress("judging changes", done, total)
    )
    both = zip(since, changes, strict=True)
    held = ((one.oid, judged[change.key].findings) for one, change in both if change.key in judged)
    return tally_told(log, held, commits)


def _newest(
    log: Sequence[Told], commits: Sequence[Commit], tip: str
) -> tuple[tuple[Told, ...], list[Commit]]:
    """What was told on the newest changes, and the changes since the first of it."""
    order = {commit.oid: number for number, commit in enumerate(commits)}
    chain = first_parent_chain(commits, tip)
    oldest = order[chain[-NEWEST].oid] if len(chain) > NEWEST else 0
    kept = tuple(one for one in log if order.get(one.base, oldest) >= oldest)
    first = min((order[one.base] for one in kept if one.base in order), default=len(order))
    return kept, [one for one in chain if one.parents and order[one.oid] > first]
