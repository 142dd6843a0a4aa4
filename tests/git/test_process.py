"""The one place that starts git: what it finds, what it refuses, and what can't reach it."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Commit, FileVersion, TreeDiff
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, merge_base, read_commits, read_tags, resolve
from scanner.git.process import GitError, Repository, blocks, open_repository, run, stream
from scanner.git.trees import diff_index, diff_trees, list_tree

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("One", {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    made.commit("Two", {"a.py": "x = 2\n", "c.py": "z = 1\n"})
    return made


def everything(
    repo: Repository,
) -> tuple[tuple[Commit, ...], tuple[TreeDiff, ...], TreeDiff, tuple[FileVersion, ...], bytes]:
    """All that this package reads of a repository."""
    tip = head(repo)
    assert tip is not None
    commits = read_commits(repo, [tip])
    pairs = [(parent, c.oid) for c in commits for parent in (c.parents or (None,))]
    files = list_tree(repo, tip)
    read_tags(repo)
    merge_base(repo, tip, commits[0].oid)
    with BlobReader(repo) as reader:
        contents = [content for _, content in reader.read_many(file.blob for file in files)]
    joined = b"".join(content for content in contents if isinstance(content, bytes))
    return commits, tuple(diff_trees(repo, pairs)), diff_index(repo, tip), files, joined


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        os.fspath(file.relative_to(folder)): (
            file.lstat().st_mtime_ns,
            file.lstat().st_mode,
            file.read_bytes() if file.is_file() else b"",
        )
        for file in folder.rglob("*")
    }


# ------------------------------------------------------------------ what is found


def test_the_root_of_a_work_tree(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    assert repo.git_dir.samefile(builder.path / ".git")
    assert repo.work_tree is not None
    assert repo.work_tree.samefile(builder.path)
    assert (repo.object_format, repo.is_shallow, repo.is_bare) == ("sha1", False, False)
    assert repo.common_dir == repo.git_dir
    assert repo.hook_variables == ()


def test_a_folder_inside_finds_the_same(builder: RepositoryBuilder) -> None:
    builder.commit("Deep", {"deep/er/d.py": "d = 1\n"})
    assert open_repository(builder.path / "deep/er") == open_repository(builder.path)


def test_a_bare_repository(builder: RepositoryBuilder, tmp_path: Path) -> None:
    builder.git("clone", "-q", "--bare", os.fspath(builder.path), os.fspath(tmp_path / "bare.git"))
    repo = open_repository(tmp_path / "bare.git")
    assert (repo.is_bare, repo.work_tree) == (True, None)
    assert everything(repo)[1] == everything(open_repository(builder.path))[1]


def test_a_linked_work_tree_shares_its_git_directory(
    builder: RepositoryBuilder, tmp_path: Path
) -> None:
    builder.git("worktree", "add", "-q", "-b", "side", os.fspath(tmp_path / "linked"), "HEAD~1")
    repo = open_repository(tmp_path / "linked")
    assert repo.common_dir.samefile(builder.path / ".git")
    assert not repo.git_dir.samefile(repo.common_dir)
    assert head(repo) == builder.git("rev-parse", "HEAD~1")
    assert [file.path for file in list_tree(repo, resolve(repo, "HEAD"))] == ["a.py", "b.py"]


def test_a_submodule_is_a_repository_of_its_own(tmp_path: Path) -> None:
    inner = RepositoryBuilder(tmp_path / "inner")
    inner.commit("Inner", {"i.py": "i = 1\n"})
    outer = RepositoryBuilder(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", f"{inner.path}", "sub")
    repo = open_repository(outer.path / "sub")
    assert head(repo) == inner.head
    assert everything(repo)[0][0].subject == "Inner"


def test_a_path_of_odd_characters(tmp_path: Path) -> None:
    odd = RepositoryBuilder(tmp_path / "new\nline 'quote' $HOME ünï")
    odd.commit("One", {"a.py": "x = 1\n"})
    repo = open_repository(odd.path)
    assert repo.work_tree is not None
    assert repo.work_tree.samefile(odd.path)
    assert everything(repo)[4] == b"x = 1\n"


def test_a_sha256_repository(tmp_path: Path) -> None:
    made = RepositoryBuilder(tmp_path / "repo", object_format="sha256")
    made.commit("One", {"a.py": "x = 1\n"})
    repo = open_repository(made.path)
    assert repo.object_format == "sha256"
    assert repo.empty_tree == made.git("hash-object", "-t", "tree", os.devnull)
    commits, diffs, _, files, content = everything(repo)
    assert len(commits[0].oid) == len(files[0].blob) == 64
    assert diffs[0].files[0].added_lines == 1
    assert content == b"x = 1\n"


# ------------------------------------------------------------------ what is refused


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="not a git repository"):
        open_repository(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="is not a folder"):
        open_repository(tmp_path / "nowhere")


def test_no_git(builder: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = open_repository(builder.path)
    monkeypatch.setenv("PATH", os.fspath(builder.path))
    for use in (lambda: open_repository(builder.path), lambda: head(repo)):
        with pytest.raises(ScanError, match="git was not found"):
            use()


def shim(folder: Path, script: str) -> str:
    """A `git` on the PATH before the real one."""
    file = folder / "git"
    folder.mkdir()
    file.write_text(f"#!/bin/sh\nPATH={shlex.quote(os.environ['PATH'])}\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_a_git_that_is_too_old(
    builder: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An old rev-parse repeats options that it does not know.
    script = 'for option; do case "$option" in --*) echo "$option";; esac; done'
    monkeypatch.setenv("PATH", shim(tmp_path / "bin", script))
    with pytest.raises(ScanError, match=r"too old.* 2\.\d+ or newer"):
        open_repository(builder.path)


def test_a_repository_of_another_owner(
    builder: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = builder.head
    script = 'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"'
    monkeypatch.setenv("PATH", shim(tmp_path / "bin", script))
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    with pytest.raises(ScanError, match="another user owns it") as caught:
        open_repository(builder.path)
    assert "git config --global --add safe.directory" in (caught.value.hint or "")
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {builder.path}\n")
    assert head(open_repository(builder.path)) == tip


def test_a_failure_has_gits_own_sentence(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    with pytest.raises(GitError, match="git cat-file: fatal: Not a valid object name nothing"):
        run(repo, "cat-file", "-t", "nothing")


# ------------------------------------------------------------------ streams


def test_a_stream_that_is_read_to_the_end_tells_of_failure(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    with (
        pytest.raises(GitError, match="bad revision"),
        stream(repo, "rev-list", "nope", "--") as output,
    ):
        assert output.read() == b""
    with pytest.raises(GitError, match="bad revision"):
        list(blocks(repo, "rev-list", "nope", "--"))


def test_a_stream_may_be_left_early(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    endless = (b"HEAD\n" for _ in range(1 << 22))
    with stream(repo, "cat-file", "--batch", stdin=endless) as output:
        assert output.read(6) == builder.head[:6].encode()
    flow = blocks(repo, "cat-file", "--batch", stdin=(b"HEAD\n" for _ in range(1 << 22)))
    assert next(flow).startswith(builder.head.encode())
    flow.close()  # type: ignore[attr-defined]


def test_an_error_inside_a_stream_is_the_callers(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    with pytest.raises(KeyError), stream(repo, "rev-list", "nope", "--"):
        raise KeyError


# ------------------------------------------------------------------ what cannot reach it

HOSTILE = """
[core]
    fsmonitor = {bait}
    hooksPath = {hooks}
    pager = {bait}
    quotePath = true
    attributesFile = {attributes}
    sshCommand = {bait}
    bigFileThreshold = 1
[color]
    ui = always
    diff = always
[diff]
    external = {bait}
    renames = false
    renameLimit = 1
    noprefix = true
    mnemonicPrefix = true
    algorithm = patience
    context = 7
    interHunkContext = 50
    indentHeuristic = false
    orderFile = {order}
    relative = true
    submodule = log
    suppressBlankEmpty = true
[diff "bait"]
    textconv = {bait}
    command = {bait}
    binary = true
[filter "bait"]
    clean = {bait}
    smudge = {bait}
    required = true
[log]
    showSignature = true
    date = relative
[gpg]
    program = {bait}
[i18n]
    logOutputEncoding = utf-16
[safe]
    bareRepository = explicit
[trace2]
    eventTarget = {trace}
    normalTarget = {trace}
    perfTarget = {trace}
"""


@pytest.mark.parametrize("place", ["user", "repository"])
def test_settings_change_nothing_and_start_nothing(
    builder: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    moved = "".join(f"line_{number} = {number}\n\n" for number in range(30))
    builder.commit("Three", {"b.py": None, "sub/d.py": "y = 1\n", "e.py": moved})
    builder.commit("Four", {"e.py": None, "f.py": moved.replace("line_7 ", "line_x ")})
    plain = everything(open_repository(builder.path))

    sprung = tmp_path / "sprung"
    bait = tmp_path / "bait"
    bait.write_text(f"#!/bin/sh\ntouch {shlex.quote(os.fspath(sprung))}\necho nonsense\n")
    bait.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        (hooks / name).symlink_to(bait)
    attributes = "*.py diff=bait filter=bait -text working-tree-encoding=utf-16\n"
    (tmp_path / "attributes").write_text(attributes)
    (builder.path / ".gitattributes").write_text(attributes)
    (builder.path / ".git/info/attributes").write_text(attributes)
    (tmp_path / "order").write_text("z*\nf*\n")
    settings = HOSTILE.format(
        bait=bait,
        hooks=hooks,
        attributes=tmp_path / "attributes",
        order=tmp_path / "order",
        trace=tmp_path / "trace",
    )
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    if place == "user":
        (tmp_path / ".gitconfig").write_text(settings)
    else:
        with (builder.path / ".git/config").open("a") as config:
            config.write(settings)
    for variable, value in {
        "GIT_EXTERNAL_DIFF": os.fspath(bait),
        "GIT_DIFF_OPTS": "--unified=9",
        "GIT_PAGER": os.fspath(bait),
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TRACE": os.fspath(tmp_path / "trace"),
        "GIT_TRACE2_EVENT": os.fspath(tmp_path / "trace"),
        "GIT_NAMESPACE": "other",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(variable, value)

    assert everything(open_repository(builder.path)) == plain
    assert not sprung.exists()
    assert not (tmp_path / "trace").exists()


def test_nothing_is_written(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    # An index that is out of date, which other commands would refresh and write back.
    os.utime(builder.path / "a.py", (1, 1))
    builder.write("untracked.py", "u = 1\n")
    before = snapshot(builder.path)
    everything(repo)
    assert snapshot(builder.path) == before


def test_a_read_only_repository_can_be_read(builder: RepositoryBuilder) -> None:
    folders = [builder.path, *(path for path in builder.path.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert len(everything(open_repository(builder.path))[0]) == 2
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_replace_refs_and_grafts_do_not_count(builder: RepositoryBuilder) -> None:
    plain = everything(open_repository(builder.path))
    blob = builder.git("hash-object", "-w", "--stdin", stdin=b"replaced = True\n")
    builder.git("replace", plain[3][0].blob, blob)
    builder.git("replace", "--graft", "HEAD")
    (builder.path / ".git/info/grafts").write_text(f"{builder.head}\n")
    assert everything(open_repository(builder.path)) == plain


# ------------------------------------------------------------------ inside a hook

REPORT = """
import sys
from pathlib import Path
from scanner.git.commits import head
from scanner.git.process import open_repository
from scanner.git.trees import diff_index, diff_trees
repo = open_repository(Path(sys.argv[1]))
{question}
"""
STAGED = "print(*[change.path for change in diff_index(repo, head(repo)).files])"
PUSHED = """
for line in sys.stdin:
    old, new, _ = line.split()
    (diff,) = diff_trees(repo, [(old, new)])
    print(*[change.path for change in diff.files])
"""


def install_hook(git_dir: Path, name: str, question: str, path: str, answer: Path) -> None:
    (git_dir / "hooks").mkdir(exist_ok=True)
    script = git_dir / "hooks" / f"{name}.py"
    script.write_text(REPORT.format(question=question))
    command = shlex.join([sys.executable, os.fspath(script), path])
    hook = git_dir / "hooks" / name
    hook.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(os.fspath(PROJECT))} "
        f"{command} >{shlex.quote(os.fspath(answer))}\n"
    )
    hook.chmod(0o755)


HOOKED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "what is staged": (("commit", "-qm", "x"), "a.py"),
    "all that is tracked": (("commit", "-qam", "x"), "a.py b.py"),
    "one path, which is not staged": (("commit", "-qm", "x", "b.py"), "b.py"),
}


@pytest.mark.parametrize(("arguments", "expected"), HOOKED.values(), ids=HOOKED.keys())
@pytest.mark.parametrize("is_linked", [False, True], ids=["main", "linked"])
def test_a_hook_sees_what_will_be_committed(
    builder: RepositoryBuilder,
    tmp_path: Path,
    arguments: tuple[str, ...],
    expected: str,
    is_linked: bool,
) -> None:
    install_hook(builder.path / ".git", "pre-commit", STAGED, ".", tmp_path / "answer")
    if is_linked:
        builder.git("worktree", "add", "-q", "-b", "side", os.fspath(tmp_path / "linked"))
        builder.path = tmp_path / "linked"
    builder.write("a.py", "x = 3\n")
    builder.git("add", "a.py")
    builder.write("b.py", "y = 3\n")
    builder.git(*arguments)
    assert (tmp_path / "answer").read_text().strip() == expected


def test_a_hook_may_look_at_another_repository(builder: RepositoryBuilder, tmp_path: Path) -> None:
    other = RepositoryBuilder(tmp_path / "other")
    other.commit("One", {"o.py": "o = 1\n"})
    other.write("o.py", "o = 2\n")
    other.git("add", "o.py")
    install_hook(
        builder.path / ".git", "pre-commit", STAGED, os.fspath(other.path), tmp_path / "answer"
    )
    builder.write("a.py", "x = 3\n")
    builder.git("commit", "-qam", "x")
    assert (tmp_path / "answer").read_text().strip() == "o.py"


def test_a_server_hook_sees_objects_in_quarantine(
    builder: RepositoryBuilder, tmp_path: Path
) -> None:
    server = tmp_path / "server.git"
    builder.git("clone", "-q", "--bare", os.fspath(builder.path), os.fspath(server))
    install_hook(server, "pre-receive", PUSHED, ".", tmp_path / "answer")
    builder.commit("Three", {"d.py": "d = 1\n"})
    builder.git("push", "-q", os.fspath(server), "HEAD:main")
    assert (tmp_path / "answer").read_text().strip() == "d.py"


def test_a_repository_named_by_the_environment(
    builder: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GIT_DIR", os.fspath(builder.path / ".git"))
    assert head(open_repository(Path())) == builder.head
    with pytest.raises(ScanError, match="not a git repository"):
        open_repository(tmp_path)


# ------------------------------------------------------------------ partial clones stay offline


def test_a_partial_clone_fetches_nothing(builder: RepositoryBuilder, tmp_path: Path) -> None:
    builder.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    url = f"file://{builder.path}"
    builder.git("clone", "-q", "--no-checkout", "--filter=blob:none", url, os.fspath(clone))
    repo = open_repository(clone)
    before = snapshot(clone)
    commits = read_commits(repo, ["HEAD"])
    diffs = list(diff_trees(repo, [(None, commits[0].oid), (commits[0].oid, commits[1].oid)]))
    assert [[change.path for change in diff.files] for diff in diffs] == [
        ["a.py", "b.py"],
        ["a.py", "c.py"],
    ]
    assert all(change.problem is not None for diff in diffs for change in diff.files)
    with BlobReader(repo) as reader:
        assert not isinstance(reader.read(list_tree(repo, resolve(repo, "HEAD"))[0].blob), bytes)
    assert snapshot(clone) == before


def test_resolve_reads_no_option_as_one(builder: RepositoryBuilder) -> None:
    repo = open_repository(builder.path)
    for revision in ("--all", "-n1", "--batch", "", " ", "HEAD\0", "a\nb", "^HEAD", "HEAD..HEAD"):
        with pytest.raises(ScanError):
            resolve(repo, revision)
