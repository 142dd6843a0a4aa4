"""How long a scan of a tree for clones takes, start of the program included, peers beside.

    python -m benchmarks.clones.speed TREE --jscpd PATH --pyscn PATH --pylint PATH [--repeat N]

Tallystick reads, fingerprints and compares on one core and keeps nothing; the others run as they
like. jscpd and pyscn are native programs with a thread for each core. `scan` is the whole command
on a repository with the tree, complexity and all: without, and then with what a run before kept.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.clones.detectors import jscpd, pylint, pyscn, tallystick
from benchmarks.clones.injection import source_files, write


def main() -> None:
    if sys.argv[1:2] == ["--itself"]:
        print(len(tallystick(Path(sys.argv[2])).pairs))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--jscpd", required=True)
    parser.add_argument("--pyscn", required=True)
    parser.add_argument("--pylint", required=True)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    copy = tempfile.TemporaryDirectory()
    tree = Path(copy.name) / "tree"
    write(source_files(options.tree), tree)
    lines = sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py"))
    folder = tempfile.TemporaryDirectory()
    repository = _repository_of(tree, Path(folder.name) / "repository")
    kept = Path(folder.name) / "kept"
    runs: dict[str, Callable[[], float]] = {
        "tallystick": lambda: _itself(tree),
        "scan, cold": lambda: _scan(repository, "--no-cache"),
        "scan, warm": lambda: _scan(repository, "--cache", str(kept)),
        "jscpd": lambda: jscpd(options.jscpd, tree).seconds,
        "pyscn": lambda: pyscn(options.pyscn, tree).seconds,
        "pylint R0801": lambda: pylint(options.pylint, tree).seconds,
    }
    print(f"{lines} lines, median of {options.repeat} (pylint: once)")
    print(f"{'':14}{'wall s':>9}{'CPU s':>9}{'CPU ms per 1000 lines':>23}{'ratio':>8}")
    own = None
    _scan(repository, "--cache", str(kept))
    for name, run in runs.items():
        times = [_timed(run) for _ in range(1 if name.startswith("pylint") else options.repeat)]
        wall = statistics.median(wall for wall, _ in times)
        cpu = statistics.median(cpu for _, cpu in times)
        own = own or cpu
        print(f"{name:14}{wall:9.2f}{cpu:9.2f}{cpu / lines * 1e6:23.1f}{cpu / own:8.2f}")


def _timed(run: Callable[[], float]) -> tuple[float, float]:
    """Wall and processor seconds of a program and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _itself(tree: Path) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.clones.speed", "--itself", str(tree)]
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - began


def _repository_of(tree: Path, folder: Path) -> Path:
    """A repository with the tree as its one commit."""
    shutil.copytree(tree, folder)
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "tree", "--no-verify"]):
        names = ("-c", "user.name=n", "-c", "user.email=e")
        subprocess.run(["git", "-C", str(folder), *names, *command], check=True)
    return folder


def _scan(repository: Path, *options: str) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "scanner", "scan", "--repo", str(repository), *options]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
