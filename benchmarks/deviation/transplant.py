"""Transplant: does `gate` tell functions of other repositories from functions of this one?

From the newest tree of each repository some functions are taken out, all in one commit. Then each
is put back by itself, at its place, in a commit on top of that; and beside it a function of another
repository that is about as long, at the same place. `tallystick gate --format json` is run on every
one of these commits, and AUC is the chance that the foreign function has the higher
`scores.deviation` of a pair drawn at random. `trigram` is the reference: a plain interpolated
trigram over whole tokens, with fixed weights, of the tree without the functions.

    python -m benchmarks.deviation.transplant REPOSITORY REPOSITORY... [--units 25]
        [--only NUMBER...] [--parts]

Nothing of the repositories is run or imported, and nothing is written to them: the commits are made
in a clone.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import random
import re
import subprocess
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.base.model import Problem, Unit, UnitKind
from scanner.cli.main import run
from scanner.git.blobs import BlobReader
from scanner.git.process import open_repository
from scanner.roles.foreign import foreign_paths, origin_of

#: Smaller functions say too little.
FEWEST_TOKENS = 40
FOREIGN_POOL = 1500
PARTS = ("naturalness", "choices", "structure", "vocabulary", "texture")


class Trigram:
    """The reference, over whole tokens, with fixed weights."""

    TOKEN = re.compile(
        r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'|\w+|[^\w\s]|\n", re.DOTALL
    )

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.contexts: Counter[tuple[str, ...]] = Counter()

    def words(self, text: str) -> list[str]:
        return ["<s>", "<s>", *self.TOKEN.findall(text)]

    def add(self, text: str) -> None:
        words = self.words(text)
        for i in range(2, len(words)):
            for start in (i - 2, i - 1, i):
                self.counts[tuple(words[start : i + 1])] += 1
                self.contexts[tuple(words[start:i])] += 1

    def bits(self, text: str) -> float:
        words = self.words(text)
        total = 0.0
        for i in range(2, len(words)):
            chance = 0.2 * (self.counts[(words[i],)] + 1) / (self.contexts[()] + 100_000)
            for weight, start in ((0.5, i - 2), (0.3, i - 1)):
                seen = self.contexts[tuple(words[start:i])]
                if seen:
                    chance += weight * self.counts[tuple(words[start : i + 1])] / seen
            total -= math.log2(chance)
        return total / max(len(words) - 2, 1)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a tree: where it stands, its text, and how long it is."""

    path: str
    unit: Unit
    text: str
    tokens: int


class Clone:
    """A clone without a work tree, in which commits are made."""

    def __init__(self, source: str, folder: Path) -> None:
        self.path, self.config = folder, folder.with_suffix(".toml")
        # What semgrep finds has no part in the score, and takes most of the time.
        self.config.write_text("default_rules = false\n", encoding="utf-8")
        subprocess.run(
            ["git", "clone", "-q", "--no-checkout", "--shared", source, str(folder)],
            check=True,
        )

    def git(self, *arguments: str, stdin: bytes = b"", index: str = "index") -> bytes:
        environment = {
            **os.environ,
            "GIT_INDEX_FILE": str(self.path / ".git" / index),
            **{
                f"GIT_{who}_{what}": "bench"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME",)
            },
            **{f"GIT_{who}_EMAIL": "bench@localhost" for who in ("AUTHOR", "COMMITTER")},
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=stdin,
            capture_output=True,
            check=True,
            env=environment,
        )
        return done.stdout

    def files(self, tree: str) -> dict[str, str]:
        """The Python files of a tree, with their blobs."""
        found = {}
        for row in self.git("ls-tree", "-r", "-z", tree).split(b"\0"):
            meta, _, path = row.partition(b"\t")
            if path.endswith(b".py") and meta.split()[0] in (b"100644", b"100755"):
                found[path.decode("utf-8", "surrogateescape")] = meta.split()[2].decode()
        return found

    def commit(self, parent: str, texts: dict[str, str]) -> str:
        """A commit on top of another, in which some files have another text."""
        self.git("read-tree", parent, index="index.made")
        for path, text in texts.items():
            blob = self.git("hash-object", "-w", "--stdin", stdin=text.encode("utf-8", "replace"))
            entry = f"100644,{blob.decode().strip()},{path}"
            self.git("update-index", "--add", "--cacheinfo", entry, index="index.made")
        tree = self.git("write-tree", index="index.made").decode().strip()
        return self.git("commit-tree", tree, "-p", parent, "-m", "A change").decode().strip()

    def deviation(self, base: str, head: str) -> dict[str, Any]:
        """What `gate` says of a commit."""
        options = ["--config", str(self.config), "--format", "json", "-q"]
        printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
        with contextlib.redirect_stdout(printed):
            run(["gate", "--repo", str(self.path), "--base", base, "--head", head, *options])
        printed.seek(0)
        document: dict[str, Any] = json.load(printed)
        return {**document["deviation"], "scored": document["scores"]["deviation"]}


def functions_of(path: str, source: bytes) -> tuple[ReadFile | None, list[Function]]:
    """A file and its functions."""
    read = read_outline(source)
    if isinstance(read, Problem) or origin_of(path, read.text) is not None:
        return None, []
    found = []
    for unit in read.outline.units:
        text = unit_source(read, unit).text
        if unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD):
            found.append(Function(path, unit, text, len(Trigram.TOKEN.findall(text))))
    return read, found


def all_functions(clone: Clone, tree: str) -> tuple[dict[str, ReadFile], list[Function]]:
    """The files of a tree that are written by hand, and their functions."""
    is_foreign = foreign_paths("")
    files, functions = {}, []
    with BlobReader(open_repository(clone.path)) as blobs:
        for path, blob in sorted(clone.files(tree).items()):
            source = blobs.read(blob)
            if is_foreign(path) or isinstance(source, Problem):
                continue
            read, found = functions_of(path, source)
            if read is not None:
                files[path] = read
                functions += found
    return files, functions


def chosen(functions: Sequence[Function], count: int) -> list[Function]:
    """Functions drawn at random, no two of which overlap or stand in one file."""
    pool = [one for one in functions if one.tokens >= FEWEST_TOKENS]
    random.Random(1).shuffle(pool)  # noqa: S311 - a repeatable sample
    by_path: dict[str, Function] = {}
    for one in pool:
        by_path.setdefault(one.path, one)
    first = list(by_path.values())
    rest = [one for one in pool if by_path[one.path] is not one]
    picked: list[Function] = []
    for one in (*first, *rest):
        if len(picked) < count and not any(_overlap(one, other) for other in picked):
            picked.append(one)
    return picked


def _overlap(one: Function, other: Function) -> bool:
    a, b = one.unit.span, other.unit.span
    return one.path == other.path and a.first <= b.last and b.first <= a.last


def without(lines: Sequence[str], gone: Iterable[Function]) -> tuple[list[str | None], str]:
    """The lines of a file with those of functions blanked out, and the text without them."""
    kept: list[str | None] = list(lines)
    for one in gone:
        for number in range(one.unit.span.first - 1, one.unit.span.last):
            kept[number] = None
    return kept, "\n".join(line for line in kept if line is not None) + "\n"


def with_text(kept: Sequence[str | None], function: Function, text: str, indent: str) -> str:
    """The text of a file with another text in the place of a function."""
    first = function.unit.span.first - 1
    put = [f"{indent}{line}" if line.strip() else "" for line in text.rstrip("\n").split("\n")]
    lines = [line for line in kept[:first] if line is not None]
    lines += [*put, *(line for line in kept[first:] if line is not None)]
    return "\n".join(lines) + "\n"


def measure(
    clone: Clone, foreign: Sequence[Function], count: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is said of own functions, and of the foreign ones in their places."""
    head = clone.git("rev-parse", "HEAD").decode().strip()
    files, functions = all_functions(clone, head)
    own = chosen(functions, count)
    kept, texts = {}, {}
    for path in {one.path for one in own}:
        kept[path], texts[path] = without(files[path].lines, [o for o in own if o.path == path])
    base = clone.commit(head, texts)
    trigram, taken = Trigram(), {(one.path, one.unit.name) for one in own}
    for one in functions:
        if (one.path, one.unit.name) not in taken:
            trigram.add(one.text)
    sizes = [one.tokens for one in foreign]
    chance = random.Random(2)  # noqa: S311 - a repeatable sample
    said: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for one in own:
        place = bisect_left(sizes, one.tokens) + chance.randint(-8, 8)
        other = foreign[min(max(place, 0), len(foreign) - 1)]
        line = files[one.path].lines[one.unit.span.first - 1]
        indent = line[: len(line) - len(line.lstrip())]
        for into, text in zip(said, (one.text, other.text), strict=True):
            changed = clone.commit(base, {one.path: with_text(kept[one.path], one, text, indent)})
            found = clone.deviation(base, changed)
            into.append({**found, "trigram": trigram.bits(text)})
    return said


def auc(own: Iterable[float], other: Iterable[float]) -> float:
    """The chance that a foreign unit scores higher, ties counted half (Mann and Whitney)."""
    low, high = np.sort(np.fromiter(own, float)), np.fromiter(other, float)
    wins = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(wins.mean() / (2 * len(low)))


def row(own: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> list[float]:
    """AUC of the trigram, of the score and of each part; the share of commits with a score."""
    pairs = [(a, b) for a, b in zip(own, other, strict=True) if _has(a) and _has(b)]
    lows, highs = [a for a, _ in pairs], [b for _, b in pairs]
    columns = [
        auc((one["trigram"] for one in own), (one["trigram"] for one in other)),
        auc((one["scored"] for one in lows), (one["scored"] for one in highs)),
    ]
    parts = [
        auc((one["parts"][part] for one in lows), (one["parts"][part] for one in highs))
        for part in PARTS
    ]
    return [*columns, *parts, sum(map(_has, (*own, *other))) / (len(own) + len(other))]


def _has(one: dict[str, Any]) -> bool:
    return one["scored"] is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--units", type=int, default=25)
    parser.add_argument("--only", type=int, nargs="*", help="which repositories are measured")
    options = parser.parse_args()
    header = ("trigram", "gate", *PARTS, "scored")
    print(f"{'history':34} pairs " + " ".join(f"{name:>11}" for name in header), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        clones = [
            Clone(source, Path(folder) / str(number))
            for number, source in enumerate(options.repositories)
        ]
        pools = [_pool(clone) for clone in clones]
        rows = []
        for number, (source, clone) in enumerate(zip(options.repositories, clones, strict=True)):
            if options.only is not None and number not in options.only:
                continue
            foreign = [one for i, pool in enumerate(pools) if i != number for one in pool]
            foreign.sort(key=lambda one: (one.tokens, one.text))
            own, other = measure(clone, foreign, options.units)
            rows.append(row(own, other))
            _print(_name(source), len(own), rows[-1])
        means = [float(np.mean(column)) for column in zip(*rows, strict=True)]
        _print("mean", len(rows), means)


def _pool(clone: Clone) -> list[Function]:
    _, functions = all_functions(clone, "HEAD")
    pool = [one for one in functions if one.tokens >= FEWEST_TOKENS]
    random.Random(0).shuffle(pool)  # noqa: S311 - a repeatable sample
    return pool[:FOREIGN_POOL]


def _name(source: str) -> str:
    path = Path(source)
    return path.parent.name if path.name == "repo" else path.name


def _print(name: str, count: int, columns: Sequence[float]) -> None:
    print(f"{name:34} {count:5} " + " ".join(f"{one:11.3f}" for one in columns), flush=True)


if __name__ == "__main__":
    main()
