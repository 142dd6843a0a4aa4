"""Units with their fingerprints and lines, kept by blob, so that a hook parses no neighbour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from scanner.analysis.clones.fingerprints import ANALYSIS as FINGERPRINT
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileVersion, Problem, Span, Unit
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.clones.changes import fingerprinted
from scanner.codebase.reader import SourceReader

#: A unit as the clone index takes it: its fingerprint, and the file's line of each of its lines.
PlacedUnit = tuple[Unit, Fingerprint, Sequence[int]]


@dataclass(frozen=True, slots=True)
class FileUnits:
    """The units of a file that have a fingerprint, each with the runs of lines it stands on."""

    units: tuple[tuple[Unit, tuple[Span, ...]], ...]


#: Keyed by blob id.
_SHELF = CacheTable("placed-units", source_digest("analysis", "base", "clones", "roles"), FileUnits)


def placed_units(
    versions: Sequence[FileVersion], reader: SourceReader, store: Store
) -> dict[str, list[PlacedUnit]]:
    """The units of file versions by path; a file that cannot be read has no entry."""
    kept = store.get_many(_SHELF, (version.blob for version in versions))
    known = {blob: units for blob, units in kept.items() if isinstance(units, FileUnits)}
    facts = reader.known_facts(FINGERPRINT, _contents(known.values()))
    found: dict[str, list[PlacedUnit]] = {}
    fresh: dict[str, FileUnits | Problem] = {}
    for version in versions:
        placed = _assembled(known.get(version.blob), facts)
        if placed is None:
            file = reader.read(version)
            if isinstance(file, Problem):
                continue
            placed = _read(file, reader)
            fresh[version.blob] = FileUnits(tuple((u, _runs(lines)) for u, _, lines in placed))
        found[version.path] = placed
    store.put_many(_SHELF, fresh)
    return found


def _contents(files: Iterable[FileUnits]) -> Iterator[str]:
    return (unit.content for file in files for unit, _ in file.units)


def _assembled(
    file: FileUnits | None, facts: Mapping[str, Fingerprint | Problem]
) -> list[PlacedUnit] | None:
    """The units of a file that is known; None where any part of it is not."""
    if file is None:
        return None
    placed: list[PlacedUnit] = []
    for unit, runs in file.units:
        known = facts.get(unit.content)
        if not isinstance(known, Fingerprint):
            return None
        placed.append((unit, known, _lines(runs)))
    return placed


def _read(file: ReadFile, reader: SourceReader) -> list[PlacedUnit]:
    facts = reader.facts(FINGERPRINT, [(file, unit) for unit in file.outline.units])
    return list(fingerprinted(file, facts))


def _runs(lines: Sequence[int]) -> tuple[Span, ...]:
    """Lines as stretches without a gap, in their order."""
    breaks = [i for i in range(1, len(lines)) if lines[i] != lines[i - 1] + 1]
    bounds = [0, *breaks, len(lines)] if lines else []
    return tuple(Span(lines[start], lines[end - 1]) for start, end in pairwise(bounds))


def _lines(runs: tuple[Span, ...]) -> Sequence[int]:
    if len(runs) == 1:
        return range(runs[0].first, runs[0].last + 1)
    return tuple(chain.from_iterable(range(run.first, run.last + 1) for run in runs))
