"""What the rules said of contents, kept in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from scanner.base.model import Problem
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.rulepacks.catalogue import read_needs
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.needs import Needs
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

    def needs(self, packs: Sequence[Pack]) -> Sequence[Needs]:
        """The needs of each pack's rules, read once for each text of a pack."""
        cache_table = CacheTable("rule-needs", source_digest("rulepacks"), Needs)
        keys = [hashlib.sha256(pack.text.encode()).hexdigest()[:32] for pack in packs]
        stored = self._store.get_many(cache_table, keys)
        found = {key: value for key, value in stored.items() if isinstance(value, Needs)}
        new = {key: read_needs(p) for key, p in zip(keys, packs, strict=True) if key not in found}
        self._store.put_many(cache_table, new)
        found |= new
        return [found[key] for key in keys]


def _cache_table(ruleset: str) -> CacheTable[FileHits]:
    return CacheTable("rule-hits", ruleset, FileHits)
