"""Files and facts by content: read once, analysed once, remembered in the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from scanner.analysis.all_facts import SOURCE, Analysis
from scanner.analysis.choices.team import TeamConvention, analysis_of
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.analysis.parsing.source import UnitSource
from scanner.base.budget import (
    DEFAULT_BUDGET,
    Budget,
    OverBudget,
    processor_seconds,
    too_large,
    too_long,
)
from scanner.base.model import FileVersion, Problem, Stage, Unit
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.git.blobs import BlobReader

T = TypeVar("T")

#: How many files are kept parsed. A walk along a history meets the same few again and again.
FILES_KEPT = 64
#: How many facts of one kind are kept in memory; the store has them all.
FACTS_KEPT = 20_000


class SourceReader:
    """Reads file versions through git and gives their outlines and the facts of their units.

    Facts are looked up in memory, then in the store, and computed only where both have none. What
    was computed is written to the store by `flush`.
    """

    def __init__(
        self,
        blobs: BlobReader,
        store: Store,
        budget: Budget = DEFAULT_BUDGET,
        conventions: Sequence[TeamConvention] = (),
    ) -> None:
        #: What finds the choices that the team's own files tell of; None where it has none.
        self.team_choices = analysis_of(conventions) if conventions else None
        self._blobs = blobs
        self._budget = budget
        self._store = store
        self._files: OrderedDict[str, ReadFile | Problem] = OrderedDict()
        self._facts: dict[str, dict[str, Any]] = {}
        self._fresh: dict[str, tuple[CacheTable[Any], dict[str, Any]]] = {}

    def read(self, version: FileVersion) -> ReadFile | Problem:
        """The file, cut into units, or the reason why it cannot be."""
        known = self._files.get(version.blob)
        if known is None:
            known = self._read(version.blob)
            self._files[version.blob] = known
            if len(self._files) > FILES_KEPT:
                self._files.popitem(last=False)
        else:
            self._files.move_to_end(version.blob)
        if isinstance(known, Problem):
            return Problem(known.stage, version.path, known.reason, known.revision)
        return known

    def _read(self, blob: str) -> ReadFile | Problem:
        source = self._blobs.read(blob)
        if isinstance(source, Problem):
            return source
        if len(source) > self._budget.file_bytes:
            return Problem(Stage.BUDGET, None, too_large(len(source), self._budget))
        try:
            with processor_seconds(self._budget.file_seconds):
                return read_outline(source)
        except OverBudget:
            return Problem(Stage.BUDGET, None, too_long(self._budget))
        except RecursionError:
            return Problem(Stage.BUDGET, None, TOO_DEEP)

    def text(self, tree: str, path: str) -> str:
        """The text of any file of a commit or tree; empty if it has none."""
        source = self._blobs.read(f"{tree}:{path}")
        return "" if isinstance(source, Problem) else source.decode("utf-8", "replace")

    def facts(
        self, analysis: Analysis[T], wanted: Iterable[tuple[ReadFile, Unit]]
    ) -> Mapping[str, T | Problem]:
        """The facts of units by their content; a Problem where an analysis could not do it.

        What takes longer than a file may is a Problem that is not kept: next time it may not be.
        """
        units = {unit.content: (file, unit) for file, unit in wanted}
        stored = self.known_facts(analysis, units)
        found = dict(stored)
        known = self._facts[analysis.name]
        fresh = self._fresh.setdefault(analysis.name, (shelf_of(analysis), {}))[1]
        missing = [(key, *units[key]) for key in units if key not in found]
        computed: dict[str, T | Problem] = {}
        try:
            with processor_seconds(self._budget.file_seconds):
                for content, file, unit in missing:
                    computed[content] = _computed(analysis.compute, unit_source(file, unit))
        except OverBudget:
            late = Problem(Stage.BUDGET, None, too_long(self._budget))
            found |= {content: late for content, _, _ in missing}
        fresh |= {key: value for key, value in computed.items() if not _is_passing(value)}
        known |= computed
        found |= computed
        return found

    def known_facts(
        self, analysis: Analysis[T], contents: Iterable[str]
    ) -> Mapping[str, T | Problem]:
        """The facts, by content, of those units that were analysed before."""
        wanted = list(dict.fromkeys(contents))
        known = self._facts.setdefault(analysis.name, {})
        if len(known) > FACTS_KEPT:
            known.clear()
        cache_table = shelf_of(analysis)
        known.update(self._store.get_many(cache_table, (key for key in wanted if key not in known)))
        return {content: known[content] for content in wanted if content in known}

    def flush(self) -> None:
        """Writes the facts computed since the last time to the store."""
        for cache_table, values in self._fresh.values():
            self._store.put_many(cache_table, values)
            values.clear()


#: Why something is not judged whose nesting goes beyond Python's own limit.
TOO_DEEP = "nested too deep to be measured"


def _computed(compute: Callable[[UnitSource], T], source: UnitSource) -> T | Problem:
    try:
        return compute(source)
    except RecursionError:
        return Problem(Stage.BUDGET, None, TOO_DEEP)


def _is_passing(value: object) -> bool:
    """Whether it may be otherwise next time, and so is not kept."""
    return isinstance(value, Problem) and value.stage is Stage.BUDGET


def shelf_of(analysis: Analysis[T]) -> CacheTable[T]:
    """Where the store keeps an analysis' facts, by its version and the source that makes them."""
    version = f"{analysis.version}/{source_digest(*SOURCE)}"
    return CacheTable(f"facts/{analysis.name}", version, analysis.result)
