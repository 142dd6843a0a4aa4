"""How surprising the functions of one change are to the codebase before it: told, never charged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Problem, TreeDiff
from scanner.base.store import Store
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.conventions.profile import FileEdit, KnownUnit, known_units
from scanner.conventions.surprises import NgramCounts, SurprisingUnit
from scanner.git.blobs import BlobReader
from scanner.git.trees import list_tree
from scanner.judge import prepare, read_change
from scanner.judge.batch import JudgingContext
from scanner.roles.foreign import foreign_paths
from scanner.scoring.change import ChangedFile, LinesByPath


def surprises_of(
    context: JudgingContext, store: Store, diff: TreeDiff
) -> tuple[SurprisingUnit, ...]:
    """The functions that a change adds or alters, the most surprising to the code before it first.

    None where there was no code before it.
    """
    if diff.before is None:
        return ()
    is_excluded, is_foreign = path_filter(context.settings.exclude), foreign_paths("")
    with BlobReader(context.repository) as blobs:
        reader = SourceReader(blobs, store)
        change = read_change(diff, reader, lambda path: is_excluded(path) or is_foreign(path))
        added = prepare(change, reader, context.settings).added
        edits = list(_edits(change.files, added, reader))
        if not edits:
            return ()
        book = NgramCounts()
        for version in list_tree(context.repository, diff.before):
            if version.mode.is_text_file and not is_excluded(version.path):
                read = reader.read(version)
                if not isinstance(read, Problem) and not is_foreign(version.path):
                    book.put(version.path, known_units(read, reader, with_tokens=True))
        found = book.surprises(edits)
        reader.flush()
    return tuple(sorted(found, key=lambda one: (-one.bits, one.place.path, one.place.span.first)))


def _edits(
    files: Sequence[ChangedFile], added: LinesByPath, reader: SourceReader
) -> Iterator[FileEdit]:
    for file in files:
        if file.after is not None and file.path in added:
            before, after = _units(file.before, reader), _units(file.after, reader)
            yield FileEdit(file.path_before, file.path, before, after, added[file.path])


def _units(file: ReadFile | None, reader: SourceReader) -> tuple[KnownUnit, ...]:
    return known_units(file, reader, with_tokens=True) if file is not None else ()
