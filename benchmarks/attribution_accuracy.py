"""Precision and recall of every rule on the labelled history, with Wilson intervals; and a canary.

    python -m benchmarks.attribution_accuracy [REPOSITORY]

The history is built: it shows that rules match what they say and nothing near it, not how often
marks are true in the wild; for that see `attribution_sample`. Each rule is tried on commits with
its mark, on near ones that it must not believe (`near` of them), and on all the others.
A suggestion by a review bot is right where it is recorded and changes no label.

With a repository, also says which rules matched nothing in its history: in a large one, a rule that
should have matched and did not is likely broken.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fixtures.attribution import Case, build, cases
from fixtures.repository import RepositoryBuilder
from scanner.attribution.all_sources import attribute
from scanner.attribution.registry import shipped
from scanner.attribution.tables import silent_rules
from scanner.base.model import Attribution, Label, Level
from scanner.base.wilson import wilson as base_wilson
from scanner.git.commits import read_commits
from scanner.git.process import open_repository

#: From this many commits on, a silent rule is worth a look.
LARGE = 5_000


@dataclass(frozen=True)
class Score:
    """How often a rule was believed rightly, wrongly, and not where it should have been.

    `wrong` counts the near ones that it believed too; `near` is how many it was shown.
    """

    right: int
    wrong: int
    missed: int
    near: int = 0

    @property
    def precision(self) -> tuple[float, float, float]:
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall(self) -> tuple[float, float, float]:
        return wilson(self.right, self.right + self.missed)


def wilson(hits: int, n: int) -> tuple[float, float, float]:
    """A share with its 95 % interval."""
    return (hits / n if n else math.nan, *base_wilson(hits, n))


def rules_of(attribution: Attribution) -> set[str]:
    """The rules that decided a label, and those of review suggestions, which change none."""
    reviews = (c for c in attribution.outweighed if c.level is Level.REVIEW_SUGGESTION)
    return {c.rule for c in (*attribution.decided_by, *reviews)}


def score_rules(
    truth: dict[str, Case], found: dict[str, Attribution]
) -> tuple[dict[str, Score], Counter[tuple[Label, Label]]]:
    """The score of each rule that should have decided or did; the labels found for each truth."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    near: Counter[str] = Counter()
    labels: Counter[tuple[Label, Label]] = Counter()
    for oid, case in truth.items():
        fired = rules_of(found[oid])
        if case.never is not None:
            near[case.never] += 1
            wrong.update(fired & {case.never})
            continue
        expected = {case.rule} if case.rule else set()
        right.update(fired & expected)
        missed.update(expected - fired)
        wrong.update(fired if found[oid].label is not case.label else ())
        labels[case.label, found[oid].label] += 1
    names = sorted({*right, *wrong, *missed, *near})
    scores = {name: Score(right[name], wrong[name], missed[name], near[name]) for name in names}
    return scores, labels


def print_scores(scores: dict[str, Score]) -> None:
    print(
        f"{'rule':32} {'right':>5} {'wrong':>5} {'missed':>6} {'near':>4}  "
        "precision             recall"
    )
    for name, score in scores.items():
        shown = "  ".join(_shown(part) for part in (score.precision, score.recall))
        counts = f"{score.right:5} {score.wrong:5} {score.missed:6} {score.near:4}"
        print(f"{name:32} {counts}  {shown}")


def _is_tried(score: Score | None) -> bool:
    return score is not None and score.right + score.missed > 0


def _shown(part: tuple[float, float, float]) -> str:
    return f"{part[0]:5.2f} [{part[1]:.2f}, {part[2]:.2f}]  "


def canary(path: Path) -> None:
    repo = open_repository(path)
    commits = read_commits(repo, ["HEAD"])
    found = attribute(commits, repo).attributions
    silent = silent_rules(shipped(), found.values())
    size = "large enough to mean something" if len(commits) >= LARGE else "too small to mean much"
    print(f"\nsilent rules in {len(commits)} commits ({size}): {', '.join(silent) or 'none'}")


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("repository", nargs="?", type=Path)
    options = parser.parse_args(None if arguments is None else list(arguments))
    with tempfile.TemporaryDirectory() as folder:
        truth = build(RepositoryBuilder(Path(folder) / "repo"), cases(shipped()))
        repo = open_repository(Path(folder) / "repo")
        commits = read_commits(repo, ["main"])
        found = dict(attribute(commits, repo).attributions)
    scores, labels = score_rules(truth, found)
    print_scores(scores)
    agreed = sum(count for (true, label), count in labels.items() if true is label)
    share, low, high = wilson(agreed, labels.total())
    print(f"\nlabels right: {agreed} of {labels.total()}, {share:.3f} [{low:.3f}, {high:.3f}]")
    untried = [signal.id for signal in shipped().signals if not _is_tried(scores.get(signal.id))]
    print(f"not tried here (see tests/attribution): {', '.join(untried) or 'none'}")
    for (true, label), count in sorted(labels.items()):
        if true is not label:
            print(f"  {count} × {true} was called {label}")
    if options.repository:
        canary(options.repository)


if __name__ == "__main__":
    main()
