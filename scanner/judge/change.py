"""A diff with its files read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanner.analysis.choices import ANALYSIS as CHOICES
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import FileVersion, Problem, TreeDiff
from scanner.codebase.reader import SourceReader
from scanner.scoring.change import ChangedFile


@dataclass(frozen=True, slots=True)
class ReadChange:
    """A diff with its files read, and the problems met on the way.

    It accounts for the whole diff, or cannot be made: each of its files is read, left out by the
    settings, or has a problem that says why it could not be read. Judgements and verdicts come from
    this alone, so that nothing passes for clean which nobody looked at.
    """

    diff: TreeDiff
    files: tuple[ChangedFile, ...]
    left_out: frozenset[str]
    problems: tuple[Problem, ...]

    def __post_init__(self) -> None:
        told = {problem.path for problem in self.problems}
        read = {file.path for file in self.files if _is_read(file)}
        for file in self.files:
            if file.path not in read and told.isdisjoint(_paths(file)):
                raise UnreadError(file.path)
        for change in self.diff.files:
            if not (change.path in read or change.path in self.left_out or change.path in told):
                raise UnreadError(change.path)
        if self.diff.problem is not None and self.diff.problem not in self.problems:
            raise UnreadError("the whole change")


class UnreadError(ScanError):
    """A reading that does not say what became of a part of the change."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was not read, and nothing says why.", exit_code=ExitCode.COULD_NOT_JUDGE
        )


def _is_read(file: ChangedFile) -> bool:
    """Whether both sides were read, as far as there is something to read, and compared."""
    sides = ((file.change.before, file.before), (file.change.after, file.after))
    is_whole = all(read or not (version and version.mode.is_text_file) for version, read in sides)
    return is_whole and file.change.problem is None


def _paths(file: ChangedFile) -> set[str]:
    versions = (file.change.before, file.change.after)
    return {version.path for version in versions if version is not None}


def read_change(
    diff: TreeDiff, reader: SourceReader, is_excluded: Callable[[str], bool]
) -> ReadChange:
    """Reads both sides of every file of a diff that is a text file and not excluded."""
    problems = [] if diff.problem is None else [diff.problem]
    files = []
    left_out = set()
    for change in diff.files:
        if is_excluded(change.path):
            left_out.add(change.path)
            continue
        if change.problem is not None:
            problems.append(change.problem)
        before = _read(change.before, reader, problems, is_before=True)
        after = _read(change.after, reader, problems, is_before=False)
        files.append(ChangedFile(change, before, after))
    return ReadChange(diff, tuple(files), frozenset(left_out), tuple(problems))


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
