"""What deciding on exclusions takes, read from the tree at the tip and from the changed files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

import msgspec

from scanner.base.model import FileChange, FileVersion, Problem, TreeDiff
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.changes.change_type import change_title
from scanner.changes.exclusions import Grounds, read_ignored_revisions
from scanner.durability.layout import is_layout_only
from scanner.durability.reverts import is_revert_title
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree
from scanner.roles.foreign import read_attributes
from scanner.roles.generators import generator_of

IGNORED_REVISIONS = ".git-blame-ignore-revs"
ATTRIBUTES = ".gitattributes"


def ignored_at(repository: Repository, tip: str) -> frozenset[str]:
    """The commits that `.git-blame-ignore-revs` lists in the tree at `tip`."""
    listed = list_tree(repository, tip, (IGNORED_REVISIONS,))
    with BlobReader(repository) as blobs:
        texts = [_text(version.blob, blobs) or "" for version in listed]
    return read_ignored_revisions("\n".join(texts))


@contextmanager
def grounds_at(
    repository: Repository,
    tip: str,
    store: Store,
    diffs: Iterable[TreeDiff],
    ignored: frozenset[str],
) -> Iterator[Grounds]:
    """Grounds for exclusions by the attributes of the tree at `tip` and by ignored revisions.

    `diffs` are those that will be asked about: what the store knows of them is fetched at once.
    """
    special = list_tree(repository, tip, (f"*{ATTRIBUTES}",))
    asked = [touched for diff in diffs if (touched := _touched(diff))]
    blobs_after = (file.after.blob for files in asked for file in files if file.after)
    by_header = CacheTable("generated-source", source_digest("roles"), bool)
    generated = _Remembered(store, by_header, blobs_after)
    layout = _Remembered(store, _layout_only(), map(_contents, asked))
    with BlobReader(repository) as blobs:
        texts = {version.path: _text(version.blob, blobs) or "" for version in special}
        attributes = {
            _folder(path): text
            for path, text in texts.items()
            if PurePosixPath(path).name == ATTRIBUTES
        }
        yield Grounds(
            rules=read_attributes(attributes),
            ignored=ignored,
            is_format_only=lambda diff: _is_format_only(_touched(diff), layout, blobs),
            is_revert=lambda commit: is_revert_title(change_title(commit.message)),
            is_generated=lambda blob: generated.answer(blob, lambda: _is_generated(blob, blobs)),
        )
    generated.keep()
    layout.keep()


def _layout_only() -> CacheTable[bool]:
    """By the contents of the changed files: whether only their layout changed, as Python parses."""
    return CacheTable("layout-only", source_digest("durability"), bool)


class _Remembered:
    """Answers by content: those that the store has, and new ones that it is given at the end."""

    def __init__(self, store: Store, cache_table: CacheTable[bool], keys: Iterable[str]) -> None:
        self._store, self._cache_table = store, cache_table
        self._known = store.get_many(cache_table, keys)
        self._fresh: dict[str, bool | Problem] = {}

    def answer(self, key: str, find_out: Callable[[], bool | None]) -> bool:
        """The answer; None, where a file is not here, counts as no and is not kept."""
        known = self._known.get(key)
        if isinstance(known, bool):
            return known
        found = find_out()
        if found is not None:
            self._known[key] = self._fresh[key] = found
        return bool(found)

    def keep(self) -> None:
        """Gives the store what it did not have."""
        self._store.put_many(self._cache_table, self._fresh)


def _folder(path: str) -> str:
    folder = str(PurePosixPath(path).parent)
    return "" if folder == "." else folder


def _text(blob: str, blobs: BlobReader) -> str | None:
    source = blobs.read(blob)
    return None if isinstance(source, Problem) else source.decode("utf-8", "replace")


def _touched(diff: TreeDiff) -> tuple[FileChange, ...]:
    return tuple(file for file in diff.files if file.hunks)


def _contents(files: Iterable[FileChange]) -> str:
    """What decides on whether a change is one of layout."""
    sides = [(f.before and f.before.blob, f.after and f.after.blob, f.hunks) for f in files]
    return hashlib.sha256(msgspec.msgpack.encode(sides)).hexdigest()


def _is_generated(blob: str, blobs: BlobReader) -> bool | None:
    text = _text(blob, blobs)
    return None if text is None else generator_of(text) is not None


def _is_format_only(files: tuple[FileChange, ...], layout: _Remembered, blobs: BlobReader) -> bool:
    """Whether every changed file has the same tokens before and after."""
    if not files:
        return False
    return layout.answer(_contents(files), lambda: _have_same_tokens(files, blobs))


def _have_same_tokens(files: Iterable[FileChange], blobs: BlobReader) -> bool | None:
    for file in files:
        if file.before is None or file.after is None:
            return False
        before, after = _lines(file.before, blobs), _lines(file.after, blobs)
        if before is None or after is None:
            return None
        if not is_layout_only(file, before, after):
            return False
    return True


def _lines(version: FileVersion, blobs: BlobReader) -> list[str] | None:
    text = _text(version.blob, blobs)
    return None if text is None else text.removesuffix("\n").split("\n")
