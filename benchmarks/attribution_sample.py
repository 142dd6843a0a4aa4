"""A seeded sample of decisions on real histories to be judged by hand, and the precision it gave.

    python -m benchmarks.attribution_sample cards NAME=REPOSITORY… [--each 40] [--seed 1]
    python -m benchmarks.attribution_sample score NAME=REPOSITORY…

`cards` prints what a reader needs
to judge each decision: who, when, the message and the evidence. The sample is drawn from each label
alike, so that rare labels are judged too. The verdicts are kept in `attribution_verdicts.csv`;
`score` looks their commits up again, says which decisions have changed since they were judged, and
prints precision by label with Wilson's intervals.

A verdict is about the decision by the evidence in the repository: `right`; `wrong`; `undecidable`
where a careful reader with the same record could not tell. Nobody can see from a commit alone that
a person wrote what is unmarked, so `right` means there that nothing in it says otherwise.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.attribution_accuracy import wilson
from scanner.attribution.all_sources import attribute
from scanner.base.model import Attribution, Commit, Label
from scanner.git.commits import read_commits
from scanner.git.process import open_repository

VERDICTS = Path(__file__).with_name("attribution_verdicts.csv")
EACH, SEED = 40, 1

#: Of a long message its beginning and its end are shown: marks stand at the end.
FIRST_LINES, LAST_LINES, WIDTH = 14, 16, 160


@dataclass(frozen=True)
class Decision:
    """One commit of a repository with its attribution."""

    name: str
    commit: Commit
    attribution: Attribution


@dataclass(frozen=True)
class Verdict:
    """What a reader said of the decision on a commit that was labelled so."""

    label: str
    verdict: str
    why: str


def decisions(name: str, path: Path) -> tuple[Decision, ...]:
    """Every commit but merges, in the order of the history."""
    repo = open_repository(path)
    commits = read_commits(repo, ["HEAD"])
    found = attribute(commits, repo).attributions
    return tuple(Decision(name, c, found[c.oid]) for c in commits if not c.is_merge)


def sample(every: Sequence[Decision], size: int, seed: int) -> tuple[Decision, ...]:
    """As many of each label as there is room for; what a rare label leaves goes to the others.

    The order is that of a hash of each commit's id: a rule that changes moves few of the others.
    """
    by_label: defaultdict[Label, list[Decision]] = defaultdict(list)
    for one in every:
        by_label[one.attribution.label].append(one)
    shuffled = {
        label: sorted(ones, key=lambda one: sha256(f"{seed}/{one.commit.oid}".encode()).digest())
        for label, ones in sorted(by_label.items())
    }
    chosen: list[Decision] = []
    depth = 0
    while len(chosen) < min(size, len(every)):
        layer = [ones[depth] for ones in shuffled.values() if depth < len(ones)]
        chosen += layer[: size - len(chosen)]
        depth += 1
    return tuple(sorted(chosen, key=lambda one: (one.attribution.label, one.commit.oid)))


def print_card(one: Decision) -> None:
    commit, found = one.commit, one.attribution
    agents = ", ".join(found.agents) or "-"
    print(f"=== {one.name} {commit.oid} {found.label} [{found.level or '-'}] {agents}")
    print(f"author    {commit.author.name} <{commit.author.email}> {commit.authored:%Y-%m-%d}")
    if commit.committer != commit.author:
        print(f"committer {commit.committer.name} <{commit.committer.email}>")
    for line in condensed(commit.message):
        print(f"  | {line[:WIDTH]}")
    for claim in found.evidence:
        note = f" ({claim.note})" if claim.note else ""
        standing = "decided" if claim in found.decided_by else claim.level
        print(f"  > {standing}: {claim.rule} in {claim.source}: {claim.text[:WIDTH]}{note}")


def condensed(message: str) -> list[str]:
    """A message, of a long one its beginning and its end."""
    lines = message.rstrip().split("\n")
    if len(lines) <= FIRST_LINES + LAST_LINES:
        return lines
    left = len(lines) - FIRST_LINES - LAST_LINES
    return [*lines[:FIRST_LINES], f"[… {left} lines …]", *lines[-LAST_LINES:]]


def read_verdicts() -> dict[tuple[str, str], Verdict]:
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return {
            (row["repository"], row["commit"]): Verdict(row["label"], row["verdict"], row["why"])
            for row in csv.DictReader(file)
        }


def print_score(every: Iterable[Decision], verdicts: Mapping[tuple[str, str], Verdict]) -> None:
    """Precision by label of the decisions that were judged; the undecidable are counted apart."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in every:
        label, said = one.attribution.label, verdicts.get((one.name, one.commit.oid))
        if said is None:
            continue
        if said.label != label:
            print(f"judged as {said.label} ({said.verdict}), now {label}: {one.commit.oid[:12]}")
        else:
            counts[label, said.verdict] += 1
    print(f"{'label':12} {'right':>6} {'wrong':>6} {'undecidable':>12}  precision")
    for label in Label:
        right, wrong, unsure = (counts[label, v] for v in ("right", "wrong", "undecidable"))
        if right + wrong + unsure:
            share, low, high = wilson(right, right + wrong)
            print(
                f"{label:12} {right:6} {wrong:6} {unsure:12}  {share:.2f} [{low:.2f}, {high:.2f}]"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("command", choices=["cards", "score"])
    parser.add_argument("repositories", nargs="+", metavar="NAME=REPOSITORY")
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    pairs = (text.partition("=") for text in options.repositories)
    paths = {name: Path(path) for name, _, path in pairs}
    histories = {name: decisions(name, path) for name, path in paths.items()}
    if options.command == "score":
        print_score((one for ones in histories.values() for one in ones), read_verdicts())
        return
    for ones in histories.values():
        for one in sample(ones, options.each, options.seed):
            print_card(one)


if __name__ == "__main__":
    main()
