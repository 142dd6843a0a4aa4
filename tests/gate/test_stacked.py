"""A branch whose base got part of it from elsewhere: that part is not charged again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Review
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_branch
from scanner.git.process import open_repository
from tests.gate.hooks import tangled

START = "def plain(x):\n    return x + 1\n"
PARENT = START + "\n\n" + tangled("parents")
CHILD = PARENT + "\n\n" + tangled("childs")
BELOW = START + "\n\ndef other(x):\n    return x * 2\n"


def judged(folder: Path, on_main: str, parent: str, child: str) -> Review:
    """A branch with two commits, the first of which came to main as one with another id."""
    built = RepositoryBuilder(folder / "repo")
    built.commit("First", {"a.py": START, "z.py": "Z = 1\n"})
    built.branch("stacked")
    built.commit("Parent", {"a.py": parent})
    built.commit("Child", {"a.py": child, "b.py": "B = 1\n"})
    built.switch("main")
    built.commit("Parent, squashed", {"a.py": on_main})
    with open_store(folder / "facts.sqlite") as store:
        return review_branch(Judging(open_repository(built.path), store), "main", "stacked")


@pytest.mark.parametrize(
    ("on_main", "parent", "child", "units"),
    [
        (PARENT, PARENT, PARENT, set()),
        (PARENT, PARENT, PARENT + "\n\nX = 1\n", set()),
        (PARENT + "\n\nMORE = 1\n", PARENT, PARENT + "\n\nX = 1\n", set()),
        (PARENT, PARENT, CHILD, {"childs"}),
        (BELOW, PARENT, PARENT, {"parents"}),
        (BELOW, PARENT, CHILD, {"parents", "childs"}),
        (CHILD, PARENT, CHILD, set()),
    ],
)
def test_only_what_the_base_lacks_is_charged(
    tmp_path: Path, on_main: str, parent: str, child: str, units: set[str]
) -> None:
    review = judged(tmp_path, on_main, parent, child)
    charged = {f.place.unit for f in review.judgement.findings if f.rule.startswith("complexity")}
    assert charged == units


def test_what_main_did_since_is_not_taken_for_undone(tmp_path: Path) -> None:
    """The branch lacks what main added to the file: that is no loss, and no line of its own."""
    review = judged(tmp_path, BELOW, START + "\n\nX = f()\n", START + "\n\nX = f(1)\n")
    assert not review.judgement.findings
    assert review.judgement.scorecard.added_code_lines == 2  # X and B
