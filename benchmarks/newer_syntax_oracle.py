"""Checks what the fallback reader measures against radon under a newer Python that needs none.

    python -m benchmarks.newer_syntax_oracle PYTHON [DIR...]

PYTHON is an interpreter newer than this one, DIR defaults to its standard library. For every file
that only the newer one parses, cyclomatic complexity per function and Halstead's counts per file
and per function must equal what radon counts there. Ends with 1 if any differs.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import radon

from scanner.analysis.metrics.complexity import file_facts, measure
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.base.model import Complexity, FileFacts, Halstead, Problem, Unit, UnitKind

#: Runs under the newer interpreter: paths in, one line of radon's counts out for each.
THEIRS = """
import ast, json, sys, warnings
from radon.metrics import h_visit_ast
from radon.visitors import Class, ComplexityVisitor
warnings.simplefilter("ignore")
for path in sys.stdin.read().splitlines():
    tree = ast.parse(open(path, "rb").read())
    visitor = ComplexityVisitor.from_ast(tree)
    lines, pending = {}, [*visitor.functions, *visitor.classes]
    while pending:
        block = pending.pop()
        if isinstance(block, Class):
            pending += [*block.methods, *block.inner_classes]
        else:
            lines[block.lineno] = block.complexity
            pending += block.closures
    halstead = h_visit_ast(tree)
    functions = [report[:4] for _, report in halstead.functions]
    counts = {"path": path, "lines": lines, "total": halstead.total[:4], "functions": functions}
    print(json.dumps(counts))
"""


class Theirs(msgspec.Struct):
    """radon's counts of a file: complexity by the line of its `def`, Halstead's in all and each."""

    path: str
    lines: dict[int, int]
    total: tuple[int, int, int, int]
    functions: list[tuple[int, int, int, int]]


def ask_radon(python: str, paths: list[Path]) -> list[Theirs]:
    """radon's counts under another interpreter, which needs no packages of its own."""
    packages = str(Path(radon.__file__).parents[1])
    done = subprocess.run(
        [python, "-c", THEIRS],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": packages},
    )
    return [msgspec.json.decode(line, type=Theirs) for line in done.stdout.splitlines()]


def compare(file: ReadFile, theirs: Theirs) -> Iterator[str]:
    """Each count that differs, in words."""
    whole = file_facts(file)
    assert isinstance(whole, FileFacts)
    if _halstead(whole.halstead) != theirs.total:
        yield f"Halstead of the file: {whole.halstead} and {theirs.total}"
    for unit, their_halstead in zip(functions(file), theirs.functions, strict=True):
        facts = measure(unit_source(file, unit))
        assert isinstance(facts, Complexity)
        own, their = facts.cyclomatic, theirs.lines.get(_line_of_def(file, unit))
        if own != their:
            yield f"cyclomatic of {unit.name}: {own} and {their}"
        if _halstead(facts.halstead) != their_halstead:
            yield f"Halstead of {unit.name}: {facts.halstead} and {their_halstead}"


def functions(file: ReadFile) -> list[Unit]:
    kinds = (UnitKind.FUNCTION, UnitKind.METHOD)
    return [unit for unit in file.outline.units if unit.kind in kinds]


def _halstead(counts: Halstead) -> tuple[int, int, int, int]:
    return (
        counts.distinct_operators,
        counts.distinct_operands,
        counts.operators,
        counts.operands,
    )


def _line_of_def(file: ReadFile, unit: Unit) -> int:
    node = ast.parse(unit_source(file, unit).text).body[0]
    return unit.span.first + node.lineno - 1


def main(arguments: list[str]) -> int:
    python, *directories = arguments
    if not directories:
        command = [python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]
        directories = [
            subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        ]
    newer: dict[Path, ReadFile] = {}
    readers: Counter[str] = Counter()
    start = time.process_time()
    for path in sorted(path for directory in directories for path in Path(directory).rglob("*.py")):
        file = read_outline(path.read_bytes())
        if isinstance(file, Problem):
            readers[file.reason] += 1
            continue
        readers[file.reader] += 1
        if file.reader == "libcst":
            newer[path] = file
    print(json.dumps(readers, indent=2))
    print(f"read in {time.process_time() - start:.1f} s")
    theirs = ask_radon(python, list(newer))
    differences = [
        f"{counts.path}: {difference}"
        for counts in theirs
        for difference in compare(newer[Path(counts.path)], counts)
    ]
    count = sum(len(functions(file)) for file in newer.values())
    print(f"{len(theirs)} files with {count} functions and methods, {len(differences)} differences")
    print("\n".join(differences[:40]))
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
