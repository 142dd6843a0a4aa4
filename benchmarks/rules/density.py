"""How much the rules say of well-kept code, and a sample of it to judge by hand.

    python -m benchmarks.rules.density [--sample N] [--most N] [--seed N] FOLDER...

Prints findings per 1,000 lines for each folder and by rule, and N findings of all folders with the
lines around them. Whether each is worth a comment is for a reader to say.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

from benchmarks.rules.agreement import files_below, hits, read
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import load_default_packs, make_rule_set


def main() -> None:
    """Prints counts and the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--most", type=int, default=400, help="files of a folder")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  a sample
    rules = make_rule_set(load_default_packs())
    by_rule: Counter[str] = Counter()
    every: list[tuple[str, str, int, int, tuple[str, ...]]] = []
    for folder in options.folders:
        versions = read(files_below(folder, options.most, chance))
        found, unjudged = hits(versions, rules, Mode.FAST)
        texts = {v.path: content.decode("utf-8", "replace") for v, content in versions.items()}
        lines = sum(text.count("\n") for text in texts.values())
        rate = 1000 * len(found) / max(lines, 1)
        print(f"{folder.name:<20} {len(versions):4} files {lines:7,} lines {len(found):5} findings "
              f"{rate:5.2f} per 1,000 lines, {len(unjudged)} files not all judged")  # fmt: skip
        by_rule.update(hit[1] for hit in found)
        for path, rule, first, last, _ in sorted(found):
            shown = tuple(texts[path].split("\n")[max(0, first - 3) : min(last + 1, first + 7)])
            every.append((path, rule, first, last, shown))
    for rule, count in by_rule.most_common():
        print(f"{count:5} {rule}")
    for path, rule, first, last, shown in chance.sample(every, min(options.sample, len(every))):
        print(f"\n--- {rule}  {path}:{first}-{last}")
        print("\n".join(shown))


if __name__ == "__main__":
    main()
