"""What the rules said of contents, kept in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.model import Problem
from scanner.rulepacks.hits import FileHits
from scanner.store import Shelf, Store


class StoredHits:
    """The cache that a run of rules asks first: a shelf of the store for each rule set."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get_many(self, ruleset: str, keys: Iterable[str]) -> Mapping[str, FileHits]:
        """The stored ones among the keys."""
        found = self._store.get_many(_shelf(ruleset), keys)
        return {key: hits for key, hits in found.items() if not isinstance(hits, Problem)}

    def put_many(self, ruleset: str, hits: Mapping[str, FileHits]) -> None:
        """Stores hits by key."""
        self._store.put_many(_shelf(ruleset), hits)


def _shelf(ruleset: str) -> Shelf[FileHits]:
    return Shelf("rule-hits", ruleset, FileHits)
