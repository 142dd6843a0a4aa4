"""How much the rules say of well-kept code, and whether a reviewer would want it said.

    python -m benchmarks.rules.density draw [--sample N] [--each N] [--most N] [--seed N] FOLDER...
    python -m benchmarks.rules.density score

`draw` prints findings per 1,000 lines for each folder and by rule, and N findings of all folders
with the lines around them, no rule with more than `--each` of them. What is installed below a
folder (`site-packages`) is not looked at. The verdicts of a reader who opened each place are kept in
`density_verdicts.csv`, by sample: `worth` if a reviewer of a change that brings this line would want
the comment, `not` if not. `score` prints their shares with Wilson's intervals, and the rules whose
share is low.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attribution_accuracy import wilson
from benchmarks.rules.agreement import files_below, hits, read
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import RuleSet, in_force, load_default_packs

VERDICTS = Path(__file__).with_name("density_verdicts.csv")
#: A rule with a lower share of findings worth a comment is to be mended or demoted.
FLOOR = 0.7
CONTEXT = 8


@dataclass(frozen=True)
class Shown:
    """A finding with the lines around it."""

    path: str
    rule: str
    first: int
    last: int
    lines: tuple[str, ...]


def found_below(
    folder: Path, most: int, chance: random.Random, rules: RuleSet
) -> tuple[Shown, ...]:
    """What the rules find in files drawn below a folder; prints how much that is."""
    versions = read(files_below(folder, most, chance), folder)
    found, unjudged = hits(versions, rules, Mode.FAST)
    texts = {v.path: content.decode("utf-8", "replace") for v, content in versions.items()}
    lines = sum(text.count("\n") for text in texts.values())
    rate = 1000 * len(found) / max(lines, 1)
    print(f"{folder.name:<20} {len(versions):4} files {lines:7,} lines {len(found):5} findings "
          f"{rate:5.2f} per 1,000 lines, {len(unjudged)} files not all judged")  # fmt: skip
    return tuple(
        Shown(path, rule, first, last, around(texts[path], first, last))
        for path, rule, first, last, _ in sorted(found)
    )


def around(text: str, first: int, last: int) -> tuple[str, ...]:
    """The numbered lines about a finding, its first one marked."""
    start = max(1, first - CONTEXT)
    end = min(last, first + CONTEXT) + CONTEXT
    lines = enumerate(text.split("\n")[start - 1 : end], start)
    return tuple(f"{'>' if n == first else ' '}{n:5} {line}" for n, line in lines)


def drawn(every: Iterable[Shown], size: int, each: int, chance: random.Random) -> Sequence[Shown]:
    """At most `each` findings of each rule, and of those at most `size`."""
    by_rule: dict[str, list[Shown]] = defaultdict(list)
    for shown in every:
        by_rule[shown.rule].append(shown)
    kept = [
        shown for some in by_rule.values() for shown in chance.sample(some, min(each, len(some)))
    ]
    chosen = chance.sample(kept, min(size, len(kept)))
    return sorted(chosen, key=lambda shown: (shown.rule, shown.path, shown.first))


def draw(options: argparse.Namespace) -> None:
    """Prints counts and the sample."""
    chance = random.Random(options.seed)  # noqa: S311  a sample
    rules = in_force(load_default_packs())
    every = [
        shown
        for folder in options.folders
        for shown in found_below(folder, options.most, chance, rules)
    ]
    for rule, count in Counter(shown.rule for shown in every).most_common():
        print(f"{count:5} {rule}")
    for shown in drawn(every, options.sample, options.each, chance):
        print(f"\n--- {shown.rule},{shown.path},{shown.first}")
        print("\n".join(shown.lines))


def score() -> None:
    """Prints the shares of the verdicts, by sample and by rule."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for sample in dict.fromkeys(row["sample"] for row in rows):
        of_it = [row for row in rows if row["sample"] == sample]
        worth = Counter(row["rule"] for row in of_it if row["verdict"] == "worth")
        print(f"sample {sample}: {_share(worth.total(), len(of_it))} worth a comment")
        for rule, count in Counter(row["rule"] for row in of_it).items():
            if worth[rule] < FLOOR * count:
                print(f"  {rule}: {_share(worth[rule], count)}")


def _share(worth: int, count: int) -> str:
    share, low, high = wilson(worth, count)
    return f"{worth} of {count}, {share:.0%} ({low:.0%} to {high:.0%})"


def main() -> None:
    """Draws, or scores what was judged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("score")
    draws = commands.add_parser("draw")
    draws.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    draws.add_argument("--sample", type=int, default=60)
    draws.add_argument("--each", type=int, default=4, help="findings of a rule")
    draws.add_argument("--most", type=int, default=300, help="files of a folder")
    draws.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.command == "score":
        score()
    else:
        draw(options)


if __name__ == "__main__":
    main()
