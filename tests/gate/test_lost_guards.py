"""Lost guards as the gate tells them: where a team wants to hear of them, and without points."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Finding, LostGuard, Outcome
from tests.gate.reviews import check, gate

ON = 'rules_on = ["lost-guard"]\n'
NO_INFO = ON + "[thresholds.findings]\ninfo = 0\n"
PRICED = '[rule_points]\n"lost-guard" = 3\n'
CHECKED = """\
def ship(order):
    if order is None:
        raise ValueError("no order")
    notify(order.owner)
    return order.address
"""
UNCHECKED = CHECKED.replace('    if order is None:\n        raise ValueError("no order")\n', "")
HELPED = UNCHECKED.replace("    notify", "    _ask(order)\n    notify") + (
    '\n\ndef _ask(order):\n    if order is None:\n        raise ValueError("no order")\n'
)


def told(settings: str, after: str, path: Path, outcome: Outcome) -> tuple[Finding, ...]:
    builder = RepositoryBuilder(path / "repo")
    builder.commit("Ship", {"tallystick.toml": settings, "shop.py": CHECKED})
    builder.write("shop.py", after)
    builder.git("add", "-A")
    staged = check(builder)
    builder.commit("Change", {"shop.py": after})
    review = gate(builder)
    assert review.verdict.outcome is staged.verdict.outcome is outcome
    found, at_once = (
        tuple(one for one in side.judgement.findings if one.rule == "lost-guard")
        for side in (review, staged)
    )
    assert found == at_once
    return found


@pytest.mark.parametrize(
    ("settings", "after"), [("", UNCHECKED), (ON, HELPED)], ids=["not asked for", "in a helper"]
)
def test_nothing_is_told(settings: str, after: str, tmp_path: Path) -> None:
    assert told(settings, after, tmp_path, Outcome.PASS) == ()


def test_it_names_the_check_the_statement_and_both_places(tmp_path: Path) -> None:
    (finding,) = told(NO_INFO, UNCHECKED, tmp_path, Outcome.PASS)
    assert finding.points == 0
    assert (finding.place.path, finding.place.span.first) == ("shop.py", 2)
    assert finding.message == (
        "`notify(order.owner)` is reached without the check for None `order is None` "
        "(line 2 before the change). Nothing stands in for it."
    )
    assert isinstance(finding.evidence, LostGuard)
    assert finding.evidence.guard_at.span.first == 2
    assert finding.evidence.stood_at.span.first == 4


def test_a_limit_counts_it_where_a_team_gives_it_points(tmp_path: Path) -> None:
    (finding,) = told(NO_INFO + PRICED, UNCHECKED, tmp_path, Outcome.FAIL)
    assert finding.points == 3
