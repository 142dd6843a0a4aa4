"""What the rules said of contents, kept in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.base.model import Problem
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.rulepacks.contents import PackContents, text_hash
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.packs import Pack


class StoredHits:
    """The cache that a run of rules asks first: a cache table of the store for each rule set."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get_many(self, ruleset: str, keys: Iterable[str]) -> Mapping[str, FileHits]:
        """The stored ones among the keys."""
        found = self._store.get_many(_cache_table(ruleset), keys)
        return {key: hits for key, hits in found.items() if not isinstance(hits, Problem)}

    def put_many(self, ruleset: str, hits: Mapping[str, FileHits]) -> None:
        """Stores hits by key."""
        self._store.put_many(_cache_table(ruleset), hits)


def _cache_table(ruleset: str) -> CacheTable[FileHits]:
    return CacheTable("rule-hits", ruleset, FileHits)


def with_contents(packs: Sequence[Pack], store: Store) -> tuple[Pack, ...]:
    """The packs with their contents, read once for each text of a pack."""
    cache_table = CacheTable("pack-contents", source_digest("rulepacks"), PackContents)
    keys = [text_hash(pack.text) for pack in packs]
    stored = store.get_many(cache_table, keys)
    known = {key: value for key, value in stored.items() if isinstance(value, PackContents)}
    new = {key: p.contents for key, p in zip(keys, packs, strict=True) if key not in known}
    store.put_many(cache_table, new)
    known |= new
    return tuple(replace(p, known=known[key]) for key, p in zip(keys, packs, strict=True))
