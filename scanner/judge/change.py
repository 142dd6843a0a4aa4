"""A diff with its files read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.usage import ANALYSIS as USAGE
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import (
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Hunk,
    LeftOut,
    LeftOutReason,
    Problem,
    TreeDiff,
)
from scanner.codebase.reader import SourceReader
from scanner.conventions.profile import choices_of
from scanner.roles.foreign import (
    ATTRIBUTES,
    BY_ATTRIBUTES,
    AttributeRule,
    ForeignOrigin,
    origin_of,
    top_rules,
)
from scanner.roles.languages import other_language
from scanner.scoring.change import ChangedFile

_BY_SETTINGS = "by the settings"


@dataclass(frozen=True, slots=True)
class ReadChange:
    """A diff with its files read, and the problems met on the way.

    It accounts for the whole diff, or cannot be made: each of its files is read, left out by the
    settings, or has a problem that says why it could not be read. Judgements and verdicts come from
    this alone, so that nothing passes for clean which nobody looked at. `aside` are the files that
    were read and are left out, `claims` those that are judged though the change says otherwise.
    """

    diff: TreeDiff
    files: tuple[ChangedFile, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...]
    aside: tuple[ChangedFile, ...] = ()
    claims: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        told = {problem.path for problem in self.problems}
        left_out = {one.path for one in self.left_out}
        read = {file.path for file in self.files if _is_read(file)}
        for file in self.files:
            if file.path not in read and told.isdisjoint(_paths(file.change)):
                raise UnreadError(file.path)
        known = read | left_out | told
        for change in self.diff.files:
            if known.isdisjoint(_paths(change)):
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


def _paths(change: FileChange) -> set[str]:
    return {version.path for version in (change.before, change.after) if version is not None}


def read_change(
    diff: TreeDiff, reader: SourceReader, is_excluded: Callable[[str], bool]
) -> ReadChange:
    """Reads both sides of every file of a diff that is a text file and not excluded.

    What is generated or vendored is read, and not judged, if the tree before the change says so, or
    a new file has a generator's own header. A file that was left out before and no longer is counts
    as new.
    """
    rules = top_rules(reader.text(diff.before, ATTRIBUTES)) if diff.before else ()
    problems = [] if diff.problem is None else [diff.problem]
    files: list[ChangedFile] = []
    aside: list[ChangedFile] = []
    left_out = [
        _of_another_language(path, is_excluded=is_excluded(path)) for path in diff.other_languages
    ]
    claims: list[LeftOut] = []
    for change in diff.files:
        if is_excluded(change.path):
            left_out.append(_left_out(change, LeftOutReason.EXCLUDED, _BY_SETTINGS))
            continue
        own = [] if change.problem is None else [change.problem]
        before = _read(change.before, reader, own, is_before=True)
        after = _read(change.after, reader, own, is_before=False)
        file = ChangedFile(change, before, after)
        if change.after is not None and change.after.mode is FileMode.SYMLINK:
            left_out.append(_left_out(change, LeftOutReason.LINK, "it holds no code of its own"))
        new = _origin(change.after, after, rules)
        was_left_out = change.before is not None and (
            is_excluded(change.before.path) or _origin(change.before, before, rules) is not None
        )
        if new is None and (change.after is not None or not was_left_out):
            files.append(_as_new(file) if was_left_out else file)
            problems += own
            continue
        is_new = change.before is None or (was_left_out and is_excluded(change.before.path))
        said = _left_out(
            change,
            LeftOutReason(new.what.value) if new else LeftOutReason.GENERATED,
            new.evidence if new else "it was before it was deleted",
            is_own_word=not was_left_out and not (new and new.evidence == BY_ATTRIBUTES),
        )
        if was_left_out or (is_new and new is not None and new.is_certain):
            left_out.append(said)
            aside.append(file)
        else:
            claims.append(said)
            files.append(file)
            problems += own
    return ReadChange(
        diff, tuple(files), tuple(left_out), tuple(problems), tuple(aside), tuple(claims)
    )


def _left_out(
    change: FileChange, reason: LeftOutReason, evidence: str, *, is_own_word: bool = False
) -> LeftOut:
    return LeftOut(change.path, reason, evidence, change.added_lines, is_own_word)


def _of_another_language(path: str, *, is_excluded: bool) -> LeftOut:
    if is_excluded:
        return LeftOut(path, LeftOutReason.EXCLUDED, _BY_SETTINGS, None)
    return LeftOut(path, LeftOutReason.NOT_PYTHON, other_language(path) or "", None)


def _origin(
    version: FileVersion | None, read: ReadFile | None, rules: Sequence[AttributeRule]
) -> ForeignOrigin | None:
    if version is None:
        return None
    return origin_of(version.path, read.text if read is not None else "", rules)


def _as_new(file: ChangedFile) -> ChangedFile:
    """The file as if it had not been there: nobody judged what it held before."""
    change, after = file.change, file.after
    if after is None:
        return file
    hunks = (Hunk(0, 0, 0, after.outline.line_count),)
    return ChangedFile(
        replace(change, status=FileStatus.ADDED, before=None, hunks=hunks), None, after
    )


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
    units = [(read, unit) for unit in read.outline.units]
    choices_of(units, reader)
    reader.facts(USAGE, units)
    return read
