"""A change that would break the rules themselves is stopped; one that mends them is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Outcome, Review
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_branch, review_index
from scanner.git.process import open_repository

Files = dict[str, str | None]

VALID = "[thresholds]\ndebt = 20\n"
MISSPELT = "[thresholds]\ndept = 20\n"
PYPROJECT = "[tool.tallystick.thresholds]\n"
PACK = (
    "rules:\n  - id: no-nap\n    languages: [python]\n    severity: WARNING\n"
    "    message: No naps.\n    pattern: nap(...)\n"
)
PACKS: Files = {"tallystick.toml": 'rules = ["team"]\n', "team/nap.yaml": PACK}
BASELINE = "tallystick-baseline.txt"


def judged(folder: Path, before: Files, after: Files, *, staged: bool = False) -> Review:
    built = RepositoryBuilder(folder / "repo")
    built.commit("Begin", {"a.py": "A = 1\n", **before})
    built.branch("change")
    gone = [name for name, text in after.items() if text is None]
    for name in gone:
        built.git("rm", "-q", name)
    for name, text in after.items():
        if text is not None:
            built.write(name, text)
    built.git("add", "-A")
    with open_store(folder / "facts.sqlite") as store:
        judging = Judging(open_repository(built.path), store)
        if staged:
            return review_index(judging)
        built.git("commit", "-qm", "Change")
        return review_branch(judging, "main", "change")


LEAVES_ALONE: dict[str, tuple[Files, Files]] = {
    "first settings": ({}, {"tallystick.toml": VALID}),
    "no settings any more": ({"tallystick.toml": VALID}, {"tallystick.toml": None}),
    "tables of other tools": ({}, {"pyproject.toml": "[tool.other]\ndept = 1\n"}),
    "a comment": ({"tallystick.toml": VALID}, {"tallystick.toml": VALID + "# why\n"}),
    "a rule of the team switched off": (
        PACKS,
        {"tallystick.toml": 'rules = ["team"]\nrules_off = ["no-nap"]\n'},
    ),
    "an opt-in rule switched on and its points": (
        {},
        {"tallystick.toml": '[rule_points]\n"debug-print-left-in" = 0.5\n'},
    ),
    "a first pack": ({}, PACKS),
    "a first baseline": ({}, {BASELINE: "# Findings.\n"}),
    "an unknown rule that stood there": (
        {"tallystick.toml": 'rules_off = ["gone"]\n'},
        {"tallystick.toml": 'rules_off = ["gone"]\n# more\n'},
    ),
}
MENDS: dict[str, tuple[Files, Files]] = {
    "a key": ({"tallystick.toml": MISSPELT}, {"tallystick.toml": VALID}),
    "a key in pyproject": (
        {"pyproject.toml": PYPROJECT + "dept = 20\n"},
        {"pyproject.toml": PYPROJECT + "debt = 20\n"},
    ),
    "syntax": ({"tallystick.toml": "[thresholds\n"}, {"tallystick.toml": VALID}),
    "by deletion": ({"tallystick.toml": MISSPELT}, {"tallystick.toml": None}),
    "a place without packs": ({"tallystick.toml": 'rules = ["team"]\n'}, {"team/nap.yaml": PACK}),
    "a place that is named no more": (
        {"tallystick.toml": 'rules = ["team"]\n'},
        {"tallystick.toml": VALID},
    ),
}
BREAKS: dict[str, tuple[Files, Files, str]] = {
    "a key": ({}, {"tallystick.toml": MISSPELT}, "Did you mean 'thresholds.debt'?"),
    "a table": ({}, {"tallystick.toml": "[treshold]\ndebt = 2\n"}, "Did you mean 'thresholds'?"),
    "a key at the wrong level": ({}, {"tallystick.toml": "debt = 2\n"}, "unknown key 'debt'"),
    "a number as text": ({}, {"tallystick.toml": '[thresholds]\ndebt = "2"\n'}, "thresholds.debt"),
    "no TOML": ({"tallystick.toml": VALID}, {"tallystick.toml": "[thresholds\n"}, "not valid TOML"),
    "too deep": ({}, {"pyproject.toml": "a = " + "[" * 30_000}, "nested too deep"),
    "a NUL byte": ({}, {"pyproject.toml": "a = 1\0\n"}, "not valid TOML"),
    "UTF-16": ({}, {"pyproject.toml": "\ufeff\0[\0t\0"}, "not valid TOML"),
    "in pyproject": ({}, {"pyproject.toml": PYPROJECT + "dept = 1\n"}, "pyproject.toml: unknown"),
    "a rule": ({}, {"tallystick.toml": 'rules_off = ["debug-print-left-inn"]\n'}, "'debug-print-"),
    "a place of packs": ({}, {"tallystick.toml": 'rules = ["teem"]\n'}, "no rules at teem"),
    "a pack that is gone": (PACKS, {"team/nap.yaml": None}, "no rules at team"),
    "a pack that is no YAML": (PACKS, {"team/nap.yaml": "rules: [\n"}, "invalid YAML"),
    "a rule without a message": (
        PACKS,
        {"team/nap.yaml": PACK.replace("    message: No naps.\n", "")},
        "no message",
    ),
    "a first pack that is no YAML": (
        {},
        {"tallystick.toml": 'rules = ["team"]\n', "team/nap.yaml": "rules: [\n"},
        "invalid YAML",
    ),
    "a day of a waiver": (
        {},
        {"tallystick.toml": '[[waivers]]\nrule = "x"\nreason = "y"\nuntil = "soon"\n'},
        "waivers",
    ),
    "a baseline": ({BASELINE: "# Findings.\n"}, {BASELINE: "one\ttwo\n"}, "baseline"),
    "a first baseline": ({}, {BASELINE: "one\ttwo\n"}, "baseline"),
    "though a waiver lets it": (
        {"tallystick.toml": '[[waivers]]\nrule = "guard"\nreason = "all"\nuntil = 2099-01-01\n'},
        {"tallystick.toml": MISSPELT},
        "Did you mean",
    ),
}


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("case", [*LEAVES_ALONE, *MENDS])
def test_passes(tmp_path: Path, case: str, staged: bool) -> None:
    before, after = (LEAVES_ALONE | MENDS)[case]
    review = judged(tmp_path, before, after, staged=staged)
    assert review.verdict.outcome is Outcome.PASS, review.verdict.reasons


@pytest.mark.parametrize("case", MENDS)
def test_what_is_broken_on_the_base_is_named(tmp_path: Path, case: str) -> None:
    review = judged(tmp_path, *MENDS[case])
    assert any("is broken, and this change fixes it" in note for note in review.notes)


@pytest.mark.parametrize("case", BREAKS)
def test_stops(tmp_path: Path, case: str) -> None:
    before, after, said = BREAKS[case]
    review = judged(tmp_path, before, after)
    assert review.verdict.outcome is Outcome.FAIL
    assert any(said in reason for reason in review.verdict.reasons), review.verdict.reasons


@pytest.mark.parametrize("after", [{"b.py": "B = 1\n"}, {"tallystick.toml": MISSPELT + "# x\n"}])
def test_what_does_not_mend_a_broken_base_cannot_be_judged(tmp_path: Path, after: Files) -> None:
    with pytest.raises(ScanError) as raised:
        judged(tmp_path, {"tallystick.toml": MISSPELT}, after)
    assert "Did you mean 'thresholds.debt'?" in (raised.value.hint or "")
    assert "The base has this problem" in (raised.value.hint or "")
