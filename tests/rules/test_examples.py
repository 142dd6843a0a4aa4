"""What `rules show` takes from a pack's tests."""

from __future__ import annotations

import pytest

from scanner.rulepacks.annotations import Expectation
from scanner.rulepacks.examples import example
from scanner.rulepacks.packs import Pack, load_default_packs

TEST = b"""\
class House:
    def quiet(self):
        # ok: shout
        say(1)

    def loud(self):
        one()
        # ruleid: shout, other
        shout(2)
        # ruleid: shout
        shout(3)
        two()
"""


def shown(rule: str, expectation: Expectation, test: bytes | None = TEST) -> list[tuple[str, bool]]:
    found = example(Pack("team/a.yaml", "rules:\n", test), rule, expectation)
    return [(line.text, line.matters) for line in found]


def test_without_a_test_or_a_case_there_is_none() -> None:
    assert shown("shout", Expectation.HIT, None) == []
    assert shown("nobody", Expectation.HIT) == []
    assert shown("other", Expectation.NO_HIT) == []


def test_the_line_that_matters_is_told_from_those_around_it() -> None:
    assert shown("shout", Expectation.NO_HIT) == [
        ("class House:", False), ("    def quiet(self):", False), ("        say(1)", True),
    ]  # fmt: skip
    assert shown("shout", Expectation.HIT) == [
        ("def loud(self):", False), ("    one()", False), ("    shout(2)", True),
        ("    shout(3)", True), ("    two()", False),
    ]  # fmt: skip
    assert ("    shout(3)", False) in shown("other", Expectation.HIT)


@pytest.mark.parametrize("pack", load_default_packs(), ids=lambda pack: pack.name)
def test_every_shipped_rule_has_both_examples(pack: Pack) -> None:
    for rule, _ in pack.rule_lines():
        for expectation in (Expectation.HIT, Expectation.NO_HIT):
            found = example(pack, rule, expectation)
            assert any(line.matters for line in found), rule
            assert len(found) <= 11, rule
