"""Lives of lines in real repositories, through git and the lifelines."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Commit, FileChange, Label, Problem, Stage
from scanner.base.store import open_store
from scanner.durability.fates import FollowedLines, Landed, fates, follow_changes
from scanner.durability.kept import KeptLines
from scanner.durability.lives import NONE, Lives, follow
from scanner.durability.reverts import patches
from scanner.git.blobs import BlobReader
from scanner.git.commits import read_commits, resolve
from scanner.git.lifelines import in_order, needed_pairs, trace
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees


@dataclass(frozen=True)
class Followed:
    commits: tuple[Commit, ...]
    lives: Lives
    lines: FollowedLines
    changes: tuple[Landed, ...]

    def ends(self) -> list[tuple[str, str | None]]:
        """Subjects of the commits that wrote and that ended each line, in order."""
        subjects = [commit.subject for commit in self.commits]
        return [
            (subjects[birth], None if end == NONE else subjects[end])
            for birth, end in zip(self.lives.birth.tolist(), self.lives.end.tolist(), strict=True)
        ]


def followed(
    builder: RepositoryBuilder, *, labels: Sequence[Label] = (), ignored: Sequence[str] = ()
) -> Followed:
    repo = open_repository(builder.path)
    commits = read_commits(repo, [resolve(repo, "HEAD")])
    pairs = needed_pairs(commits)
    diffs = list(diff_trees(repo, pairs))
    files: dict[str, list[FileChange]] = {}
    for (_, oid), diff in zip(pairs, diffs, strict=True):
        files.setdefault(oid, []).extend(diff.files)
    with BlobReader(repo) as blobs:

        def read(oid: str) -> Sequence[str] | Problem:
            data = blobs.read(oid)
            return data if isinstance(data, Problem) else data.decode().splitlines()

        every = [files.get(c.oid, []) for c in commits]
        with open_store(None) as store:
            with KeptLines(read, store, ignored) as kept:
                lifelines = trace(commits, in_order(diffs), seen=kept)
            lives = follow(lifelines, every, read, store, ignored)
            with KeptLines(unreadable, store, ignored) as kept:
                again = trace(commits, in_order(diffs), seen=kept)
            assert_same(lives, follow(again, every, unreadable, store, ignored))
    changes = tuple(
        Landed(
            commit.oid,
            (number,),
            commit.committed.timestamp(),
            labels[number] if labels else Label.UNMARKED,
            commit.author.email,
        )
        for number, commit in enumerate(commits)
    )
    return Followed(commits, lives, follow_changes(lives, changes, len(commits)), changes)


def unreadable(oid: str) -> Problem:
    """Nothing is to be read a second time."""
    raise AssertionError(oid)


def assert_same(one: Lives, other: Lives) -> None:
    for field in fields(Lives):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


BODY = [f"value_{n} = compute_{n}(source)" for n in range(6)]


def text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_only_code_lines_live(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text('"""Doc."""', "", "# note", "x = 1")})
    assert followed(builder).ends() == [("one", None)]


def test_a_replaced_line_ends(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1", "second = 2")})
    builder.commit("two", {"a.py": text("first = 1", "second = 3")})
    assert followed(builder).ends() == [("one", None), ("one", "two"), ("two", None)]


def test_a_rename_ends_nothing(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text(*BODY)})
    builder.commit("two", {"a.py": None, "pkg/b.py": text(*BODY)})
    assert set(followed(builder).ends()) == {("one", None)}


def test_moved_lines_go_on(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text(*BODY, *(f"keep_{n} = {n}" for n in range(20)))})
    kept = [f"keep_{n} = {n}" for n in range(20)]
    builder.commit("two", {"a.py": text(*kept), "b.py": text(*BODY)})
    builder.commit("three", {"b.py": text(*BODY[:5])})
    ends = followed(builder).ends()
    assert len(ends) == 26
    assert ends.count(("one", None)) == 25
    assert ends.count(("one", "three")) == 1


def test_two_moved_lines_are_too_few(builder: RepositoryBuilder) -> None:
    builder.commit(
        "one", {"a.py": text("pass  # a", "returned = 1", "pass  # b", "x = 1"), "b.py": ""}
    )
    builder.commit(
        "two", {"a.py": text("pass  # a", "pass  # b"), "b.py": text("x = 1", "returned = 1")}
    )
    # `returned = 1` says enough to be known again alone; `x = 1` does not.
    assert Counter(followed(builder).ends()) == {
        ("one", None): 3,
        ("one", "two"): 1,
        ("two", None): 1,
    }


def test_new_indentation_ends_nothing(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("def f():", *(f"    {line}" for line in BODY))})
    deeper = [f"        {line}" for line in BODY]
    builder.commit("two", {"a.py": text("def f():", "    if ready:", *deeper)})
    ends = followed(builder).ends()
    assert ends.count(("one", None)) == 7
    assert ends.count(("two", None)) == 1


def test_a_formatter_ends_nothing_and_writes_nothing(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("x=call(first,second)", "y = [", "  1,", "  2]")})
    builder.commit(
        "format", {"a.py": text("x = call(", "    first,", "    second,", ")", "y = [1, 2]")}
    )
    ends = followed(builder).ends()
    assert ends.count(("one", None)) == 4
    assert not any(end == "format" for _, end in ends)


def test_a_listed_commit_censors(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1", "second = 2")})
    listed = builder.commit("upgrade syntax", {"a.py": text("second = 2")})
    found = followed(builder, ignored=[listed])
    assert found.lives.is_censored.tolist() == [True, False]
    assert not found.lines.ended.any()


def test_a_listed_commit_is_looked_through(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1", "second = 2")})
    listed = builder.commit("upgrade syntax", {"a.py": text("first: int = 1", "second = 2")})
    assert followed(builder, ignored=[listed]).ends() == [("one", None), ("one", None)]


def test_a_line_that_two_branches_wrote_lives_once(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1")})
    builder.branch("side")
    builder.commit("there", {"a.py": text("first = 1", "second = 2")})
    builder.switch("main")
    builder.commit("here", {"a.py": text("first = 1", "second = 2")})
    builder.merge("side")
    builder.commit("less", {"a.py": text("first = 1")})
    assert followed(builder).ends() == [("one", None), ("here", "less")]


def test_unreadable_blobs_are_counted_not_lost(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1")})
    repo = open_repository(builder.path)
    commits = read_commits(repo, [resolve(repo, "HEAD")])
    diffs = list(diff_trees(repo, needed_pairs(commits)))
    lifelines = trace(commits, in_order(diffs))
    broken = Problem(Stage.GIT, "a.py", "not in this clone")
    with open_store(None) as store:
        lives = follow(lifelines, [diffs[0].files], lambda _: broken, store)
        again = follow(lifelines, [diffs[0].files], lambda _: ["first = 1"], store)
    assert (len(lives.line), lives.unfollowed, lives.problems) == (0, 1, (broken,))
    assert (len(again.line), again.unfollowed, again.problems) == (1, 0, ())


def test_rework_counts_who_and_when(builder: RepositoryBuilder) -> None:
    lines = [f"value_{n} = {n}" for n in range(10)]
    builder.commit("one", {"a.py": text(*lines)})
    lines[0] = "value_0 = 'changed by another'"
    builder.commit("two", {"a.py": text(*lines)}, days_later=5, author="Bob <bob@example.org>")
    lines[1] = "value_1 = 'changed by herself'"
    builder.commit("three", {"a.py": text(*lines)}, days_later=15)
    builder.commit("four", {"b.py": text("z = 1")}, days_later=20)
    labels = [Label.AI, Label.UNMARKED, Label.AI, Label.AI]
    found = followed(builder, labels=labels)
    one, two, _, four = fates(found.lines, found.changes)
    assert (one.added, one.alive) == (10, 8)
    week, fortnight, month, quarter = one.rework
    assert (week.reworked, week.other_label, week.other_author, week.same_author) == (1, 1, 1, 0)
    assert (fortnight.reworked, month.reworked) == (1, 2)
    assert (month.same_label, month.same_author) == (1, 1)
    assert month.share == 0.2
    assert not quarter.is_observed
    assert quarter.share is None
    assert one.survival.reworked_within == ((7, 1, 10), (14, 1, 10), (30, 2, 10), (90, 2, 0))
    assert two.within(14).share == 0
    assert four.follow_up == 0


def test_what_a_change_throws_away_itself_counts_nowhere(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": text("base = 0")})
    builder.branch("topic")
    builder.commit("draft", {"b.py": text("draft = 1", "kept = 2")})
    builder.commit("final", {"b.py": text("final = 1", "kept = 2")})
    builder.switch("main")
    builder.merge("topic", message="Merge topic")
    found = followed(builder)
    by_subject = {commit.subject: number for number, commit in enumerate(found.commits)}
    merged = Landed(
        "m",
        tuple(by_subject[name] for name in ("draft", "final", "Merge topic")),
        found.commits[by_subject["Merge topic"]].committed.timestamp(),
        Label.UNMARKED,
        "ada",
    )
    base = Landed("b", (by_subject["base"],), 0.0, Label.UNMARKED, "ada")
    lines = follow_changes(found.lives, (base, merged), len(found.commits))
    assert lines.change.tolist() == [0, 1, 1]
    assert not lines.ended.any()


def test_an_exact_inverse_is_seen_in_the_patches(builder: RepositoryBuilder) -> None:
    builder.commit("one", {"a.py": text("first = 1", "second = 2")})
    builder.commit("two", {"a.py": text("first = 1", "second = 3", "third = 4")})
    builder.commit("three", {"a.py": text("first = 1", "second = 2")})
    found = followed(builder)
    _, two, three = patches(found.lines, 3)
    assert (two.added, two.removed) == (three.removed, three.added)


def test_line_ages_agree_with_git_blame(builder: RepositoryBuilder) -> None:
    """Where nothing moved, the lines alive are those that `git blame` gives to each commit."""
    lines = [f"value_{n} = {n * n}" for n in range(30)]
    builder.commit("c0", {"a.py": text(*lines)})
    for number in range(1, 8):
        lines[number * 3 % 30] = f"value_{number} = 'edit {number}'"
        lines.insert(number * 5 % 30, f"inserted_{number} = {number}")
        builder.commit(f"c{number}", {"a.py": text(*lines)})
    blamed = subprocess.run(
        ["git", "-C", str(builder.path), "blame", "-s", "-l", "--root", "a.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = followed(builder)
    alive = [
        found.commits[b].oid
        for b, e in zip(found.lives.birth, found.lives.end, strict=True)
        if e == NONE
    ]
    assert sorted(alive) == sorted(line.split()[0].lstrip("^") for line in blamed)
