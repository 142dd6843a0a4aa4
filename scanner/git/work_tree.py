"""The work tree as an index: what is edited, staged or not, new files included.

git's own index, its objects and the work tree stay as they are: the index is copied and the new
contents are written as objects into a folder of this run. No filter that the repository configures
is run, and files are read as they are; only line ends follow the version before.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Problem
from scanner.base.private_files import run_folder
from scanner.git.blobs import BlobReader
from scanner.git.commits import head
from scanner.git.process import GitError, Repository, run
from scanner.roles.languages import is_python_path

_SUBMODULE = b"160000"
#: What is not Python and larger is data, of which nothing is asked.
_LARGEST_OTHER = 1_000_000


class _Entry(NamedTuple):
    """An entry of the index: octal mode and object id, as git prints them."""

    mode: bytes
    blob: bytes


@contextmanager
def work_tree_as_index(repo: Repository, paths: Sequence[str] = ()) -> Iterator[Repository]:
    """The repository with an index that holds the work tree's files, as long as the block lasts.

    Args:
        paths: files and folders, from the top of the work tree; all if none are given. Elsewhere
            the index holds what HEAD has, or nothing.

    Raises:
        ScanError: there is no work tree, or a file in it cannot be read.
        GitError: git cannot read the index.
    """
    top = repo.work_tree
    if top is None:
        raise ScanError(
            "This repository has no work tree.", hint="`tallystick gate` judges a branch."
        )
    with run_folder() as folder:
        own = _with_own_index(repo, folder)
        if paths:
            tree = head(repo) or repo.empty_tree
            run(own, "read-tree", tree)
        else:
            _copy_index(repo, folder / "index")
        asked = ("--", *(f":(literal){path}" for path in paths))
        known = _entries(own, asked)
        named = [os.fsencode(path) for path in paths]
        # Files that HEAD has need no search, which takes three processes.
        is_searched = not named or not all(path in known for path in named)
        edited = _edited(own, top, asked) if is_searched else named
        _take_in(own, folder, top, edited, known)
        yield own


def _edited(repo: Repository, top: Path, asked: Sequence[str]) -> list[bytes]:
    """The files that are not as the index has them, and new ones that are not ignored."""
    where = ("-C", os.fspath(top), f"--work-tree={top}", *_without_filters(repo))
    return _listed(
        run(repo, *where, "diff-files", "--name-only", "-z", "--ignore-submodules", *asked),
        run(repo, *where, "ls-files", "--others", "--exclude-standard", "-z", *asked),
    )


def _listed(*outputs: bytes) -> list[bytes]:
    return list(dict.fromkeys(path for output in outputs for path in output.split(b"\0") if path))


def _copy_index(repo: Repository, target: Path) -> None:
    named = dict(repo.hook_variables).get("GIT_INDEX_FILE")
    with suppress(FileNotFoundError):  # nothing was ever added
        shutil.copyfile(named or repo.git_dir / "index", target)


def _with_own_index(repo: Repository, folder: Path) -> Repository:
    objects = folder / "objects"
    objects.mkdir()
    variables = dict(repo.hook_variables)
    shared = [
        variables.get("GIT_OBJECT_DIRECTORY", os.fspath(repo.common_dir / "objects")),
        *filter(None, [variables.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")]),
    ]
    variables |= {
        "GIT_INDEX_FILE": os.fspath(folder / "index"),
        "GIT_OBJECT_DIRECTORY": os.fspath(objects),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(shared),
    }
    return replace(repo, hook_variables=tuple(variables.items()))


def _without_filters(repo: Repository) -> list[str]:
    """Settings by which git starts none of the programs that filter contents."""
    with suppress(GitError):  # it fails where there is no such setting
        names = run(repo, "config", "--name-only", "-z", "--get-regexp", r"^filter\.")
        drivers = {name.decode("utf-8", "surrogateescape").rpartition(".")[0]
                   for name in names.split(b"\0") if name}  # fmt: skip
        settings = [
            f"{driver}.{key}"
            for driver in sorted(drivers)
            for key in ("clean=", "process=", "required=false")
        ]
        return [part for setting in settings for part in ("-c", setting)]
    return []


def _take_in(
    repo: Repository,
    folder: Path,
    top: Path,
    paths: Sequence[bytes],
    known: Mapping[bytes, _Entry],
) -> None:
    """Puts the files at `paths` into the index as the work tree has them."""
    lines = [
        b"0 %s\t%s\0" % (known[path].blob, path)
        for path in paths
        if path in known and known[path].mode != _SUBMODULE and not _is_file(top, path)
    ]
    with BlobReader(repo) as blobs:
        contents = {
            path: _with_old_line_ends(_read(top, path), known.get(path), blobs)
            for path in paths
            if _is_file(top, path) and _is_asked_about(top, path)
        }
    ids = _write(repo, folder, list(contents.values()))
    for path, content in contents.items():
        mode = known[path].mode if path in known else b"100644"
        lines.append(b"%s %s\t%s\0" % (mode, ids[content], path))
    run(repo, "update-index", "-z", "--index-info", stdin=b"".join(lines))


def _entries(repo: Repository, asked: Sequence[str]) -> Mapping[bytes, _Entry]:
    entries = {}
    for line in run(repo, "ls-files", "--stage", "-z", *asked).split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            entries[path] = _Entry(*about.split()[:2])
    return entries


def _is_file(top: Path, path: bytes) -> bool:
    """Whether a file of the work tree stands there, and no link on the way leads elsewhere."""
    place = top / os.fsdecode(path)
    with suppress(OSError):
        return stat.S_ISREG(place.lstat().st_mode) and not any(
            step.is_symlink() for step in place.parents if step.is_relative_to(top) and step != top
        )
    return False


def _is_asked_about(top: Path, path: bytes) -> bool:
    name = os.fsdecode(path)
    return is_python_path(name) or (top / name).stat().st_size <= _LARGEST_OTHER


def _read(top: Path, path: bytes) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(top / os.fsdecode(path), flags), "rb") as file:
            return file.read()
    except OSError as error:
        raise ScanError(
            f"{os.fsdecode(path)} cannot be read: {error.strerror}.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        ) from error


def _with_old_line_ends(content: bytes, known: _Entry | None, blobs: BlobReader) -> bytes:
    """With the line ends that git would store: the version before has no carriage returns."""
    if b"\r\n" not in content or known is None:
        return content
    before = blobs.read(known.blob.decode())
    if isinstance(before, Problem) or b"\r\n" in before:
        return content
    return content.replace(b"\r\n", b"\n")


def _write(repo: Repository, folder: Path, contents: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """Writes contents as objects; gives the id of each."""
    different = list(dict.fromkeys(contents))
    places = []
    for number, content in enumerate(different):
        place = folder / f"content-{number}"
        place.write_bytes(content)
        places.append(f"{place}\n")
    names = "".join(places).encode()
    ids = run(repo, "hash-object", "-w", "--no-filters", "--stdin-paths", stdin=names)
    return dict(zip(different, ids.split(), strict=True))
