"""What a hook says while a merge is under way: nobody is blamed for what a parent has already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Outcome, Review
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_index
from scanner.git.process import open_repository
from tests.gate.hooks import tallystick, tangled, try_git

PLAIN = "def plain(x):\n    return x + 1\n"
OURS = PLAIN.replace("1", "10")
THEIRS = PLAIN.replace("1", "20")
BOTH = PLAIN.replace("1", "30")


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    built = RepositoryBuilder(tmp_path / "repo")
    built.commit("Base", {"a.py": PLAIN, "b.py": "B = 1\n"})
    return built


def conflict(
    builder: RepositoryBuilder, ours: dict[str, str], theirs: dict[str, str], resolved: str
) -> None:
    """A merge of two branches that both changed a.py, with a.py resolved and staged."""
    builder.branch("side")
    builder.commit("Theirs", {"a.py": THEIRS, **theirs})
    builder.switch("main")
    builder.commit("Ours", {"a.py": OURS, **ours})
    assert try_git(builder, "merge", "-q", "side") is not None
    builder.write("a.py", resolved)
    builder.git("add", "a.py")


def check(builder: RepositoryBuilder) -> Review:
    with open_store(None) as store:
        return review_index(Judging(open_repository(builder.path), store))


Side = tuple[dict[str, str], dict[str, str], str]
LEFT_ALONE: dict[str, Callable[[], Side]] = {
    "a mess of theirs in another file": lambda: ({}, {"c.py": tangled("messy")}, BOTH),
    "a mess of ours in another file": lambda: ({"c.py": tangled("messy")}, {}, BOTH),
    "a mess of theirs in the file resolved": lambda: (
        {},
        {"a.py": THEIRS + "\n\n" + tangled("messy") + "\n"},
        BOTH + "\n\n" + tangled("messy") + "\n",
    ),
    "a mess of ours in the file resolved": lambda: (
        {"a.py": OURS + "\n\n" + tangled("messy") + "\n"},
        {},
        BOTH + "\n\n" + tangled("messy") + "\n",
    ),
    "their suppression and their broken file": lambda: (
        {},
        {"a.py": THEIRS + "import os  # noqa\n", "c.py": "def f(:\n"},
        BOTH + "import os  # noqa\n",
    ),
    "one side taken as it is": lambda: ({}, {"c.py": tangled("messy")}, THEIRS),
}


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_a_parent_has_costs_nothing(builder: RepositoryBuilder, case: str) -> None:
    conflict(builder, *LEFT_ALONE[case]())
    review = check(builder)
    assert review.judgement.findings == ()
    assert review.verdict.outcome is Outcome.PASS


def test_what_the_resolution_adds_is_charged_alone(builder: RepositoryBuilder) -> None:
    theirs = {"a.py": THEIRS + "\n\n" + tangled("theirs") + "\n"}
    resolved = "\n\n".join([BOTH, tangled("theirs"), tangled("resolved")]) + "\n"
    conflict(builder, {"c.py": tangled("ours")}, theirs, resolved)
    review = check(builder)
    assert {finding.place.unit for finding in review.judgement.findings} == {"resolved"}
    assert review.verdict.outcome is Outcome.FAIL
    assert review.judgement.scorecard.added_code_lines == 13  # `resolved`, and the line of both


def test_a_file_that_a_merge_breaks_cannot_be_judged(builder: RepositoryBuilder) -> None:
    conflict(builder, {}, {}, "def plain(:\n")
    assert check(builder).verdict.outcome is Outcome.COULD_NOT_JUDGE


def test_no_decline_compares_with_the_worse_parent(builder: RepositoryBuilder) -> None:
    builder.commit("Rules", {"tallystick.toml": "[thresholds]\nno_decline = true\n"})
    worse = "def plain(x):\n    if x:\n        return 2\n    return x + 20\n"
    conflict(builder, {}, {"a.py": worse}, worse.replace("20", "30"))
    assert check(builder).verdict.outcome is Outcome.PASS
    builder.write("a.py", worse.replace("return 2\n", "return 2 if x > 3 else 5\n"))
    builder.git("add", "a.py")
    review = check(builder)
    assert [reason for reason in review.verdict.reasons if "ends worse" in reason]


def test_a_clean_merge_is_quiet(builder: RepositoryBuilder) -> None:
    conflict(builder, {}, {"c.py": tangled("messy")}, BOTH)
    done = tallystick(builder.path, "check")
    assert done.returncode == 0
    assert "merge" not in done.stdout
    assert len(done.stdout.splitlines()) <= 2


def test_a_merge_that_adds_says_what_was_judged(builder: RepositoryBuilder) -> None:
    conflict(builder, {}, {}, BOTH + "\n\n" + tangled("messy") + "\n")
    done = tallystick(builder.path, "check")
    assert done.returncode == 1
    assert "A merge of 2 parents is in progress" in done.stdout
