"""From a change that was read to its judgement, in two steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.analysis.clones.fingerprints import ANALYSIS as FINGERPRINT
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.base.model import (
    Dimension,
    DimensionScore,
    Finding,
    Judgement,
    Scorecard,
    TreeDiff,
    Unit,
    UnitKind,
)
from scanner.clones.changes import fingerprinted
from scanner.clones.live_code import LiveCode
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.guards.protection.candidates import candidates
from scanner.judge.added import moves_and_added
from scanner.judge.change import ReadChange
from scanner.judge.context import judge_copies
from scanner.judge.deviation import NOT_JUDGED, Deviation
from scanner.judge.growth import ChangeGrowth, MatchedUnits, matched_units, measure_growth
from scanner.roles.foreign import foreign_paths
from scanner.roles.generators import is_migration
from scanner.roles.paths import is_stub_path
from scanner.rulepacks.tree_rules import LOST_GUARD, coded_in_force
from scanner.scoring.change import LinesByPath
from scanner.scoring.complexity import without_inherited
from scanner.scoring.duplication import AgeInDays, unknown_age
from scanner.scoring.moves import Moves
from scanner.scoring.operations import line_operations
from scanner.scoring.ordering import costliest_first


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can be said of a change by itself.

    `added` are its added code lines, moved ones not; `lost` tells of guards that it takes away.
    """

    change: ReadChange
    moves: Moves
    added: LinesByPath
    growth: ChangeGrowth
    lost: tuple[Finding, ...] = ()

    @property
    def diff(self) -> TreeDiff:
        """The diff that was read."""
        return self.change.diff


def prepare(change: ReadChange, reader: SourceReader, settings: Settings) -> Prepared:
    """Measures a change, and has the facts computed that completing it will look up."""
    moves, added = moves_and_added(change.files)
    units = matched_units(change.files)
    growth = measure_growth(units, reader, settings)
    for side in (side for file in change.files for side in (file.before, file.after)):
        if side is not None:
            reader.facts(FINGERPRINT, [(side, unit) for unit in side.outline.units])
    return Prepared(change, moves, added, growth, _lost(change, units, settings))


def _lost(change: ReadChange, units: MatchedUnits, settings: Settings) -> tuple[Finding, ...]:
    is_asked = LOST_GUARD.id in coded_in_force(settings)
    if not is_asked or next(candidates(units.pairs), None) is None:
        return ()
    # Most changes take no guard away: a hook has no need of what it takes to follow functions.
    from scanner.guards.protection.finding import finding_of  # noqa: PLC0415
    from scanner.guards.protection.lost import lost_guards  # noqa: PLC0415

    points = settings.rule_points.get(LOST_GUARD.id, LOST_GUARD.points)
    return tuple(finding_of(one, points) for one in lost_guards(change.files, units.pairs))


def complete(
    prepared: Prepared,
    live: LiveCode,
    age: AgeInDays = unknown_age,
    deviation: Deviation = NOT_JUDGED,
) -> Judgement:
    """Judges a change against the codebase it meets, and takes the change into it.

    `live` stands at the tree before the change, and afterwards at the tree after it. `age`
    tells how old the originals of copies are. `deviation` is judged by the same codebase.
    """
    is_foreign = foreign_paths(live.attributes())
    change = prepared.change
    live.advance(prepared.diff, (*change.files, *change.aside))
    copies = judge_copies(change.files, prepared.added, prepared.moves, live, is_foreign, age)
    growth = prepared.growth
    grown = without_inherited(growth.score.findings, live.names.overridden)
    findings = (*grown, *copies.findings, *deviation.findings, *prepared.lost)
    return Judgement(
        scorecard=Scorecard(
            _judged_lines(prepared, live),
            (
                _score(Dimension.COMPLEXITY, findings, growth.score.repaid),
                _score(Dimension.DUPLICATION, findings, copies.repaid),
                deviation.score,
            ),
        ),
        findings=costliest_first(findings),
        operations=line_operations(prepared.change.files, prepared.moves, copies.lines),
        problems=(*prepared.change.problems, *growth.problems),
        cognitive_delta=growth.score.cognitive_delta,
        cyclomatic_delta=growth.score.cyclomatic_delta,
        touched=growth.touched,
        left_out=change.left_out,
        claims=change.claims,
        deviation=deviation.unusual,
    )


def _judged_lines(prepared: Prepared, live: LiveCode) -> int:
    """The added code lines that anything is charged for: no tables, imports, steps, stubs.

    What costs nothing may not make the rest look cheaper.
    """
    count = 0
    for file in prepared.change.files:
        added = prepared.added.get(file.path)
        if added and file.after is not None and not is_stub_path(file.path):
            units = fingerprinted(file.after, live.fingerprints(file.after))
            is_step = is_migration(file.after.text)
            free = {line for unit in units for line in _free_lines(*unit, is_step=is_step)}
            count += len(added - free)
    return count


#: Functions in which Alembic lists the operations of one step.
_STEPS = frozenset({"upgrade", "downgrade"})


def _free_lines(
    unit: Unit, text: Fingerprint, places: Sequence[int], *, is_step: bool
) -> Iterable[int]:
    """The lines of a unit that only list something: literals, imports, operations of a step."""
    if is_step and (unit.kind in (UnitKind.MODULE, UnitKind.CLASS) or unit.name in _STEPS):
        return places
    tables = (
        line
        for is_table, first, last in zip(text.is_table, text.first, text.last, strict=True)
        if is_table
        for line in range(first, last + 1)
    )
    return [places[line] for line in (*tables, *text.import_lines)]


def _score(
    dimension: Dimension, findings: Iterable[Finding], repaid: float = 0.0
) -> DimensionScore:
    points = sum((f.points for f in findings if f.dimension is dimension), 0.0)
    return DimensionScore(dimension, points, repaid)
