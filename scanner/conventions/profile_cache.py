"""Books of a few commits in the store, so that the next run goes on from the nearest.

What is kept depends on the commit alone, so that a run gives the same with and without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import msgspec

from scanner.analysis.choices import Import
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.conventions.architecture import DependencyProfile
from scanner.conventions.counts import ConventionCounts, StoredFiles, StoredTallies
from scanner.conventions.profile import ConventionProfile
from scanner.conventions.siblings import SiblingProfile, StoredSiblings
from scanner.conventions.usage_counts import StoredUsage, UsageCounts
from scanner.git.commits import Parentage

T = TypeVar("T")

#: How many commits' books are kept: a few branches, and the one before each.
PROFILES_KEPT = 8
_INDEX = "index"


class StoredLines(msgspec.Struct):
    """Who wrote the lines of each file: its blob and numbers of commits (int32, as bytes)."""

    commits: list[str]
    files: dict[str, tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class CachedProfile:
    """The book of a commit, each part encoded, to be decoded when it is asked for."""

    commit: str
    by_scope: bytes
    files: bytes
    imports: bytes
    siblings: bytes
    usage: bytes
    lines: bytes

    def profile(self) -> ConventionProfile:
        """The book."""
        return ConventionProfile(
            ConventionCounts(_decode(self.by_scope, StoredTallies), self._files),
            self._architecture,
            lambda: SiblingProfile(_decode(self.siblings, StoredSiblings)),
            lambda: UsageCounts(_decode(self.usage, StoredUsage)),
        )

    def written(self) -> StoredLines:
        """Who wrote the lines of the commit's files."""
        return _decode(self.lines, StoredLines)

    def _files(self) -> StoredFiles:
        return _decode(self.files, StoredFiles)

    def _architecture(self) -> DependencyProfile:
        book = DependencyProfile()
        imports = _decode(self.imports, dict[str, tuple[Import, ...]])
        book.announce(imports)
        for path, statements in imports.items():
            book.put(path, statements)
        return book


@dataclass(frozen=True, slots=True)
class _Index:
    """Which commit's book is in which slot, the newest first."""

    slots: tuple[tuple[int, str], ...]


class ProfileCache:
    """The books that the store has, made on the same `terms`: excluded paths, own conventions."""

    def __init__(self, store: Store, terms: Sequence[str]) -> None:
        self._store = store
        made_on = sha256("\0".join(terms).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        version = f"{source_digest('analysis', 'base', 'conventions', 'git', 'roles')}/{made_on}"
        self._books = CacheTable("book", version, CachedProfile)
        self._indices = CacheTable("book-index", version, _Index)

    def nearest(self, commit: str, parentage: Parentage) -> CachedProfile | None:
        """The book of a commit, or of the nearest one that first parents lead to from it."""
        slots = {kept: slot for slot, kept in self._index()}
        here: str | None = commit if slots else None
        while here is not None and here not in slots:
            here = parentage.parents[here]
        if here is None:
            return None
        found = self._store.get(self._books, f"{slots[here]}")
        # Another process may have put another book there by now.
        return found if isinstance(found, CachedProfile) and found.commit == here else None

    def keep(self, commit: str, book: ConventionProfile, lines: StoredLines) -> None:
        """Keeps a book, in the place of the one that was put there longest ago."""
        index = self._index()
        if any(kept == commit for _, kept in index):
            return
        free = set(range(PROFILES_KEPT)) - {slot for slot, _ in index}
        slot = min(free) if free else index[-1][0]
        try:
            kept = _kept(commit, book, lines)
        except UnicodeEncodeError:  # a path that is not UTF-8: made again next time
            return
        rest = tuple(entry for entry in index if entry[0] != slot)
        self._store.put_many(self._books, {f"{slot}": kept})
        self._store.put_many(self._indices, {_INDEX: _Index(((slot, commit), *rest))})

    def _index(self) -> tuple[tuple[int, str], ...]:
        found = self._store.get(self._indices, _INDEX)
        return found.slots if isinstance(found, _Index) else ()


def _kept(commit: str, book: ConventionProfile, lines: StoredLines) -> CachedProfile:
    by_scope, files = book.conventions.stored()
    imports, siblings = book.architecture.imports(), book.siblings.stored()
    parts = (by_scope, files, imports, siblings, book.usage.stored(), lines)
    return CachedProfile(commit, *map(msgspec.msgpack.encode, parts))


def _decode(content: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(content, type=kind)
