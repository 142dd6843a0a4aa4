"""How much more complex a change makes the units that it touches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.analysis.metrics.complexity import ANALYSIS as COMPLEXITY
from scanner.analysis.parsing.outline import ReadFile, code_lines, unit_lines, unit_source
from scanner.analysis.parsing.syntax import same_tree
from scanner.base.model import Complexity, FileVersion, Problem, Unit
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.scoring.change import ChangedFile
from scanner.scoring.complexity import ComplexityScore, score_complexity
from scanner.scoring.matching import PlacedUnit, UnitPair, match_units
from scanner.scoring.touched import TouchedUnit, touched_units

#: The file that a unit's text is in, by the unit's content: one is as good as another.
_Readable = dict[str, tuple[ReadFile, Unit]]


@dataclass(frozen=True, slots=True)
class ChangeGrowth:
    """The score, the touched units that stand after the change, and those not measured.

    Of each of the former: whether it is new, and its cognitive complexity.
    """

    score: ComplexityScore
    touched: tuple[tuple[bool, int], ...]
    problems: tuple[Problem, ...]


class MatchedUnits(NamedTuple):
    """The units that a change touches, before ↔ after, and the files that their texts are in."""

    pairs: tuple[UnitPair, ...]
    readable: _Readable


def measure_growth(units: MatchedUnits, reader: SourceReader, settings: Settings) -> ChangeGrowth:
    """Scores what grew in the units of a change."""
    pairs, readable = units
    facts, problems = _facts(pairs, readable, reader)
    score = score_complexity(
        pairs, facts, _ReformatCheck(readable), settings.limits, settings.points
    )
    touched = tuple(
        (pair.before is None, facts[pair.after.unit.content].cognitive)
        for pair in pairs
        if pair.after is not None and pair.after.unit.content in facts
    )
    return ChangeGrowth(score, touched, tuple(problems))


def unit_pairs(files: Sequence[ChangedFile]) -> tuple[UnitPair, ...]:
    """The units that a change touches, before ↔ after."""
    return matched_units(files).pairs


def measured_units(
    files: Sequence[ChangedFile], pairs: Sequence[UnitPair], reader: SourceReader
) -> tuple[TouchedUnit, ...]:
    """The units of pairs that stand after the change, with their facts on both sides."""
    sources = {
        unit.content: (side, unit)
        for file in files
        for side in (file.before, file.after)
        if side is not None
        for unit in side.outline.units
    }
    sides = [side for pair in pairs for side in (pair.before, pair.after) if side]
    facts = reader.facts(COMPLEXITY, [sources[side.unit.content] for side in sides])
    known = {key: value for key, value in facts.items() if isinstance(value, Complexity)}
    return touched_units(pairs, known)


def matched_units(files: Sequence[ChangedFile]) -> MatchedUnits:
    """The units that the change touches, before ↔ after.

    A file that cannot be read on one side takes no part: what stood there cannot be told from
    what is new.
    """
    before: list[PlacedUnit] = []
    after: list[PlacedUnit] = []
    readable: _Readable = {}
    renamed: dict[str, str] = {}
    for file in files:
        if _is_half_read(file):
            continue
        same = _untouched(file)
        before += _placed(file.before, file.path_before, same, readable)
        after += _placed(file.after, file.path, same, readable)
        renamed[file.path] = file.path_before
    return MatchedUnits(match_units(before, after, renamed), readable)


def _is_half_read(file: ChangedFile) -> bool:
    return _is_unread(file.change.before, file.before) or _is_unread(file.change.after, file.after)


def _is_unread(version: FileVersion | None, read: ReadFile | None) -> bool:
    return version is not None and version.mode.is_text_file and read is None


def _untouched(file: ChangedFile) -> frozenset[tuple[str, str]]:
    """Name and content of the units that stand in both versions."""
    sides = (file.before, file.after)
    names = [{(u.name, u.content) for u in side.outline.units} if side else set() for side in sides]
    return frozenset(names[0] & names[1])


def _placed(
    file: ReadFile | None, path: str, same: frozenset[tuple[str, str]], readable: _Readable
) -> Iterable[PlacedUnit]:
    if file is None:
        return
    code = code_lines(file)
    for unit in file.outline.units:
        if (unit.name, unit.content) not in same:
            readable[unit.content] = (file, unit)
            yield PlacedUnit(path, unit, _own_lines(file, unit, code))


def _own_lines(file: ReadFile, unit: Unit, code: frozenset[int]) -> tuple[str, ...]:
    """The code lines of a unit less those of the units inside it, white space at the ends off."""
    return tuple(file.lines[n - 1].strip() for n in unit_lines(file, unit) if n in code)


def _facts(
    pairs: Sequence[UnitPair], readable: _Readable, reader: SourceReader
) -> tuple[Mapping[str, Complexity], list[Problem]]:
    """Facts of all units in the pairs, and a Problem for each new one that has none."""
    sides = [side for pair in pairs for side in (pair.before, pair.after, pair.origin) if side]
    all_facts = reader.facts(COMPLEXITY, [readable[side.unit.content] for side in sides])
    known = {key: facts for key, facts in all_facts.items() if isinstance(facts, Complexity)}
    problems = []
    for placed, is_before in _sides(pairs):
        failure = all_facts[placed.unit.content]
        if isinstance(failure, Problem):
            reason = f"{placed.unit.name}: {failure.reason}"
            problems.append(Problem(failure.stage, placed.path, reason, None, is_before))
    return known, problems


def _sides(pairs: Iterable[UnitPair]) -> Iterable[tuple[PlacedUnit, bool]]:
    for pair in pairs:
        if pair.before:
            yield pair.before, True
        if pair.after:
            yield pair.after, False


@dataclass(frozen=True, slots=True)
class _ReformatCheck:
    """Whether the two sides of a pair differ in layout, comments and docstrings only."""

    readable: _Readable

    def __call__(self, pair: UnitPair) -> bool:
        if pair.before is None or pair.after is None:
            return False
        return same_tree(self._shape(pair.before), self._shape(pair.after))

    def _shape(self, placed: PlacedUnit) -> ast.Module:
        tree = ast.parse(unit_source(*self.readable[placed.unit.content]).text)
        for node in ast.walk(tree):
            _drop_docstring(node)
        return tree


def _drop_docstring(node: ast.AST) -> None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        match node.body:
            case [ast.Expr(value=ast.Constant(value=str())), *_]:
                del node.body[0]
