"""What deciding on exclusions takes, read from the tree at the tip and from the changed files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from scanner.change_type import change_title
from scanner.durability.layout import is_layout_only
from scanner.durability.reverts import is_revert_title
from scanner.exclusions import (
    Grounds,
    is_generated_source,
    read_attributes,
    read_ignored_revisions,
)
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree
from scanner.model import FileChange, FileVersion, Problem, TreeDiff

IGNORED_REVISIONS = ".git-blame-ignore-revs"
ATTRIBUTES = ".gitattributes"


@contextmanager
def grounds_at(repository: Repository, tip: str) -> Iterator[Grounds]:
    """Grounds for exclusions by the attributes and ignored revisions of the tree at `tip`."""
    special = list_tree(repository, tip, (f"*{ATTRIBUTES}", IGNORED_REVISIONS))
    with BlobReader(repository) as blobs:
        texts = {version.path: _text(version.blob, blobs) or "" for version in special}
        attributes = {
            _folder(path): text
            for path, text in texts.items()
            if PurePosixPath(path).name == ATTRIBUTES
        }
        yield Grounds(
            rules=read_attributes(attributes),
            ignored=read_ignored_revisions(texts.get(IGNORED_REVISIONS, "")),
            is_format_only=lambda diff: _is_format_only(diff, blobs),
            is_revert=lambda commit: is_revert_title(change_title(commit.message)),
            is_generated=lambda blob: is_generated_source(_text(blob, blobs) or ""),
        )


def _folder(path: str) -> str:
    folder = str(PurePosixPath(path).parent)
    return "" if folder == "." else folder


def _text(blob: str, blobs: BlobReader) -> str | None:
    source = blobs.read(blob)
    return None if isinstance(source, Problem) else source.decode("utf-8", "replace")


def _is_format_only(diff: TreeDiff, blobs: BlobReader) -> bool:
    """Whether every changed file has the same tokens before and after."""
    touched = [file for file in diff.files if file.hunks]
    return bool(touched) and all(_has_same_tokens(file, blobs) for file in touched)


def _has_same_tokens(file: FileChange, blobs: BlobReader) -> bool:
    before, after = _lines(file.before, blobs), _lines(file.after, blobs)
    return before is not None and after is not None and is_layout_only(file, before, after)


def _lines(version: FileVersion | None, blobs: BlobReader) -> list[str] | None:
    text = _text(version.blob, blobs) if version is not None else None
    return None if text is None else text.removesuffix("\n").split("\n")
