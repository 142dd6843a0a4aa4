"""Runs targets under atheris, which is led by coverage: `python -m fuzz.guided TARGET...`.

All targets share one process, because loading the program so that its branches are counted takes
long: the first byte of an input says whose it is. What a target raises is kept once for each place
that it is raised at, and the run goes on. A table of inputs, seconds and findings of each target
is written to `FOLDER/told` now and then.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["scanner"]):
    from fuzz.mutate import Mutator
    from fuzz.run import LONGEST, Faults, seeds, tried

#: How often the table is written (seconds).
_TOLD_EVERY = 20.0


class Guided:
    """The targets of one run, by the first byte of their inputs."""

    def __init__(self, names: list[str], folder: Path) -> None:
        self.names = names
        self.folder = folder
        self.faults = Faults(folder / "found")
        self.mutators = [Mutator(seeds(name), LONGEST) for name in names]
        self.inputs: Counter[str] = Counter()
        self.seconds: dict[str, float] = dict.fromkeys(names, 0.0)
        self.told = time.monotonic()

    def prepare(self) -> Path:
        """The folder of inputs to begin with, each with its first byte."""
        corpus = self.folder / "corpus"
        for place in (corpus, self.folder / "found"):
            place.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(self.names):
            for seed in seeds(name):
                whole = bytes([number]) + seed
                (corpus / hashlib.sha256(whole).hexdigest()[:20]).write_bytes(whole)
        return corpus

    def one(self, data: bytes) -> None:
        if not data:
            return
        name = self.names[data[0] % len(self.names)]
        began = time.process_time()
        try:
            tried(name, data[1:])
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            self.faults.keep(name, data[1:], error)
        self.inputs[name] += 1
        self.seconds[name] += time.process_time() - began
        if time.monotonic() - self.told > _TOLD_EVERY:
            self.told = time.monotonic()
            self.tell()

    def mutate(self, data: bytes, longest: int, seed: int) -> bytes:
        """Every other input is made by our own mutator, which knows words and lines."""
        draw = random.Random(seed)  # noqa: S311
        first = data[:1] or bytes([draw.randrange(len(self.names))])
        if draw.random() < 0.5:
            return first + bytes(atheris.Mutate(data[1:], longest - 1))
        mutator = self.mutators[first[0] % len(self.names)]
        return (first + mutator.mutate(data[1:], draw))[:longest]

    def tell(self) -> None:
        lines = [
            f"{name}\t{self.inputs[name]}\t{self.seconds[name]:.1f}\t{self.faults.count(name)}"
            for name in self.names
        ]
        (self.folder / "told").write_text("\n".join(("target\tinputs\tseconds\tfaults", *lines)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    guided = Guided(options.targets, options.folder)
    limits = [f"-max_total_time={int(options.seconds)}", f"-max_len={LONGEST}", "-timeout=60"]
    places = [f"-artifact_prefix={options.folder}/found/", str(guided.prepare())]
    atheris.Setup([sys.argv[0], *limits, *places], guided.one, custom_mutator=guided.mutate)
    try:
        atheris.Fuzz()
    except Exception:
        traceback.print_exc()
        raise


if __name__ == "__main__":
    main()
