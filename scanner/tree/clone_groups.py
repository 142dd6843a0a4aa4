"""One tree → everything in it that stands there more than once, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec import Struct

from scanner.base.model import FileVersion
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, open_store
from scanner.clones.groups import CloneGroup, clone_groups
from scanner.clones.index import CloneIndex, limits_of
from scanner.clones.located_units import PlacedUnit, placed_units
from scanner.codebase.paths import looked_at
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.git.comparisons import missing_objects
from scanner.git.trees import list_tree
from scanner.judge.batch import JudgingContext, Progress
from scanner.judge.file_batches import in_tasks
from scanner.roles.foreign import ATTRIBUTES, foreign_paths

#: What the index takes of a file, by its path.
Indexable = tuple[str, list[PlacedUnit]]


def standing_clones(
    context: JudgingContext, revision: str, jobs: int | None, progress: Progress
) -> tuple[CloneGroup, ...]:
    """The clone groups of a revision's tree, largest saving first.

    Files that are excluded, generated or vendored take no part; nor do those that cannot be read,
    which `scan_tree` tells of. Groups that were found before are not looked for again; `progress`
    is told nothing then. They are kept unless a file is not in this clone.

    Raises:
        ScanError: the revision is unknown.
    """
    commit = resolve(context.repository, revision)
    cache_table = CacheTable("clone-groups", f"{_version()}/{context.settings.fingerprint}", _Kept)
    with open_store(context.store_path) as store:
        known = store.get(cache_table, commit)
        if isinstance(known, _Kept):
            return known.groups
        versions = own_files(context, commit)
        found = _find(context, versions, jobs, progress)
        if not missing_objects(context.repository, {version.blob for version in versions}):
            store.put_many(cache_table, {commit: _Kept(found)})
        return found


class _Kept(Struct, frozen=True):
    groups: tuple[CloneGroup, ...]


def _version() -> str:
    """What the groups of equal trees would be other ones by."""
    return source_digest("analysis", "base", "clones", "codebase", "git", "roles", "scoring")


def _find(
    context: JudgingContext, versions: Sequence[FileVersion], jobs: int | None, progress: Progress
) -> tuple[CloneGroup, ...]:
    index = CloneIndex(limits_of(context.settings.duplication))
    read = chain.from_iterable(in_tasks(read_files, context, versions, jobs))
    for done, (path, units) in enumerate(read):
        index.add(path, units)
        progress(done, len(versions))
    return clone_groups(index)


def own_files(context: JudgingContext, commit: str) -> list[FileVersion]:
    """The Python files of a commit that are looked at and that nobody else wrote."""
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        is_foreign = foreign_paths(SourceReader(blobs, store).text(commit, ATTRIBUTES))
    versions = looked_at(list_tree(context.repository, commit), context.settings.exclude)
    return [version for version in versions if not is_foreign(version.path)]


def read_files(context: JudgingContext, versions: Sequence[FileVersion]) -> list[Indexable]:
    """What of some files is indexed: nothing of those that say that a program writes them."""
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        read = placed_units(versions, reader, store)
        reader.flush()
    return [
        (path, units)
        for path, units in read.items()
        if not any(text.is_generated or text.is_step for _, text, _ in units)
    ]
