from __future__ import annotations

import pytest

from scanner.rulepacks.fixes import apply_fixes, plan_patches
from scanner.rulepacks.hits import Fix
from scanner.rulepacks.packs import RuleSet
from scanner.rulepacks.run import Options, Wanted, match_rules
from tests.rules.sources import REQUESTS, Sources, rule_set

SOURCE = b"x = 1\ny = 2\n"
FIX = Fix(4, 5, "3")


def test_without_fixes_nothing_changes() -> None:
    assert apply_fixes(SOURCE, []).content == SOURCE


def test_fixes_are_applied_to_bytes() -> None:
    fixed = apply_fixes("ü = 1\ny = 2\n".encode(), [Fix(5, 6, "€"), Fix(11, 12, "4")])
    assert fixed.content.decode() == "ü = €\ny = 4\n"
    assert fixed.applied == 2


def test_of_two_that_overlap_one_is_left_out() -> None:
    fixed = apply_fixes(SOURCE, [Fix(0, 5, "a"), Fix(4, 8, "b"), Fix(4, 99, "c")])
    assert fixed.content == b"a\ny = 2\n"
    assert {fix.text for fix in fixed.left_out} == {"b", "c"}


REFUSED = [
    ({}, {"a.py": SOURCE}, "not in the index"),
    ({"a.py": SOURCE}, {"a.py": SOURCE + b"z = 1\n"}, "not staged"),
    ({"a.py": SOURCE}, {"a.py": None}, "not staged"),
    ({"a.py": SOURCE}, {"a.py": SOURCE.replace(b"\n", b"\r\n")}, "not staged"),
]


@pytest.mark.parametrize(("staged", "on_disk", "reason"), REFUSED)
def test_a_file_with_other_changes_is_left_alone(
    staged: dict[str, bytes], on_disk: dict[str, bytes | None], reason: str
) -> None:
    patches, problems = plan_patches(staged, on_disk, {"a.py": [FIX]})
    assert patches == ()
    assert [(p.path, reason in p.reason) for p in problems] == [("a.py", True)]


def test_what_would_not_parse_is_left_alone() -> None:
    patches, problems = plan_patches({"a.py": SOURCE}, {"a.py": SOURCE}, {"a.py": [Fix(4, 5, "(")]})
    assert patches == ()
    assert "valid Python" in problems[0].reason


def test_only_what_was_asked_for_is_planned_and_the_difference_is_shown() -> None:
    files = {"a.py": SOURCE, "b.py": SOURCE}
    (patch,), problems = plan_patches(files, dict(files), {"a.py": [FIX], "b.py": []})
    assert problems == ()
    assert (patch.path, patch.after, patch.applied) == ("a.py", b"x = 3\ny = 2\n", 1)
    assert patch.diff == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 3\n y = 2\n"


def fixes_of(rules: RuleSet, source: bytes, wanted: Wanted) -> list[Fix | None]:
    sources = Sources()
    version = sources.add("a.py", source)
    run = match_rules([version], sources.read, rules, options=Options(wanted=wanted))
    return [hit.fix for hit in run.of(version).hits]


def test_fixes_come_when_they_are_asked_for_and_fit_a_file_with_a_byte_order_mark() -> None:
    rules = rule_set(REQUESTS + "    fix: requests.put(...)\n")
    source = b"\xef\xbb\xbfimport requests\nrequests.get(1)\n"
    assert fixes_of(rules, source, Wanted.FINDINGS) == [None]
    (fix,) = fixes_of(rules, source, Wanted.FIXES)
    assert fix is not None
    assert apply_fixes(source, [fix]).content == b"\xef\xbb\xbfimport requests\nrequests.put(...)\n"
