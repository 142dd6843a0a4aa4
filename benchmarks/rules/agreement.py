"""Do slices, the prefilter and the fast mode find what whole files in the ordinary mode find?

    python -m benchmarks.rules.agreement [--most N] [--seed N] FOLDER...

Takes N Python files below each folder, drawn with the seed, and matches the packs that come with
Tallystick three times: in slices, each shown to the rules that could hit it, in the fast mode, as a
review does, after a version of each file without every second function, so that half of them are
shown to semgrep without the rest; whole files and every rule, in the fast mode; the same in the
ordinary mode. Each hit that only one of them has is printed, and any is a defect. Files that semgrep
could not judge whole, for their size mostly, are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner.base.model import FileMode, FileVersion, Problem
from scanner.rulepacks.command import Mode
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.packs import Pack, RuleSet, load_default_packs, make_rule_set
from scanner.rulepacks.run import Options, match_rules
from scanner.rulepacks.slices import cut, page

Hit = tuple[str, str, int, int, str]


def whole(pack: Pack) -> Pack:
    """The pack without the comment that allows slices and prefilters."""
    return replace(pack, text=pack.text.replace("# by-function", "#"))


def read(files: Iterable[Path], folder: Path) -> dict[FileVersion, bytes]:
    """File versions with their contents, by path from the folder's parent: rules look at it."""
    found = {}
    for file in files:
        content = file.read_bytes()
        blob = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        found[FileVersion(file.relative_to(folder.parent).as_posix(), FileMode.REGULAR, blob)] = content
    return found


@dataclass
class Cache:
    """Hits in memory."""

    stored: dict[tuple[str, str], FileHits] = field(default_factory=dict)

    def get_many(self, ruleset: str, keys: Iterable[str]) -> Mapping[str, FileHits]:
        return {key: self.stored[ruleset, key] for key in keys if (ruleset, key) in self.stored}

    def put_many(self, ruleset: str, hits: Mapping[str, FileHits]) -> None:
        self.stored.update({(ruleset, key): found for key, found in hits.items()})


def halved(versions: Mapping[FileVersion, bytes]) -> dict[FileVersion, bytes]:
    """The files without every second function; those that are not sliced are left out."""
    found = {}
    for version, content in versions.items():
        slices = cut(content)
        if slices:
            kept = [slices[0], *slices[1::2]]
            text = page(content, kept).text.encode("utf-8", "surrogatepass")
            blob = hashlib.sha1(text, usedforsecurity=False).hexdigest()
            found[replace(version, blob=blob)] = text
    return found


def hits(
    versions: Mapping[FileVersion, bytes], rules: RuleSet, mode: Mode, cache: Cache | None = None
) -> tuple[set[Hit], set[str]]:
    """All hits, and the paths of files of which not all could be judged."""
    contents = {version.blob: content for version, content in versions.items()}

    def blobs(wanted: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        return ((blob, contents[blob]) for blob in wanted)

    run = match_rules(versions, blobs, rules, cache, Options(mode=mode))
    found = {
        (version.path, hit.rule, hit.span.first, hit.span.last, hit.key)
        for version in versions
        for hit in run.of(version).hits
    }
    return found, {version.path for version in versions if run.of(version).failure}


def compare(versions: Mapping[FileVersion, bytes], sliced: RuleSet) -> list[tuple[str, Hit]]:
    """The hits that not all three ways have, each with the ways that lack it."""
    unsliced = make_rule_set(map(whole, sliced.packs))
    ways = {"sliced, fast": (sliced, Mode.FAST), "whole, fast": (unsliced, Mode.FAST),
            "whole, ordinary": (unsliced, Mode.ORDINARY)}  # fmt: skip
    cache = Cache()
    hits(halved(versions), sliced, Mode.FAST, cache)
    found = {}
    failed: set[str] = set()
    for name, (rules, mode) in ways.items():
        start = seconds()
        found[name], unjudged = hits(versions, rules, mode, cache if rules is sliced else None)
        failed |= unjudged
        print(f"{name:<16} {len(found[name]):6} hits, {len(unjudged)} files not all judged, "
              f"{seconds() - start:.1f} s of semgrep")  # fmt: skip
    every = sorted(hit for hit in set().union(*found.values()) if hit[0] not in failed)
    return [(name, hit) for hit in every for name, theirs in found.items() if hit not in theirs]


def seconds() -> float:
    """Processor time of ended processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def files_below(folder: Path, most: int, chance: random.Random) -> Sequence[Path]:
    every = sorted(folder.rglob("*.py"))
    found = [file for file in every if "site-packages" not in file.relative_to(folder).parts]
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
        versions = read(files_below(folder, options.most, chance), folder)
        lines = sum(content.count(b"\n") for content in versions.values())
        print(f"{folder}: {len(versions)} files, {lines:,} lines")
        missing = compare(versions, make_rule_set(load_default_packs()))
        differs += len(missing)
        for name, (path, rule, first, last, _) in missing:
            print(f"  {name} lacks {rule} at {path}:{first}-{last}")
        by_rule = Counter((rule, name) for name, (_, rule, *_rest) in missing)
        for (rule, name), count in by_rule.most_common():
            print(f"  {count:4} {rule} not in {name}")
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
