"""`docs/rules.md` says what is so: its settings parse, its rule passes its test, its rules exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.config import Settings, parse_settings
from scanner.rulepacks.catalogue import list_rules, with_coded_rules
from scanner.rulepacks.packs import Pack, load_default_packs, make_rule_set
from scanner.rulepacks.testing import run_rule_tests

GUIDE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block of a language: what follows is of conventions."""
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack("team/rules/house.yaml", block("yaml"), block("python").encode())


def test_its_settings_are_settings_and_name_rules_that_there_are() -> None:
    settings = parse_settings(block("toml"), "pyproject.toml")
    assert isinstance(settings, Settings)
    named = {*settings.rules_on, *settings.rules_off, *settings.rule_points}
    rules = {rule.id: rule for rule in with_coded_rules(list_rules(make_rule_set(load_default_packs()))).rules}
    assert named <= rules.keys()
    assert all(rules[name].is_opt_in for name in settings.rules_on)
    assert not any(rules[name].is_opt_in for name in settings.rules_off)


def test_its_rule_is_read_as_it_says(pack: Pack) -> None:
    (rule,) = list_rules(make_rule_set([pack])).rules
    assert (rule.points, rule.category, rule.references) == (2, "edge-case", ("CWE-682",))
    assert (rule.is_opt_in, rule.has_test) == (True, True)


def test_its_rule_passes_its_test(pack: Pack) -> None:
    report = run_rule_tests(make_rule_set([pack]))
    assert report.passed == ("order-total-from-float",)
    assert not report.failures + report.problems
