"""Targets that read code. Beside "no traceback" each asks for something that has to hold."""

from __future__ import annotations

import difflib
import hashlib
from typing import Any

from scanner.analysis.all_facts import FACTS
from scanner.analysis.analysis import Analysis
from scanner.analysis.clones.clone_alignment import DEFAULT_LIMITS, equal_runs, gapped
from scanner.analysis.clones.fingerprints import ANALYSIS as FINGERPRINTS
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.chunks import forget
from scanner.analysis.parsing.lowering import lower
from scanner.analysis.parsing.outline import ReadFile, UnitSource, read_outline, unit_source
from scanner.analysis.parsing.source import decode
from scanner.base.model import (
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Hunk,
    Problem,
    Span,
)
from scanner.config import GuardPoints
from scanner.durability.texts import marks_of
from scanner.guards.suppressions import new_suppressions
from scanner.guards.tests import lost_tests
from scanner.judge.added import moves_and_added
from scanner.judge.growth import unit_pairs
from scanner.roles.foreign import origin_of
from scanner.rulepacks.codemods.all_codemods import SAFETY
from scanner.rulepacks.codemods.codemod import Safety, Wanted
from scanner.rulepacks.codemods.mend import mend, parses
from scanner.rulepacks.newer_syntax import for_semgrep
from scanner.rulepacks.slices import cut
from scanner.rulepacks.unit_rules.analysis import ANALYSIS as UNIT_RULES
from scanner.scoring.change import ChangedFile
from scanner.scoring.operations import line_operations

#: Stands between two texts of one input.
BETWEEN = b"\n#=\n"
_ANALYSES: tuple[Analysis[Any], ...] = (*FACTS, UNIT_RULES)


def outline(data: bytes) -> object:
    """A file is cut into units, and each fact of a unit is one of its text alone."""
    file = read_outline(data)
    if isinstance(file, Problem):
        return file
    for unit in file.outline.units:
        source = unit_source(file, unit)
        alone = UnitSource(source.kind, source.text)
        for one in _ANALYSES:
            if (found := one.compute(source)) != (again := one.compute(alone)):
                raise AssertionError(f"{one.name} of {unit.name}: {found} in place, {again} alone")
    return origin_of("a.py", file.text)


def _shape(file: ReadFile | Problem) -> object:
    return file if isinstance(file, Problem) else (file.outline, file.lines, file.reader)


def chunks(data: bytes) -> object:
    """What is remembered of one file changes nothing of how the next is read."""
    first, _, second = data.partition(BETWEEN)
    forget()
    read_outline(first)
    warm = _shape(read_outline(second))
    forget()
    if (cold := _shape(read_outline(second))) != warm:
        raise AssertionError(f"{warm} after the other file, {cold} without it")
    return warm


def lowering(data: bytes) -> object:
    """Newer syntax goes, the lines stay, and what is no newer syntax stays as it is."""
    text = decode(data)
    if isinstance(text, Problem):
        return text
    try:
        lowered = lower(text)
    except (SyntaxError, RecursionError):
        return for_semgrep(data)
    if lowered.count("\n") != text.count("\n"):
        raise AssertionError("lines came or went")
    return lowered, for_semgrep(data)


def slices(data: bytes) -> object:
    """Each slice of a file parses by itself and says for each of its lines where it stands."""
    found = cut(for_semgrep(data)) or ()
    for piece in found:
        again = read_outline(piece.text.encode("utf-8", "surrogatepass"))
        assert not isinstance(again, Problem), f"{again.reason}: {piece.text!r}"
        if not 0 <= len(piece.lines) - piece.text.count("\n") <= 1:
            raise AssertionError(f"{len(piece.lines)} places of {piece.text!r}")
    return found


def fixes(data: bytes) -> object:
    """A fix makes no file that does not parse of one that does."""
    rules = sorted(SAFETY)
    start = hashlib.sha256(data).digest()[0]
    wanted = [
        Wanted(rules[(start + number) % len(rules)], Span(number, number))
        for number in range(1, min(data.count(b"\n") + 2, 12))
    ]
    mended = mend(data, wanted, Safety.UNSAFE)
    if parses(data) and not parses(mended.content):
        raise AssertionError(f"no Python any more: {mended.content!r}")
    return mended


def copies(data: bytes) -> object:
    """The units of two files, aligned with each other."""
    sides = [read_outline(text) for text in data.split(BETWEEN)[:2]]
    prints = [_fingerprints(side) for side in sides if not isinstance(side, Problem)]
    if len(prints) < len(sides) or len(prints) < 2:
        return None
    return [
        (
            gapped(one, other),
            list(equal_runs(one, other, _alike(one, other), DEFAULT_LIMITS)),
        )
        for one in prints[0][:4]
        for other in prints[1][:4]
    ]


def _alike(one: Fingerprint, other: Fingerprint) -> list[tuple[int, int]]:
    return [
        (i, j)
        for i, shape in enumerate(one.shape)
        for j, like in enumerate(other.shape)
        if shape == like
    ]


def _fingerprints(file: ReadFile) -> list[Fingerprint]:
    found = (FINGERPRINTS.compute(unit_source(file, unit)) for unit in file.outline.units)
    return [one for one in found if isinstance(one, Fingerprint)]


def change(data: bytes) -> object:
    """A file that becomes another: what moved, which unit became which, which tests were lost."""
    before, between, after = data.partition(BETWEEN)
    sides = [read_outline(before), read_outline(after if between else b"")]
    old, new = sides
    if isinstance(old, Problem) or isinstance(new, Problem):
        return None
    hunks = tuple(
        Hunk(i, j - i, k, m - k)
        for tag, i, j, k, m in difflib.SequenceMatcher(
            None, old.lines, new.lines, autojunk=False
        ).get_opcodes()
        if tag != "equal"
    )
    one, other = (FileVersion("tests/test_a.py", FileMode.REGULAR, oid * 40) for oid in "12")
    files = [ChangedFile(FileChange(FileStatus.MODIFIED, one, other, hunks), old, new)]
    moves, added = moves_and_added(files)
    pairs = unit_pairs(files)
    operations = line_operations(files, moves, {})
    gained = sum(hunk.new_count for hunk in hunks)
    told = (operations.moved, operations.copied, operations.updated, operations.replaced)
    if operations.added + sum(told) != gained:
        raise AssertionError(f"{operations} of {gained} lines")
    points = GuardPoints()
    return added, new_suppressions(files, points), lost_tests(files, pairs, points)


def marks(data: bytes) -> object:
    """Which lines of a file are code, told by its text alone."""
    lines = data.decode("utf-8", "replace").split("\n")
    return marks_of(lines, range(len(lines)))
