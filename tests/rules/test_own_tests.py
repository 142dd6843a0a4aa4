from __future__ import annotations

import pytest

from scanner.rulepacks.annotations import Expectation, read_annotations
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import (
    Pack,
    default_folder,
    load_default_packs,
    load_packs,
    make_rule_set,
)
from scanner.rulepacks.testing import run_rule_tests, without_paths
from tests.rules.sources import IN_APP, REQUESTS, rule_set


@pytest.mark.parametrize("mode", list(Mode))
def test_every_rule_passes_its_own_tests(mode: Mode) -> None:
    templates = load_packs(default_folder().parent, ["rules/templates"])
    report = run_rule_tests(make_rule_set((*load_default_packs(), *templates)), mode)
    assert report.problems == ()
    assert report.failures == ()
    assert report.untested == ()
    assert len(report.passed) >= 90


def test_negatives_come_first() -> None:
    for pack in load_default_packs():
        assert pack.test is not None
        seen: set[str] = set()
        late = []
        for note in read_annotations(pack.test.decode()):
            if note.expectation is Expectation.HIT and note.rule not in seen:
                late.append((note.rule, note.line))
            seen.add(note.rule)
        assert late == [], pack.name


def test_notes_speak_of_the_next_line_of_code() -> None:
    notes = read_annotations("# ok: a, b\n# ruleid: c\nx = 1\n# todoruleid: d\ny = 2\n# a note\n")
    assert [(note.expectation.value, note.rule, note.line) for note in notes] == [
        ("ok", "a", 3), ("ok", "b", 3), ("ruleid", "c", 3), ("todoruleid", "d", 5),
    ]  # fmt: skip


def report_of(test: str, text: str = REQUESTS, fixed: str | None = None) -> list[tuple[int, str]]:
    pack = Pack("team/a.yaml", text, test.encode(), fixed.encode() if fixed is not None else None)
    report = run_rule_tests(make_rule_set([pack]))
    assert report.problems == ()
    return [(failure.line, failure.reason) for failure in report.failures]


def test_what_a_test_says_is_held_to() -> None:
    head = "import requests\n"
    assert (
        report_of(head + "# ok: get-call\nrequests.put(1)\n# ruleid: get-call\nrequests.get(1)\n")
        == []
    )
    assert report_of(head + "requests.get(1)\n") == [(2, "matched here and should not")]
    assert report_of(head + "# ruleid: get-call\nx = 1\n") == [(3, "did not match here")]
    assert report_of(head + "# ruleid: other\nx = 1\n") == [(3, "is not in this pack")]
    assert report_of(head + "# todook: get-call\nrequests.get(1)\n") == []


def test_fixes_are_held_to_their_file() -> None:
    text = REQUESTS + "    fix: requests.put(1)\n"
    test = "import requests\n# ruleid: get-call\nrequests.get(1)\n"
    assert report_of(test, text, test.replace("get(", "put(")) == []
    assert report_of(test, text, test) == [
        (3, "the fixed text is not what the .fixed.py file says")
    ]


def test_paths_of_a_rule_do_not_count_in_tests() -> None:
    assert report_of("import requests\n# ruleid: app-only\nrequests.get(1)\n", IN_APP) == []
    (pack,) = without_paths(rule_set(IN_APP)).packs
    assert "paths" not in pack.text
    assert pack.text.count("\n") == IN_APP.count("\n")


def test_what_cannot_be_tested_is_said() -> None:
    broken = Pack("team/b.yaml", "rules: [", b"x = 1\n")
    silent = Pack("team/c.yaml", REQUESTS)
    report = run_rule_tests(make_rule_set([silent, broken]))
    assert report.untested == ("get-call",)
    assert {problem.path for problem in report.problems} == {"team/b.yaml"}
    assert report.failures or report.problems
