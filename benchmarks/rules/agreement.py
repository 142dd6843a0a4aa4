"""Do slices, the prefilter and the fast mode find what whole files in the ordinary mode find?

    python -m benchmarks.rules.agreement [--most N] [--seed N] FOLDER...

Takes N Python files below each folder, drawn with the seed, and matches the packs that come with
Tallystick three times: in slices with prefiltered packs in the fast mode, as a review does; whole
files and every pack, in the fast mode; the same in the ordinary mode. Each hit that only one of
them has is printed, and any is a defect.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.model import FileMode, FileVersion, Problem
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import Pack, RuleSet, load_default_packs, make_rule_set
from scanner.rulepacks.run import Options, match_rules

Hit = tuple[str, str, int, int, str]


def whole(pack: Pack) -> Pack:
    """The pack without the comments that allow slices and a prefilter."""
    return replace(
        pack, text=pack.text.replace("# by-function", "#").replace("# only-with:", "# with:")
    )


def read(files: Iterable[Path]) -> dict[FileVersion, bytes]:
    """File versions with their contents; names that say "test" are kept, as rules look at them."""
    found = {}
    for file in files:
        content = file.read_bytes()
        blob = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        found[FileVersion("/".join(file.parts[-3:]), FileMode.REGULAR, blob)] = content
    return found


def hits(
    versions: Mapping[FileVersion, bytes], rules: RuleSet, mode: Mode
) -> tuple[set[Hit], set[str]]:
    """All hits, and the paths of files of which not all could be judged."""
    contents = {version.blob: content for version, content in versions.items()}

    def blobs(wanted: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        return ((blob, contents[blob]) for blob in wanted)

    run = match_rules(versions, blobs, rules, options=Options(mode=mode))
    found = {
        (version.path, hit.rule, hit.span.first, hit.span.last, hit.key)
        for version in versions
        for hit in run.of(version).hits
    }
    return found, {version.path for version in versions if run.of(version).failure}


def compare(versions: Mapping[FileVersion, bytes]) -> list[tuple[str, Hit]]:
    """The hits that not all three ways have, each with the ways that lack it."""
    sliced = make_rule_set(load_default_packs())
    unsliced = make_rule_set(whole(pack) for pack in load_default_packs())
    ways = {"sliced, fast": (sliced, Mode.FAST), "whole, fast": (unsliced, Mode.FAST),
            "whole, ordinary": (unsliced, Mode.ORDINARY)}  # fmt: skip
    found = {}
    for name, (rules, mode) in ways.items():
        start = time.perf_counter()
        found[name], failed = hits(versions, rules, mode)
        spent = time.perf_counter() - start
        print(f"{name:<16} {len(found[name]):6} hits, {len(failed)} files not all judged, "
              f"{spent:.0f} s")  # fmt: skip
    every = set().union(*found.values())
    return [
        (name, hit) for hit in sorted(every) for name, theirs in found.items() if hit not in theirs
    ]


def files_below(folder: Path, most: int, chance: random.Random) -> Sequence[Path]:
    found = sorted(folder.rglob("*.py"))
    return sorted(chance.sample(found, min(most, len(found))))


def main() -> None:
    """Prints what differs; exit code 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  a sample
    differs = 0
    for folder in options.folders:
        versions = read(files_below(folder, options.most, chance))
        lines = sum(content.count(b"\n") for content in versions.values())
        print(f"{folder}: {len(versions)} files, {lines:,} lines")
        missing = compare(versions)
        differs += len(missing)
        for name, (path, rule, first, last, _) in missing:
            print(f"  {name} lacks {rule} at {path}:{first}-{last}")
        by_rule = Counter((rule, name) for name, (_, rule, *_rest) in missing)
        for (rule, name), count in by_rule.most_common():
            print(f"  {count:4} {rule} not in {name}")
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
