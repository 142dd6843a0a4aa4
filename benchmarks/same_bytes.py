"""Are reports the same bytes however they came about? `python -m benchmarks.same_bytes REPO...`

On each history (a git directory, which is only read) a clean report is compared with those made on
a cache that other runs have begun: of a part of the range, on one process and on two, interrupted
by a signal or by `kill -9` at a random moment. Prints a line for each; ends with 1 if any differs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOOL = (sys.executable, "-m", "scanner")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


@dataclass(frozen=True)
class Trial:
    """How a report came about: the runs before it, each a range and the signal that ended it."""

    name: str
    before: tuple[tuple[str, int | None], ...]
    jobs: int


def report(repo: Path, cache: Path, revisions: str, jobs: int) -> subprocess.Popen[bytes]:
    out = cache.parent / f"{cache.name}.out"
    command = [
        *TOOL, "report", revisions, "--repo", str(repo), "--cache", str(cache), "--no-rules", "-q",
        "--format", "json", "--jobs", str(jobs),
    ]  # fmt: skip
    with out.open("wb") as stream:
        return subprocess.Popen(command, stdout=stream, stderr=subprocess.DEVNULL)


def made(repo: Path, cache: Path, revisions: str, jobs: int) -> bytes:
    process = report(repo, cache, revisions, jobs)
    process.wait()
    return (cache.parent / f"{cache.name}.out").read_bytes()


def trials(draw: random.Random, last: int, count: int) -> Iterator[Trial]:
    whole = f"HEAD~{last}..HEAD"
    for number in range(count):
        cut = draw.randrange(1, last)
        part = f"HEAD~{last}..HEAD~{cut}"
        late = f"HEAD~{cut}..HEAD"
        kinds = (
            Trial(f"after {part}", ((part, None),), 1),
            Trial(f"after {late}", ((late, None),), 1),
            Trial(f"after {late}, {part}", ((late, None), (part, None)), 2),
            Trial("on two processes", (), 2),
            Trial("after an interruption", ((whole, draw.choice(SIGNALS)),), 1),
            Trial("after two interruptions", ((whole, draw.choice(SIGNALS)),) * 2, 2),
        )
        yield kinds[number % len(kinds)]


def _moments(draw: random.Random, longest: float) -> Iterator[float]:
    """When to interrupt, in seconds: at any moment of a run that takes so long."""
    while True:
        yield draw.uniform(0.1, longest)


def outcome(repo: Path, folder: Path, trial: Trial, last: int, moments: Iterator[float]) -> bytes:
    cache = folder / "cache"
    for revisions, ended_by in trial.before:
        process = report(repo, cache, revisions, trial.jobs)
        if ended_by is not None:
            time.sleep(next(moments))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, ended_by)
        process.wait()
    return made(repo, cache, f"HEAD~{last}..HEAD", trial.jobs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=60, help="commits along first parents")
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)  # noqa: S311
    differing = 0
    for repo in options.repositories:
        with tempfile.TemporaryDirectory() as name:
            began = time.monotonic()
            clean = made(repo, Path(name) / "clean", f"HEAD~{options.last}..HEAD", 1)
            longest = time.monotonic() - began
        if not clean:
            parser.error(f"{repo} has no report of HEAD~{options.last}..HEAD: is it so long?")
        moments = _moments(draw, longest)
        for trial in trials(draw, options.last, options.trials):
            folder = Path(tempfile.mkdtemp())
            try:
                found = outcome(repo, folder, trial, options.last, moments)
            finally:
                shutil.rmtree(folder)
            is_same = found == clean and bool(found)
            differing += not is_same
            print(f"{'same' if is_same else 'DIFFERS'}  {repo}  {trial.name}", flush=True)
            if not is_same:
                Path(f"{tempfile.gettempdir()}/differs-{differing}.json").write_bytes(found)
                Path(f"{tempfile.gettempdir()}/differs-{differing}-clean.json").write_bytes(clean)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
