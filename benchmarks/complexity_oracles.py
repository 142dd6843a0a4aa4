"""Checks the complexity facts against radon, tokenize and complexipy on whole trees of real code.

    python -m benchmarks.complexity_oracles DIR... [--every N] [--start N] [--oracle NAME]...

Prints, for each oracle, how many files were compared, how many differ and why, and what each step
costs per 1,000 lines beside ast.parse, radon, complexipy and LibCST in the same run. Ends with 1
if a difference has no explanation.
"""

from __future__ import annotations

import argparse
import ast
import platform
import signal
import sys
import time
import tokenize
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import TypeVar

import complexipy
import libcst
from radon.complexity import cc_visit

from benchmarks.complexity_comparisons import (
    Difference,
    Measured,
    compare_code_lines,
    compare_cognitive,
    compare_cyclomatic,
    compare_halstead,
    compare_index,
    compare_lowered,
    compare_raw,
    compare_unit_texts,
    otherwise_in_complexipy,
)
from scanner.analysis.metrics import lexing
from scanner.analysis.metrics.complexity import file_facts, measure
from scanner.analysis.parsing import chunks
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Complexity, Problem

T = TypeVar("T")

ORACLES: dict[str, Callable[[Measured], Iterable[Difference]]] = {
    "cyclomatic = radon": compare_cyclomatic,
    "Halstead = radon": compare_halstead,
    "raw = radon": compare_raw,
    "index = radon": compare_index,
    "unit texts = radon": compare_unit_texts,
    "code lines = tokenize": compare_code_lines,
    "cognitive = complexipy": compare_cognitive,
    "lowered = as written": compare_lowered,
}
#: Timing the peers takes longer than comparing, so they get one file in so many.
PEERS_EVERY = 10
GAVE_UP = (RecursionError, SyntaxError, TimeoutError, UnicodeError, tokenize.TokenError)


@dataclass(slots=True)
class Tally:
    """What was compared so far."""

    files: int = 0
    lines: int = 0
    peer_lines: int = 0
    functions: int = 0
    plain_functions: int = 0
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    compared: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)

    def timed(self, step: str, work: Callable[[], T]) -> T:
        start = time.process_time()
        try:
            return work()
        finally:
            self.seconds[step] += time.process_time() - start

    def check(self, oracle: str, path: Path, ours: Measured) -> None:
        """Runs one comparison; counts a peer that gives up."""
        try:
            found = list(ORACLES[oracle](ours))
        except GAVE_UP as error:
            self.unread[f"{oracle}: the peer gave up ({type(error).__name__})"] += 1
            return
        self.compared[oracle] += 1
        self.differing[oracle] += bool(found)
        for difference in found:
            if difference.explanation:
                self.explained[f"{oracle}: {difference.explanation}"] += 1
            else:
                self.unexplained.append(f"{path}: {difference}")


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raises TimeoutError after some seconds; radon can take minutes over one file."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def measure_in_steps(source: bytes, tally: Tally) -> Measured | Problem:
    """All our facts, each step timed; nothing is remembered from earlier files."""
    chunks.forget()
    file = tally.timed("ours: outline", lambda: read_outline(source))
    if isinstance(file, Problem):
        return file
    facts = tally.timed("ours: facts of units", lambda: _unit_facts(file))
    whole = tally.timed("ours: facts of file", lambda: file_facts(file))
    tally.timed("ours: outline again, remembered", lambda: read_outline(source))
    tally.timed("ours: code lines", lambda: lexing.count(file.text))
    known = {
        u: f for u, f in zip(file.outline.units, facts, strict=True) if isinstance(f, Complexity)
    }
    problems = [fact for fact in (*facts, whole) if isinstance(fact, Problem)]
    if problems or isinstance(whole, Problem):
        return problems[0]
    tally.files += 1
    tally.lines += len(file.lines)
    tree = tally.timed("ast.parse", lambda: parse(file.text))
    measured = Measured(file, known, whole, tree)
    tally.functions += len(measured.functions)
    return measured


def _unit_facts(file: ReadFile) -> list[Complexity | Problem]:
    return [measure(unit_source(file, unit)) for unit in file.outline.units]


def time_peers(measured: Measured, tally: Tally, seconds: int) -> None:
    """Peers on the same text. radon's raw counts are timed by their comparison."""
    text = measured.file.text
    tally.peer_lines += len(measured.file.lines)
    peers: dict[str, Callable[[], object]] = {
        "radon cyclomatic": lambda: cc_visit(text),
        "complexipy": lambda: complexipy.code_complexity(text),
        "LibCST parse": lambda: libcst.parse_module(text),
    }
    for name, work in peers.items():
        try:
            with time_limit(seconds):
                tally.timed("peer: " + name, work)
        except (*GAVE_UP, libcst.ParserSyntaxError) as error:
            tally.unread[f"{name}: gave up ({type(error).__name__})"] += 1


def check_file(path: Path, tally: Tally, oracles: list[str], seconds: int) -> None:
    measured = measure_in_steps(path.read_bytes(), tally)
    if isinstance(measured, Problem):
        tally.unread[f"ours: {measured.reason[:70]}"] += 1
        return
    if tally.files % PEERS_EVERY == 1:
        time_peers(measured, tally, seconds)
    tally.plain_functions += sum(
        not otherwise_in_complexipy(unit_source(measured.file, unit).text)
        for unit in measured.functions
    )
    for oracle in oracles:
        with time_limit(seconds):
            start = time.process_time()
            tally.check(oracle, path, measured)
            tally.seconds["checking " + oracle] += time.process_time() - start


def python_files(directories: Iterable[Path]) -> list[Path]:
    return sorted(path for directory in directories for path in directory.rglob("*.py"))


def report(tally: Tally) -> Iterator[str]:
    versions = [f"{name} {version(name)}" for name in ("radon", "complexipy", "libcst")]
    yield f"Python {platform.python_version()}, {', '.join(versions)}"
    yield f"{tally.files} files, {tally.lines} lines, {tally.functions} functions and methods"
    yield f"{tally.plain_functions} of them have nothing that complexipy counts otherwise"
    for oracle, count in tally.compared.items():
        yield f"{oracle:<24} {count:>6} files compared, {tally.differing[oracle]:>5} differ"
    yield from (f"  explained {count:>6} × {why}" for why, count in tally.explained.most_common())
    yield from (f"  not read  {count:>6} × {why}" for why, count in tally.unread.most_common())
    yield f"{len(tally.unexplained)} unexplained differences"
    yield from (f"  {example}" for example in tally.unexplained[:40])
    for step, seconds in tally.seconds.items():
        lines = tally.peer_lines if step.startswith("peer: ") else tally.lines
        yield f"{step:<38} {seconds / max(lines, 1) * 1e6:8.2f} ms of CPU per 1,000 lines"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth file")
    parser.add_argument("--start", type=int, default=0, help="begin with this file")
    parser.add_argument("--leave-out", default="/nothing/", help="paths with this text in them")
    parser.add_argument("--oracle", choices=list(ORACLES), action="append", help="default: all")
    parser.add_argument("--seconds-per-file", type=int, default=20)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    ast.parse("")
    tally = Tally()
    files = [p for p in python_files(options.directories) if options.leave_out not in str(p)]
    for path in files[options.start :: options.every]:
        check_file(path, tally, options.oracle or list(ORACLES), options.seconds_per_file)
    print("\n".join(report(tally)))
    return int(bool(tally.unexplained))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
