"""Hooks and gates along real changes on one cache: `python -m benchmarks.soak REPO --hooks 2000`.

Along the last changes of a history each is staged and checked, and then gated. A tenth is compared
with a run without a cache. The size of the cache is told now and then, so that growth beyond what
is new is seen. Ends with 1 if any answer differs.
"""

from __future__ import annotations

import argparse
import difflib
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path


def git(repo: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", repo, *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace").strip()


def said(repo: Path, cache: Path | None, *arguments: str) -> tuple[bytes, int]:
    where = ["--no-cache"] if cache is None else ["--cache", str(cache)]
    command = [sys.executable, "-m", "scanner", *arguments, "--repo", str(repo), *where]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
    return done.stdout, done.returncode


def unlike(found: tuple[bytes, int], cold: tuple[bytes, int]) -> Iterator[str]:
    """The exit codes and the first lines that differ."""
    yield f"  exit {found[1]} with the cache, {cold[1]} without"
    with_it, without = (one[0].decode("utf-8").splitlines() for one in (found, cold))
    lines = difflib.unified_diff(with_it, without)
    yield from islice((f"  {line.rstrip()[:200]}" for line in lines), 20)


def changes(repo: Path, count: int) -> Iterator[tuple[str, str]]:
    oids = git(repo, "rev-list", "--first-parent", f"-{count + 1}", "HEAD").split()[::-1]
    yield from pairwise(oids)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--hooks", type=int, default=2000)
    parser.add_argument("--gates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, differing, compared = random.Random(options.seed), 0, 0  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        repo, cache = Path(name) / "repo", Path(name) / "cache"
        subprocess.run(["git", "clone", "-q", "-n", str(options.repository), repo], check=True)
        for number, (before, after) in enumerate(changes(repo, options.hooks)):
            git(repo, "update-ref", "--no-deref", "HEAD", before)
            git(repo, "read-tree", after)
            asked = [["check"]]
            if number < options.gates:
                asked.append(["gate", "--base", before, "--head", after])
            for one in asked:
                found = said(repo, cache, *one)
                if draw.random() < 0.1:
                    compared += 1
                    cold = said(repo, None, *one)
                    if cold != found:
                        differing += 1
                        print(f"DIFFERS  {' '.join(one)}  {before[:9]}..{after[:9]}", flush=True)
                        print(*unlike(found, cold), sep="\n", flush=True)
            if number % 50 == 0:
                size = sum(file.stat().st_size for file in cache.iterdir())
                print(f"{number}: cache {size / 1e6:.1f} MB, {compared} compared", flush=True)
    print(f"{compared} compared, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
