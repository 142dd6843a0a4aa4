"""Edits that one of two copies gets and the other does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.scoring.duplication import diverging_findings
from tests.clones.changes import Tree, divergences_between
from tests.clones.sources import PARSE, RENAMED, REPORT

FIXED = PARSE.replace("if not amount.strip():", "if not amount.strip() or amount.isspace():")
INSERTED = PARSE.replace("    with open", "    check_readable(path)\n    with open")
INSERTED_INSIDE = PARSE.replace(
    "            name, _", "            line = line.rstrip()\n            name, _"
)
TEST = PARSE.replace("parse_prices", "test_prices")

QUIET: dict[str, tuple[Tree, Tree]] = {
    "both copies are fixed": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": FIXED, "b.py": FIXED}),
    "there is no copy": ({"a.py": PARSE, "b.py": REPORT}, {"a.py": FIXED}),
    "the edit makes them equal": ({"a.py": PARSE, "b.py": FIXED}, {"a.py": FIXED}),
    "a comment": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": PARSE.replace("        for number", "        # each\n        for number")},
    ),
    "another layout": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": PARSE.replace("convert(float(amount), ", "convert(\n  float(amount),\n  ")},
    ),
    "a literal that differed before": (
        {"a.py": PARSE.replace('";"', '"|"'), "b.py": PARSE},
        {"a.py": PARSE.replace('";"', '","')},
    ),
    "one copy is gone": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": None}),
    "one copy is written anew": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": REPORT.replace("write_report(target, rows, title=None)", "parse_prices(a, b)")},
    ),
    "the edit is outside of the copied block": (
        {"a.py": PARSE + "\n\ndef other():\n    return 1\n", "b.py": PARSE},
        {"a.py": PARSE + "\n\ndef other():\n    return 2\n"},
    ),
    "tests": (
        {"tests/test_a.py": TEST, "tests/test_b.py": TEST},
        {"tests/test_a.py": TEST.replace("strip()", "rstrip()")},
    ),
    "examples": (
        {"examples/a.py": PARSE, "docs/b.py": PARSE},
        {"examples/a.py": FIXED},
    ),
    "a block of more than eight places": (
        {f"a{n}.py": PARSE for n in range(10)},
        {"a0.py": FIXED},
    ),
    "one is renamed": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": PARSE.replace("parse_prices", "load_prices")},
    ),
}
TOLD: dict[str, tuple[Tree, Tree]] = {
    "a fix": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": FIXED}),
    "a check that is put in": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": INSERTED}),
    "a step inside a loop": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": INSERTED_INSIDE}),
    "a statement that goes": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": PARSE.replace('    log.info("read %d prices", len(prices))\n', "")},
    ),
    "a renamed file": (
        {"a.py": PARSE + REPORT, "b.py": PARSE},
        {"a.py": None, "c.py": FIXED + REPORT},
    ),
    "copies that differ a little": (
        {"a.py": PARSE, "b.py": PARSE.replace('"EUR"', '"USD"')},
        {"a.py": FIXED},
    ),
}


@pytest.mark.parametrize("case", QUIET.values(), ids=QUIET)
def test_says_nothing(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    assert divergences_between(tmp_path, *case) == ()


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_tells(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    (found,) = divergences_between(tmp_path, *case)
    assert found.other.path == "b.py"
    assert found.edit.path in ("a.py", "c.py")
    assert found.others == 1


def test_the_finding(tmp_path: Path) -> None:
    (finding,) = diverging_findings(divergences_between(tmp_path, *TOLD["a fix"]))
    assert finding.points == 1
    assert finding.rule == "duplication.diverging"
    assert "b.py:1-11 (`parse_prices`) and did not get this edit" in finding.message
    assert (finding.place.span.first, finding.place.span.last) == (7, 7)


def test_several_bystanders_are_one_finding(tmp_path: Path) -> None:
    before = {"a.py": PARSE, "b.py": PARSE, "c.py": PARSE}
    (found,) = divergences_between(tmp_path, before, {"a.py": FIXED})
    assert found.others == 2


def test_several_edits_to_one_file_are_one_finding(tmp_path: Path) -> None:
    other = REPORT.replace("if not rows", "if not rows or not lines")
    (finding,) = diverging_findings(
        divergences_between(
            tmp_path,
            {"a.py": PARSE + "\n\n" + REPORT, "b.py": PARSE + "\n\n" + REPORT},
            {"a.py": FIXED + "\n\n" + other},
        )
    )
    assert "1 more unit is alike in both files and edited here alone" in finding.message


def test_very_different_copies_are_left_alone(tmp_path: Path) -> None:
    case = {"a.py": PARSE, "b.py": RENAMED}
    assert divergences_between(tmp_path, case, {"a.py": FIXED}) == ()
