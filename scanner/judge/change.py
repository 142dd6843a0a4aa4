"""A diff with its files read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanner.analysis.choices import ANALYSIS as CHOICES
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileVersion, Problem, TreeDiff
from scanner.codebase.reader import SourceReader
from scanner.scoring.change import ChangedFile


@dataclass(frozen=True, slots=True)
class ReadChange:
    """A diff with its files read, and the problems met on the way."""

    files: tuple[ChangedFile, ...]
    problems: tuple[Problem, ...]


def read_change(
    diff: TreeDiff, reader: SourceReader, is_excluded: Callable[[str], bool]
) -> ReadChange:
    """Reads both sides of every file of a diff that is a text file and not excluded."""
    problems: list[Problem] = []
    files = []
    for change in diff.files:
        if is_excluded(change.path):
            continue
        if change.problem is not None:
            problems.append(change.problem)
        before = _read(change.before, reader, problems, is_before=True)
        after = _read(change.after, reader, problems, is_before=False)
        files.append(ChangedFile(change, before, after))
    return ReadChange(tuple(files), tuple(problems))


def _read(
    version: FileVersion | None, reader: SourceReader, problems: list[Problem], *, is_before: bool
) -> ReadFile | None:
    if version is None or not version.mode.is_text_file:
        return None
    read = reader.read(version)
    if isinstance(read, Problem):
        problems.append(Problem(read.stage, read.path, read.reason, read.revision, is_before))
        return None
    # Right after reading, while the syntax trees are at hand: parsing again takes as long.
    reader.facts(CHOICES, [(read, unit) for unit in read.outline.units])
    return read
