"""Thresholds, limits, arms, the baseline, and what a change does to Tallystick's own rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import DAY, RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Label, Outcome
from scanner.gate.baseline import Entry, baseline_of, compare, read_baseline, write_baseline
from tests.gate.hooks import tallystick, tangled
from tests.gate.reviews import Files, check, evidence, gate, guards

PLAIN = "def plain(x):\n    return x + 1\n"
BRANCHY = "def plain(x):\n    if x:\n        return x + 1\n    return x\n"
AI = "Co-authored-by: Claude <noreply@anthropic.com>"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def outcome(
    builder: RepositoryBuilder, settings: str, before: str, after: str, message: str = "Change"
) -> tuple[Outcome, tuple[str, ...]]:
    builder.commit("Base", {"tallystick.toml": settings, "a.py": before})
    builder.commit(message, {"a.py": after})
    verdict = gate(builder).verdict
    return verdict.outcome, verdict.reasons


def test_lines_that_cost_nothing_dilute_nothing(builder: RepositoryBuilder) -> None:
    imports = "".join(f"from shop.lines_{n} import line_{n}\n" for n in range(300))
    exports = "__all__ = [\n" + "".join(f'    "line_{n}",\n' for n in range(300)) + "]\n"
    verdict, _ = outcome(builder, "", "", f"{imports}\n{exports}\n{tangled('a', 6)}")
    assert verdict is Outcome.FAIL


class TestLimits:
    @pytest.mark.parametrize(
        ("settings", "before", "after"),
        [
            ("[thresholds]\nno_decline = true", BRANCHY, PLAIN),
            ("[thresholds]\nno_decline = true", PLAIN, PLAIN + "\n\n" + BRANCHY.replace("pl", "x")),
            ("[thresholds.facts]\ncognitive = 30", tangled("a"), tangled("a") + "\n\nX = 1\n"),
            ("[thresholds.facts]\ncognitive = 30",
             tangled("a"), tangled("a").replace("a + b", "b + a")),
            ("[thresholds]\ndebt = 100\npoints = 500", PLAIN, tangled("a")),
            ("[thresholds]\ndebt = 100\n[thresholds.findings]\nerror = 0", PLAIN, tangled("a", 5)),
            ("[thresholds.ai]\nno_decline = true", PLAIN, BRANCHY),
        ],
    )  # fmt: skip
    def test_pass(self, builder: RepositoryBuilder, settings: str, before: str, after: str) -> None:
        assert outcome(builder, settings, before, after) == (Outcome.PASS, ())

    @pytest.mark.parametrize(
        ("settings", "before", "after", "reason"),
        [
            ("[thresholds]\nno_decline = true", PLAIN, BRANCHY,
             "a.py:1 (plain) ends worse than it began: its cognitive complexity rose from 0 to 1."),
            ("[thresholds.facts]\ncognitive = 0", PLAIN, BRANCHY,
             "a.py:1 (plain) ends with a cognitive complexity of 1 (was 0); the limit is 0."),
            ("[thresholds.facts]\nnesting = 0", "", BRANCHY,
             "a.py:1 (plain) ends with a nesting depth of 1 (new); the limit is 0."),
            ("[thresholds]\ndebt = 100\npoints = 5", PLAIN, tangled("a"), "above the limit of 5."),
            ("[thresholds]\ndebt = 100\n[thresholds.findings]\nwarning = 0\nerror = 0\ninfo = 0",
             PLAIN, tangled("a"), "0 are allowed."),
        ],
    )  # fmt: skip
    def test_fail(
        self, builder: RepositoryBuilder, settings: str, before: str, after: str, reason: str
    ) -> None:
        found, reasons = outcome(builder, settings, before, after)
        assert found is Outcome.FAIL
        assert any(reason in one for one in reasons), reasons


class TestArms:
    STRICT = "[thresholds.ai]\nno_decline = true"

    def test_a_change_of_the_arm(self, builder: RepositoryBuilder) -> None:
        builder.clock += 2 * 365 * DAY  # before, no commit could carry the mark
        found, _ = outcome(builder, self.STRICT, PLAIN, BRANCHY, f"Help\n\n{AI}\n")
        assert found is Outcome.FAIL

    def test_what_an_agent_commits(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": self.STRICT, "a.py": PLAIN})
        builder.write("a.py", BRANCHY)
        builder.git("add", "a.py")
        assert check(builder).verdict.outcome is Outcome.PASS
        by_agent = check(builder, {"CLAUDECODE": "1"})
        assert by_agent.verdict.outcome is Outcome.FAIL
        assert by_agent.attribution is not None
        assert by_agent.attribution.label is Label.AI

    def test_a_branch_is_labelled_by_its_lines(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": self.STRICT, "a.py": PLAIN})
        builder.branch("side")
        builder.commit("By hand", {"a.py": BRANCHY, "b.py": "B = 1\n" * 3})
        builder.commit(f"Help\n\n{AI}\n", {"c.py": "C = 1\n"})
        assert gate(builder, "main").verdict.outcome is Outcome.PASS


class TestOwnRules:
    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            (
                "[limits]\nnesting = 9",
                "[limits]\nnesting = 5",
                ["sets limits.nesting to 5 (was 9)"],
            ),
            ("", "[thresholds]\npoints = 9", ["sets thresholds.points to 9 (was not set)"]),
            ('exclude = ["old/**"]', "exclude = []", ["takes old/** out of exclude"]),
            (
                'exclude = ["old/**"]',
                'exclude = ["new/**"]',
                ["takes old/** out of exclude", "adds new/** to exclude"],
            ),
        ],
    )
    def test_what_it_changes_is_said(
        self, builder: RepositoryBuilder, before: str, after: str, said: list[str]
    ) -> None:
        builder.commit("Base", {"tallystick.toml": f"{before}\n", "a.py": PLAIN})
        builder.commit("Change", {"tallystick.toml": f"{after}\n"})
        review = gate(builder)
        told = " ".join([*review.notes, *(one.message for one in review.judgement.findings)])
        assert all(f"The change {words}" in told or f"it {words}" in told for words in said)

    BASE = "exclude = []\n[thresholds]\ndebt = 10\n[limits]\ncognitive = 12\n"

    @pytest.mark.parametrize(
        "files",
        [
            {"tallystick.toml": BASE.replace("10", "5")},
            {"tallystick.toml": BASE.replace("12", "10")},
            {"tallystick.toml": BASE + "[points]\ncognitive = 2.0\n"},
            {"pyproject.toml": "[project]\nname = 'x'\n"},
        ],
    )
    def test_tighter_is_said_and_no_finding(self, builder: RepositoryBuilder, files: Files) -> None:
        builder.commit("Base", {"tallystick.toml": self.BASE})
        builder.commit("Change", files)
        review = gate(builder)
        assert guards(review.judgement.findings) == []
        assert len(review.notes) == ("tallystick.toml" in files)

    @pytest.mark.parametrize(
        ("files", "before", "after"),
        [
            ({"tallystick.toml": BASE.replace("10", "50")},
             "thresholds.debt = 10", "thresholds.debt = 50"),
            ({"tallystick.toml": BASE.replace("12", "40")},
             "limits.cognitive = 12", "limits.cognitive = 40"),
            ({"tallystick.toml": BASE.replace("[]", '["legacy/**"]')},
             "exclude not set", "exclude = legacy/**"),
            ({"tallystick.toml": BASE + "[points]\nnesting = 0.5\n"},
             "points.nesting = 2", "points.nesting = 0.5"),
            ({"tallystick.toml": 'new_waivers = "accept"\n' + BASE},
             "new_waivers = tracked", "new_waivers = accept"),
        ],
    )  # fmt: skip
    def test_looser_is_a_finding(
        self, builder: RepositoryBuilder, files: Files, before: str, after: str
    ) -> None:
        builder.commit("Base", {"tallystick.toml": self.BASE})
        builder.commit("Change", files)
        (finding,) = guards(gate(builder).judgement.findings)
        assert (evidence(finding).before, evidence(finding).after) == (before, after)

    def test_a_branch_is_not_judged_by_what_it_brings(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": self.BASE})
        loose = self.BASE.replace("10", "100").replace("[]", '["*"]')
        builder.commit("Change", {"tallystick.toml": loose, "a.py": tangled("a")})
        assert gate(builder).verdict.outcome is Outcome.FAIL

    def test_the_tip_of_the_base_decides_not_where_the_branch_left(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.commit("Base", {"a.py": PLAIN})
        builder.branch("side")
        builder.commit("Messy", {"a.py": tangled("a")})
        assert gate(builder, "main").verdict.outcome is Outcome.FAIL
        builder.switch("main")
        builder.commit("Allow it", {"tallystick.toml": "[thresholds]\ndebt = 100\n"})
        assert gate(builder, "main", "side").verdict.outcome is Outcome.PASS

    def test_a_first_configuration_is_no_loosening(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"a.py": PLAIN})
        builder.commit("Adopt", {"tallystick.toml": "[thresholds]\ndebt = 100\n"})
        review = gate(builder)
        assert guards(review.judgement.findings) == []
        assert "brings a configuration" in review.notes[0]

    def test_a_broken_configuration(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick.toml": self.BASE})
        builder.commit("Break", {"tallystick.toml": "nonsense = 1\n"})
        (finding,) = guards(gate(builder).judgement.findings)
        assert finding.rule == "guard.configuration-broken"


class TestBaselineFile:
    ENTRIES = (
        Entry("a.py", "complexity.cognitive", "f", "0" * 16, 2, 40),
        Entry("b\t\n\udcff.py", "rule", "C.g", "1" * 16),
    )

    def test_round_trip(self) -> None:
        text = write_baseline(self.ENTRIES)
        assert list(read_baseline(text, "b").values()) == list(self.ENTRIES)
        assert len(text.splitlines()) == 3

    def test_conflict_markers_mean_both_sides(self) -> None:
        _, one, other = write_baseline(self.ENTRIES).splitlines()
        text = f"<<<<<<< ours\n{one}\n=======\n{other}\n{one}\n>>>>>>> theirs\n"
        assert list(read_baseline(text, "b").values()) == list(self.ENTRIES)

    def test_two_branches_that_drop_entries_merge(self, builder: RepositoryBuilder) -> None:
        entries = [Entry(f"{i}.py", "rule", "f", f"{i:016}") for i in range(9)]
        builder.commit("Base", {"baseline": write_baseline(entries)})
        builder.branch("side")
        builder.commit("Side", {"baseline": write_baseline(entries[:7])})
        builder.switch("main")
        builder.commit("Main", {"baseline": write_baseline(entries[2:])})
        builder.merge("side")
        merged = (builder.path / "baseline").read_text()
        assert list(read_baseline(merged, "b").values()) == entries[2:7]

    def test_no_entry(self) -> None:
        with pytest.raises(ScanError, match="line 2"):
            read_baseline("# head\nnonsense\n", "b")


class TestBaseline:
    def test_a_legacy_tree(self, builder: RepositoryBuilder) -> None:
        builder.commit("Legacy", {"a.py": tangled("a")})
        assert tallystick(builder.path, "baseline").returncode == 2
        assert tallystick(builder.path, "baseline", "--write").returncode == 0
        builder.commit("Draw the line")
        assert tallystick(builder.path, "baseline").returncode == 0

        # What the file knows is let pass, wherever in the file it is; more of it is not.
        builder.branch("rewrite")
        builder.commit("Empty", {"a.py": "A = 1\n"})
        builder.commit("Again", {"a.py": "A = 1\n\n\n" + tangled("a")})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.PASS
        assert {aside.reason for aside in review.set_aside} == {"in the baseline"}
        builder.commit("Empty", {"a.py": "A = 1\n"})
        builder.commit("Worse", {"a.py": tangled("a", 12)})
        assert gate(builder).verdict.outcome is Outcome.FAIL

        # The ratchet: worse is told, better can be kept.
        worse = tallystick(builder.path, "baseline")
        assert worse.returncode == 1
        assert "new   a.py:1" in worse.stdout
        builder.commit("Better", {"a.py": None})
        assert "gone  a.py" in tallystick(builder.path, "baseline").stdout
        dropped = tallystick(builder.path, "baseline", "--drop")
        assert dropped.returncode == 0
        assert "a.py" not in (builder.path / "tallystick-baseline.txt").read_text()

    def test_of_the_branch_it_lets_nothing_pass(self, builder: RepositoryBuilder) -> None:
        builder.commit("Base", {"tallystick-baseline.txt": write_baseline([]), "a.py": PLAIN})
        builder.commit("Messy", {"a.py": tangled("a")})
        findings = gate(builder).judgement.findings
        known = write_baseline(baseline_of(findings).values())
        builder.git("reset", "-q", "--hard", "HEAD~1")
        builder.commit("Messy", {"a.py": tangled("a"), "tallystick-baseline.txt": known})
        review = gate(builder)
        assert review.verdict.outcome is Outcome.FAIL
        assert [f.rule for f in guards(review.judgement.findings)] == ["guard.baseline-grown"]

    def test_from_outside_it_is_taken_as_it_is(
        self, builder: RepositoryBuilder, tmp_path: Path
    ) -> None:
        builder.commit("Base", {"a.py": PLAIN})
        builder.commit("Messy", {"a.py": tangled("a")})
        known = tmp_path / "known.txt"
        known.write_text(write_baseline(baseline_of(gate(builder).judgement.findings).values()))
        arguments = ("gate", "--base", "HEAD~1", "--baseline", str(known))
        done = tallystick(builder.path, *arguments)
        assert done.returncode == 0, done.stdout
        assert "set aside (in the baseline)" in done.stdout

    def test_compare_counts(self) -> None:
        assert compare((), {}).kept == ()
