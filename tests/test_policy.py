"""Verdicts: a threshold, a blind spot, or neither; never a silent pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.base.model import (
    CopyOf,
    Dimension,
    DimensionScore,
    Finding,
    Growth,
    Judgement,
    LineOperations,
    Outcome,
    Place,
    Problem,
    RuleMatch,
    Scorecard,
    Severity,
    Span,
    Stage,
    Tampering,
    Threshold,
    Verdict,
)
from scanner.gate.policy import decide, told_in_words, told_only

DEBT = Threshold(None, 20.0)


def judgement(
    points: float = 0.0,
    problem: Problem | None = None,
    finding: Finding | None = None,
    unmeasured: str | None = None,
) -> Judgement:
    scores = (
        DimensionScore(Dimension.COMPLEXITY, points),
        DimensionScore(Dimension.RULES, unmeasured=unmeasured),
    )
    return Judgement(
        Scorecard(20, scores),
        (finding,) if finding else (),
        LineOperations(),
        (problem,) if problem else (),
    )


def decided(case: Judgement, thresholds: tuple[Threshold, ...]) -> Verdict:
    return decide(case, thresholds, told_only(case))


def told(case: Judgement) -> tuple[str, ...]:
    return told_in_words(case.scorecard, (DEBT,), told_only(case))


def security(severity: Severity, category: str = "security") -> Finding:
    return Finding(
        Dimension.RULES, "r", Place("a.py", Span(3, 3), "f"), 1.0, severity, "m", "h",
        RuleMatch(category, "eval(x)"),
    )  # fmt: skip


def grown(points: float, before: int | None, path: str = "a.py") -> Finding:
    return Finding(
        Dimension.COMPLEXITY, "complexity.cognitive", Place(path, Span(3, 3), "f"), points,
        Severity.WARNING, "m", "h", Growth("cognitive", before, 30, 15),
    )  # fmt: skip


def copied(points: float, path: str = "a.py") -> Finding:
    original = CopyOf("exact", Place("b.py", Span(1, 9), "g"), 1.0, 9, 9, is_new_in_change=False)
    return Finding(
        Dimension.DUPLICATION, "duplication.exact", Place(path, Span(3, 3), "f"), points,
        Severity.WARNING, "m", "h", original,
    )  # fmt: skip


def stripped(path: str) -> Finding:
    return Finding(
        Dimension.RULES, "guard.test-stripped", Place(path, Span(3, 3), "f"), 6.0,
        Severity.WARNING, "m", "h", Tampering("test-stripped", "2", "0"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("points", "finding", "outcome"),
    [
        (9.0, grown(9.0, 20), Outcome.PASS),  # little growth alone
        (12.0, grown(9.0, 20), Outcome.PASS),  # the rest alone would pass
        (10.0, grown(10.0, 20), Outcome.FAIL),
        (14.0, grown(9.0, 20), Outcome.FAIL),  # so would the rest not
        (9.0, grown(9.0, None), Outcome.FAIL),  # a new function is no growth
        (9.0, None, Outcome.FAIL),
        (9.0, copied(9.0), Outcome.PASS),  # a small copy alone
        (12.0, copied(9.0), Outcome.PASS),
        (10.0, copied(10.0), Outcome.FAIL),
        (14.0, copied(9.0), Outcome.FAIL),  # beside other points
        (99.0, grown(99.0, None, "tests/test_a.py"), Outcome.PASS),  # how a test is written
        (99.0, grown(99.0, None, "docs/examples/a.py"), Outcome.PASS),  # or an example
        (9.0, grown(2.0, None, "tests/test_a.py"), Outcome.FAIL),  # and other code
        (6.0, stripped("tests/test_a.py"), Outcome.FAIL),  # what a test asserts
    ],
)
def test_some_findings_fail_nothing_by_themselves(
    points: float, finding: Finding | None, outcome: Outcome
) -> None:
    assert decided(judgement(points, finding=finding), (DEBT,)).outcome is outcome


@pytest.mark.parametrize(
    ("repaid", "finding", "outcome"),
    [
        (45.0, grown(30.0, None), Outcome.PASS),
        (44.0, grown(30.0, None), Outcome.FAIL),
        (0.0, grown(30.0, None), Outcome.FAIL),
        (90.0, copied(30.0), Outcome.FAIL),  # a copy is not paid for with complexity
        (90.0, security(Severity.ERROR), Outcome.FAIL),
    ],
)
def test_complexity_in_place_of_more_fails_nothing(
    repaid: float, finding: Finding, outcome: Outcome
) -> None:
    case = judgement(30.0, finding=finding)
    parts = tuple(
        replace(part, repaid=repaid) if part.dimension is Dimension.COMPLEXITY else part
        for part in case.scorecard.dimensions
    )
    settled = replace(case, scorecard=replace(case.scorecard, dimensions=parts))
    assert decided(settled, (DEBT,)).outcome is outcome


@pytest.mark.parametrize(
    ("lines", "before", "outcome"),
    [
        (12, 26, Outcome.PASS),
        (12, 25, Outcome.PASS),
        (12, 24, Outcome.FAIL),
        (20, 26, Outcome.FAIL),
    ],
)
def test_a_small_change_may_let_a_large_function_grow_by_a_fifth(
    lines: int, before: int, outcome: Outcome
) -> None:
    case = judgement(24.0, finding=grown(24.0, before))
    small = replace(case, scorecard=replace(case.scorecard, added_code_lines=lines))
    assert decided(small, (DEBT,)).outcome is outcome


@pytest.mark.parametrize(
    ("points", "before", "outcome"),
    [
        (19.0, 27, Outcome.PASS),
        (19.0, 26, Outcome.FAIL),  # by more than an eighth
        (20.0, 29, Outcome.FAIL),  # by too much in all
    ],
)
def test_a_large_function_may_grow_by_an_eighth_in_any_change(
    points: float, before: int, outcome: Outcome
) -> None:
    assert decided(judgement(points, finding=grown(points, before)), (DEBT,)).outcome is outcome


@pytest.mark.parametrize(
    ("growth", "copy", "outcome"), [(4.0, 5.0, Outcome.PASS), (6.0, 6.0, Outcome.FAIL)]
)
def test_growth_and_copies_are_little_together(
    growth: float, copy: float, outcome: Outcome
) -> None:
    case = judgement(growth + copy)
    case = replace(
        case,
        findings=(grown(growth, 10), copied(copy)),
        scorecard=Scorecard(
            20,
            (
                DimensionScore(Dimension.COMPLEXITY, growth),
                DimensionScore(Dimension.DUPLICATION, copy),
            ),
        ),
    )
    assert decided(case, (DEBT,)).outcome is outcome


def test_what_would_have_failed_is_said() -> None:
    case = judgement(30.0, finding=grown(30.0, None, "tests/test_a.py"))
    (said,) = told(case)
    assert said.startswith("30 points for how tests and examples are written")
    assert told(judgement(3.0, finding=grown(3.0, None, "tests/test_a.py"))) == ()


@pytest.mark.parametrize(
    ("case", "thresholds"),
    [
        (judgement(0.0), (DEBT,)),
        (judgement(4.0), (DEBT,)),  # exactly at the threshold
        (judgement(99.0), ()),
        (judgement(0.0, Problem(Stage.STORE, None, "locked")), (DEBT,)),
        (judgement(0.0, Problem(Stage.PARSE, "a.py", "broken", is_before=True)), (DEBT,)),
        (judgement(0.0, finding=security(Severity.WARNING)), (DEBT,)),
        (judgement(0.0, finding=security(Severity.ERROR, "edge-case")), (DEBT,)),
        (judgement(0.0, unmeasured="no semgrep"), (DEBT,)),
    ],
)
def test_pass(case: Judgement, thresholds: tuple[Threshold, ...]) -> None:
    assert decided(case, thresholds).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("case", "thresholds", "outcome", "reason"),
    [
        (
            judgement(4.2),
            (DEBT,),
            Outcome.FAIL,
            "The debt score is 21.0, above the threshold of 20: 4.2 points; up to 4 would pass.",
        ),
        (
            judgement(1.0),
            (Threshold(Dimension.COMPLEXITY, 2.5),),
            Outcome.FAIL,
            (
                "The complexity score is 5.0, above the threshold of 2.5: 1 point; "
                "up to 0.5 would pass."
            ),
        ),
        (
            judgement(finding=security(Severity.ERROR)),
            (),
            Outcome.FAIL,
            "a.py:3 brings a security finding of severity error (r).",
        ),
        (
            judgement(problem=Problem(Stage.PARSE, "a.py", "line 1: bad")),
            (),
            Outcome.COULD_NOT_JUDGE,
            "a.py could not be judged: line 1: bad",
        ),
        (
            judgement(unmeasured="semgrep is not installed"),
            (Threshold(Dimension.RULES, 5.0),),
            Outcome.COULD_NOT_JUDGE,
            "There is no rules score: semgrep is not installed",
        ),
    ],
)
def test_not_passed(
    case: Judgement, thresholds: tuple[Threshold, ...], outcome: Outcome, reason: str
) -> None:
    verdict = decided(case, thresholds)
    assert verdict.outcome is outcome
    assert verdict.reasons == (reason,)


def test_a_crossed_threshold_outweighs_a_blind_spot_and_both_are_said() -> None:
    verdict = decided(judgement(9.0, Problem(Stage.PARSE, "a.py", "bad")), (DEBT,))
    assert verdict.outcome is Outcome.FAIL
    assert len(verdict.reasons) == 2
