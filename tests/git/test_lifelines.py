"""Birth and death of lines, told commit by commit; every history is a real one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Commit, FileMode, Hunk, TreeDiff
from scanner.git.commits import read_commits
from scanner.git.lifelines import Lifelines, in_order, needed_pairs, trace
from scanner.git.line_registry import NONE
from scanner.git.process import Repository, open_repository
from scanner.git.trees import diff_trees


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def traced(
    builder: RepositoryBuilder, *include: str, exclude: tuple[str, ...] = ()
) -> tuple[tuple[Commit, ...], Lifelines]:
    repo = open_repository(builder.path)
    commits = read_commits(repo, include or ["HEAD"], exclude)
    return commits, trace(commits, in_order(diff_trees(repo, needed_pairs(commits))))


def story(builder: RepositoryBuilder) -> dict[str, tuple[str, str]]:
    """For each line (by its text where it was born) who brought it and who took it, by subject."""
    commits, lives = traced(builder)
    names = [commit.subject for commit in commits]
    told = {}
    for line in range(len(lives.birth)):
        birth = int(lives.birth[line])
        path = lives.paths[lives.birth_path[line]]
        source = builder.git("show", f"{commits[birth].oid}:{path}").split("\n")
        death = int(lives.death[line])
        end = names[death] if death != NONE else "alive" if lives.is_alive()[line] else "lost"
        told[f"{source[lives.birth_line[line] - 1]} ({names[birth]})"] = (names[birth], end)
    return {text: (birth, end) for text, (birth, end) in told.items()}


def ends(builder: RepositoryBuilder) -> dict[str, str]:
    return {text: end for text, (_, end) in story(builder).items()}


def text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


# ------------------------------------------------------------------ one branch


def test_no_commits() -> None:
    lives = trace([], in_order([]))
    assert len(lives.birth) == 0
    assert lives.alive == {}


def test_lines_are_born_and_die(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b", "c")})
    builder.commit("Two", {"a.py": text("a", "c", "d")})
    builder.commit("Three", {"a.py": text("d"), "b.py": text("e")})
    builder.commit("Four", {"b.py": None})
    assert story(builder) == {
        "a (One)": ("One", "Three"),
        "b (One)": ("One", "Two"),
        "c (One)": ("One", "Three"),
        "d (Two)": ("Two", "alive"),
        "e (Three)": ("Three", "Four"),
    }


def test_what_is_said_of_each_line(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b"), "b.py": text("c")})
    builder.commit("Two", {"a.py": text("a", "x", "b")})
    commits, lives = traced(builder)
    assert lives.commits == tuple(commit.oid for commit in commits)
    assert lives.birth.tolist() == [0, 0, 0, 1]
    assert [lives.paths[path] for path in lives.birth_path] == ["a.py", "a.py", "b.py", "a.py"]
    assert lives.birth_line.tolist() == [1, 2, 1, 2]
    assert lives.same_as.tolist() == [0, 1, 2, 3]
    assert {path: lines.tolist() for path, lines in lives.alive.items()} == {
        "a.py": [0, 3, 1],
        "b.py": [2],
    }
    paths, path, line = lives.positions_at_head()
    assert [(paths[p], int(n)) for p, n in zip(path, line, strict=True)] == [
        ("a.py", 1),
        ("a.py", 3),
        ("b.py", 1),
        ("a.py", 2),
    ]
    assert lives.born_in(0) == range(3)
    assert lives.born_in(1) == range(3, 4)
    assert {array.dtype for array in (lives.birth, lives.death, lives.birth_path)} == {
        np.dtype(np.int32)
    }


def test_deaths_by_commit(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b", "c")})
    builder.commit("Two", {"a.py": text("b")})
    _, lives = traced(builder)
    assert np.flatnonzero(lives.death == 1).tolist() == [0, 2]
    assert np.flatnonzero(lives.death == 0).tolist() == []
    assert lives.positions_at_head()[1].tolist() == [NONE, 0, NONE]


def test_a_line_that_comes_back_is_a_new_one(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b")})
    builder.commit("Two", {"a.py": text("a")})
    builder.commit("Three", {"a.py": text("a", "b")})
    assert ends(builder) == {"a (One)": "alive", "b (One)": "Two", "b (Three)": "alive"}


def test_lines_follow_a_rename(builder: RepositoryBuilder) -> None:
    lines = [f"line {number}" for number in range(10)]
    builder.commit("One", {"a.py": text(*lines)})
    builder.commit("Two", {"a.py": None, "b.py": text(*lines[:-1], "new")})
    told = ends(builder)
    assert told.pop("line 9 (One)") == "Two"
    assert set(told.values()) == {"alive"}
    assert list(traced(builder)[1].alive) == ["b.py"]


def test_two_files_change_places(builder: RepositoryBuilder) -> None:
    one, two = ([f"{name} {n}" for n in range(10)] for name in ("a", "b"))
    builder.commit("One", {"a.py": text(*one), "b.py": text(*two)})
    builder.git("mv", "a.py", "c.py")
    builder.git("mv", "b.py", "a.py")
    builder.git("mv", "c.py", "b.py")
    builder.commit("Two")
    _, lives = traced(builder)
    # Both names are still there, so to git (and to blame) each file was rewritten.
    assert lives.birth[lives.alive["a.py"]].tolist() == [1] * 10
    builder.commit("Three", {"a.py": None, "c.py": text(*two), "d.py": text("d")})
    assert set(ends(builder).values()) == {"alive", "Two"}


def test_a_chain_of_renames(builder: RepositoryBuilder) -> None:
    one, two = ([f"{name} {n}" for n in range(10)] for name in ("a", "b"))
    builder.commit("One", {"a.py": text(*one), "b.py": text(*two)})
    builder.commit("Two", {"a.py": None, "b.py": None, "c.py": text(*two), "d.py": text(*one)})
    _, lives = traced(builder)
    assert lives.birth[lives.alive["c.py"]].tolist() == [0] * 10
    assert [lives.paths[p] for p in lives.birth_path[lives.alive["c.py"]]] == ["b.py"] * 10


def test_empty_files(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": ""})
    builder.commit("Two", {"a.py": text("a"), "b.py": ""})
    builder.commit("Three", {"a.py": ""})
    commits, lives = traced(builder)
    assert {path: len(lines) for path, lines in lives.alive.items()} == {"a.py": 0, "b.py": 0}
    assert lives.death.tolist() == [2]
    assert len(commits) == 3


def test_a_link_has_no_lines(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b")})
    (builder.path / "a.py").unlink()
    (builder.path / "a.py").symlink_to("b.py")
    builder.commit("Two")
    (builder.path / "a.py").unlink()
    builder.commit("Three", {"a.py": text("a", "c")})
    assert ends(builder) == {
        "a (One)": "Two",
        "b (One)": "Two",
        "a (Three)": "alive",
        "c (Three)": "alive",
    }


def test_binary_content_is_followed_all_the_same(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": b"a\n\0\nc\n"})
    builder.commit("Two", {"a.py": b"a\n\0\0\nc\nd\n"})
    builder.commit("Three", {"a.py": b"a\nc\nd\n"})
    _, lives = traced(builder)
    assert lives.birth[lives.alive["a.py"]].tolist() == [0, 0, 1]
    assert lives.problems == ()


# ------------------------------------------------------------------ branches


def parted(builder: RepositoryBuilder, base: str, main: str, side: str, path: str = "a.py") -> None:
    """A base, a commit on `side` and one on `main`, standing on main."""
    builder.commit("Base", {path: base})
    builder.branch("side")
    builder.commit("Side", {path: side})
    builder.switch("main")
    builder.commit("Main", {path: main})


def merge_as(builder: RepositoryBuilder, *parents: str, files: dict[str, str], name: str) -> None:
    """A merge of any content, whatever git would make of it."""
    builder.git("merge", "-q", "--no-commit", "-s", "ours", "--no-ff", *parents)
    builder.commit(name, dict(files))


def test_a_clean_merge_brings_nothing_and_takes_nothing(builder: RepositoryBuilder) -> None:
    middle = [f"m{n}" for n in range(5)]
    parted(
        builder,
        text("a", *middle, "z"),
        text("a", *middle, "z", "main"),
        text("side", *middle, "z"),
    )
    builder.merge("side")
    told = story(builder)
    assert told["side (Side)"] == ("Side", "alive")
    assert told["main (Main)"] == ("Main", "alive")
    assert told["a (Base)"] == ("Base", "Side")
    assert "Merge" not in {birth for birth, _ in told.values()}


def test_a_resolution_is_born_in_the_merge(builder: RepositoryBuilder) -> None:
    parted(builder, text("a"), text("main"), text("side"))
    merge_as(builder, "side", files={"a.py": text("main", "both")}, name="Merge")
    told = story(builder)
    assert told.pop("a (Base)")[1] in {"Main", "Side"}
    assert told == {
        "side (Side)": ("Side", "Merge"),
        "main (Main)": ("Main", "alive"),
        "both (Merge)": ("Merge", "alive"),
    }


def test_a_merge_that_takes_one_side_kills_the_other(builder: RepositoryBuilder) -> None:
    parted(builder, text("a", "b"), text("a", "b", "main"), text("a", "side"))
    merge_as(builder, "side", files={}, name="Merge")
    # `b` was removed on the side, but the merge took that back.
    assert ends(builder) == {
        "a (Base)": "alive",
        "b (Base)": "alive",
        "side (Side)": "Merge",
        "main (Main)": "alive",
    }


def test_a_removal_that_was_taken_back_is_no_death(builder: RepositoryBuilder) -> None:
    parted(builder, text("a", "b"), text("a", "b", "main"), text("a"))
    merge_as(builder, "side", files={}, name="Merge")
    builder.commit("Later", {"a.py": text("a", "main")})
    assert ends(builder)["b (Base)"] == "Later"


def test_the_first_of_two_removals_counts(builder: RepositoryBuilder) -> None:
    parted(builder, text("a", "b", "c"), text("a", "c", "main"), text("side", "a", "c"))
    builder.git("merge", "-q", "-s", "ours", "side", "-m", "Merge")
    commits, lives = traced(builder)
    names = [commit.subject for commit in commits]
    death = lives.death[1]
    assert names[death] == next(name for name in names if name in {"Main", "Side"})


def test_a_removal_on_an_open_branch_keeps_its_commit(builder: RepositoryBuilder) -> None:
    """A merge of something else in between does not make the later merge the killer."""
    lines = [f"m{n}" for n in range(12)]
    builder.commit("Base", {"a.py": text(*lines)})
    builder.branch("slow")
    builder.commit("Slow", {"a.py": text(*lines[:10], "slow")})
    builder.switch("main")
    builder.branch("quick")
    builder.commit("Quick", {"a.py": text("quick", *lines[1:])})
    builder.switch("main")
    builder.commit("Main", {"a.py": text(*lines[:5], "main", *lines[5:])})
    builder.merge("quick", message="Merge quick")
    builder.merge("slow", message="Merge slow")
    told = ends(builder)
    assert (told["m11 (Base)"], told["m0 (Base)"]) == ("Slow", "Quick")


def test_the_same_line_of_two_branches_becomes_one(builder: RepositoryBuilder) -> None:
    parted(builder, text("a"), text("a", "fix"), text("a", "fix", "side"))
    merge_as(builder, "side", files={"a.py": text("a", "fix", "side")}, name="Merge")
    builder.commit("Later", {"a.py": text("a", "side")})
    told = ends(builder)
    # The merge has the very file of the side; main's own fix went on as that one.
    assert (told["fix (Main)"], told["fix (Side)"]) == ("Later", "Later")
    _, lives = traced(builder, "HEAD~1")
    assert lives.is_alive().all()
    assert len(set(lives.same_as.tolist())) == len(lives.birth) - 1
    assert lives.positions_at_head()[2].tolist().count(2) == 2


def test_the_same_file_of_two_branches_becomes_one(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": text("a")})
    builder.branch("side")
    builder.commit("Side", {"new.py": text("x", "y")})
    builder.switch("main")
    builder.commit("Main", {"new.py": text("x", "y")})
    builder.merge("side")
    builder.commit("Later", {"new.py": text("x")})
    commits, lives = traced(builder)
    names = [commit.subject for commit in commits]
    fate = {
        (names[birth], int(line)): int(death)
        for birth, line, death in zip(lives.birth, lives.birth_line, lives.death, strict=True)
    }
    later = names.index("Later")
    assert (fate["Main", 2], fate["Side", 2]) == (later, later)
    assert (fate["Main", 1], fate["Side", 1]) == (NONE, NONE)


def test_a_rename_on_one_side_and_a_change_on_the_other(builder: RepositoryBuilder) -> None:
    lines = [f"m{n}" for n in range(20)]
    builder.commit("Base", {"a.py": text(*lines)})
    builder.branch("side")
    builder.commit("Side", {"a.py": None, "b.py": text(*lines)})
    builder.switch("main")
    builder.commit("Main", {"a.py": text(*lines[:9], "main", *lines[10:])})
    builder.merge("side")
    told = ends(builder)
    assert told.pop("m9 (Base)") == "Main"
    assert set(told.values()) == {"alive"}
    assert list(traced(builder)[1].alive) == ["b.py"]


def test_an_octopus(builder: RepositoryBuilder) -> None:
    lines = [f"m{n}" for n in range(20)]
    builder.commit("Base", {"a.py": text(*lines)})
    for number in (3, 10, 17):
        builder.branch(f"b{number}", "main")
        changed = [*lines[:number], f"new {number}", *lines[number + 1 :]]
        builder.commit(f"B{number}", {"a.py": text(*changed)})
    builder.switch("main")
    builder.git("merge", "-q", "-m", "Octopus", "b3", "b10", "b17")
    assert len(builder.git("rev-parse", "HEAD^@").split()) >= 3
    told = story(builder)
    for number in (3, 10, 17):
        assert told[f"m{number} (Base)"] == ("Base", f"B{number}")
        assert told[f"new {number} (B{number})"] == (f"B{number}", "alive")
    assert "Octopus" not in {birth for birth, _ in told.values()}


def test_two_histories_are_joined(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b")})
    builder.git("switch", "-q", "--orphan", "other")
    builder.commit("Other", {"b.py": text("c")})
    builder.git("merge", "-q", "--allow-unrelated-histories", "-m", "Join", "main")
    assert ends(builder) == {"a (One)": "alive", "b (One)": "alive", "c (Other)": "alive"}


def test_a_head_among_several_tips(builder: RepositoryBuilder) -> None:
    parted(builder, text("a", "b"), text("a", "main"), text("side", "b"))
    repo = open_repository(builder.path)
    commits = read_commits(repo, ["main", "side"])
    for tip, other in (("main", "side"), ("side", "main")):
        oid = builder.git("rev-parse", tip)
        lives = trace(commits, in_order(diff_trees(repo, needed_pairs(commits))), head=oid)
        assert len(lives.alive["a.py"]) == 2
        assert not lives.is_alive()[
            list(lives.born_in(lives.commits.index(builder.git("rev-parse", other))))
        ].any()
    with pytest.raises(ValueError, match="not among the commits"):
        trace(commits, in_order([]), head="0" * 40)


# ------------------------------------------------------------------ parts of histories


def test_lines_older_than_the_range_have_no_birth(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b"), "old.py": text("o")})
    builder.commit("Two", {"a.py": text("a", "c")})
    builder.commit("Three", {"a.py": text("c", "d")})
    commits, lives = traced(builder, exclude=("HEAD~1",))
    assert [commit.subject for commit in commits] == ["Three"]
    assert lives.birth.tolist() == [NONE, NONE, NONE, 0]
    assert lives.death.tolist() == [0, NONE, NONE, NONE]
    assert lives.born_in(NONE) == range(3)
    assert sorted(lives.alive) == ["a.py", "old.py"]


def test_a_shallow_clone_starts_at_its_boundary(builder: RepositoryBuilder, tmp_path: Path) -> None:
    for number in range(4):
        builder.commit(f"{number}", {"a.py": text(*map(str, range(number + 1)))})
    url = f"file://{builder.path}"
    builder.git("clone", "-q", "--depth=2", url, os.fspath(tmp_path / "clone"))
    builder.path = tmp_path / "clone"
    _, lives = traced(builder)
    assert lives.birth.tolist() == [0, 0, 0, 1]


# ------------------------------------------------------------------ what cannot be followed


def without(builder: RepositoryBuilder, revision: str) -> Repository:
    oid = builder.git("rev-parse", revision)
    (builder.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    return open_repository(builder.path)


def test_a_version_that_is_missing_loses_its_file_only(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a", "b"), "b.py": text("c")})
    builder.commit("Two", {"a.py": text("a"), "b.py": text("c", "d")})
    builder.commit("Three", {"a.py": text("a", "x"), "b.py": text("d")})
    without(builder, "HEAD~1:a.py")
    _, lives = traced(builder)
    assert lives.unknown == ("a.py",)
    assert list(lives.alive) == ["b.py"]
    assert lives.lost.tolist() == [0, 1]
    assert lives.death.tolist() == [NONE, NONE, 2, NONE]
    assert [problem.path for problem in lives.problems] == ["a.py"]


def test_a_file_is_found_again_when_it_is_made_anew(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    builder.commit("Two", {"a.py": text("b")})
    builder.commit("Three", {"a.py": None})
    builder.commit("Four", {"a.py": text("c")})
    without(builder, "HEAD~2:a.py")
    _, lives = traced(builder)
    assert lives.unknown == ()
    assert lives.birth[lives.alive["a.py"]].tolist() == [3]
    assert lives.lost.tolist() == [0]


def test_another_parent_may_know_what_one_has_lost(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": text("a", "b")})
    builder.branch("side")
    builder.commit("Side", {"b.py": text("s")})
    builder.switch("main")
    builder.commit("Lost", {"a.py": text("gone")})
    builder.commit("Back", {"a.py": text("a", "b")})
    builder.merge("side")
    without(builder, "HEAD~2:a.py")
    _, lives = traced(builder)
    assert lives.unknown == ()
    assert lives.birth[lives.alive["a.py"]].tolist() == [0, 0]
    assert lives.lost.tolist() == []


def test_a_tree_that_is_missing_loses_all(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    builder.commit("Two", {"a.py": text("a", "b")})
    builder.commit("Three", {"a.py": text("a", "b"), "b.py": text("c")})
    without(builder, "HEAD~1^{tree}")
    _, lives = traced(builder)
    assert lives.unknown == ("a.py",)
    assert [problem.reason for problem in lives.problems]
    assert lives.lost.tolist() == [0]


def test_hunks_of_another_file_are_not_believed(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    builder.commit("Two", {"a.py": text("b")})
    repo = open_repository(builder.path)
    commits = read_commits(repo, ["HEAD"])
    first, second = diff_trees(repo, needed_pairs(commits))
    wrong = tuple(replace(change, hunks=(Hunk(7, 1, 7, 1),)) for change in second.files)
    lives = trace(commits, in_order([first, replace(second, files=wrong)]))
    assert lives.unknown == ("a.py",)
    assert "git compared no lines" in lives.problems[0].reason


def test_a_file_too_large_for_git_to_compare(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    builder.commit("Two", {"a.py": text("b")})
    repo = open_repository(builder.path)
    commits = read_commits(repo, ["HEAD"])
    first, second = diff_trees(repo, needed_pairs(commits))
    uncompared = tuple(replace(c, hunks=(), is_binary=True) for c in second.files)
    lives = trace(commits, in_order([first, replace(second, files=uncompared)]))
    assert (lives.unknown, lives.lost.tolist()) == (("a.py",), [0])


def test_twins_are_lost_together(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": text("a")})
    builder.branch("side")
    builder.commit("There", {"a.py": text("a", "b")})
    builder.switch("main")
    builder.commit("Here", {"a.py": text("a", "b")})
    builder.merge("side")
    builder.commit("Later", {"a.py": text("c")})
    repo = open_repository(builder.path)
    commits = read_commits(repo, ["HEAD"])
    *diffs, last = diff_trees(repo, needed_pairs(commits))
    uncompared = tuple(replace(c, hunks=(), is_binary=True) for c in last.files)
    lives = trace(commits, in_order([*diffs, replace(last, files=uncompared)]))
    assert lives.lost.tolist() == [0, 1, 2]
    assert np.count_nonzero(lives.is_twin) == 1


def test_diffs_out_of_order_are_refused(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    commits = read_commits(open_repository(builder.path), ["HEAD"])
    with pytest.raises(ValueError, match="wanted"):
        trace(commits, in_order([TreeDiff("x", "y", ())]))


def test_modes_alone_change_no_line(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": text("a")})
    (builder.path / "a.py").chmod(0o755)
    builder.commit("Two")
    (diff,) = diff_trees(open_repository(builder.path), [("HEAD~1", "HEAD")])
    assert diff.files[0].after is not None
    assert diff.files[0].after.mode is FileMode.EXECUTABLE
    assert ends(builder) == {"a (One)": "alive"}
