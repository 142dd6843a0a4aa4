from __future__ import annotations

import numpy as np
import pytest

from scanner.durability.fates import FollowedLines
from scanner.durability.fixes import (
    FixEvidence,
    Induced,
    LaterFix,
    fix_inducing,
    fix_of,
    fixed_after,
)

LEAVE_ALONE = [
    "Add a prefix option",
    "fixture: load faster",
    "Fix typo in README",
    "Fix typos",
    "fix(docs): broken anchor",
    "docs: fix example",
    "test: fix race in test",
    "Fix flaky test",
    "Fix lint",
    "Fix mypy",
    "chore: fix CI",
    "Fix merge conflict",
    "feat: support fixed width",
    "fix(deps): bump x",
    "Debug output",
    "Release 1.2",
    "",
]


@pytest.mark.parametrize("title", LEAVE_ALONE)
def test_no_fix_of_a_defect(title: str) -> None:
    assert fix_of(title, title) is None


FIXES = [
    ("fix: crash on empty input", "", FixEvidence.CONVENTIONAL),
    ("fix(core)!: x", "", FixEvidence.CONVENTIONAL),
    ("hotfix: x", "", FixEvidence.CONVENTIONAL),
    ("Fixes the parser for empty files", "", FixEvidence.KEYWORD),
    ("Bugfix for x", "", FixEvidence.KEYWORD),
    ("Repair a regression in x", "", FixEvidence.KEYWORD),
    ("🐛 handle None", "", FixEvidence.EMOJI),
    (":bug: handle None", "", FixEvidence.EMOJI),
    ("Handle None (#4)", "Fixes #3", FixEvidence.ISSUE),
    ("Handle None", "Resolves: owner/repo#3", FixEvidence.ISSUE),
    ("Handle None", "fixed https://example.org/o/r/issues/3", FixEvidence.ISSUE),
]


@pytest.mark.parametrize(("title", "body", "evidence"), FIXES)
def test_conventions_of_fixes(title: str, body: str, evidence: FixEvidence) -> None:
    found = fix_of(title, f"{title}\n\n{body}")
    assert found is not None
    assert found.evidence is evidence


def test_the_forges_label_outranks_the_message() -> None:
    assert fix_of(
        "Improve x", "Improve x\n\nCloses #12, closes #13", is_labelled_bug=True
    ) == LaterFix(FixEvidence.LABEL, (12, 13))


def lines(*rows: tuple[int, int, float, bool]) -> FollowedLines:
    change, ended_by, days, ended = zip(*rows, strict=True)
    return FollowedLines(
        np.arange(len(rows)),
        np.array(change),
        np.array(ended_by),
        np.array(days, np.float64),
        np.array(ended),
        np.arange(len(rows)),
    )


FIX = LaterFix(FixEvidence.KEYWORD, (5,))


def test_a_fix_blames_the_changes_whose_lines_it_replaced() -> None:
    followed = lines(
        (0, 3, 9.0, True),
        (0, 3, 9.0, True),
        (1, 3, 4.0, True),
        (1, 2, 1.0, True),
        (2, -1, 8.0, False),
    )
    found = fix_inducing(followed, {3: FIX}, [0, 1, 2, 3])
    assert [(one.fix, one.change, one.lines, one.days) for one in found] == [
        (3, 0, 2, 9.0),
        (3, 1, 1, 4.0),
    ]


def test_days_until_the_first_fix() -> None:
    induced = [Induced(3, 0, 2, 9.0), Induced(4, 0, 1, 11.0), Induced(4, 1, 1, 2.5)]
    assert fixed_after(induced, 3) == (9.0, 2.5, None)


def test_nothing_replaced_blames_nobody() -> None:
    assert fix_inducing(lines((0, -1, 1.0, False)), {3: FIX}, [0, 1, 2, 3]) == ()
    assert fix_inducing(lines((0, 3, 1.0, True)), {}, [0, 1, 2, 3]) == ()


def test_what_landed_after_the_report_is_not_to_blame() -> None:
    followed = lines((0, 3, 9.0, True), (1, 3, 4.0, True))
    found = fix_inducing(followed, {3: FIX}, [100.0, 300.0, 0, 400.0], {5: 200.0})
    assert [one.change for one in found] == [0]
    unknown_issue = fix_inducing(followed, {3: FIX}, [100.0, 300.0, 0, 400.0], {6: 200.0})
    assert [one.change for one in unknown_issue] == [0, 1]
