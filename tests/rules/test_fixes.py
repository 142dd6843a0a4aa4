"""What is written to a file for its findings, and text fixes of the team's packs."""

from __future__ import annotations

import pytest

from scanner.base.model import Span
from scanner.rulepacks.codemods.codemod import Safety
from scanner.rulepacks.codemods.codemod import Wanted
from scanner.rulepacks.fixes import FixesAsked, TextFix, apply_fixes, plan
from scanner.rulepacks.hits import Replacement
from scanner.rulepacks.packs import RuleSet, load_default_packs
from scanner.rulepacks.run import Options, Purpose, match_rules
from tests.rules.sources import REQUESTS, Sources, rule_set

SOURCE = b"x = 1\ny = 2\n"
FIX = Replacement(10, 11, "3")
ASKED = FixesAsked(texts=(TextFix(Wanted("team", Span(2, 2)), FIX),))


def test_without_fixes_nothing_changes() -> None:
    assert apply_fixes(SOURCE, []).content == SOURCE


def test_fixes_are_applied_to_bytes() -> None:
    fixed = apply_fixes("ü = 1\ny = 2\n".encode(), [Replacement(5, 6, "€"), Replacement(11, 12, "4")])
    assert fixed.content.decode() == "ü = €\ny = 4\n"
    assert len(fixed.applied) == 2


def test_of_two_that_overlap_one_is_left_out() -> None:
    fixed = apply_fixes(SOURCE, [Replacement(0, 5, "a"), Replacement(4, 8, "b"), Replacement(4, 99, "c")])
    assert fixed.content == b"a\ny = 2\n"
    assert {fix.text for fix in fixed.left_out} == {"b", "c"}


REFUSED = [
    (None, SOURCE, "not in the index"),
    (SOURCE, SOURCE + b"z = 1\n", "not staged"),
    (SOURCE, None, "not staged"),
    (SOURCE, SOURCE.replace(b"\n", b"\r\n"), "not staged"),
]


@pytest.mark.parametrize(("staged", "on_disk", "reason"), REFUSED)
def test_a_file_with_other_changes_is_left_alone(
    staged: bytes | None, on_disk: bytes | None, reason: str
) -> None:
    planned = plan("a.py", staged, on_disk, ASKED, Safety.UNSAFE)
    assert planned.patch is None
    assert [reason in (answer.reason or "") for answer in planned.answers] == [True]


def test_text_that_would_not_parse_is_left_alone() -> None:
    asked = FixesAsked(texts=(TextFix(Wanted("team", Span(1, 1)), Replacement(4, 5, "(")),))
    planned = plan("a.py", SOURCE, SOURCE, asked, Safety.UNSAFE)
    assert planned.patch is None
    assert "valid Python" in (planned.answers[0].reason or "")


def test_text_is_a_proposal_until_unsafe_fixes_are_asked_for() -> None:
    planned = plan("a.py", SOURCE, SOURCE, ASKED, Safety.SAFE)
    assert planned.patch is None
    assert (planned.answers[0].reason or "").startswith("the proposal is `3`")
    planned = plan("a.py", SOURCE, SOURCE, ASKED, Safety.UNSAFE)
    assert planned.patch is not None
    assert planned.patch.diff == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\n"


def test_a_codemod_finds_its_lines_after_text_above_them_grew_and_gives_way_on_the_same() -> None:
    source = b"x = 1\nlogging.warn(x)\n"
    warn = Wanted("logger-warn", Span(2, 2))
    above = TextFix(Wanted("team", Span(1, 1)), Replacement(0, 5, "x = 1\ny = 2\nz = 3"))
    planned = plan("a.py", source, source, FixesAsked((warn,), (above,)), Safety.UNSAFE)
    assert planned.patch is not None
    assert planned.patch.after == b"x = 1\ny = 2\nz = 3\nlogging.warning(x)\n"
    same = TextFix(Wanted("team", Span(2, 2)), Replacement(19, 20, "3"))
    planned = plan("a.py", source, source, FixesAsked((warn,), (same,)), Safety.UNSAFE)
    assert planned.patch is not None
    assert planned.patch.after == b"x = 1\nlogging.warn(3)\n"
    assert [(one.wanted.rule, one.reason) for one in planned.answers] == [
        ("team", None), ("logger-warn", "another fix changes the same code"),
    ]  # fmt: skip


def test_no_rule_that_comes_with_tallystick_has_text_for_a_fix() -> None:
    assert [pack.name for pack in load_default_packs() if pack.has_fixes] == []
    assert rule_set(REQUESTS + "    fix: requests.put(...)\n").packs[0].has_fixes


def fixes_of(rules: RuleSet, source: bytes, purpose: Purpose) -> list[Replacement | None]:
    sources = Sources()
    version = sources.add("a.py", source)
    run = match_rules([version], sources.read, rules, options=Options(purpose=purpose))
    return [hit.fix for hit in run.of(version).hits]


def test_fixes_come_when_they_are_asked_for_and_fit_a_file_with_a_byte_order_mark() -> None:
    rules = rule_set(REQUESTS + "    fix: requests.put(...)\n")
    source = b"\xef\xbb\xbfimport requests\nrequests.get(1)\n"
    assert fixes_of(rules, source, Purpose.FINDINGS) == [None]
    (fix,) = fixes_of(rules, source, Purpose.FIXES)
    assert fix is not None
    assert apply_fixes(source, [fix]).content == b"\xef\xbb\xbfimport requests\nrequests.put(...)\n"
