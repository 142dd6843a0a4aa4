"""The gate over the last changes of histories: what it would have stopped, and what became of it.

    python -m benchmarks.gate_replay [--last N] [--days N] [--store DIR] REPOSITORY…

Each change of the main line is judged as it was then, with the default settings. Printed for each
history: how many changes would have failed and how many could not be judged, by reason; the
percentiles of the debt score; and, for the changes that could be watched for `--days` days, what
share of the lines they added was changed or deleted in that time by another change, for those that
would have failed beside those that would have passed. What readers say of the fails is asked with
`benchmarks.gate_sheets`.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from scanner.base.model import Commit, Dimension, Outcome, TreeDiff
from scanner.base.store import open_store
from scanner.changes.exclusion_reader import ignored_at
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.gate.settle import Settled, Terms, Trees, settle
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, read_commits
from scanner.git.lifelines import Lifelines, needed_pairs
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees
from scanner.history.lines import follow_lines
from scanner.history.read import IntegratedChange, Selection, all_changes, messages_of
from scanner.judge import read_change
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes
from scanner.rulepacks.packs import in_force, load_default_packs

#: Kinds of reasons, by what their sentences begin or end with.
_REASONS = (
    ("debt score", re.compile(r"^The debt score")),
    ("security finding", re.compile(r"brings a security finding")),
    ("could not be parsed or read", re.compile(r"could not be judged")),
)


@dataclass(frozen=True)
class Replayed:
    """One change, what the gate says, and the share of its lines that was soon changed again.

    `rework` is None where the change added no lines or could not be watched long enough.
    """

    change: IntegratedChange
    settled: Settled
    rework: float | None


def replay(repository: Repository, store: Path, last: int, days: int) -> list[Replayed]:
    """Judges the newest changes and follows their lines."""
    tip = head(repository)
    assert tip is not None, "the repository has no commit"
    commits = read_commits(repository, [tip])
    every = all_changes(commits, Selection(tip))
    chosen = [change for change in every if change.commit.parents][-last:]
    diffs = _diffs(repository, commits, chosen)
    with open_store(store) as opened:
        lives = follow_lines(
            repository,
            opened,
            commits,
            messages_of(commits, every),
            tip,
            (diffs[pair] for pair in needed_pairs(commits)),
            ignored_at(repository, tip),
        )
    rework = _rework(every, commits, lives, days)
    settled = judged(repository, store, Settings(), [(one, diffs[one.pair]) for one in chosen])
    return [Replayed(one, settled[one.commit.oid], rework.get(one.commit.oid)) for one in chosen]


def _diffs(
    repository: Repository, commits: Sequence[Commit], chosen: Iterable[IntegratedChange]
) -> dict[tuple[str | None, str], TreeDiff]:
    pairs = list(dict.fromkeys([*needed_pairs(commits), *(one.pair for one in chosen)]))
    return dict(zip(pairs, diff_trees(repository, pairs), strict=True))


def judged(
    repository: Repository,
    store_path: Path,
    settings: Settings,
    wanted: Sequence[tuple[IntegratedChange, TreeDiff]],
) -> dict[str, Settled]:
    """What the gate makes of each change by itself, by its commit."""
    context = JudgingContext(repository, store_path, settings, in_force(load_default_packs()))
    changes = [ChangeToJudge(diff, one.commit.committed) for one, diff in wanted]
    found = {}
    with open_store(store_path) as store, BlobReader(repository) as blobs:
        judged = judge_changes(context, store, changes, 1, lambda _done, _all: None)
        reader = SourceReader(blobs, store)
        for (one, diff), change in zip(wanted, changes, strict=True):
            files = read_change(diff, reader, lambda _path: False).files
            terms = Terms(settings, settings.thresholds, one.commit.committed.date(), {})
            trees = Trees(diff.before, diff.after, None)
            found[one.commit.oid] = settle(
                repository, trees, files, judged[change.key], terms, (reader, blobs)
            )
    return found


def _rework(
    every: Sequence[IntegratedChange], commits: Sequence[Commit], lives: Lifelines, days: int
) -> dict[str, float]:
    """The share of each change's lines that another change took away within the days."""
    owner = {oid: number for number, one in enumerate(every) for oid in one.commits}
    times = np.array([one.commit.committed.timestamp() for one in every])
    owners = np.array([owner.get(oid, -1) for oid in lives.commits] + [-1])
    birth, death = owners[lives.birth], owners[lives.death]
    end = max(commit.committed for commit in commits)
    shares = {}
    for number, one in enumerate(every):
        if end - one.commit.committed < timedelta(days=days):
            continue
        died = death[birth == number]
        died = died[died != number]  # what went before it was in is no rework
        if len(died):
            soon = (died >= 0) & (times[died] - times[number] <= days * 86400)
            shares[one.commit.oid] = float(soon.mean())
    return shares


def reasons_of(settled: Settled) -> set[str]:
    """The kinds of reasons of a verdict."""
    kinds = set()
    for reason in settled.verdict.reasons:
        known = (kind for kind, pattern in _REASONS if pattern.search(reason))
        kinds.add(next(known, "other"))
    if "debt score" in kinds:
        parts = settled.judgement.scorecard.dimensions
        kinds.add(f"debt, mostly {max(parts, key=lambda part: part.points).dimension}")
    return kinds


def _print(name: str, replayed: Sequence[Replayed], days: int) -> None:
    with_code = [one for one in replayed if one.settled.judgement.scorecard.added_code_lines]
    outcomes = Counter(one.settled.verdict.outcome for one in replayed)
    first, last = replayed[0].change.commit.committed, replayed[-1].change.commit.committed
    print(f"\n{name}: {len(replayed)} changes, {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    for outcome in Outcome:
        print(f"  {outcome:<16} {outcomes[outcome]:>5}  {outcomes[outcome] / len(replayed):6.1%}")
    _print_scores([one.settled.judgement.scorecard.debt for one in with_code])
    kinds = Counter(kind for one in replayed for kind in reasons_of(one.settled))
    for kind, count in kinds.most_common():
        print(f"  reason: {kind:<28} {count:>5}")
    rules = Counter(
        finding.rule for one in replayed for finding in one.settled.judgement.findings
        if finding.rule.startswith("guard.")
    )  # fmt: skip
    for rule, count in rules.most_common():
        print(f"  finding: {rule:<27} {count:>5}")
    _print_fates(replayed, days)


def _print_scores(scores: Sequence[float]) -> None:
    ranks = (50, 75, 90, 95, 99)
    shown = ", ".join(f"{rank} %: {np.percentile(scores, rank):.1f}" for rank in ranks)
    print(f"  debt scores of the {len(scores)} changes with added code: {shown}")
    for limit in (10, 15, 20, 30, 50):
        stopped = sum(score > limit for score in scores)
        print(f"  a threshold of {limit:>2} stops {stopped:>4}  {stopped / len(scores):6.1%}")


def _print_fates(replayed: Sequence[Replayed], days: int) -> None:
    groups: Mapping[str, Sequence[float]] = {
        outcome: [
            one.rework
            for one in replayed
            if one.settled.verdict.outcome is outcome and one.rework is not None
        ]
        for outcome in (Outcome.PASS, Outcome.FAIL)
    }
    for outcome, shares in groups.items():
        if not shares:
            print(f"  rework within {days} days, {outcome}: none could be watched that long")
            continue
        quarter = sum(share >= 0.25 for share in shares) / len(shares)
        print(
            f"  rework within {days} days, {outcome}: mean {statistics.mean(shares):.1%} of the "
            f"lines of {len(shares)} changes; a quarter or more in {quarter:.0%} of them"
        )


def by_dimension(replayed: Sequence[Replayed]) -> dict[Dimension, float]:
    """The points of all changes by dimension."""
    totals = dict.fromkeys(Dimension, 0.0)
    for one in replayed:
        for part in one.settled.judgement.scorecard.dimensions:
            totals[part.dimension] += part.points
    return totals


def main() -> None:
    """Prints the replay of each history."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=300)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--store", type=Path, help="keep facts in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.store or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for path in options.repositories:
            name = path.parent.name if path.name == "repo" else path.name
            found = replay(open_repository(path), folder / f"{name}.sqlite", options.last,
                           options.days)  # fmt: skip
            _print(name, found, options.days)
            points = by_dimension(found)
            total = sum(points.values()) or 1.0
            shown = ", ".join(f"{name} {worth / total:.0%}" for name, worth in points.items())
            print(f"  points: {shown}")


if __name__ == "__main__":
    main()
