"""How many points the costliest unit of a change has: what `thresholds.unit_points` rests on.

    python -m benchmarks.unit_points --last 200 REPOSITORY...

Judges the newest integrated changes of each repository as they were then, without the packs of
rules, and prints how many would be failed by each limit on the points of one unit, beside those
that the limit on the debt score fails. Nothing of a repository is run.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.base.model import Finding, Judgement
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes

LIMITS = (20, 30, 40, 50, 75, 100)
DEBT = 20.0


def most_in_a_unit(findings: Sequence[Finding]) -> float:
    """The points of the unit that has the most."""
    units: dict[tuple[str, str], float] = defaultdict(float)
    for finding in findings:
        units[finding.place.path, finding.place.unit] += finding.points
    return max(units.values(), default=0.0)


def judged(path: Path, last: int) -> list[Judgement]:
    """The newest changes of the main line that touch Python, each judged as it was then."""
    repository = open_repository(path)
    tip = head(repository)
    assert tip is not None
    chain = first_parent_chain(read_commits(repository, [tip]), tip)
    chosen = [commit for commit in chain[-last:] if commit.parents]
    diffs = diff_trees(repository, [commit.against_first_parent for commit in chosen])
    changes = [
        ChangeToJudge(diff, commit.committed)
        for commit, diff in zip(chosen, diffs, strict=True)
        if diff.files
    ]
    with TemporaryDirectory() as folder:
        store_path = Path(folder) / "facts.sqlite"
        context = JudgingContext(repository, store_path, Settings())
        with open_store(store_path) as store:
            found = judge_changes(context, store, changes, 1, lambda _done, _total: None)
    return [found[change.key] for change in changes]


def main() -> None:
    """Prints a line for each repository and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=200)
    options = parser.parse_args()
    heads = "".join(f"{f'>{limit}':>6}" for limit in LIMITS)
    print(f"{'repository':<36}{'changes':>8}{f'debt>{DEBT:g}':>9}{heads}{'beside debt >50':>17}")
    everything: list[tuple[float, float]] = []
    for path in options.repositories:
        try:
            found = judged(path, options.last)
        except Exception as error:  # noqa: BLE001 - a history that cannot be read is told and skipped
            print(f"{path}: {error}", file=sys.stderr)
            continue
        rows = [(most_in_a_unit(one.findings), one.scorecard.debt) for one in found]
        everything += rows
        _row(path.parent.name if path.name == "repo" else path.name, rows)
    _row("all", everything)


def _row(name: str, rows: Sequence[tuple[float, float]]) -> None:
    by_debt = sum(debt > DEBT for _, debt in rows)
    by_limit = "".join(f"{sum(most > limit for most, _ in rows):>6}" for limit in LIMITS)
    beside = sum(most > 50 and debt <= DEBT for most, debt in rows)
    print(f"{name:<36}{len(rows):>8}{by_debt:>9}{by_limit}{beside:>17}", flush=True)


if __name__ == "__main__":
    main()
