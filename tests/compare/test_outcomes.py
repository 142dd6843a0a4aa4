from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from scanner.base.model import (
    UNMARKED,
    Change,
    ChangeType,
    Commit,
    CopyOf,
    Dimension,
    DimensionScore,
    Duration,
    Finding,
    Judgement,
    Lifetimes,
    LineOperations,
    LostGuard,
    Missing,
    Person,
    Place,
    Ratio,
    Scorecard,
    Severity,
    Span,
)
from scanner.changes.review_burden import Burden
from scanner.compare.outcomes import (
    FOLLOWING,
    OUTCOMES,
    SCORES,
    OutcomeFacts,
    outcomes_for,
    table_of,
)
from scanner.compare.table import Scale, Value
from scanner.config import Settings
from scanner.delivery.latency import Latency
from scanner.delivery.reviews import ReviewFacts
from scanner.durability.fates import HORIZONS, Fate, Rework

NOW = datetime(2025, 5, 5, tzinfo=UTC)
PERSON = Person("Ada", "ada@example.org")
COMMIT = Commit("c" * 40, "t", ("p",), PERSON, NOW, PERSON, NOW, "Change")
PLACE = Place("a.py", Span(1, 2), "f")
WAIT = Duration(3, ended=True, follow_up=99)
NO_FORGE = Missing("no pull request data were given")


def judgement(
    *dimensions: DimensionScore, added: int = 40, findings: tuple[Finding, ...] = ()
) -> Judgement:
    return Judgement(Scorecard(added, dimensions), findings, LineOperations(), (), 5, 2)


def fate(*, follow_up: float = 200, added: int = 10) -> Fate:
    rework = tuple(
        Rework(days, added, 2, 1, 1, 2, 0, is_observed=follow_up >= days) for days in HORIZONS
    )
    return Fate(added, added - 2, follow_up, rework)


LIVES = Lifetimes(((3, 8, 0), (91, 0, 32)), 100.0)
FACTS = OutcomeFacts(
    Change(
        COMMIT,
        (COMMIT.oid,),
        ChangeType.FIX,
        UNMARKED,
        judgement(
            DimensionScore(Dimension.COMPLEXITY, 4.0),
            DimensionScore(Dimension.DUPLICATION, 0.0),
            DimensionScore(Dimension.RULES, 0.0, unmeasured="semgrep failed"),
        ),
        50,
        3,
        2,
    ),
    "author",
    fate(),
    LIVES,
    reverted_after=None,
    fixed_after=20.0,
    burden=Burden(2, 1, 53, 0.5, 0.5, 1, 9, None),
    review=ReviewFacts(2, 3, False, 6.0, True, False, 1),
    latency=Latency(WAIT, WAIT, "1.0", NO_FORGE, WAIT, WAIT, WAIT),
)


def value(key: str, facts: OutcomeFacts = FACTS) -> Value:
    table = table_of([facts])
    place = [outcome.key for outcome in table.outcomes].index(key)
    return table.rows[0].values[place]


VALUES: list[tuple[str, Value]] = [
    ("debt", Ratio(400.0, 40)),
    ("complexity_points", Ratio(400.0, 40)),
    ("duplication_points", Ratio(0.0, 40)),
    ("rules_points", Missing("no rules score was measured")),
    ("deviation_points", Missing("no deviation score was measured")),
    ("any_finding", 0.0),
    ("cognitive_delta", 5.0),
    ("duplicated_share", Ratio(0, 40)),
    ("rework_14", LIVES),
    ("reverted", Duration(200, ended=False, follow_up=200)),
    ("fix_inducing", Duration(20.0, ended=True, follow_up=200)),
    ("rounds", 2.0),
    ("comments_per_100_lines", 6.0),
    ("changes_requested", 1.0),
    ("merged_without_review", 0.0),
    ("files", 2.0),
    ("entropy", 0.5),
    ("to_understand", 9.0),
    ("test_share", Missing("adds no lines")),
    ("authored_to_integrated", WAIT),
    ("issue_to_opened", NO_FORGE),
]


@pytest.mark.parametrize(("key", "expected"), VALUES)
def test_values(key: str, expected: Value) -> None:
    assert value(key) == expected


def test_a_change_without_code_lines_has_no_scores() -> None:
    bare = replace(FACTS, change=replace(FACTS.change, judgement=judgement(added=0)))
    assert value("debt", bare) == Missing("adds no code lines")
    assert value("complexity_points", bare) == Missing("adds no code lines")
    assert value("duplicated_share", bare) == Missing("adds no code lines")


def test_copied_lines_are_a_share_of_added_ones() -> None:
    copy = Finding(
        Dimension.DUPLICATION,
        "copy",
        PLACE,
        10,
        Severity.WARNING,
        "m",
        "h",
        CopyOf("exact", PLACE, 1.0, 10, 9, is_new_in_change=False),
    )
    judged = judgement(DimensionScore(Dimension.DUPLICATION, 10), findings=(copy,))
    changed = replace(FACTS, change=replace(FACTS.change, judgement=judged))
    assert value("duplicated_share", changed) == Ratio(10, 40)
    assert value("any_finding", changed) == 1.0


LOST = Finding(
    Dimension.RULES,
    "lost-guard",
    PLACE,
    0,
    Severity.INFO,
    "m",
    "h",
    LostGuard("check for None", "x is None", "send(x)", PLACE, PLACE),
)


def test_lost_guards_are_by_changed_lines_and_no_reason_to_call_a_change_found_fault_with() -> None:
    judged = replace(judgement(findings=(LOST,)), operations=LineOperations(added=90, updated=5))
    changed = replace(FACTS, change=replace(FACTS.change, judgement=judged))
    assert value("lost_guards", changed) == Ratio(1000, 100)
    assert value("any_finding", changed) == 0.0


@pytest.mark.parametrize(("on", "there"), [(("lost-guard",), True), ((), False)])
def test_lost_guards_are_compared_where_they_were_looked_for(
    on: tuple[str, ...], there: bool
) -> None:
    keys = [one.spec.key for one in outcomes_for(Settings(rules_on=on))]
    assert ("lost_guards" in keys) is there


def figure(key: str, facts: OutcomeFacts) -> float:
    made = table_of([facts])
    outcome = next(one for one in made.outcomes if one.key == key)
    return float(made.values(outcome)[0])


def test_a_young_change_has_no_figure_of_its_own_for_what_it_could_not_yet_show() -> None:
    young = replace(FACTS, fate=fate(follow_up=20), lifetimes=replace(LIVES, follow_up=20.0))
    assert figure("rework_14", young) == 0.2
    assert np.isnan(figure("rework_30", young))
    assert np.isnan(figure("reverted", young))


def test_late_fixes_do_not_count() -> None:
    assert figure("fix_inducing", replace(FACTS, fixed_after=91.0)) == 0.0
    assert figure("reverted", replace(FACTS, reverted_after=90.0)) == 1.0


def test_without_lines_or_data_the_reason_is_kept() -> None:
    bare = replace(FACTS, lifetimes=Lifetimes((), 100.0))
    assert value("rework_14", bare) == Missing("adds no lines to be followed")
    lost = replace(FACTS, fate=Missing("m"), review=NO_FORGE, burden=NO_FORGE, latency=NO_FORGE)
    assert value("rework_14", lost) == Missing("m")
    assert value("rounds", lost) == NO_FORGE
    assert value("files", lost) == NO_FORGE
    assert value("opened_to_merged", lost) == NO_FORGE


def test_the_catalogue_is_sound() -> None:
    keys = [outcome.spec.key for outcome in OUTCOMES]
    assert len(keys) == len(set(keys))
    assert {*FOLLOWING, *SCORES} <= set(keys)
    for outcome in OUTCOMES:
        assert (outcome.spec.scale is Scale.DURATION) == (outcome.spec.capped_at is not None)
