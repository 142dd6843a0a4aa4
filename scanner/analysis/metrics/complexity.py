"""Facts of one unit and of one file, from one parse and one scan each."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

from scanner.analysis.analysis import Analysis
from scanner.analysis.metrics import cognitive, lexing, tree_counts
from scanner.analysis.metrics.all_metrics import METRICS
from scanner.analysis.metrics.dispatch import dispatched
from scanner.analysis.metrics.lexing import RawCounts
from scanner.analysis.metrics.tree_counts import TreeCounts
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
        counts = tree_counts.count(tree)
        closures = tree_counts.closures(counts, walked, first_line)
        metrics = tuple((metric.name, metric.count(tree)) for metric in METRICS)
    except (RecursionError, MemoryError) as error:
        return Problem(Stage.ANALYSE, None, f"a unit is nested too deep to be measured: {error}")
    return Complexity(
        cyclomatic=counts.cyclomatic,
        cognitive=cognitive.measure(walked, _line_at(source, text_lines)),
        code_lines=len(raw.code) - placeholders,
        parameters=_own_parameters(tree),
        nesting=_nesting(walked),
        logical_lines=raw.logical_lines - placeholders,
        comment_lines=raw.comment_lines,
        halstead=counts.halstead,
        halstead_volume=counts.volume,
        maintainability_index=_maintainability_index(counts, raw),
        closures=closures,
        assertions=counts.assertions,
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
    return tree_counts.parameters(statement) if isinstance(statement, FunctionNode) else 0


def _maintainability_index(counts: TreeCounts, raw: RawCounts) -> float:
    """radon's index, 0 to 100, with multi-line strings that stand alone taken as comments.

    Oman and Hagemeister's formula with the comment term of Coleman et al., as `radon.metrics`.
    """
    if counts.volume <= 0 or raw.logical_lines <= 0:
        return 100.0
    commented = raw.comment_lines + raw.docstring_lines
    percent = commented / raw.source_lines * 100 if raw.source_lines else 0
    index = (
        171
        - 5.2 * math.log(counts.volume)
        - 0.23 * counts.cyclomatic
        - 16.2 * math.log(raw.logical_lines)
        + 50 * math.sin(math.sqrt(2.46 * math.radians(percent)))
    )
    return min(max(0.0, index * 100 / 171.0), 100.0)


def file_facts(file: ReadFile) -> FileFacts | Problem:
    """Raw counts, Halstead's and the maintainability index of a whole file, as radon has them."""
    try:
        counts = tree_counts.count(file.tree())
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
        halstead=counts.halstead,
        halstead_volume=counts.volume,
        maintainability_index=_maintainability_index(counts, raw),
    )


ANALYSIS = Analysis("complexity", 5, Complexity, measure)
