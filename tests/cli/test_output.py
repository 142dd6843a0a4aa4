"""Where results are written: files whole, and what is no plain file stays what it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.base.errors import ScanError
from scanner.cli.output import write_file

TEXT = "größer\n"


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    write_file(tmp_path / "new", TEXT)
    (tmp_path / "other").touch()
    assert (tmp_path / "new").read_text("utf-8") == TEXT
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o664])
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    file.chmod(mode)
    write_file(file, TEXT)
    assert file.read_text("utf-8") == TEXT
    assert stat.S_IMODE(file.stat().st_mode) == mode


def plain_link(folder: Path) -> Path:
    (folder / "kept").mkdir()
    (folder / "kept" / "file").write_text("before")
    (folder / "link").symlink_to("kept/file")
    return folder / "kept" / "file"


def link_to_a_link(folder: Path) -> Path:
    (folder / "middle").symlink_to(folder / "file")
    (folder / "link").symlink_to("middle")
    (folder / "file").write_text("before")
    return folder / "file"


def dangling_link(folder: Path) -> Path:
    (folder / "link").symlink_to("not-yet")
    return folder / "not-yet"


def hard_link(folder: Path) -> Path:
    (folder / "file").write_text("before")
    os.link(folder / "file", folder / "link")
    return folder / "file"


@pytest.mark.parametrize("make", [plain_link, link_to_a_link, dangling_link, hard_link])
def test_links_are_followed(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    target = make(tmp_path)
    was_link = (tmp_path / "link").is_symlink()
    write_file(tmp_path / "link", TEXT)
    assert target.read_text("utf-8") == TEXT
    assert (tmp_path / "link").is_symlink() is was_link
    assert (tmp_path / "link").samefile(target)


@pytest.mark.parametrize("form", ["/dev/fd/{}", "/proc/self/fd/{}", "/dev/../dev/fd/{}", "link"])
def test_an_open_file_is_written_where_it_stands(tmp_path: Path, form: str) -> None:
    """As a shell's `>` and `>>` want it: nothing is put in its place, nothing is cut off."""
    file = tmp_path / "file"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, b"before\n")
        name = Path(os.path.normpath(form.format(handle)))
        if form == "link":
            name = tmp_path / "link"
            name.symlink_to(f"/dev/fd/{handle}")
        inode = file.stat().st_ino
        write_file(name, TEXT)
        os.write(handle, b"after\n")
    finally:
        os.close(handle)
    assert file.read_text("utf-8") == f"before\n{TEXT}after\n"
    assert file.stat().st_ino == inode


def test_a_pipe_is_written_into() -> None:
    reading, writing = os.pipe()
    write_file(Path(f"/dev/fd/{writing}"), TEXT)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert stream.read().decode() == TEXT


def test_a_dash_is_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_file(Path("-"), TEXT)
    assert capfd.readouterr().out == TEXT
    assert not any(tmp_path.iterdir())


def test_the_null_device_stays_one() -> None:
    write_file(Path(os.devnull), TEXT)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("name", ["folder", "no/such/file", "/dev/fd/987654", "loop"])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ScanError, match="cannot be written"):
        write_file(tmp_path / name, TEXT)
