"""Nothing passes that was not read: what lacks, is damaged or is no tree at all ends with 3."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import (
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    LeftOut,
    LeftOutReason,
    Problem,
    Stage,
    TreeDiff,
)
from scanner.cli.main import run
from scanner.judge.change import ReadChange, UnreadError
from scanner.scoring.change import ChangedFile
from tests.hostile.trees import (
    BAD,
    BASE,
    begun,
    commit_tree,
    grown,
    object_file,
    write_object,
    write_tree,
)


def gate(builder: RepositoryBuilder) -> int:
    return run(["gate", "--base", "HEAD~1", "--no-cache", "--repo", str(builder.path)])


def _clone(folder: Path, *options: str) -> RepositoryBuilder:
    source = grown(folder / "source")
    source.git("config", "uploadpack.allowFilter", "true")
    source.git("clone", "-q", "--no-checkout", *options, f"file://{source.path}", str(folder / "r"))
    shutil.move(source.path, folder / "away")  # nothing can be fetched from it any more
    clone = RepositoryBuilder(folder / "other")
    clone.path = folder / "r"
    return clone


def _without(folder: Path, what: str) -> RepositoryBuilder:
    builder = grown(folder / "r")
    object_file(builder, builder.git("rev-parse", what)).unlink()
    return builder


def _damaged(folder: Path, what: str, content: bytes) -> RepositoryBuilder:
    builder = grown(folder / "r")
    file = object_file(builder, builder.git("rev-parse", what))
    file.chmod(0o644)
    file.write_bytes(content)
    return builder


def _tree(folder: Path, entries: Callable[[RepositoryBuilder, str], str]) -> RepositoryBuilder:
    builder = begun(folder / "r")
    blob = write_object(builder, "blob", BAD.encode())
    commit_tree(builder, entries(builder, blob))
    return builder


#: What the change under judgement is, and lacks. None of it may pass.
UNREAD: dict[str, Callable[[Path], RepositoryBuilder]] = {
    "treeless clone": lambda folder: _clone(folder, "--filter=tree:0"),
    "clone with top trees": lambda folder: _clone(folder, "--filter=tree:1"),
    "clone without blobs": lambda folder: _clone(folder, "--filter=blob:none"),
    "clone with small blobs": lambda folder: _clone(folder, "--filter=blob:limit=40"),
    "top tree deleted": lambda folder: _without(folder, "HEAD^{tree}"),
    "base tree deleted": lambda folder: _without(folder, "HEAD~1^{tree}"),
    "folder deleted": lambda folder: _without(folder, "HEAD:app"),
    "new folder deleted": lambda folder: _without(folder, "HEAD:app/sub"),
    "file deleted": lambda folder: _without(folder, "HEAD:app/sub/b.py"),
    "top tree empty": lambda folder: _damaged(folder, "HEAD^{tree}", b""),
    "folder empty": lambda folder: _damaged(folder, "HEAD:app/sub", b""),
    "folder is noise": lambda folder: _damaged(folder, "HEAD:app", b"\x78\x9cnoise" * 9),
    "file is noise": lambda folder: _damaged(folder, "HEAD:app/sub/b.py", b"noise" * 9),
    "file holds another": lambda folder: _damaged(
        folder, "HEAD:app/sub/b.py", zlib.compress(b"blob %d\0%s" % (len(BASE), BASE.encode()))
    ),
    "tree holds another": lambda folder: _damaged(
        folder, "HEAD^{tree}", zlib.compress(b"tree 0\0")
    ),
    "file of a false size": lambda folder: _damaged(
        folder, "HEAD:app/sub/b.py", zlib.compress(b"blob 99999999999\0x = 1\n")
    ),
    "entry without a name": lambda folder: _tree(
        folder, lambda b, blob: write_tree(b, ("100644", "", blob), ("100644", "b.py", blob))
    ),
    "folder without a name": lambda folder: _tree(
        folder,
        lambda b, blob: write_tree(b, ("40000", "", write_tree(b, ("100644", "b.py", blob)))),
    ),
    "blob in place of a folder": lambda folder: _tree(
        folder, lambda b, blob: write_tree(b, ("40000", "app", blob))
    ),
    "folder in place of a blob": lambda folder: _tree(
        folder, lambda b, _: write_tree(b, ("100644", "b.py", write_tree(b)))
    ),
    "folder that is nowhere": lambda folder: _tree(
        folder, lambda b, _: write_tree(b, ("40000", "app", "1" * 40))
    ),
    "file that is nowhere": lambda folder: _tree(
        folder, lambda b, _: write_tree(b, ("100644", "b.py", "1" * 40))
    ),
    "tree cut off": lambda folder: _tree(
        folder, lambda b, blob: write_object(b, "tree", b"100644 b.py\0" + bytes.fromhex(blob)[:9])
    ),
}


@pytest.mark.parametrize("kind", UNREAD)
def test_what_was_not_read_does_not_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    code = gate(UNREAD[kind](tmp_path))
    told = capsys.readouterr()
    assert code in (1, 3), told.out + told.err
    assert code == 3 or "b.py" in told.out
    assert "A bug in Tallystick" not in told.err


def _head_file(content: bytes) -> Callable[[RepositoryBuilder], None]:
    def damage(builder: RepositoryBuilder) -> None:
        (builder.path / ".git" / "refs" / "heads" / "main").write_bytes(content)

    return damage


def _no_head_commit(builder: RepositoryBuilder) -> None:
    object_file(builder, builder.head).unlink()


def _no_head_file(builder: RepositoryBuilder) -> None:
    (builder.path / ".git" / "refs" / "heads" / "main").unlink()


def _no_head_tree(builder: RepositoryBuilder) -> None:
    object_file(builder, builder.git("rev-parse", "HEAD^{tree}")).unlink()


HEADS = {
    "noise": _head_file(b"noise\n"),
    "empty": _head_file(b""),
    "zeros": _head_file(b"\0" * 41),
    "nowhere": _head_file(b"1" * 40 + b"\n"),
    "gone": _no_head_file,
    "no commit": _no_head_commit,
    "no tree": _no_head_tree,
}


@pytest.mark.parametrize("kind", HEADS)
def test_check_does_not_take_a_head_that_cannot_be_read_for_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    builder = begun(tmp_path / "r")
    HEADS[kind](builder)
    code = run(["check", "--no-cache", "--repo", str(builder.path)])
    told = capsys.readouterr()
    assert code == 3, told.out + told.err
    assert "A bug in Tallystick" not in told.err


def test_check_takes_a_branch_without_commits_for_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = begun(tmp_path / "r")
    builder.git("switch", "-q", "--orphan", "other")
    assert run(["check", "--no-cache", "--repo", str(builder.path)]) == 0
    assert run(["check", "--no-cache", "--repo", str(tmp_path / "r")]) == 0
    capsys.readouterr()


VERSION = FileVersion("a.py", FileMode.REGULAR, "1" * 40)
CHANGE = FileChange(FileStatus.ADDED, None, VERSION)
UNREAD_FILE = ChangedFile(CHANGE, None, None)
REASON = Problem(Stage.GIT, "a.py", "not here")
WHOLE = Problem(Stage.GIT, None, "no trees")


@pytest.mark.parametrize(
    ("diff", "files", "problems"),
    [
        (TreeDiff(None, "x", (CHANGE,)), (), ()),
        (TreeDiff(None, "x", (CHANGE,)), (UNREAD_FILE,), ()),
        (TreeDiff(None, "x", (), WHOLE), (), ()),
        (TreeDiff(None, "x", (CHANGE,), WHOLE), (), (REASON,)),
    ],
    ids=["file left out", "file not read", "no trees", "no trees, and a file"],
)
def test_a_reading_cannot_be_made_that_does_not_account_for_all(
    diff: TreeDiff, files: tuple[ChangedFile, ...], problems: tuple[Problem, ...]
) -> None:
    with pytest.raises(UnreadError):
        ReadChange(diff, files, (), problems)


@pytest.mark.parametrize(
    ("diff", "files", "left_out", "problems"),
    [
        (TreeDiff(None, "x", ()), (), (), ()),
        (TreeDiff(None, "x", (CHANGE,)), (), (LeftOut("a.py", LeftOutReason.EXCLUDED, "", 0),), ()),
        (
            TreeDiff(None, "x", (CHANGE,)),
            (ChangedFile(CHANGE, None, None),),
            (),
            (REASON,),
        ),
        (TreeDiff(None, "x", (), WHOLE), (), (), (WHOLE,)),
    ],
    ids=["nothing", "left out by the settings", "with a reason", "as a whole with a reason"],
)
def test_a_reading_accounts_for_all(
    diff: TreeDiff,
    files: tuple[ChangedFile, ...],
    left_out: tuple[LeftOut, ...],
    problems: tuple[Problem, ...],
) -> None:
    assert ReadChange(diff, files, left_out, problems).diff is diff


def test_a_file_renamed_and_made_readable_is_accounted_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = RepositoryBuilder(tmp_path / "r")
    lines = "".join(f"value_{n} = {n}\n" for n in range(30))
    builder.commit("Begin", {"old.py": f"{lines}print 'x'\n"})
    builder.commit("Rename", {"old.py": None, "new.py": f"{lines}print('x')\n"})
    assert run(["report", "--no-rules", "--format", "json", "--no-cache", "-q",
                "--repo", str(builder.path)]) == 0  # fmt: skip
    assert "does not parse" in capsys.readouterr().out
