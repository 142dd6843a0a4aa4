"""What adoption did and what is watched, of rows whose answer is known, and on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scanner.base.model import Arm
from scanner.fleet.adoption import MARKED_CHANGES, History, adopted_in, adoption
from scanner.fleet.page_over_time import adoption_view, watch_view
from scanner.fleet.tables import ChangeRow, RepositoryRow, StandingRow
from scanner.fleet.watch import watched

DAY = datetime(2025, 1, 15, tzinfo=UTC)
CHANGE = ChangeRow(
    repository="r", commit="0" * 40, committed=DAY, author="0" * 16, label="unmarked", level=None,
    arm=Arm.OTHER, agents=(), models=(), change_type="feature", exclusion=None, files=1,
    added_lines=20, deleted_lines=0, added_code_lines=20, findings=0, points=0.0,
    complexity_points=None, duplication_points=None, deviation_points=None, rules_points=None,
    deviation=None, cognitive_delta=0, cyclomatic_delta=0, followed_days=None,
    reverted_after=None, fixed_after=None,
)  # fmt: skip
AI = replace(CHANGE, arm=Arm.AI, label="ai", agents=("claude",), models=("opus 5",))
ROW = RepositoryRow(
    repository="r", source="r", group=None, adopted=None, failure=None, key="k", tallystick="1",
    head="0" * 40, first=DAY, last=DAY, changes=1, compared=1, older=0, seconds=1.0,
)  # fmt: skip
MARCH = 2025 * 12 + 2


def month(number: int) -> datetime:
    """The 15th of a month, counted from January 2025."""
    return datetime(2025 + number // 12, number % 12 + 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        (ROW, (), None),
        (ROW, (replace(AI, committed=month(2)),) * (MARKED_CHANGES - 1), None),
        (ROW, tuple(replace(AI, committed=month(at)) for at in range(9)), None),
        (ROW, (replace(CHANGE, committed=month(2)),) * MARKED_CHANGES, None),
        (ROW, (replace(AI, committed=month(2), exclusion="merge"),) * MARKED_CHANGES, None),
        (ROW, (replace(AI, committed=month(2)),) * MARKED_CHANGES, MARCH),
        (ROW, (replace(AI, committed=month(2), arm=Arm.MIXED),) * MARKED_CHANGES, MARCH),
        (replace(ROW, adopted=date(2025, 3, 31)), (), MARCH),
    ],
)
def test_when_a_repository_adopted(
    row: RepositoryRow, changes: tuple[ChangeRow, ...], expected: int | None
) -> None:
    assert adopted_in(History(row, changes, ())) == expected


def history(name: str, adopted: int | None) -> History:
    """A year of two changes a month: 1 finding in each month, and 3 from adoption on."""
    changes, standing = [], []
    for at in range(14):
        findings = 3 if adopted is not None and at >= adopted else 1
        first = replace(CHANGE, repository=name, committed=month(at), findings=findings)
        changes += [first, replace(first, findings=0)]
        tree = StandingRow(name, "x", "0" * 40, month(at), 1, 0, 1, 999, 9 * findings, 1, 0, 0.0)
        standing.append(tree)
    day = None if adopted is None else month(adopted).date()
    return History(replace(ROW, repository=name, adopted=day), tuple(changes), tuple(standing))


def test_nothing_is_told_where_nobody_adopted() -> None:
    found = adoption([history("a", None), history("b", None)])
    assert (found.adopters, found.never) == (0, 2)
    assert all(one.over_all is None for one in found.outcomes)
    assert adoption_view(found) is None


def test_why_adoption_cannot_be_told_is_on_the_page() -> None:
    view = adoption_view(adoption([history("a", 0), history("b", 0)]))
    assert view is not None
    assert (view.table, view.plots) == (None, ())
    assert "None of them was scanned before and after" in view.lead


def test_a_known_effect_of_adoption_comes_out() -> None:
    found = adoption([history("a", 6), history("b", 8), history("c", 9), history("d", None)])
    effects = {one.outcome: one.over_all for one in found.outcomes}
    told = {key: round(one.change, 6) for key, one in effects.items() if one}
    # log(1 + y) is what is compared: 3 findings beside 1 are twice as many
    assert told["findings"] == 1.0
    assert told["lines"] == told["size"] == 0.0
    assert told["complexity"] == round(28 / 10 - 1, 6)
    view = adoption_view(found)
    assert view is not None
    assert view.table is not None
    assert len(view.plots) == len(effects)
    assert "+100.0%" in str(view.table)


def sides(ai_findings: int, other_findings: int, pairs: int = 30) -> list[ChangeRow]:
    """An agent's and another change each day."""
    return [
        replace(one, committed=DAY + timedelta(days=day), findings=findings)
        for day in range(pairs)
        for one, findings in ((AI, ai_findings), (CHANGE, other_findings))
    ]


def test_nothing_to_pair_is_nothing_to_show() -> None:
    assert watch_view(watched([])) is None
    assert watch_view(watched([AI, AI])) is None
    assert watch_view(watched([AI, replace(CHANGE, exclusion="merge")])) is None


@pytest.mark.parametrize(("ai", "other", "is_found"), [(1, 1, False), (1, 0, True), (0, 1, True)])
def test_a_difference_crosses_the_threshold_and_no_other(
    ai: int, other: int, is_found: bool
) -> None:
    found = watched(sides(ai, other))
    assert [(line.kind, line.name, line.pairs) for line in found.lines] == [
        ("agent", "claude", 30),
        ("model", "opus 5", 30),
    ]
    assert [line.found is not None for line in found.lines] == [is_found, is_found]
    view = watch_view(found)
    assert view is not None
    assert ("not reached" in str(view.table)) is not is_found
