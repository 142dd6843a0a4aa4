"""Waivers: what they excuse, and what they do not; by the day of the commit, never by the clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Outcome
from scanner.gate.waivers import InlineWaiver, read_inline
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
         "'soon' is no date like 2027-01-31"),
    ],
)  # fmt: skip
def test_read(
    comment: str, rules: tuple[str, ...], reason: str, until: date | None, defect: str | None
) -> None:
    waiver = read_inline(comment, 3, alone=False)
    assert isinstance(waiver, InlineWaiver)
    found = (waiver.rules, waiver.reason, waiver.until, waiver.defect)
    assert found == (rules, reason, until, defect)


@pytest.mark.parametrize("comment", ["# noqa", "# tallystick is a tool", "# type: ignore[a]"])
def test_no_waiver(comment: str) -> None:
    assert read_inline(comment, 1, alone=True) is None


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
