"""What holds for the lines of any history: random graphs, made real by `git fast-import`."""

from __future__ import annotations

import itertools
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Commit, Problem, Stage, TreeDiff
from scanner.git.commits import read_commits
from scanner.git.lifelines import Lifelines, needed_pairs, trace
from scanner.git.line_registry import NONE
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees

#: Few different lines, so that equal ones meet; one is not UTF-8, one looks like a header.
ALPHABET = (b"a", b"b", b"", b"    return x", b"@@ -1 +1 @@", b"\xff")

Content = tuple[bytes, ...]
Tree = dict[str, Content]
Diffs = dict[tuple[str | None, str], TreeDiff]


@dataclass(frozen=True)
class Sketch:
    """A commit to be made: numbers of earlier ones as parents, and its files."""

    parents: tuple[int, ...]
    files: Tree


lines = st.sampled_from(ALPHABET)


@st.composite
def edited(draw: st.DrawFn, content: Content) -> Content:
    """A content with a few stretches replaced."""
    result = list(content)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(result)))
        result[place : place + draw(st.integers(0, 3))] = draw(st.lists(lines, max_size=3))
    return tuple(result)


@st.composite
def histories(draw: st.DrawFn, paths: Sequence[str]) -> tuple[Sketch, ...]:
    """Two to eight commits that all lead to the last, merges of up to three parents among them."""
    sketches: list[Sketch] = []
    tips: set[int] = set()
    for number in range(draw(st.integers(2, 8))):
        parents = _parents(draw, number)
        files: Tree = {}
        for path in paths:
            sources = [
                sketches[parent].files[path] for parent in parents if path in sketches[parent].files
            ]
            # A merge may take a file from any parent, changed or not.
            source = draw(st.sampled_from(sources)) if sources else ()
            if (sources or not parents or draw(st.booleans())) and draw(st.integers(0, 9)):
                files[path] = draw(edited(source))
        sketches.append(Sketch(parents, files))
        tips = (tips - set(parents)) | {number}
    loose = tuple(sorted(tips))
    if len(loose) > 1:
        content = sketches[loose[0]].files
        sketches.append(Sketch(loose, {path: draw(edited(text)) for path, text in content.items()}))
    return tuple(sketches)


def _parents(draw: st.DrawFn, number: int) -> tuple[int, ...]:
    if number == 0 or draw(st.integers(0, 9)) == 0:
        return ()
    recent = st.integers(max(0, number - 4), number - 1)
    return tuple(draw(st.lists(recent, min_size=1, max_size=3, unique=True)))


@contextmanager
def made_real(sketches: Sequence[Sketch]) -> Iterator[RepositoryBuilder]:
    """A repository of these commits; `main` is the last."""
    with TemporaryDirectory() as folder:
        builder = RepositoryBuilder(Path(folder) / "repo")
        stream = b"".join(_import(number, sketch) for number, sketch in enumerate(sketches))
        builder.git("fast-import", "--quiet", stdin=stream)
        yield builder


def _import(number: int, sketch: Sketch) -> bytes:
    """A commit in the language of `git fast-import`."""
    message = f"Commit {number}".encode()
    parts = [
        b"reset refs/heads/main\n" if not sketch.parents else b"",
        b"commit refs/heads/main\nmark :%d\n" % (number + 1),
        b"committer A <a@x> %d +0000\ndata %d\n%s\n" % (number, len(message), message),
    ]
    words = itertools.chain([b"from"], itertools.repeat(b"merge"))
    links = zip(words, sketch.parents, strict=False)
    parts.extend(b"%s :%d\n" % (word, parent + 1) for word, parent in links)
    parts.append(b"deleteall\n")
    for path, content in sketch.files.items():
        text = b"".join(line + b"\n" for line in content)
        parts.append(b"M 644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text))
    return b"".join(parts)


def traced(builder: RepositoryBuilder) -> tuple[tuple[Commit, ...], Diffs]:
    repo = open_repository(builder.path)
    commits = read_commits(repo, ["main"])
    pairs = needed_pairs(commits)
    return commits, dict(zip(pairs, diff_trees(repo, pairs), strict=True))


def ancestry(commits: Sequence[Commit], tip: int) -> tuple[Commit, ...]:
    """The commits that one can be reached from, itself included, in the same order."""
    wanted = {commits[tip].oid}
    for commit in reversed(commits[: tip + 1]):
        if commit.oid in wanted:
            wanted.update(commit.parents)
    return tuple(commit for commit in commits if commit.oid in wanted)


def number_of(commit: Commit) -> int:
    return int(commit.subject.removeprefix("Commit "))


def text_at_birth(lives: Lifelines, line: int, contents: dict[str, Tree]) -> bytes:
    commit, path, number = identity(lives, line)
    return contents[commit][path][number - 1]


@settings(max_examples=25)
@given(histories(paths=("a.py", "b.py")))
def test_at_every_commit_each_line_is_what_was_born(sketches: tuple[Sketch, ...]) -> None:
    with made_real(sketches) as builder:
        commits, diffs = traced(builder)
    contents = {commit.oid: sketches[number_of(commit)].files for commit in commits}
    for tip in range(len(commits)):
        part = ancestry(commits, tip)
        lives = trace(part, lambda before, after: diffs[before, after])
        files = contents[commits[tip].oid]
        assert {path: len(lines) for path, lines in lives.alive.items()} == {
            path: len(content) for path, content in files.items()
        }
        for path, identities in lives.alive.items():
            born = [text_at_birth(lives, line, contents) for line in identities.tolist()]
            assert tuple(born) == files[path]
        check_ends(part, lives)


@settings(max_examples=25)
@given(histories(paths=("a.py", "b.py")), st.randoms(use_true_random=False))
def test_what_git_cannot_compare_makes_nothing_up(
    sketches: tuple[Sketch, ...], source: random.Random
) -> None:
    with made_real(sketches) as builder:
        commits, diffs = traced(builder)
    spoilt = {pair: spoil(diff, source) for pair, diff in diffs.items()}
    contents = {commit.oid: sketches[number_of(commit)].files for commit in commits}
    lives = trace(commits, lambda before, after: spoilt[before, after])
    files = contents[commits[-1].oid]
    for path, identities in lives.alive.items():
        born = [text_at_birth(lives, line, contents) for line in identities.tolist()]
        assert tuple(born) == files[path]
    if spoilt == diffs:
        assert lives.lost.size == 0
    # What stands did not fall; of what does neither it is said that it was lost.
    assert not (lives.is_alive() & (lives.death != NONE)).any()
    stands_or_fell = lives.is_alive() | (lives.death != NONE)
    assert lives.lost.tolist() == np.flatnonzero(~stands_or_fell).tolist()


def spoil(diff: TreeDiff, source: random.Random) -> TreeDiff:
    """The diff with some files, or all of it, not compared."""
    problem = Problem(Stage.GIT, None, "spoilt")
    if source.random() < 0.05:
        return replace(diff, files=(), problem=problem)
    files = tuple(
        replace(change, hunks=(), problem=problem) if source.random() < 0.15 else change
        for change in diff.files
    )
    return replace(diff, files=files)


def check_ends(commits: Sequence[Commit], lives: Lifelines) -> None:
    """Every line stands or fell, and fell after its birth; births are in order."""
    alive = lives.is_alive()
    dead = lives.death != NONE
    assert (alive ^ dead).all()
    assert (lives.death[dead] > lives.birth[dead]).all()
    assert (np.diff(lives.birth) >= 0).all()
    assert lives.lost.size == 0
    assert lives.problems == ()
    assert [len(lives.born_in(n)) for n in range(len(commits))] == [
        int((lives.birth == n).sum()) for n in range(len(commits))
    ]
    _, path, line = lives.positions_at_head()
    assert ((path != NONE) == alive).all()
    assert ((line != NONE) == alive).all()


@settings(max_examples=30)
@given(histories(paths=("a.py",)))
def test_births_are_those_of_git_blame(sketches: tuple[Sketch, ...]) -> None:
    with made_real(sketches) as builder:
        commits, diffs = traced(builder)
        lives = trace(commits, lambda before, after: diffs[before, after])
        for path, identities in lives.alive.items():
            blamed = blame(builder, path)
            assert [lives.commits[birth] for birth in lives.birth[identities]] == blamed


def blame(builder: RepositoryBuilder, path: str) -> list[str]:
    """The commit of each line."""
    done = subprocess.run(
        ["git", "-C", builder.path, "blame", "--root", "--porcelain", "main", "--", path],
        capture_output=True,
        check=True,
    )
    headers = (line.split() for line in done.stdout.split(b"\n") if not line.startswith(b"\t"))
    return [words[0].decode() for words in headers if words and len(words[0]) == 40]


@settings(max_examples=20)
@given(histories(paths=("a.py",)))
def test_a_line_dies_where_a_parent_has_it_and_the_commit_has_not(
    sketches: tuple[Sketch, ...],
) -> None:
    with made_real(sketches) as builder:
        commits, diffs = traced(builder)
    whole = trace(commits, lambda before, after: diffs[before, after])
    united = set(np.flatnonzero(whole.same_as != np.arange(len(whole.birth))).tolist())
    united.update(whole.same_as[sorted(united)].tolist())
    standing = [standing_at(commits, diffs, tip) for tip in range(len(commits))]
    index = {commit.oid: number for number, commit in enumerate(commits)}
    for line in set(np.flatnonzero(whole.death != NONE).tolist()) - united:
        killer = int(whole.death[line])
        parents = [index[parent] for parent in commits[killer].parents]
        assert any(identity(whole, line) in standing[parent] for parent in parents)
        assert identity(whole, line) not in standing[killer]


Identity = tuple[str, str, int]


def standing_at(commits: Sequence[Commit], diffs: Diffs, tip: int) -> set[Identity]:
    part = ancestry(commits, tip)
    lives = trace(part, lambda before, after: diffs[before, after])
    return {identity(lives, line) for lines in lives.alive.values() for line in lines.tolist()}


def identity(lives: Lifelines, line: int) -> Identity:
    """What a line is called in any part of the history."""
    path = lives.paths[lives.birth_path[line]]
    return lives.commits[lives.birth[line]], path, int(lives.birth_line[line])
