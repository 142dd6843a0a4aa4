"""What is in a tree, and what changed between two or up to the index, in all repositories."""

from __future__ import annotations

import os
import random
from itertools import pairwise
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import FileChange, FileMode, FileStatus, Hunk, TreeDiff
from scanner.git.blobs import BlobReader
from scanner.git.process import GitError, Repository, open_repository
from scanner.git.trees import blobs_at, diff_index, diff_trees, list_tree


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def diff(builder: RepositoryBuilder, before: str | None, after: str) -> tuple[FileChange, ...]:
    (result,) = diff_trees(open_repository(builder.path), [(before, after)])
    assert result.problem is None
    return result.files


def last(builder: RepositoryBuilder) -> tuple[FileChange, ...]:
    """What the last commit changed."""
    return diff(builder, builder.git("rev-parse", "HEAD~1"), builder.head)


def numbered(*numbers: int) -> str:
    return "".join(f"value_{number} = {number}\n" for number in numbers)


# ------------------------------------------------------------------ what is in a tree


def test_only_python_is_listed(builder: RepositoryBuilder) -> None:
    named = dict.fromkeys(("a.py", "b.pyi", "c.pyw", "d/e/f.py", "i.PY"), "")
    wanted: dict[str, str | bytes | None] = {**named, "l.d/run": "#! /usr/bin/python3\n"}
    others: dict[str, str | bytes | None] = {
        "g.txt": "",
        "py": "",
        "h.pyc": "",
        "j.py/k.txt": "",
        "m.sh": "#!/usr/bin/python3\n",
    }
    builder.commit("One", wanted | others)
    repo = open_repository(builder.path)
    assert {file.path for file in list_tree(repo, builder.head)} == wanted.keys()
    assert len(list_tree(repo, builder.head, paths=())) == 11
    assert list_tree(repo, repo.empty_tree) == ()


def test_modes_tell_files_from_links_and_submodules(builder: RepositoryBuilder) -> None:
    builder.write("run.py", "x = 1\n")
    (builder.path / "run.py").chmod(0o755)
    (builder.path / "link.py").symlink_to("run.py")
    first = builder.commit("One", {"a.py": ""})
    builder.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub.py")
    builder.git("commit", "-qm", "Submodule")
    modes = {
        file.path: file.mode for file in list_tree(open_repository(builder.path), builder.head)
    }
    assert modes == {
        "a.py": FileMode.REGULAR,
        "link.py": FileMode.SYMLINK,
        "run.py": FileMode.EXECUTABLE,
        "sub.py": FileMode.SUBMODULE,
    }


ODD_PATHS = [
    "new\nline.py",
    'quo"te.py',
    "tab\t.py",
    "back\\slash.py",
    " space .py",
    "ünï/cødé.py",
    "\udcff\udcfe.py",
    "-dash.py",
    ":(glob)magic.py",
    "star*.py",
    "x\ndiff --git a b.py",
    "x\n@@ -1 +1 @@.py",
    "\x01\x7f.py",
]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_paths_of_any_bytes(builder: RepositoryBuilder, path: str) -> None:
    builder.commit("One", {path: numbered(1, 2, 3), "other.py": "x = 1\n"})
    builder.commit("Two", {path: numbered(1, 3), "other.py": "x = 2\n"})
    by_path = {change.path: change.hunks for change in last(builder)}
    assert by_path == {path: (Hunk(1, 1, 1, 0),), "other.py": (Hunk(0, 1, 0, 1),)}
    builder.commit("Three", {path: None, "moved/" + path: numbered(1, 3)})
    (change,) = last(builder)
    assert change.status is FileStatus.RENAMED
    assert change.before is not None
    assert (change.before.path, change.path) == (path, "moved/" + path)


# ------------------------------------------------------------------ kinds of changes


def test_nothing_changed(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": "x = 1\n"})
    builder.commit("Two", {"readme.txt": "x"})
    assert last(builder) == ()


def test_the_empty_tree_stands_before_all(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": numbered(1, 2), "empty.py": ""})
    builder.commit("Two", {"b.py": numbered(1)})
    changes = diff(builder, None, builder.head)
    assert [(c.path, c.before, c.hunks) for c in changes] == [
        ("a.py", None, (Hunk(0, 0, 0, 2),)),
        ("b.py", None, (Hunk(0, 0, 0, 1),)),
        ("empty.py", None, ()),
    ]
    assert {change.status for change in changes} == {FileStatus.ADDED}


def test_trees_and_commits_may_be_named(builder: RepositoryBuilder) -> None:
    one = builder.commit("One", {"a.py": "x = 1\n"})
    two = builder.commit("Two", {"a.py": "x = 2\n"})
    trees = builder.git("rev-parse", f"{one}^{{tree}}", f"{two}^{{tree}}").split()
    pairs: list[tuple[str | None, str]] = [(one, two), (trees[0], two), (trees[0], trees[1])]
    results = list(diff_trees(open_repository(builder.path), pairs))
    assert [(result.before, result.after) for result in results] == pairs
    assert len({result.files for result in results}) == 1


def test_deletion_mode_change_and_rename(builder: RepositoryBuilder) -> None:
    builder.commit(
        "One", {"gone.py": numbered(1), "mode.py": numbered(2), "old.py": numbered(*range(9))}
    )
    (builder.path / "mode.py").chmod(0o755)
    renamed = numbered(*range(8))
    builder.commit("Two", {"gone.py": None, "old.py": None, "new.py": renamed})
    gone, mode, new = last(builder)
    assert (gone.status, gone.after, gone.hunks) == (FileStatus.DELETED, None, (Hunk(0, 1, 0, 0),))
    assert (mode.status, mode.hunks) == (FileStatus.MODIFIED, ())
    assert mode.before is not None
    assert mode.after is not None
    assert (mode.before.mode, mode.after.mode) == (FileMode.REGULAR, FileMode.EXECUTABLE)
    assert (new.status, new.hunks) == (FileStatus.RENAMED, (Hunk(8, 1, 8, 0),))


def test_a_file_becomes_a_link_and_back(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": numbered(1, 2, 3), "b.py": ""})
    (builder.path / "a.py").unlink()
    (builder.path / "a.py").symlink_to("b.py")
    builder.commit("Two", {"b.py": "x = 1\n"})
    link, plain = last(builder)
    assert (link.status, link.hunks) == (FileStatus.TYPE_CHANGED, (Hunk(0, 3, 0, 1),))
    assert plain.hunks == (Hunk(0, 0, 0, 1),)
    (builder.path / "a.py").unlink()
    builder.commit("Three", {"a.py": numbered(4, 5)})
    (back,) = last(builder)
    assert (back.status, back.hunks) == (FileStatus.TYPE_CHANGED, (Hunk(0, 1, 0, 2),))


def test_a_file_becomes_a_folder(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": numbered(1)})
    builder.commit("Two", {"a.py": None})
    builder.commit("Three", {"a.py/b.py": numbered(2)})
    changes = diff(builder, builder.git("rev-parse", "HEAD~2"), builder.head)
    assert [(change.status, change.path) for change in changes] == [
        (FileStatus.DELETED, "a.py"),
        (FileStatus.ADDED, "a.py/b.py"),
    ]


LINES = [
    ("CRLF", b"a\r\nb\r\n", b"a\r\nc\r\n", (Hunk(1, 1, 1, 1),)),
    ("old Mac ends", b"a\rb\r", b"a\rc\r", (Hunk(0, 1, 0, 1),)),
    ("no last newline", b"a\nb", b"a\nb\n", (Hunk(1, 1, 1, 1),)),
    ("BOM", b"\xef\xbb\xbfa\n", b"a\n", (Hunk(0, 1, 0, 1),)),
    ("white space only", b"a\n b\n", b"a\n  b\n", (Hunk(1, 1, 1, 1),)),
    ("form feed", b"a\x0cb\n", b"a\x0cc\n", (Hunk(0, 1, 0, 1),)),
    ("emptied", b"a\nb\n", b"", (Hunk(0, 2, 0, 0),)),
    ("filled", b"", b"a\n", (Hunk(0, 0, 0, 1),)),
]


@pytest.mark.parametrize(
    ("before", "after", "hunks"), [case[1:] for case in LINES], ids=[case[0] for case in LINES]
)
def test_lines(
    builder: RepositoryBuilder, before: bytes, after: bytes, hunks: tuple[Hunk, ...]
) -> None:
    builder.commit("One", {"a.py": before})
    builder.commit("Two", {"a.py": after})
    (change,) = last(builder)
    assert (change.hunks, change.is_binary) == (hunks, False)


def test_binary_content_is_told_and_still_compared(builder: RepositoryBuilder) -> None:
    builder.commit("One", {"a.py": b"a\n\0\nc\n"})
    builder.commit("Two", {"a.py": b"a\n\0\0\nc\n"})
    (change,) = last(builder)
    assert (change.hunks, change.is_binary) == ((Hunk(1, 1, 1, 1),), True)


def test_attributes_hide_nothing(builder: RepositoryBuilder) -> None:
    files = {"a.py": numbered(1), ".gitattributes": "*.py -diff binary linguist-generated\n"}
    builder.commit("One", dict(files))
    builder.commit("Two", {"a.py": numbered(2)})
    (change,) = last(builder)
    assert (change.hunks, change.is_binary) == ((Hunk(0, 1, 0, 1),), False)


def test_hunks_turn_one_version_into_the_other(builder: RepositoryBuilder) -> None:
    source = random.Random(7)  # noqa: S311
    versions = [[f"line {source.randrange(12)}\n" for _ in range(60)] for _ in range(2)]
    for _ in range(12):
        lines = list(versions[-1])
        for _ in range(source.randrange(1, 9)):
            place = source.randrange(len(lines))
            lines[place : place + source.randrange(4)] = [
                f"line {source.randrange(12)}\n" for _ in range(source.randrange(4))
            ]
        versions.append(lines)
    oids = [builder.commit(f"{n}", {"a.py": "".join(v)}) for n, v in enumerate(versions)]
    pairs: list[tuple[str | None, str]] = list(pairwise(oids))
    for number, result in enumerate(diff_trees(open_repository(builder.path), pairs)):
        before, after = versions[number], versions[number + 1]
        rebuilt: list[str] = []
        position = 0
        for change in result.files:
            for hunk in change.hunks:
                rebuilt += before[position : hunk.old_offset]
                rebuilt += after[hunk.new_offset : hunk.new_offset + hunk.new_count]
                position = hunk.old_offset + hunk.old_count
        assert rebuilt + before[position:] == after


def test_a_submodule_has_no_lines(builder: RepositoryBuilder) -> None:
    first = builder.commit("One", {"a.py": numbered(1, 2)})
    second = builder.commit("Two", {"a.py": None})
    for oid in (first, second):
        builder.git("update-index", "--add", "--cacheinfo", f"160000,{oid},a.py")
        builder.git("commit", "-qm", "Submodule")
    oids: list[str | None] = [first, builder.git("rev-parse", "HEAD~1"), builder.head]
    pairs = [(a, b) for a, b in [*pairwise([*oids, second]), (None, oids[1])] if b]
    changes = [result.files[0] for result in diff_trees(open_repository(builder.path), pairs)]
    assert [(change.status, change.hunks) for change in changes] == [
        (FileStatus.TYPE_CHANGED, (Hunk(0, 2, 0, 0),)),
        (FileStatus.MODIFIED, ()),
        (FileStatus.DELETED, ()),
        (FileStatus.ADDED, ()),
    ]


# ------------------------------------------------------------------ the index


def test_the_index_against_a_commit(builder: RepositoryBuilder) -> None:
    tip = builder.commit("One", {"a.py": numbered(1, 2), "b.py": numbered(3), "c.py": numbered(4)})
    builder.write("a.py", numbered(1))
    builder.git("add", "a.py")
    builder.git("rm", "-q", "--cached", "b.py")
    builder.write("c.py", "not staged\n")
    builder.write("d.py", numbered(9))
    builder.git("add", "--intent-to-add", "d.py")
    result = diff_index(open_repository(builder.path), tip)
    assert (result.before, result.after) == (tip, "index")
    assert [(c.status, c.path, c.hunks) for c in result.files] == [
        (FileStatus.MODIFIED, "a.py", (Hunk(1, 1, 1, 0),)),
        (FileStatus.DELETED, "b.py", (Hunk(0, 1, 0, 0),)),
    ]


def test_the_first_commit_is_compared_with_nothing(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    assert diff_index(repo, None).files == ()
    builder.write("a.py", numbered(1))
    builder.git("add", "a.py")
    (change,) = diff_index(repo, None).files
    assert (change.status, change.added_lines) == (FileStatus.ADDED, 1)
    with BlobReader(repo) as blobs:
        assert change.after is not None
        assert blobs.read(change.after.blob) == b"value_1 = 1\n"


def test_conflicts_are_problems(builder: RepositoryBuilder) -> None:
    builder.commit("Base", {"a.py": numbered(1), "b.py": numbered(2), "c.py": numbered(3)})
    builder.branch("side")
    builder.commit(
        "Side", {"a.py": numbered(11), "b.py": None, "c.py": numbered(33), "d.py": "x\n"}
    )
    builder.switch("main")
    tip = builder.commit("Main", {"a.py": numbered(111), "b.py": numbered(222), "d.py": "y\n"})
    with pytest.raises(AssertionError, match="merge"):
        builder.merge("side")
    result = diff_index(open_repository(builder.path), tip)
    conflicts = {change.path for change in result.files if change.problem is not None}
    assert conflicts == {"a.py", "b.py", "d.py"}
    (clean,) = [change for change in result.files if change.problem is None]
    assert (clean.path, clean.hunks) == ("c.py", (Hunk(0, 1, 0, 1),))


# ------------------------------------------------------------------ objects that are not there


def remove(builder: RepositoryBuilder, oid: str) -> None:
    (builder.path / ".git/objects" / oid[:2] / oid[2:]).unlink()


def wreck(builder: RepositoryBuilder, oid: str) -> None:
    file = builder.path / ".git/objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(b"garbage")


def history(builder: RepositoryBuilder) -> list[tuple[str | None, str]]:
    """Ten commits on three files, one of which is renamed in each second one."""
    oids: list[str | None] = [None]
    for number in range(10):
        name = f"moving_{number // 2}.py"
        old = f"moving_{(number - 1) // 2}.py"
        files: dict[str, str | bytes | None] = {
            "a.py": numbered(*range(number, 20)),
            "b.py": numbered(*range(30 + number)),
            name: numbered(*range(100, 150 + number)),
        }
        if number and old != name:
            files[old] = None
        oids.append(builder.commit(f"{number}", files))
    return [(before, after) for before, after in pairwise(oids) if after]


def problems(results: list[TreeDiff]) -> dict[tuple[int, str], str]:
    return {
        (number, change.path): change.problem.reason
        for number, result in enumerate(results)
        for change in result.files
        if change.problem is not None
    }


@pytest.mark.parametrize("harm", [remove, wreck])
def test_an_unreadable_file_spoils_only_its_own_changes(
    builder: RepositoryBuilder, harm: object
) -> None:
    pairs = history(builder)
    repo = open_repository(builder.path)
    whole = list(diff_trees(repo, pairs))
    assert not problems(whole)
    assert callable(harm)
    for number in (4, 7):
        harm(builder, builder.git("rev-parse", f"{pairs[number][1]}:a.py"))
    results = list(diff_trees(repo, pairs))
    assert problems(results).keys() == {(4, "a.py"), (5, "a.py"), (7, "a.py"), (8, "a.py")}
    for before, after in zip(whole, results, strict=True):
        assert {c for c in before.files if c.path != "a.py"} == {
            c for c in after.files if c.path != "a.py"
        }
        assert [c.path for c in before.files] == [c.path for c in after.files]
        assert after.problem is None
    assert [r for n, r in enumerate(results) if n not in {4, 5, 7, 8}] == [
        r for n, r in enumerate(whole) if n not in {4, 5, 7, 8}
    ]


def test_missing_versions_of_a_renamed_file(builder: RepositoryBuilder) -> None:
    pairs = history(builder)
    repo = open_repository(builder.path)
    remove(builder, builder.git("rev-parse", f"{pairs[3][1]}:moving_1.py"))
    results = list(diff_trees(repo, pairs))
    # Without its content git cannot know that the old name is the new one, so neither do we.
    assert problems(results).keys() == {
        (3, "moving_1.py"),
        (4, "moving_1.py"),
        (4, "moving_2.py"),
    }
    assert [c.status for c in results[4].files if c.path.startswith("moving")] == [
        FileStatus.DELETED,
        FileStatus.ADDED,
    ]


def test_nothing_but_names_is_known_without_contents(builder: RepositoryBuilder) -> None:
    pairs = history(builder)
    builder.commit("Move", {"a.py": None, "z.py": numbered(*range(9, 20))})
    repo = open_repository(builder.path)
    for oid in builder.git("cat-file", "--batch-check", "--batch-all-objects").splitlines():
        if " blob " in oid:
            remove(builder, oid.split()[0])
    results = list(diff_trees(repo, [*pairs, (pairs[-1][1], builder.head)]))
    assert all(change.problem is not None for result in results[:-1] for change in result.files)
    (move,) = results[-1].files
    assert (move.status, move.hunks, move.problem) == (FileStatus.RENAMED, (), None)


@pytest.mark.parametrize("harm", [remove, wreck])
def test_an_unreadable_tree_spoils_only_its_own_pairs(
    builder: RepositoryBuilder, harm: object
) -> None:
    oids = [
        builder.commit(f"{n}", {"a.py": numbered(n), "sub/b.py": numbered(n, n)}) for n in range(5)
    ]
    pairs: list[tuple[str | None, str]] = list(pairwise(oids))
    repo = open_repository(builder.path)
    whole = list(diff_trees(repo, pairs))
    assert callable(harm)
    harm(builder, builder.git("rev-parse", f"{oids[2]}:sub"))
    results = list(diff_trees(repo, pairs))
    assert [result.problem is None for result in results] == [True, False, False, True]
    assert (results[0], results[3]) == (whole[0], whole[3])


def test_a_commit_without_its_tree(builder: RepositoryBuilder) -> None:
    one = builder.commit("One", {"a.py": numbered(1)})
    two = builder.commit("Two", {"a.py": numbered(2)})
    three = builder.commit("Three", {"a.py": numbered(3)})
    remove(builder, builder.git("rev-parse", f"{two}^{{tree}}"))
    repo = open_repository(builder.path)
    spoilt, fine = diff_trees(repo, [(one, two), (one, three)])
    assert spoilt.problem is not None
    assert "not in this clone" in spoilt.problem.reason
    assert fine.files[0].hunks == (Hunk(0, 1, 0, 1),)
    for use in (lambda: list_tree(repo, two), lambda: diff_index(repo, two)):
        with pytest.raises(GitError, match="not in this clone"):
            use()


def test_a_missing_file_in_the_index(builder: RepositoryBuilder) -> None:
    tip = builder.commit("One", {"a.py": numbered(1), "b.py": numbered(1, 2)})
    builder.write("a.py", numbered(7))
    builder.write("b.py", numbered(1))
    builder.git("add", "-A")
    remove(builder, builder.git("rev-parse", ":a.py"))
    a, b = diff_index(open_repository(builder.path), tip).files
    assert a.problem is not None
    assert (b.problem, b.hunks) == (None, (Hunk(1, 1, 1, 0),))


def partial_clone(builder: RepositoryBuilder, folder: Path, kind: str) -> Repository:
    builder.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{builder.path}"
    builder.git("clone", "-q", "--no-checkout", f"--filter={kind}", url, os.fspath(folder))
    return open_repository(folder)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_clone_without_old_contents(tmp_path: Path, object_format: str) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", object_format)
    pairs = history(builder)
    clone = partial_clone(builder, tmp_path / "clone", "blob:none")
    # What a checkout would have fetched.
    oids = builder.git("ls-tree", "--format=%(objectname)", "HEAD~1").split()
    builder.environment["GIT_DIR"] = os.fspath(clone.git_dir)
    builder.git("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode())
    results = list(diff_trees(clone, pairs))
    known = {(n, c.path) for n, r in enumerate(results) for c in r.files if c.problem is None}
    assert known == set()
    assert len(problems(results)) > len(pairs)


def test_a_clone_without_trees(builder: RepositoryBuilder, tmp_path: Path) -> None:
    pairs = history(builder)
    clone = partial_clone(builder, tmp_path / "clone", "tree:0")
    results = list(diff_trees(clone, pairs))
    assert [result.problem is not None for result in results] == [True] * len(pairs)


# ------------------------------------------------------------------ files at commits


def test_files_at_commits_and_nothing_else(builder: RepositoryBuilder) -> None:
    strange = ["a.py", "a b.py", "sub/é.py", "x missing", "\udcff.py"]
    first = builder.commit("one", {path: f"# {path!r}\n" for path in strange})
    second = builder.commit("two", {"a.py": "now = 2\n", "line\nend.py": "", "a b.py": None})
    places = [
        *((first, path) for path in strange),
        *((second, path) for path in ("a.py", "a b.py", "sub", "line\nend.py", "gone.py")),
        ("0" * 40, "a.py"),
    ]
    repository = open_repository(builder.path)
    found = blobs_at(repository, places)
    assert set(found) == {*((first, path) for path in strange), (second, "a.py")}
    with BlobReader(repository) as blobs:
        assert blobs.read(found[first, "\udcff.py"]) == b"# '\\udcff.py'\n"
        assert blobs.read(found[second, "a.py"]) == b"now = 2\n"
    assert blobs_at(repository, []) == {}
