"""Commits, revisions and tags of real repositories, odd ones first."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Commit, Person
from scanner.git.commits import (
    first_parent_chain,
    head,
    merge_base,
    parse_commit,
    read_commits,
    read_tags,
    resolve,
    shallow_boundary,
)
from scanner.git.process import open_repository

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


# ------------------------------------------------------------------ one commit


def parsed(author: bytes, *more: bytes, message: bytes = b"Message\n") -> Commit:
    lines = (b"tree " + TREE.encode(), b"author " + author, b"committer C <c@x> 5 +0000", *more)
    return parse_commit("0" * 40, (), b"\n".join(lines) + b"\n\n" + message)


PEOPLE = [
    (b"Ada Example <ada@example.org> 0 +0000", "Ada Example", "ada@example.org"),
    (b" <ada@example.org> 0 +0000", "", "ada@example.org"),
    (b"<ada@example.org> 0 +0000", "", "ada@example.org"),
    (b"Ada <> 0 +0000", "Ada", ""),
    (b" <> 0 +0000", "", ""),
    (b"Ada <ada at example> 0 +0000", "Ada", "ada at example"),
    (b"A <b> C <ada@example.org> 0 +0000", "A", "b"),
    (b"Ada", "Ada", ""),
    (b"", "", ""),
    ("Žofie <ž@example.org> 0 +0000".encode(), "Žofie", "ž@example.org"),
    (b"Jos\xe9 <jose@example.org> 0 +0000", "Jos\ufffd", "jose@example.org"),
]


@pytest.mark.parametrize(("line", "name", "email"), PEOPLE)
def test_people(line: bytes, name: str, email: str) -> None:
    assert parsed(line).author == Person(name, email)


TIMES = [
    (b"1704110400 +0000", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta()),
    (b"1704110400 -0730", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta(hours=-7, minutes=-30)),
    (b"1704110400 +1400", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta(hours=14)),
    (b"1704110400 +9999", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta()),
    (b"1704110400 +051800", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta(hours=5, minutes=18)),
    (b"1704110400", datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta()),
    (b"-86400 +0000", datetime(1969, 12, 31, tzinfo=UTC), timedelta()),
    (b"99999999999999999999 +0000", EPOCH, timedelta()),
    (b"yesterday", EPOCH, timedelta()),
    (b"", EPOCH, timedelta()),
]


@pytest.mark.parametrize(("date", "instant", "offset"), TIMES)
def test_times(date: bytes, instant: datetime, offset: timedelta) -> None:
    authored = parsed(b"A <a@x> " + date).authored
    assert authored == instant
    assert authored.utcoffset() == offset


MESSAGES = [
    ((), "Grüße\n".encode(), "Grüße\n"),
    ((b"encoding iso-8859-1",), b"Gr\xfc\xdfe", "Grüße"),
    ((b"encoding utf-16",), b"odd", "odd"),
    ((b"encoding no-such-thing",), "Grüße".encode(), "Grüße"),
    ((b"encoding hex",), b"6162", "6162"),
    ((b"encoding \xff",), b"x", "x"),
    ((), b"Gr\xfc\xdfe", "Gr\ufffd\ufffde"),
    ((b"gpgsig -----BEGIN", b" author X <x> 9 +0000", b" -----END"), b"\nx\n\ny", "\nx\n\ny"),
    ((), b"", ""),
    ((), b"tree fake\nauthor F <f@x> 1 +0000\n", "tree fake\nauthor F <f@x> 1 +0000\n"),
]


@pytest.mark.parametrize(("headers", "message", "text"), MESSAGES)
def test_messages(headers: tuple[bytes, ...], message: bytes, text: str) -> None:
    commit = parsed(b"A <a@x> 7 +0100", *headers, message=message)
    assert commit.message == text
    assert commit.author == Person("A", "a@x")
    assert commit.authored == datetime.fromtimestamp(7, timezone(timedelta(hours=1)))
    assert commit.tree == TREE


def test_an_encoding_that_git_itself_wrote(builder: RepositoryBuilder) -> None:
    builder.git("config", "i18n.commitEncoding", "iso-8859-1")
    builder.commit("placeholder")
    message = "Größe\n\nCo-authored-by: José <j@x>\n".encode("iso-8859-1")
    builder.git("commit", "-q", "--allow-empty", "-F", "-", stdin=message)
    repo = open_repository(builder.path)
    assert read_commits(repo, ["HEAD"])[-1].message == "Größe\n\nCo-authored-by: José <j@x>\n"


# ------------------------------------------------------------------ many commits


def test_an_empty_repository_has_no_head(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    assert head(repo) is None
    with pytest.raises(ScanError) as caught:
        resolve(repo, "HEAD")
    assert caught.value.hint == "The current branch has no commits yet."
    assert read_commits(repo, []) == ()
    assert read_tags(repo) == ()


def test_an_unborn_branch_beside_others(builder: RepositoryBuilder) -> None:
    tip = builder.commit("One", {"a.py": "x = 1\n"})
    builder.git("switch", "-q", "--orphan", "fresh")
    repo = open_repository(builder.path)
    assert head(repo) is None
    assert resolve(repo, "main") == tip


def test_a_detached_head(builder: RepositoryBuilder) -> None:
    first = builder.commit("One", {"a.py": "x = 1\n"})
    builder.commit("Two", {"a.py": "x = 2\n"})
    builder.git("switch", "-q", "--detach", first)
    assert head(open_repository(builder.path)) == first


def test_a_head_that_is_not_there_is_an_error(builder: RepositoryBuilder) -> None:
    tip = builder.commit("One", {"a.py": "x = 1\n"})
    (builder.path / ".git/objects" / tip[:2] / tip[2:]).unlink()
    with pytest.raises(ScanError, match=tip):
        head(open_repository(builder.path))


def octopus(builder: RepositoryBuilder) -> str:
    builder.commit("Base", {"a.py": "x = 1\n"})
    for name in ("one", "two"):
        builder.branch(name, "main")
        builder.commit(name, {f"{name}.py": f"{name} = 1\n"})
    builder.switch("main")
    builder.commit("Main", {"main.py": "m = 1\n"})
    return builder.merge("one", "two")


def test_parents_come_first_and_keep_their_order(builder: RepositoryBuilder) -> None:
    tip = octopus(builder)
    commits = read_commits(open_repository(builder.path), ["HEAD"])
    seen: set[str] = set()
    for commit in commits:
        assert seen.issuperset(commit.parents)
        seen.add(commit.oid)
    assert commits[-1].oid == tip
    assert commits[-1].is_merge
    parents = builder.git("rev-parse", "main^1", "one", "two").split()
    assert list(commits[-1].parents) == parents
    assert [commit.subject for commit in first_parent_chain(commits, tip)] == [
        "Base",
        "Main",
        "Merge",
    ]


def test_what_is_excluded_is_left_out(builder: RepositoryBuilder) -> None:
    octopus(builder)
    repo = open_repository(builder.path)
    names = [commit.subject for commit in read_commits(repo, ["main", "one"], ["two", "main~1"])]
    assert sorted(names) == ["Merge", "one"]
    assert first_parent_chain((), "x") == ()


def test_a_commit_message_of_any_bytes(builder: RepositoryBuilder) -> None:
    builder.commit("a\r\nb \x1b[31m\n\n\n  c \u2028 d", {"a.py": ""})
    assert read_commits(open_repository(builder.path), ["HEAD"])[0].message == (
        "a\r\nb \x1b[31m\n\n\n  c \u2028 d"
    )


# ------------------------------------------------------------------ revisions


def test_resolve_follows_names_and_tags(builder: RepositoryBuilder) -> None:
    first = builder.commit("One", {"a.py": "x = 1\n"})
    builder.commit("Two", {"a.py": "x = 2\n"})
    builder.git("tag", "-m", "Annotated", "v1", first)
    builder.git("tag", "-m", "Tag of a tag", "v1-again", "v1")
    repo = open_repository(builder.path)
    for revision in (
        first,
        first[:8],
        "HEAD~1",
        "main~",
        "v1",
        "v1-again",
        "main@{0}~1",
        "HEAD^{/One}",
    ):
        assert resolve(repo, revision) == first


def test_an_unknown_name_hints_at_close_ones(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": "x = 1\n"})
    builder.git("branch", "feature/login")
    with pytest.raises(ScanError, match="no revision 'feature/logon'") as caught:
        resolve(open_repository(builder.path), "feature/logon")
    assert caught.value.hint == "Did you mean feature/login?"


def test_what_is_no_commit_is_named(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": "x = 1\n"})
    builder.git("tag", "a-tree", "HEAD^{tree}")
    builder.git("tag", "-m", "x", "a-blob", builder.git("rev-parse", "HEAD:a.py"))
    repo = open_repository(builder.path)
    with pytest.raises(ScanError, match="'a-tree' is a tree, not a commit"):
        resolve(repo, "a-tree")
    with pytest.raises(ScanError, match="'a-blob' is a tag, not a commit"):
        resolve(repo, "a-blob")
    assert read_tags(repo) == ()


def test_an_ambiguous_start_of_an_id(builder: RepositoryBuilder) -> None:
    # 300 commits of fixed content have two that start with the same four digits.
    oids = [builder.git("commit-tree", "-m", f"{n}", TREE) for n in range(300)]
    builder.git("hash-object", "-t", "tree", "-w", os.devnull)
    starts = [oid[:4] for oid in oids]
    twice = next(start for start in starts if starts.count(start) > 1)
    with pytest.raises(ScanError, match=f"'{twice}' is the start of 2 object ids"):
        resolve(open_repository(builder.path), twice)


def test_tags_are_sorted_by_time(builder: RepositoryBuilder) -> None:
    first = builder.commit("One", {"a.py": "x = 1\n"})
    second = builder.commit("Two", {"a.py": "x = 2\n"})
    builder.git("tag", "light", second)
    builder.clock += 9000
    builder.git("tag", "-m", "Late", "v1-ünï", first)
    tags = read_tags(open_repository(builder.path))
    assert [(tag.name, tag.commit) for tag in tags] == [("light", second), ("v1-ünï", first)]
    assert tags[1].time - tags[0].time == timedelta(seconds=9000)


# ------------------------------------------------------------------ merge bases and shallow clones


def test_merge_base(builder: RepositoryBuilder) -> None:
    octopus(builder)
    repo = open_repository(builder.path)
    assert merge_base(repo, "one", "two") == builder.git("rev-parse", "main~2")
    assert merge_base(repo, "HEAD", "one") == builder.git("rev-parse", "one")


def test_no_merge_base(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": "x = 1\n"})
    builder.git("switch", "-q", "--orphan", "other")
    builder.commit("Other", {"b.py": "x = 1\n"})
    with pytest.raises(ScanError, match="main and other have no common ancestor"):
        merge_base(open_repository(builder.path), "main", "other")


@pytest.fixture
def shallow(builder: RepositoryBuilder, tmp_path: Path) -> Path:
    """A clone of depth 2 of two branches that parted five commits ago."""
    builder.commit("Base", {"a.py": "x = 0\n"})
    builder.branch("side")
    for branch in ("side", "main"):
        builder.switch(branch)
        for number in range(5):
            builder.commit(f"{branch} {number}", {f"{branch}.py": f"x = {number}\n"})
    clone = tmp_path / "clone"
    url = f"file://{builder.path}"
    builder.git("clone", "-q", "--depth=2", "--no-single-branch", url, os.fspath(clone))
    return clone


def test_a_shallow_clone_ends_at_its_boundary(shallow: Path) -> None:
    repo = open_repository(shallow)
    assert repo.is_shallow
    commits = read_commits(repo, ["HEAD"])
    assert [commit.subject for commit in commits] == ["main 3", "main 4"]
    assert commits[0].parents == ()
    assert commits[0].oid in shallow_boundary(repo)
    assert commits[1].oid not in shallow_boundary(repo)


def test_a_shallow_clone_says_what_to_fetch(shallow: Path) -> None:
    repo = open_repository(shallow)
    with pytest.raises(ScanError, match="the 2 commits it has of HEAD and the 2 of") as caught:
        merge_base(repo, "HEAD", "origin/side")
    assert "git fetch --deepen=" in (caught.value.hint or "")
    with pytest.raises(ScanError) as caught:
        resolve(repo, "HEAD~4")
    assert "shallow clone" in (caught.value.hint or "")


def test_a_whole_clone_has_no_boundary(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": "x = 1\n"})
    assert shallow_boundary(open_repository(builder.path)) == frozenset()
