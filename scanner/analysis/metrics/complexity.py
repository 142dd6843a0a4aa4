"""Facts of one unit and of one file, from one parse and one scan each."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from scanner.analysis.analysis import Analysis
from scanner.analysis.metrics import cognitive, lexing, radon_counts
from scanner.analysis.metrics.all_metrics import METRICS
from scanner.analysis.metrics.dispatch import dispatched
from scanner.analysis.metrics.lexing import RawCounts
from scanner.analysis.metrics.walk import FunctionNode, Walk, walk
from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.parsing.source import PLACEHOLDER, UnitSource, split_lines
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Complexity, FileFacts, Problem, Stage


def measure(source: UnitSource) -> Complexity | Problem:
    """All complexity facts of a unit, or why there are none.

    A class or module is measured as its skeleton, so that the facts of a file's units add up.
    `nesting` is how many of `if`, `for`, `while`, `try` and `match` stand inside one another, at
    most; an elif is as deep as its if, and a function inside a block goes on counting from there.
    """
    text_lines = split_lines(source.text)
    tree = _tree(source)
    if isinstance(tree, Problem):
        return tree
    walked = walk(tree)
    raw = lexing.count(source.text)
    placeholders = sum(line.strip() == PLACEHOLDER for line in text_lines)
    first_line = source.origin.first_line if source.origin else 1
    try:
        readable = radon_counts.readable(tree, walked)
        counts, volume = radon_counts.halstead(readable)
        total = radon_counts.cyclomatic(readable)
        asserted = radon_counts.assertions(readable)
        closures = radon_counts.closures(readable, walked, first_line)
        metrics = tuple((metric.name, metric.count(tree)) for metric in METRICS)
    except (RecursionError, MemoryError) as error:
        return Problem(Stage.ANALYSE, None, f"a unit is nested too deep to be measured: {error}")
    return Complexity(
        cyclomatic=total,
        cognitive=cognitive.measure(walked, _line_at(source, text_lines)),
        code_lines=len(raw.code) - placeholders,
        parameters=_own_parameters(tree),
        nesting=_nesting(walked),
        logical_lines=raw.logical_lines - placeholders,
        comment_lines=raw.comment_lines,
        halstead=counts,
        halstead_volume=volume,
        maintainability_index=_maintainability_index(volume, total, raw),
        closures=closures,
        assertions=asserted,
        dispatched=dispatched(tree),
        metrics=metrics,
    )


def _tree(source: UnitSource) -> ast.Module | Problem:
    """The syntax tree of a unit, out of its file's tree where that is at hand."""
    if source.origin is not None:
        return ast.Module([source.origin.node], [])
    try:
        return parse(source.text)
    except (SyntaxError, RecursionError, MemoryError) as error:
        return Problem(Stage.ANALYSE, None, f"a unit does not parse by itself: {error}")


def _line_at(source: UnitSource, lines: Sequence[str]) -> cognitive.LineAt:
    origin = source.origin
    if origin is None:
        return lambda line: lines[line - 1]
    return lambda line: origin.lines[line - 1 + origin.offset]


_BLOCKS = frozenset((ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match))


def _nesting(walked: Walk) -> int:
    """The depth of the innermost control-flow block."""
    return max(
        (place.depth + 1 for node, place in walked.visits if type(node) in _BLOCKS), default=0
    )


def _own_parameters(tree: ast.Module) -> int:
    """The parameters of the unit's own function; 0 for a skeleton."""
    statement = tree.body[0] if len(tree.body) == 1 else None
    return radon_counts.parameters(statement) if isinstance(statement, FunctionNode) else 0


def _maintainability_index(volume: float, total: int, raw: RawCounts) -> float:
    """radon's index, 0 to 100, with multi-line strings that stand alone taken as comments."""
    from radon.metrics import mi_compute  # noqa: PLC0415 - slow to import

    commented = raw.comment_lines + raw.docstring_lines
    percent = commented / raw.source_lines * 100 if raw.source_lines else 0
    return float(mi_compute(volume, total, raw.logical_lines, percent))


def file_facts(file: ReadFile) -> FileFacts | Problem:
    """Raw counts, Halstead's and the maintainability index of a whole file, as radon has them."""
    try:
        tree = file.tree()
        readable = radon_counts.readable(tree, walk(tree))
        counts, volume = radon_counts.halstead(readable)
        total = radon_counts.cyclomatic(readable)
    except (SyntaxError, RecursionError, MemoryError) as error:
        return Problem(Stage.PARSE, None, f"does not parse: {error}")
    raw = lexing.count(file.text)
    return FileFacts(
        lines=len(file.lines),
        logical_lines=raw.logical_lines,
        source_lines=raw.source_lines,
        comment_lines=raw.comment_lines,
        docstring_lines=raw.docstring_lines,
        blank_lines=raw.blank_lines,
        single_comment_lines=raw.single_comment_lines,
        halstead=counts,
        halstead_volume=volume,
        maintainability_index=_maintainability_index(volume, total, raw),
    )


ANALYSIS = Analysis("complexity", 5, Complexity, measure)
