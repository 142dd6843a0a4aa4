"""One file as it was saved: its review against HEAD, and the numbers of its functions."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileChange, FileStatus, FileVersion, Problem, Review, UnitKind
from scanner.codebase.reader import SourceReader
from scanner.codebase.settings import settings_at
from scanner.config import Limits
from scanner.gate.proposals import with_proposals
from scanner.gate.review import Judging, reviewed_work_tree
from scanner.git.blobs import BlobReader
from scanner.git.trees import list_index
from scanner.judge import unit_pairs
from scanner.judge.growth import measured_units
from scanner.roles.languages import is_python_path
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import PlacedUnit, UnitPair
from scanner.scoring.touched import TouchedUnit

_FUNCTIONS = (UnitKind.FUNCTION, UnitKind.METHOD)


@dataclass(frozen=True, slots=True)
class FileReview:
    """What is known of a file as it was saved.

    `lines` are those that were judged, without their ends; none where they are no UTF-8 or there
    is no such file. `functions` are all functions and methods with their counts in HEAD and now.
    Findings have fixes where those could be made.
    """

    path: str
    lines: tuple[str, ...]
    review: Review
    functions: tuple[TouchedUnit, ...]
    limits: Limits


def review_file(judging: Judging, path: str) -> FileReview:
    """Judges one file as the work tree has it, by what HEAD says.

    Raises:
        ScanError: it cannot be read, or what HEAD says is broken.
    """
    with reviewed_work_tree(judging, (path,)) as (here, found):
        review = with_proposals(here.repository, found)
        with BlobReader(here.repository) as blobs:
            settings = judging.settings or settings_at(here.repository, review.base, blobs)
            versions = list_index(here.repository, (f":(literal){path}",))
            lines = _lines(blobs.read(versions[0].blob)) if versions else ()
            reader = SourceReader(blobs, judging.store, settings.limits)
            is_measured = bool(versions) and is_python_path(path)
            functions = _functions(reader, review, versions[0]) if is_measured else ()
            reader.flush()
    return FileReview(path, lines, review, functions, settings.limits)


def _lines(content: bytes | Problem) -> tuple[str, ...]:
    if isinstance(content, Problem):
        return ()
    try:
        return tuple(content.decode("utf-8-sig").replace("\r\n", "\n").split("\n"))
    except UnicodeDecodeError:
        return ()


def _functions(
    reader: SourceReader, review: Review, version: FileVersion
) -> tuple[TouchedUnit, ...]:
    """Those that the edit leaves alone too: they count what they did."""
    unchanged = FileChange(FileStatus.MODIFIED, version, version)
    change = next((one for one in review.files if one.after == version), unchanged)
    file = ChangedFile(change, _read(reader, change.before), _read(reader, change.after))
    if file.after is None:
        return ()
    pairs = unit_pairs((file,))
    edited = {pair.after.unit.name for pair in pairs if pair.after}
    same = (
        PlacedUnit(version.path, unit, ())
        for unit in file.after.outline.units
        if unit.name not in edited
    )
    measured = measured_units((file,), (*pairs, *(UnitPair(one, one) for one in same)), reader)
    functions = (one for one in measured if one.kind in _FUNCTIONS)
    return tuple(sorted(functions, key=lambda one: one.place.span.first))


def _read(reader: SourceReader, version: FileVersion | None) -> ReadFile | None:
    read = reader.read(version) if version is not None else None
    return read if isinstance(read, ReadFile) else None
