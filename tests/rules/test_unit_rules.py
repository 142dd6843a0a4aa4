"""The rules in code that look at one unit: their own cases, and what is true of all of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem, UnitKind
from scanner.rulepacks import unit_rules
from scanner.rulepacks.annotations import Expectation, read_annotations
from scanner.rulepacks.testing import RuleTestReport, with_unit_rule_tests
from scanner.rulepacks.unit_rules.all_rules import RULES, SOURCES
from scanner.rulepacks.unit_rules.analysis import UnitHits, find
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import gives_a_reason

NOTHING_YET = RuleTestReport((), (), (), ())


def hits(text: str) -> list[tuple[str, int, bool]]:
    found = find(UnitSource(UnitKind.FUNCTION, text))
    assert isinstance(found, UnitHits), found
    return [(hit.rule, hit.first, hit.is_suppressed) for hit in found.hits]


def test_every_rule_with_a_file_is_registered() -> None:
    modules = [import_module(one.name) for one in _modules()]
    assert {module.RULE.id for module in modules if hasattr(module, "RULE")} == set(SOURCES)
    assert len({rule.id for rule in RULES}) == len(RULES)


def _modules() -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(unit_rules.__path__, f"{unit_rules.__name__}."))


def test_the_rules_find_what_their_cases_say_and_nothing_else() -> None:
    report = with_unit_rule_tests(NOTHING_YET)
    assert report.failures == ()
    assert set(report.passed) == set(SOURCES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_cases_to_leave_alone_before_those_to_find(rule: UnitRule) -> None:
    notes = [note for note in read_annotations(rule.cases) if note.rule == rule.id]
    assert notes[0].expectation is Expectation.NO_HIT
    assert any(note.expectation is Expectation.HIT for note in notes)


def test_a_broken_case_is_a_failure() -> None:
    broken = UnitRule(**{**_fields(RULES[0]), "cases": RULES[0].cases.replace("# ruleid", "# ok")})
    assert list(with_unit_rule_tests(NOTHING_YET, (broken,)).failures)


def _fields(rule: UnitRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in UnitRule.__dataclass_fields__}


BROAD = "try:\n    work()\nexcept Exception:\n    pass\n"


@pytest.mark.parametrize(
    ("text", "is_suppressed"),
    [
        (BROAD, False),
        (BROAD.replace("Exception:", "Exception:  # nosemgrep"), True),
        (BROAD.replace("Exception:", "Exception:  # nosemgrep: swallowed-exception"), True),
        (BROAD.replace("Exception:", "Exception:  # nosemgrep: another-rule"), False),
        (BROAD.replace("work()", 'work("# nosemgrep")'), False),
    ],
)
def test_a_comment_keeps_a_hit_back_and_a_string_does_not(text: str, is_suppressed: bool) -> None:
    assert ("swallowed-exception", 3, is_suppressed) in hits(text)


def test_where_other_units_were_cut_out_nothing_is_swallowed() -> None:
    assert hits(BROAD.replace("pass", "pass;")) == []


def test_a_unit_that_does_not_parse_is_a_problem() -> None:
    assert isinstance(find(UnitSource(UnitKind.FUNCTION, "except (:\n")), Problem)


@pytest.mark.parametrize(
    ("path", "is_looked_at"),
    [
        ("tests/a.py", False),
        ("a/test_b.py", False),
        ("conftest.py", False),
        ("app/telemetry/send.py", False),
        ("app/a.py", True),
        ("contest/a.py", True),
    ],
)
def test_tests_are_not_looked_at(path: str, is_looked_at: bool) -> None:
    assert RULES[0].looks_at(path) is is_looked_at


@pytest.mark.parametrize(
    ("comment", "is_one"),
    [
        ("# noqa: BLE001", False),
        ("# pylint: disable=broad-except", False),
        ("# TODO: log this somehow", False),
        ("# ignore errors", False),
        ("# silently skip it", False),
        ("#", False),
        ("# harmless", False),
        ("# noqa: BLE001 - the cache is only for speed", True),
        ("# The other one does the work.", True),
        ("# ignore what an older version has written there", True),
    ],
)
def test_which_comments_give_a_reason(comment: str, is_one: bool) -> None:
    assert gives_a_reason(comment) is is_one
