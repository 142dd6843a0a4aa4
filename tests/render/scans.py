"""A scan and a change that hold one of everything their documents may meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import (
    Change,
    ChangeType,
    Closure,
    Commit,
    Complexity,
    Duration,
    FileFacts,
    Halstead,
    Judgement,
    Label,
    LineOperations,
    Missing,
    Person,
    Place,
    Span,
    Survival,
    Unit,
    UnitKind,
)
from scanner.clones.groups import CloneGroup, GroupCall
from scanner.delivery.joining import Integration, MergeStyle
from scanner.delivery.latency import Latency
from scanner.durability.fates import Fate, Rework
from scanner.durability.reverts import RevertEvidence
from scanner.history.explain import Encounter, Story, Undoing
from scanner.scoring.copies import Call
from scanner.tree.scan import MeasuredFile, MeasuredUnit, TreeScan
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


def _place(path: str, first: int, last: int, unit: str) -> Place:
    return Place(path, Span(first, last), unit)


_ORIGINAL = _place("app/api.py", 42, 80, "load")
_CALLER = _place("app/export.py", 7, 44, "load_all")
CLONES = (
    CloneGroup(
        CloneType.RENAMED,
        0.912345,
        tuple(_place(f"app/plugin_{n}.py", 10, 25, f"Plugin{n}.connect") for n in range(6)),
        14,
    ),
    CloneGroup(
        CloneType.GAPPED,
        0.8,
        (_ORIGINAL, _CALLER, _place("app/late.py", 1, 30, "later")),
        30,
        GroupCall(Call("app.api.load"), _ORIGINAL, (_CALLER,)),
    ),
    CloneGroup(
        CloneType.EXACT,
        1.0,
        (_place("tests/test_api.py", 1, 20, "test_a"), _place("tests/test_b.py", 5, 24, "test_b")),
        18,
    ),
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

OTHER_COMMIT = replace(COMMIT, oid=samples.BASE, message="Fix the export\n\nBody")
STORY = Story(
    change=CHANGE,
    integration=Integration(samples.HEAD, MergeStyle.SQUASH, 12, None, None),
    latency=Latency(
        Missing("a squash keeps no earlier commit"),
        Duration(10.5, ended=True, follow_up=300),
        "v1.2",
        Missing("no pull request data were given"),
        Missing("no pull request data were given"),
        Missing("no pull request data were given"),
        Missing("no pull request data were given"),
    ),
    fate=Fate(
        100,
        90,
        300,
        (
            Rework(14, 100, 10, 6, 4, 10, 0, is_observed=True),
            Rework(90, 100, 10, 6, 4, 10, 0, is_observed=False),
        ),
    ),
    takers=(Encounter(OTHER_COMMIT, Label.AI, 3.25, 10, is_fix=True),),
    taken_by=((Label.AI, 10),),
    half_gone=None,
    all_gone=None,
    reverted_by=(
        Undoing(
            Encounter(OTHER_COMMIT, Label.UNMARKED, 4, 0, is_fix=False),
            RevertEvidence.TITLE,
            stands=False,
        ),
    ),
    reverts=(),
    fixes=(),
)
