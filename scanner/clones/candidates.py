"""Which files of a tree may hold copies of a change: found by keys, without reading the others.

A review of a few staged files must not read the whole tree. For each blob the store keeps the keys
by which the clone index would find its units; only files that share one with the change are read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import CloneLimits
from scanner.analysis.clones.fingerprints import ANALYSIS as FINGERPRINT
from scanner.analysis.clones.fingerprints import Fingerprint, UnitImport
from scanner.base.model import FileVersion, Problem, Stage, Unit
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.clones.definitions import FileNames, names_of
from scanner.clones.index import COMMON, KeyKind, is_function, is_small, posted_keys
from scanner.codebase.reader import SourceReader

#: Kinds of keys of which one in common is enough to look closer.
_TELLING = (KeyKind.SHAPE, KeyKind.EXACT, KeyKind.WHOLE)


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The keys of a file's units, by kind and each once, what its module imports, and its names."""

    keys: dict[KeyKind, tuple[int, ...]]
    imports: tuple[UnitImport, ...]
    names: FileNames


def _cache_table(limits: CloneLimits) -> CacheTable[FileKeys]:
    """Keyed by blob id; the version follows the source, and what limits the keys."""
    source = source_digest("analysis", "base", "clones", "roles")
    version = f"{source}/{limits.code_lines}.{limits.tokens}"
    return CacheTable("clone-keys", version, FileKeys)


def keys_of(units: Iterable[tuple[Unit, Fingerprint]], limits: CloneLimits) -> FileKeys:
    """The keys of the units of a file, the module first."""
    units = tuple(units)
    found: dict[KeyKind, dict[int, None]] = {kind: {} for kind in KeyKind}
    imports: tuple[UnitImport, ...] | None = None
    for unit, text in units:
        imports = text.imports if imports is None else imports
        for kind, key in posted_keys(unit, text, limits):
            found[kind][key] = None
    keys = {kind: tuple(keys) for kind, keys in found.items()}
    return FileKeys(keys, imports or (), names_of(units))


def tree_keys(
    versions: Sequence[FileVersion], reader: SourceReader, store: Store, limits: CloneLimits
) -> dict[str, FileKeys | Problem]:
    """The keys of all files of a tree, by path, or why a file has none.

    That an object is not here is not kept: it may be there the next time.
    """
    cache_table = _cache_table(limits)
    known = store.get_many(cache_table, (version.blob for version in versions))
    fresh: dict[str, FileKeys | Problem] = {}
    for version in versions:
        if version.blob not in known:
            known[version.blob] = fresh[version.blob] = _read_keys(version, reader, limits)
    store.put_many(cache_table, {blob: one for blob, one in fresh.items() if not is_missing(one)})
    return {version.path: known[version.blob] for version in versions}


def is_missing(one: object) -> bool:
    """Whether something could not be read that may be read next time: git does not have it here,
    or it took too long.
    """
    return isinstance(one, Problem) and one.stage in (Stage.GIT, Stage.BUDGET)


def _read_keys(
    version: FileVersion, reader: SourceReader, limits: CloneLimits
) -> FileKeys | Problem:
    file = reader.read(version)
    if isinstance(file, Problem):
        return file
    units = file.outline.units
    facts = reader.facts(FINGERPRINT, [(file, unit) for unit in units])
    pairs = ((unit, facts[unit.content]) for unit in units)
    return keys_of(((unit, text) for unit, text in pairs if isinstance(text, Fingerprint)), limits)


def neighbours(
    tree: Mapping[str, FileKeys],
    changed: Sequence[tuple[Unit, Fingerprint]],
    limits: CloneLimits,
) -> frozenset[str]:
    """The paths of files that may hold a copy of one of the changed units, or its original.

    Sharing a window of statements or a whole small unit is enough. For copies with gaps, a file has
    to hold one of the rarest statements of a function (the prefix filter of `CloneIndex.sharing`).
    """
    large = [text for unit, text in changed if is_function(unit) and not is_small(text, limits)]
    holders = _holders(tree, {key for text in large for key in text.named})
    found = {path for key in _prefixes(large, holders, limits) for path in holders[key]}
    wanted = keys_of(changed, limits).keys
    for kind in _TELLING:
        sought = set(wanted[kind])
        found.update(path for path, one in tree.items() if not sought.isdisjoint(one.keys[kind]))
    return frozenset(found)


def _holders(tree: Mapping[str, FileKeys], sought: set[int]) -> dict[int, list[str]]:
    holders: dict[int, list[str]] = defaultdict(list)
    for path, one in tree.items():
        for key in sought.intersection(one.keys[KeyKind.STATEMENT]):
            holders[key].append(path)
    return holders


def _prefixes(
    changed: Iterable[Fingerprint], holders: Mapping[int, Sequence[str]], limits: CloneLimits
) -> set[int]:
    """For each function its rarest statements, as many as a gapped copy may miss and one more."""
    prefixes: set[int] = set()
    for text in changed:
        counts = Counter(text.named)
        may_miss = int(len(text.named) * (1 - limits.gapped_share)) + 1
        probed = 0
        for key in sorted(counts, key=lambda key: (len(holders.get(key, ())), key)):
            if probed > may_miss or len(holders.get(key, ())) > COMMON:
                break
            probed += counts[key]
            if key in holders:
                prefixes.add(key)
    return prefixes
