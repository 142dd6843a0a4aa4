"""Rules in the hook and the gate: what must not be charged, what must, and who says which hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Dimension, Finding, Judgement, Outcome, Review
from scanner.base.store import Store, open_store
from scanner.config import Settings
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes
from scanner.rulepacks import command
from scanner.rulepacks.packs import RuleSet, load_default_packs, make_rule_set
from scanner.rulepacks.run import NO_SEMGREP
from tests.gate.reviews import Files, check, gate, guards

FETCH = "def load(url):\n    return requests.get(url)\n"
INDENTED = "class Loader:\n" + "".join(f"    {line}\n" for line in FETCH.splitlines())
CODE = f"import requests\n\n\n{FETCH}"
CLEAN = "def add(a, b):\n    return a + b\n"
TEAM = """rules:
  - id: team-no-shout
    languages: [python]
    severity: WARNING
    message: Shouting helps nobody. Call `say`.
    metadata:
      points: 4
    pattern: shout(...)
"""
#: Only the team's pack, so that a test says what it is about.
ONLY_TEAM = 'rules = ["team/rules"]\ndefault_rules = false\n'
SHOUT = "def greet(name):\n    shout(name)\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def by_rules(review: Review) -> list[Finding]:
    return [
        finding
        for finding in review.judgement.findings
        if finding.dimension is Dimension.RULES and not finding.rule.startswith("guard.")
    ]


def rules_of(review: Review) -> list[str]:
    return [finding.rule for finding in by_rules(review)]


LEFT_ALONE: dict[str, Callable[[str], Files]] = {
    "a comment above it": lambda code: {"a.py": f"# why\n{code}"},
    "moved down": lambda code: {"a.py": code.replace("\n\n\n", f"\n\n\n{CLEAN}\n\n")},
    "indented anew": lambda code: {"a.py": code.replace(FETCH, INDENTED)},
    "moved to another file": lambda code: {"a.py": None, "pkg/b.py": code},
    "code beside it": lambda code: {"a.py": f"{code}\n\n{CLEAN}"},
    "in what is not Python": lambda code: {"notes.txt": code},
}


@pytest.mark.parametrize("edit", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_stood_before_is_not_charged(
    builder: RepositoryBuilder, edit: Callable[[str], Files]
) -> None:
    builder.commit("base", {"a.py": CODE})
    builder.commit("edit", edit(CODE))
    review = gate(builder)
    assert by_rules(review) == []
    assert review.judgement.problems == ()
    assert review.judgement.scorecard.score(Dimension.RULES) == 0


def test_what_a_change_brings_is_charged(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.commit("edit", {"a.py": f"import requests\n\n\n{CLEAN}\n\n{FETCH}"})
    (finding,) = by_rules(gate(builder))
    assert finding.rule == "requests-without-timeout"
    assert (finding.place.path, finding.place.span.first, finding.place.unit) == ("a.py", 9, "load")
    assert finding.points > 0
    assert finding.hint


def test_what_is_staged_is_charged_and_the_work_tree_is_not(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.write("a.py", CODE)
    assert rules_of(check(builder)) == []
    builder.git("add", "a.py")
    builder.write("a.py", CLEAN)
    assert rules_of(check(builder)) == ["requests-without-timeout"]


def test_what_is_mended_is_repaid_and_not_netted(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CODE})
    builder.commit("edit", {"a.py": CODE.replace("get(url)", "get(url, timeout=5)")})
    (score,) = (
        part
        for part in gate(builder).judgement.scorecard.dimensions
        if part.dimension is Dimension.RULES
    )
    assert score.points == 0
    assert score.repaid > 0


SILENCED = CODE.replace("get(url)", "get(url)  # nosemgrep")


def test_a_suppression_of_the_change_itself_excuses_nothing(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.commit("edit", {"a.py": SILENCED})
    review = gate(builder)
    (found,) = by_rules(review)
    assert found.message.endswith("This change suppresses it; it counts all the same.")
    assert [finding.rule for finding in guards(review.judgement.findings)] == ["guard.suppression"]
    assert review.notes == ()


def test_unless_the_base_accepts_it(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN, "tallystick.toml": 'new_waivers = "accept"\n'})
    builder.commit("edit", {"a.py": SILENCED})
    review = gate(builder)
    assert by_rules(review) == []
    assert [finding.rule for finding in guards(review.judgement.findings)] == ["guard.suppression"]
    assert review.notes == ("`# nosemgrep` comment hides 1 of what the rules find.",)


EXCUSED: dict[str, tuple[str, str]] = {
    "suppressed code is edited": (SILENCED, SILENCED.replace("get(url)", "get(url, data=1)")),
    "a comment of the base stands above": (
        CLEAN.replace("    return", "    # nosemgrep\n    return"),
        CODE.replace("    return", "    # nosemgrep\n    return"),
    ),
    "old code gets a suppression": (CODE, SILENCED),
    "suppressed code moves": (SILENCED, f"import sys\n\n{SILENCED}"),
}


@pytest.mark.parametrize(("before", "after"), EXCUSED.values(), ids=EXCUSED)
def test_what_the_base_excuses_or_holds(
    builder: RepositoryBuilder, before: str, after: str
) -> None:
    builder.commit("base", {"a.py": before})
    builder.commit("edit", {"a.py": after})
    assert by_rules(gate(builder)) == []


NO_COMMENT = {
    "a string": CODE.replace("get(url)", 'get(url + " # nosemgrep")'),
    "a string above": CODE.replace("    return", '    "# nosemgrep"\n    return'),
}


@pytest.mark.parametrize("after", NO_COMMENT.values(), ids=NO_COMMENT)
def test_a_string_suppresses_nothing(builder: RepositoryBuilder, after: str) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.commit("edit", {"a.py": after})
    assert len(by_rules(gate(builder))) == 1


# ----------------------------------------------------------------- where a guard speaks too

TEST = "def test_add():\n    assert add(1, 2) == 3\n"
GUTTED = "def test_add():\n    add(1, 2)\n    assert True\n"
CHARGED: dict[str, tuple[Files, list[str], int]] = {
    "another test": (
        {"tests/test_a.py": f"{TEST}\n\n{GUTTED.replace('test_add', 'test_sub')}"},
        ["test-asserts-constant"], 0,
    ),
    "another rule in the test": (
        {"tests/test_a.py": "def test_add():\n    print(add(1, 2) is 3)\n    result = add(1, 2)\n"},
        ["guard.test-stripped", "is-with-literal"], 1,
    ),
    "the same test": ({"tests/test_a.py": GUTTED}, ["guard.test-stripped"], 1),
}  # fmt: skip


@pytest.mark.parametrize(("files", "rules", "aside"), CHARGED.values(), ids=CHARGED.keys())
def test_one_fault_is_charged_once(
    builder: RepositoryBuilder, files: Files, rules: list[str], aside: int
) -> None:
    builder.commit("base", {"a.py": CLEAN, "tests/test_a.py": TEST})
    builder.commit("edit", files)
    review = gate(builder)
    assert sorted(finding.rule for finding in review.judgement.findings) == rules
    points = sum(finding.points for finding in review.judgement.findings)
    assert review.judgement.scorecard.points == points
    words = [one.reason for one in review.set_aside]
    assert words == ["guard.test-stripped charges this test already"] * aside


# ----------------------------------------------------------------- which rules are in force


def test_the_rules_are_those_of_the_base(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN})
    files: Files = {"tallystick.toml": ONLY_TEAM, "team/rules/a.yaml": TEAM, "b.py": SHOUT}
    builder.commit("edit", files)
    assert rules_of(gate(builder)) == []
    builder.commit("again", {"c.py": SHOUT.replace("greet", "meet")})
    (finding,) = by_rules(gate(builder))
    assert (finding.rule, finding.points) == ("team-no-shout", 4)
    assert (finding.message, finding.hint) == ("Shouting helps nobody.", "Call `say`.")
    builder.write("team/rules/a.yaml", TEAM.replace("shout", "whisper"))  # not committed
    assert rules_of(gate(builder)) == ["team-no-shout"]


OPT_IN = TEAM.replace("points: 4", "points: 4\n      opt-in: true")
SWITCHES = {
    "off": ('rules_off = ["team-no-shout"]\n', TEAM, []),
    "opt-in": ("", OPT_IN, []),
    "opt-in, off twice": ('rules_off = ["team-no-shout"]\n', OPT_IN, []),
    "opt-in, another asked for": ('rules_on = ["other"]\n', OPT_IN, []),
    "opt-in, asked for": ('rules_on = ["team-no-shout"]\n', OPT_IN, [4.0]),
    "points": ("[rule_points]\nteam-no-shout = 0.5\n", TEAM, [0.5]),
    "as they are": ("", TEAM, [4.0]),
}


@pytest.mark.parametrize(("more", "pack", "points"), SWITCHES.values(), ids=SWITCHES.keys())
def test_settings_choose(
    builder: RepositoryBuilder, more: str, pack: str, points: list[float]
) -> None:
    builder.commit("base", {"tallystick.toml": ONLY_TEAM + more, "team/rules/a.yaml": pack})
    builder.commit("edit", {"b.py": f"{SHOUT}\n\n{CODE}"})
    assert [finding.points for finding in by_rules(gate(builder))] == points


def test_a_place_without_rules_is_wrong_configuration(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"tallystick.toml": 'rules = ["team/rulez"]\n', "a.py": CLEAN})
    builder.commit("edit", {"b.py": SHOUT})
    with pytest.raises(ScanError, match="There are no rules at team/rulez"):
        gate(builder)


def test_a_pack_without_rules_is_never_a_silent_pass(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"tallystick.toml": ONLY_TEAM, "team/rules/a.yaml": "# later\n"})
    builder.commit("edit", {"b.py": CODE})
    assert gate(builder).verdict.outcome is Outcome.COULD_NOT_JUDGE


def test_without_any_rules_the_dimension_is_not_measured(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"tallystick.toml": "default_rules = false\n", "a.py": CLEAN})
    builder.commit("edit", {"b.py": CODE})
    review = gate(builder)
    assert review.judgement.scorecard.score(Dimension.RULES) is None
    assert review.verdict.outcome is Outcome.PASS


LOOSER: dict[str, tuple[Files, list[str]]] = {
    "comment": ({"team/rules/a.yaml": f"# ours\n{TEAM}"}, []),
    "new rule": ({"team/rules/b.yaml": TEAM.replace("team-no-shout", "team-two")}, []),
    "moved": ({"team/rules/a.yaml": None, "team/rules/b.yaml": TEAM}, []),
    "dearer": ({"team/rules/a.yaml": TEAM.replace("points: 4", "points: 5")}, []),
    "removed": ({"team/rules/a.yaml": None}, ["guard.rules-broken"]),
    "cheaper": (
        {"team/rules/a.yaml": TEAM.replace("points: 4", "points: 1")}, ["guard.rule-loosened"],
    ),
    "opt-in": ({"team/rules/a.yaml": OPT_IN}, ["guard.rule-loosened"]),
    "milder": ({"team/rules/a.yaml": TEAM.replace("WARNING", "INFO")}, ["guard.rule-loosened"]),
    "broken": ({"team/rules/a.yaml": "rules: ["}, ["guard.rules-broken"]),
    "switched off": (
        {"tallystick.toml": ONLY_TEAM + 'rules_off = ["team-no-shout"]\n'},
        ["guard.configuration-loosened"],
    ),
    "no longer named": (
        {"tallystick.toml": "default_rules = false\n"}, ["guard.configuration-loosened"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "found"), LOOSER.values(), ids=LOOSER.keys())
def test_loosened_rules_are_said(
    builder: RepositoryBuilder, files: Files, found: list[str]
) -> None:
    builder.commit("base", {"tallystick.toml": ONLY_TEAM, "team/rules/a.yaml": TEAM})
    builder.commit("edit", {**files, "b.py": SHOUT})
    review = gate(builder)
    assert sorted(f.rule for f in guards(review.judgement.findings)) == found
    assert rules_of(review) == ["team-no-shout"]


# ----------------------------------------------------------------- along a history


def judged(builder: RepositoryBuilder, store: Store, rules: RuleSet | None) -> list[Judgement]:
    repository = open_repository(builder.path)
    commits = list(reversed(builder.git("rev-list", "HEAD").split()))
    diffs = diff_trees(repository, list(zip([None, *commits], commits, strict=False)))
    changes = [ChangeToJudge(diff, datetime(2024, 1, 1, tzinfo=UTC)) for diff in diffs]
    context = JudgingContext(repository, builder.path.parent / "facts.sqlite", Settings(), rules)
    found = judge_changes(context, store, changes, 1, lambda _done, _all: None)
    return [found[change.key] for change in changes]


def test_a_history_says_of_each_change_what_the_gate_says(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.commit("bring", {"b.py": CODE})
    builder.commit("move", {"b.py": None, "pkg/c.py": f"{CLEAN}\n\n{CODE}"})
    builder.commit("again", {"d.py": CODE.replace("load", "fetch")})
    packs = make_rule_set(load_default_packs())
    with open_store(builder.path.parent / "facts.sqlite") as store:
        history = judged(builder, store, packs)
        again = judged(builder, store, packs)
        without = judged(builder, store, None)
    assert again == history
    found = [[f for f in one.findings if f.dimension is Dimension.RULES] for one in history]
    assert [len(one) for one in found] == [0, 1, 0, 1]
    for number in (1, 2, 3):
        assert by_rules(gate(builder, f"HEAD~{4 - number}", f"HEAD~{3 - number}")) == found[number]
    assert without[1].scorecard.score(Dimension.RULES) is None
    assert without[1].findings == ()


# ----------------------------------------------------------------- what could not be judged


def test_without_semgrep_nothing_passes(
    builder: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.commit("base", {"a.py": CLEAN})
    builder.commit("docs", {"notes.txt": "x"})
    builder.commit("edit", {"b.py": CLEAN, "c.py": CODE})
    monkeypatch.setattr("scanner.rulepacks.run.find_semgrep", lambda: None)
    review = gate(builder)
    assert review.verdict.outcome is Outcome.COULD_NOT_JUDGE
    assert [problem.reason for problem in review.judgement.problems] == [NO_SEMGREP]
    assert review.judgement.scorecard.score(Dimension.RULES) is None
    assert gate(builder, "HEAD~2", "HEAD~1").verdict.outcome is Outcome.PASS


def test_a_change_without_python_starts_no_semgrep(
    builder: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_process: command.Process) -> command.Process:
        raise AssertionError("semgrep was started")

    builder.commit("base", {"a.py": CODE})
    builder.commit("edit", {"README.md": "x"})
    monkeypatch.setattr(command.Process, "start", fail)
    assert gate(builder).verdict.outcome is Outcome.PASS


def test_a_broken_rule_is_named_with_its_file(builder: RepositoryBuilder) -> None:
    broken = TEAM.replace("pattern: shout(...)", "pattern: shout(((")
    builder.commit("base", {"tallystick.toml": ONLY_TEAM, "team/rules/a.yaml": broken})
    builder.commit("edit", {"b.py": SHOUT})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.COULD_NOT_JUDGE
    assert "team/rules/a.yaml" in {problem.path for problem in review.judgement.problems}
