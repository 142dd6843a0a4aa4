"""A scan and a change that hold one of everything their documents may meet."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.model import (
    Change,
    ChangeType,
    Closure,
    Commit,
    Complexity,
    FileFacts,
    Halstead,
    Judgement,
    LineOperations,
    Person,
    Span,
    Survival,
    Unit,
    UnitKind,
)
from scanner.scan import MeasuredFile, MeasuredUnit, TreeScan
from tests.render import samples

HALSTEAD = Halstead(3, 4, 10, 12)
COMPLEXITY = Complexity(
    cyclomatic=12,
    cognitive=22,
    code_lines=30,
    parameters=2,
    nesting=3,
    logical_lines=28,
    comment_lines=1,
    halstead=HALSTEAD,
    halstead_volume=61.764,
    maintainability_index=54.123456,
    closures=(Closure("inner", 4, 2, 1),),
)
FILE_FACTS = FileFacts(100, 60, 70, 8, 6, 16, 5, HALSTEAD, 61.764, 48.5)
SCAN = TreeScan(
    revision=samples.HEAD,
    units=(
        MeasuredUnit("app/api.py", Unit("<module>", UnitKind.MODULE, Span(1, 99), "a"), COMPLEXITY),
        MeasuredUnit("app/api.py", Unit("load", UnitKind.FUNCTION, Span(42, 80), "b"), COMPLEXITY),
    ),
    files=(MeasuredFile("app/api.py", FILE_FACTS),),
    findings=(samples.GROWTH_OF_NEW_UNIT, samples.GROWTH),
    problems=(samples.UNREADABLE,),
)

SOMEONE = Person("Ada Example", "ada@example.org")
MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
COMMIT = Commit(
    samples.HEAD, "6" * 40, (samples.BASE,), SOMEONE, MOMENT, SOMEONE, MOMENT, "Add export\n\nBody"
)
CHANGE = Change(
    commit=COMMIT,
    commits=(samples.HEAD,),
    change_type=ChangeType.FEATURE,
    attribution=samples.ATTRIBUTION,
    judgement=Judgement(
        samples.scorecard(samples.EVERY_FINDING),
        samples.EVERY_FINDING,
        LineOperations(100, 20),
        samples.EVERY_PROBLEM,
    ),
    added_lines=100,
    deleted_lines=20,
    files=3,
    survival=Survival(100, 90, ((14, 10, 100), (90, 0, 0))),
)
