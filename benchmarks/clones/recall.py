"""Recall by type of copy and edit, precision on the tree as it is, and time, peers beside.

    python -m benchmarks.clones.recall TREE --jscpd PATH --pyscn PATH --pylint PATH
                                       [--copies N] [--seed N] [--sample N]

Copies are injected into a copy of TREE. A copy counts as found if what a detector reports between
the two files covers 70 % of the copy's code lines, and of the original's where the copy has them
all. Precision is that of a sample of the pairs reported on TREE itself, judged by `oracle.is_copy`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.clones.detectors import Pair, Peers, Run, Stretch, all_runs
from benchmarks.clones.injection import Injected, inject, source_files, write
from benchmarks.clones.oracle import code_lines, is_big_enough_pair, is_copy, stretch
from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import Span

COVERED = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--jscpd", required=True)
    parser.add_argument("--pyscn", required=True)
    parser.add_argument("--pylint", required=True)
    parser.add_argument("--copies", type=int, default=20, help="for each edit")
    parser.add_argument("--sample", type=int, default=200, help="pairs judged for precision")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    peers = Peers(options.jscpd, options.pyscn, options.pylint)
    files = source_files(options.tree)
    changed, injected = inject(files, options.copies, options.seed)
    lines = sum(text.count("\n") for text in files.values())
    print(f"{len(files)} files, {lines} lines, {len(injected)} copies injected")
    with tempfile.TemporaryDirectory() as folder:
        write(files, Path(folder) / "control")
        write(changed, Path(folder) / "injected")
        control = all_runs(Path(folder) / "control", peers)
        runs = all_runs(Path(folder) / "injected", peers)
    _print_recall(runs, injected, changed)
    _print_precision(control, files, options.sample, options.seed)


def _print_recall(runs: Sequence[Run], injected: Sequence[Injected], files: dict[str, str]) -> None:
    found = {run.name: [_is_found(copy, run.pairs, files) for copy in injected] for run in runs}
    print(f"\n{'recall':24}" + "".join(f"{name:>18}" for name in found))
    edits = dict.fromkeys(copy.edit.name for copy in injected)
    for edit in edits:
        _print_row(edit, found, [copy.edit.name == edit for copy in injected])
    for kind in CloneType:
        _print_row(f"all {kind}", found, [copy.edit.type is kind for copy in injected])


def _print_row(name: str, found: dict[str, list[bool]], wanted: Sequence[bool]) -> None:
    cells = []
    for hits in found.values():
        chosen = [hit for hit, want in zip(hits, wanted, strict=True) if want]
        cells.append(f"{sum(chosen) / len(chosen):18.3f}")
    print(f"{name:24}" + "".join(cells) + f"   n={sum(wanted)}")


def _is_found(copy: Injected, pairs: Iterable[Pair], files: dict[str, str]) -> bool:
    """Whether the pairs between the two places cover the copy, and the original if it is whole."""
    copied: set[int] = set()
    original: set[int] = set()
    for pair in pairs:
        for here, there in (pair, pair[::-1]):
            if _touches(here, copy.path, copy.span) and _touches(
                there, copy.original.path, copy.original.span
            ):
                copied.update(range(here.span.first, here.span.last + 1))
                original.update(range(there.span.first, there.span.last + 1))
    is_part = copy.edit.name == "extracted"
    wanted = code_lines(files[copy.path], copy.span)
    source = code_lines(files[copy.original.path], copy.original.span)
    return _covers(copied, wanted) and (is_part or _covers(original, source))


def _touches(place: Stretch, path: str, span: Span) -> bool:
    first, last = place.span.first, place.span.last
    return place.path == path and first <= span.last and last >= span.first


def _covers(lines: set[int], wanted: frozenset[int]) -> bool:
    return len(lines & wanted) >= COVERED * len(wanted)


def _print_precision(runs: Sequence[Run], files: dict[str, str], sample: int, seed: int) -> None:
    print(f"\n{'detector':24}{'version':>10}{'seconds':>10}{'pairs':>8}{'judged':>8}{'right':>8}")
    for run in runs:
        chosen = random.Random(seed)  # noqa: S311
        pairs = [(_text(a, files), _text(b, files)) for a, b in run.pairs if _exist(a, b, files)]
        large = [pair for pair in pairs if is_big_enough_pair(*pair)]
        judged = chosen.sample(large, min(sample, len(large)))
        right = sum(is_copy(a, b) for a, b in judged) / max(1, len(judged))
        row = f"{run.name:24}{run.version:>10}{run.seconds:10.2f}"
        print(f"{row}{len(run.pairs):8}{len(judged):8}{right:8.3f}")


def _exist(one: Stretch, other: Stretch, files: dict[str, str]) -> bool:
    return one.path in files and other.path in files


def _text(place: Stretch, files: dict[str, str]) -> str:
    return stretch(files[place.path], place.span)


if __name__ == "__main__":
    main()
