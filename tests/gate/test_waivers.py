"""Waivers: what they excuse, and what they do not; by the day of the commit, never by the clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Outcome
from scanner.gate.waivers import read_inline
from tests.gate.hooks import tangled
from tests.gate.reviews import gate, guards

#: Commits of the builder are made on and after 2024-01-01.
WAIVED = tangled("messy", 4).replace(
    "def messy(a, b):",
    "# tallystick: ignore[complexity] until=2024-12-31 a parser\ndef messy(a, b):",
)
WORSE = WAIVED.replace("return a + b", "return [a if a else b for _ in b if a and b or a]")
MESSY = tangled("messy", 9)


def configured(extra: str) -> str:
    return f'[[waivers]]\nrule = "complexity.*"\npaths = ["legacy/"]\n{extra}\n'


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


@pytest.mark.parametrize(
    ("comment", "rules", "reason", "until", "defect"),
    [
        ("# tallystick: ignore[a.b] why", ("a.b",), "why", None, None),
        ("#tallystick:ignore[a, b] until=2027-01-31 old code",
         ("a", "b"), "old code", date(2027, 1, 31), None),
        ("# tallystick: ignore[a] old code, until=2027-01-31",
         ("a",), "old code", date(2027, 1, 31), None),
        ("# tallystick: ignore[a]", ("a",), "", None, "it gives no reason"),
        ("# tallystick: ignore[a] until=2027-01-31", ("a",), "", date(2027, 1, 31),
         "it gives no reason"),
        ("# tallystick: ignore because", (), "because", None, "it names no rule"),
        ("# tallystick: ignore[a] until=soon why", ("a",), "why", None,
         "'soon' is not a date like 2027-01-31"),
        ("# tallystick: ignore[a] #1234", ("a",), "#1234", None, None),
        ("# tallystick: ignore[a] until=2027-01-31 see #1234  # noqa: E501",
         ("a",), "see #1234", date(2027, 1, 31), None),
        ("# noqa  # tallystick: ignore[a] why", ("a",), "why", None, None),
        ("# tallystick: ignore[a] https://example.org/1#note", ("a",),
         "https://example.org/1#note", None, None),
        ("# tallystick: ignore[a]  # noqa", ("a",), "", None, "it gives no reason"),
    ],
)  # fmt: skip
def test_read(
    comment: str, rules: tuple[str, ...], reason: str, until: date | None, defect: str | None
) -> None:
    (waiver,) = read_inline(comment, 3)
    found = (waiver.rules, waiver.reason, waiver.until, waiver.defect)
    assert found == (rules, reason, until, defect)


@pytest.mark.parametrize("comment", ["# noqa", "# tallystick is a tool", "# type: ignore[a]"])
def test_no_waiver(comment: str) -> None:
    assert list(read_inline(comment, 1)) == []


class TestInline:
    def test_of_the_base_excuses(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"a.py": WAIVED})
        builder.commit("Worse", {"a.py": WAIVED.replace(tangled("messy", 4)[17:], MESSY[17:])})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.PASS
        assert review.judgement.findings == ()
        assert {aside.reason for aside in review.set_aside} == {"waived until 2024-12-31: a parser"}
        assert review.judgement.scorecard.points == 0

    def test_past_its_day_it_excuses_nothing(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"a.py": WAIVED})
        changed = WAIVED.replace(tangled("messy", 4)[17:], MESSY[17:])
        builder.commit("Worse", {"a.py": changed}, days_later=500)
        review = gate(builder)
        assert review.verdict.outcome is Outcome.FAIL
        (invalid,) = guards(review.judgement.findings)
        assert "it ended on 2024-12-31" in invalid.message
        assert invalid.points == 0  # who touches the file did not write it

    def test_brought_by_the_change_it_excuses_nothing(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"a.py": "A = 1\n"})
        text = WAIVED.replace(tangled("messy", 4)[17:], MESSY[17:])
        builder.commit("Messy", {"a.py": text})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.FAIL
        assert [finding.rule for finding in guards(review.judgement.findings)] == [
            "guard.suppression"
        ]

    def test_unless_the_base_accepts_new_ones(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": 'new_waivers = "accept"\n'})
        text = WAIVED.replace(tangled("messy", 4)[17:], MESSY[17:])
        builder.commit("Messy", {"a.py": text})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.PASS
        assert [finding.rule for finding in review.judgement.findings] == ["guard.suppression"]

    def test_moved_to_another_file_it_still_excuses(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"a.py": "A = 1\n" + WAIVED})
        worse = WAIVED.replace(tangled("messy", 4)[17:], MESSY[17:])
        builder.commit("Move", {"a.py": "A = 1\n", "b.py": worse})
        assert gate(builder).verdict.outcome is Outcome.PASS


MARK = "# tallystick: ignore[complexity] until=2024-12-31 #12\n"
TAME, WILD = "def {}(a):\n    return a\n", MESSY.replace("messy", "{}")
NESTING = MARK.replace("complexity", "complexity.nesting")
COUNTS = MARK.replace("complexity", "complexity.cognitive, complexity.cyclomatic")

HOLDS: dict[str, tuple[str, str]] = {
    "an issue is a reason": (MARK + TAME.format("f"), MARK + WILD.format("f")),
    "stacked": (NESTING + COUNTS + TAME.format("f"), NESTING + COUNTS + WILD.format("f")),
    "an explaining line below": (
        MARK + "# A row for each.\n" + TAME.format("f"), MARK + "# A row.\n" + WILD.format("f"),
    ),
    "above a decorator": (MARK + "@d\n" + TAME.format("f"), MARK + "@d\n" + WILD.format("f")),
    "a renamed function": (MARK + MESSY, MARK + MESSY.replace("messy", "f").replace("0", "1")),
    "into the line": (
        MARK + TAME.format("f"), WILD.format("f").replace("):\n", f"):  {MARK}", 1),
    ),
}  # fmt: skip

LAUNDERED: dict[str, tuple[str, str]] = {
    "from a trivial function to another": (
        MARK + TAME.format("f"), TAME.format("f") + "\n\n" + MARK + WILD.format("g"),
    ),
    "another function under the waiver": (MARK + TAME.format("f"), MARK + WILD.format("g")),
    "a second with equal terms": (
        MARK + TAME.format("f"), MARK + TAME.format("f") + "\n\n" + MARK + WILD.format("g"),
    ),
    "another rule": (
        MARK.replace("complexity", "duplication") + TAME.format("f"), MARK + WILD.format("f"),
    ),
    "a later day": (
        MARK.replace("2024", "2023") + TAME.format("f"), MARK + WILD.format("f"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), HOLDS.values(), ids=HOLDS)
def test_a_waiver_of_the_base_holds(builder: RepositoryBuilder, before: str, after: str) -> None:
    builder.commit("Base", {"a.py": before})
    builder.commit("Worse", {"a.py": after})
    assert gate(builder).verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(("before", "after"), LAUNDERED.values(), ids=LAUNDERED)
def test_a_waiver_moves_only_with_its_function(
    builder: RepositoryBuilder, before: str, after: str
) -> None:
    builder.commit("Base", {"a.py": before})
    builder.commit("Worse", {"a.py": after})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.FAIL
    assert any("This change suppresses it" in one.message for one in review.judgement.findings)


TRACKED = "# tallystick: ignore[complexity] until=2024-12-31 {}\n"


@pytest.mark.parametrize("reason", ["#1234", "grammar of 1998, SHOP-12", "https://x.org/issues/3"])
def test_a_new_waiver_with_a_day_and_an_issue_excuses_debt(
    builder: RepositoryBuilder, reason: str
) -> None:
    builder.commit("Base", {"a.py": "A = 1\n"})
    builder.commit("Messy", {"a.py": TRACKED.format(reason) + WILD.format("f")})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.PASS
    assert {aside.reason for aside in review.set_aside} == {
        f"waived until 2024-12-31: {reason}, by this change"
    }
    assert [one.rule for one in review.judgement.findings] == ["guard.suppression"]


@pytest.mark.parametrize(
    "waiver",
    [
        TRACKED.format("a parser"),
        TRACKED.format("number 1234"),
        TRACKED.format("#1234").replace("until=2024-12-31 ", ""),
        TRACKED.format("#1234").replace("2024", "2023"),
    ],
    ids=["no issue", "no number of an issue", "no day", "a day that is past"],
)
def test_a_new_waiver_that_is_not_on_record_excuses_nothing(
    builder: RepositoryBuilder, waiver: str
) -> None:
    builder.commit("Base", {"a.py": "A = 1\n"})
    builder.commit("Messy", {"a.py": waiver + WILD.format("f")})
    assert gate(builder).verdict.outcome is Outcome.FAIL


def test_a_strict_team_refuses_new_waivers_all_the_same(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"tallystick.toml": 'new_waivers = "refuse"\n'})
    builder.commit("Messy", {"a.py": TRACKED.format("#1234") + WILD.format("f")})
    assert gate(builder).verdict.outcome is Outcome.FAIL


def test_no_new_waiver_excuses_what_a_rule_finds(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": "A = 1\n"})
    waiver = TRACKED.format("#1234").replace("complexity", "raise-not-implemented-constant").strip()
    text = f"def f():\n    raise NotImplemented  {waiver}\n"
    builder.commit("Broken", {"a.py": text})
    rules = [one.rule for one in gate(builder).judgement.findings]
    assert "raise-not-implemented-constant" in rules


def test_what_a_person_approved_outside_the_branch(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": "A = 1\n"})
    builder.commit("Messy", {"a.py": MARK + WILD.format("f")})
    review = gate(builder, approved=True)
    assert review.verdict.outcome is Outcome.PASS
    assert "approved" in review.notes[-1]


class TestConfigured:
    def test_excuses_under_its_paths_alone(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": configured('reason = "to be replaced"')})
        builder.commit("Messy", {"legacy/a.py": MESSY})
        assert gate(builder).verdict.outcome is Outcome.PASS
        builder.commit("Messy too", {"fresh/a.py": tangled("other", 9)})
        assert gate(builder).verdict.outcome is Outcome.FAIL

    @pytest.mark.parametrize(
        ("extra", "defect"),
        [
            ("", "it gives no reason"),
            ('reason = "x"\nuntil = 2023-12-31', "it ended on 2023-12-31"),
        ],
    )
    def test_one_that_excuses_nothing_is_a_finding(
        self, builder: RepositoryBuilder, extra: str, defect: str
    ) -> None:
        builder.commit("Base", {"tallystick.toml": configured(extra)})
        builder.commit("Messy", {"legacy/a.py": MESSY})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.FAIL
        (invalid,) = guards(review.judgement.findings)
        assert defect in invalid.message
        assert invalid.place.path == "tallystick.toml"

    def test_brought_by_the_change_it_is_a_loosening(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": "exclude = []\n"})
        files = {"tallystick.toml": configured('reason = "x"'), "legacy/a.py": MESSY}
        builder.commit("Messy", {**files})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.FAIL
        (loosened,) = guards(review.judgement.findings)
        assert loosened.rule == "guard.configuration-loosened"
