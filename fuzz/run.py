"""`python -m fuzz.run [TARGET...] [--seconds N]`: each target for a while, with kept seeds.

With atheris, guided by coverage; without it, by mutating the seeds at random. An input that shows a
fault is written to `FOLDER/found`, one for each place that raises, and the run ends with 1: make a
test of it, mend it, and keep it among the seeds.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import multiprocessing
import random
import subprocess
import sys
import time
import traceback
from functools import partial
from pathlib import Path

from fuzz.mutate import Mutator
from fuzz.targets import TARGETS
from scanner.base.budget import OverBudget, processor_seconds

HERE = Path(__file__).parent
#: Longer for one small input is a finding, too.
SLOW_SECONDS = 5.0
LONGEST = 20_000


class Faults:
    """What targets raised: one input for each place, and the traceback beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places: dict[tuple[str, str], Path] = {}

    def keep(self, name: str, data: bytes, error: BaseException) -> None:
        """Writes the input and the traceback, the first time that this place raises."""
        place = name, _place_of(error)
        if place in self.places:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{name}-{hashlib.sha256(place[1].encode()).hexdigest()[:12]}"
        self.places[place] = file
        file.write_bytes(data)
        text = "".join(traceback.format_exception(error))
        file.with_suffix(".txt").write_text(text, encoding="utf-8", errors="backslashreplace")
        print(f"{name}: {file}\n{text}", file=sys.stderr, flush=True)

    def count(self, name: str) -> int:
        return sum(one == name for one, _ in self.places)


def _place_of(error: BaseException) -> str:
    """What kind of error, and which lines of the program it came through last."""
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    where = "" if isinstance(error, OverBudget) else " ".join(frames[-3:])
    return f"{type(error).__name__} {where}"


def seeds(name: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((HERE / "seeds" / name).iterdir())]


def tried(name: str, data: bytes) -> None:
    """Raises whatever a target should not have raised."""
    with processor_seconds(SLOW_SECONDS):
        TARGETS[name](data)


def at_random(
    name: str, seconds: float, seed: int, folder: Path, most: int | None
) -> tuple[str, int, int]:
    """The target, how many inputs were tried in so many seconds, and how many faults there are.

    The seeds themselves come first. With `most`, the same inputs are tried in every run.
    """
    faults = Faults(folder)
    draw, end, count = random.Random(seed), time.monotonic() + seconds, 0  # noqa: S311
    known = seeds(name)
    mutator = Mutator(known, LONGEST)
    while count < len(known) or (time.monotonic() < end if most is None else count < most):
        data = known[count] if count < len(known) else mutator.mutate(draw.choice(known), draw)
        try:
            tried(name, data)
        except (Exception, OverBudget) as error:  # noqa: BLE001
            faults.keep(name, data, error)
        count += 1
    return name, count, faults.count(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seconds", type=float, default=12.0, help="for each target")
    parser.add_argument("--inputs", type=int, help="so many for each target, whatever the time")
    parser.add_argument("--jobs", type=int, default=1, help="processes, where there is no atheris")
    parser.add_argument("--folder", type=Path, default=HERE, help="for the corpus and the found")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    found = options.folder.resolve() / "found"
    if importlib.util.find_spec("atheris") is not None:
        seconds = options.seconds * len(options.targets)
        where = ["--folder", str(options.folder.resolve()), "--seconds", str(seconds)]
        command = [sys.executable, "-m", "fuzz.guided", *options.targets, *where]
        subprocess.run(command, check=True)
        return 1 if found.is_dir() and any(found.iterdir()) else 0
    one = partial(at_random, seconds=options.seconds, seed=options.seed, folder=found,
                  most=options.inputs)  # fmt: skip
    faults = 0
    with multiprocessing.Pool(options.jobs) as pool:
        for name, count, here in pool.imap(one, options.targets):
            print(f"{name}: {count:,} inputs, {here} faults", flush=True)
            faults += here
    print(f"seed {options.seed}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
