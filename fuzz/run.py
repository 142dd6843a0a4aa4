"""`python -m fuzz.run [TARGET...] [--seconds N]`: each target for a while, with kept seeds.

With atheris, guided by coverage; without it, by mutating the seeds at random. A finding is written
to `fuzz/found/` and ends with 1: make a test of it, mend it, and keep it among the seeds.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import subprocess
import sys
import time
import traceback
from pathlib import Path

from fuzz.targets import TARGETS
from scanner.base.budget import OverBudget, processor_seconds

HERE = Path(__file__).parent
#: Longer for one small input is a finding, too.
SLOW_SECONDS = 5.0
LONGEST = 20_000


def seeds(name: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((HERE / "seeds" / name).iterdir())]


def tried(name: str, data: bytes) -> None:
    """Raises whatever a target should not have raised."""
    with processor_seconds(SLOW_SECONDS):
        TARGETS[name](data)


def mutated(data: bytes, draw: random.Random) -> bytes:
    """A seed with a few things done to it: bits, cuts, repeats, numbers and brackets."""
    text = bytearray(data)
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(text) + 1)
        match draw.randrange(6):
            case 0 if at < len(text):
                text[at] ^= 1 << draw.randrange(8)
            case 1:
                del text[at : at + draw.randrange(1, 40)]
            case 2:
                text[at:at] = text[at : at + draw.randrange(1, 40)] * draw.randrange(1, 200)
            case 3:
                text[at:at] = draw.choice((b"-1", b"0", b"9" * 10, b"9" * 30, b"9" * 5000))
            case 4:
                text[at:at] = bytes([draw.choice(b"([{\"'\\\n#\0\xff")])
            case _:
                text[at:at] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 9)))
    return bytes(text[:LONGEST])


def at_random(name: str, seconds: float, seed: int) -> int:
    """How many inputs went well; a finding is kept and raised."""
    draw, end, count = random.Random(seed), time.monotonic() + seconds, 0  # noqa: S311
    known = seeds(name)
    while time.monotonic() < end:
        data = mutated(draw.choice(known), draw)
        try:
            tried(name, data)
        except (Exception, OverBudget):
            keep(name, data)
            raise
        count += 1
    return count


def keep(name: str, data: bytes) -> Path:
    place = HERE / "found" / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    return place


def guided(name: str, seconds: float) -> int:
    """Runs atheris in a process of its own, which it takes over."""
    corpus = HERE / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    script = (
        "import sys, atheris\n"
        "with atheris.instrument_imports(include=['scanner']):\n"
        "    from fuzz.run import tried\n"
        f"atheris.Setup(sys.argv, lambda data: tried({name!r}, data))\n"
        "atheris.Fuzz()\n"
    )
    options = [f"-max_total_time={int(seconds)}", f"-max_len={LONGEST}", "-timeout=20"]
    found = f"-artifact_prefix={HERE / 'found'}/{name}-"
    (HERE / "found").mkdir(exist_ok=True)
    places = [str(corpus), str(HERE / "seeds" / name)]
    return subprocess.run(
        [sys.executable, "-c", script, *options, found, *places], check=False
    ).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seconds", type=float, default=12.0, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    failed = 0
    for name in options.targets:
        if has_atheris:
            failed += guided(name, options.seconds) != 0
            continue
        try:
            count = at_random(name, options.seconds, options.seed)
            print(f"{name}: {count:,} inputs, seed {options.seed}", flush=True)
        except (Exception, OverBudget):  # noqa: BLE001
            traceback.print_exc()
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
