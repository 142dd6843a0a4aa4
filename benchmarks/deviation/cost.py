"""Cost: milliseconds of processor time per 1,000 lines of reading, counting and scoring.

The peer of the reading is `libcst.matchers`: one decorated visitor with ten of the same points.
`last` is what the changes cost that a score is compared with, in milliseconds for 500 functions in
100 changes: once for each change of the main line that adds functions. With `--walk`, the changes
of the history, and milliseconds for each of judging conventions and of keeping the book.

    python -m benchmarks.deviation.cost REPOSITORY... [--files 200] [--walk]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import libcst
import libcst.matchers as m

from benchmarks.deviation.walk import History, Tree, histories
from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.parsing.outline import read_outline, unit_lines, unit_source
from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.usage import Usage, read_usage
from scanner.base.model import Problem
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.percentiles import LastChanges
from scanner.conventions.profile import ConventionProfile
from scanner.conventions.unusual import Lines, MeasuredUnits, measure
from scanner.conventions.usage_counts import UsageCounts
from scanner.git.blobs import BlobReader
from scanner.git.commits import head
from scanner.git.trees import list_tree


class Ten(m.MatcherDecoratableVisitor):
    """Ten choice points written as matchers."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    @m.visit(m.Call(func=m.Name("print")))
    @m.visit(m.Call(func=m.Attribute(attr=m.Name("info"))))
    @m.visit(m.Call(func=m.Name("open")))
    @m.visit(m.Call(func=m.Attribute(attr=m.Name("format"))))
    @m.visit(m.FormattedString())
    def text(self, _node: libcst.CSTNode) -> None:
        self.seen += 1

    @m.visit(m.ExceptHandler())
    @m.visit(m.Raise())
    def failure(self, _node: libcst.CSTNode) -> None:
        self.seen += 1

    @m.visit(m.FunctionDef(returns=None))
    @m.visit(m.ImportFrom())
    @m.visit(m.ClassDef())
    def definition(self, _node: libcst.CSTNode) -> None:
        self.seen += 1


def sources(history: History, count: int) -> list[bytes]:
    tip = head(history.repository)
    assert tip is not None
    files = list_tree(history.repository, tip)
    with BlobReader(history.repository) as blobs:
        texts = [blobs.read(file.blob) for file in files[:: max(1, len(files) // count)]]
    return [text for text in texts if isinstance(text, bytes)]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return 1000 * best


def read_costs(texts: Sequence[bytes]) -> tuple[float, ...]:
    lines = sum(text.count(b"\n") for text in texts) / 1000
    files, placed, units = [], [], []
    for text in texts:
        file = read_outline(text)
        if not isinstance(file, Problem):
            files.append(file)
            placed += [(file, unit) for unit in file.outline.units]
            # The trees of the newest files only are kept; a unit keeps its own.
            units += [unit_source(file, unit) for unit in file.outline.units]
    alone = [UnitSource(unit.kind, unit.text) for unit in units]
    counts, whole = UsageCounts(), Lines(frozenset(range(100_000)), is_new=True)
    known = [
        (UnitChoices(unit, unit_lines(file, unit), choices), used)
        for (file, unit), source in zip(placed, units, strict=True)
        if isinstance(used := read_usage(source), Usage)
        and isinstance(choices := read_choices(source), Choices)
    ]
    usages = [usage for _, usage in known]
    few = [file.text for file in files[:20]]
    few_lines = sum(text.count("\n") for text in few) / 1000

    def matchers() -> None:
        for text in few:
            libcst.parse_module(text).visit(Ten())

    def score() -> list[MeasuredUnits]:
        conventions = ConventionCounts()
        return [
            measure(counts, conventions, "a.py", choices, usage, whole, "code")
            for choices, usage in known
        ]

    measured = score()[:500]
    return (
        timed(lambda: [read_choices(unit) for unit in units]) / lines,
        timed(lambda: [read_choices(unit) for unit in alone]) / lines,
        timed(lambda: [read_usage(unit) for unit in units]) / lines,
        timed(lambda: counts.put("a.py", usages)) / lines,
        timed(score) / lines,
        timed(matchers) / few_lines,
        timed(lambda: LastChanges([measured[i::100] for i in range(100)])),
    )


def walk_cost(history: History) -> tuple[int, float, float]:
    """Changes, and milliseconds per change of judging them and of keeping the book."""
    book, tree, judging, keeping, changes = ConventionProfile(), Tree(), 0.0, 0.0, 0
    for step in history.steps():
        start = time.process_time()
        book.judge(step.edits, tree.exemplars)
        middle = time.process_time()
        step.advance(book)
        judging += middle - start
        keeping += time.process_time() - middle
        tree.advance(step)
        changes += 1
    return changes, 1000 * judging / changes, 1000 * keeping / changes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--store")
    parser.add_argument("--walk", action="store_true")
    options = parser.parse_args()
    columns = ("choices", "parsed", "usage", "count", "score", "matchers", "last")
    print(f"{'history':34} " + " ".join(f"{name:>8}" for name in columns))
    for history in histories(options.repositories, options.store):
        costs = read_costs(sources(history, options.files))
        shown = " ".join(f"{cost:8.1f}" for cost in costs)
        if options.walk:
            changes, judging, keeping = walk_cost(history)
            shown += f"   {changes:6} {judging:6.2f} {keeping:6.2f}"
        print(f"{history.name:34} {shown}", flush=True)


if __name__ == "__main__":
    main()
