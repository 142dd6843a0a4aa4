"""Where a change departs from what the codebase before it always does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import (
    NOT_SCORED,
    DeviationScore,
    Dimension,
    DimensionScore,
    FileVersion,
    Finding,
    Place,
    Problem,
    TreeDiff,
)
from scanner.base.store import Store
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.conventions.linter_config import LinterConfigs
from scanner.conventions.profile import FileEdit, KnownUnit
from scanner.conventions.profile_at import Diffs, ProfileAtCommit
from scanner.conventions.profile_cache import ProfileCache
from scanner.git.blobs import BlobReader
from scanner.git.commits import Parentage, first_parents
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.judge.added import moves_and_added
from scanner.judge.change import read_change
from scanner.judge.unusual import MainLine, UnusualJudge
from scanner.roles.foreign import ATTRIBUTES, foreign_paths
from scanner.scoring.change import ChangedFile, LinesByPath
from scanner.scoring.duplication import AgeInDays

_SHALLOW = (
    "this clone is shallow, and what came before its oldest commits tells which habits are old "
    "(git fetch --unshallow brings it)"
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """The departures of a change, or why none could be looked for; and how unusual it is."""

    findings: tuple[Finding, ...] = ()
    unmeasured: str | None = None
    unusual: DeviationScore = NOT_SCORED

    @property
    def score(self) -> DimensionScore:
        """The points of the dimension."""
        points = sum((finding.points for finding in self.findings), 0.0)
        return DimensionScore(
            Dimension.DEVIATION, points, unmeasured=self.unmeasured, percentile=self.unusual.score
        )


NOT_JUDGED = Deviation(unmeasured="not part of this run")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where files and facts come from."""

    repository: Repository
    blobs: BlobReader
    reader: SourceReader
    store: Store


def profiles_along(
    sources: Sources, exclude: Sequence[str], commits: Sequence[str], diffs: Diffs
) -> ProfileAtCommit:
    """What the codebase is used to, to be moved to any of the commits. `diffs` are at hand."""
    return _profiles(sources, exclude, first_parents(sources.repository, commits), diffs)


def _profiles(
    sources: Sources, exclude: Sequence[str], parentage: Parentage, diffs: Diffs
) -> ProfileAtCommit:
    is_excluded, is_foreign = path_filter(exclude), foreign_paths("")
    return ProfileAtCommit(
        sources.repository,
        sources.reader,
        ProfileCache(sources.store, _terms(sources, exclude)),
        parentage,
        # What others wrote, or a generator, is no habit of this codebase.
        lambda path: is_excluded(path) or is_foreign(path),
        diffs,
    )


def _terms(sources: Sources, exclude: Sequence[str]) -> tuple[str, ...]:
    """What a profile depends on beside the history."""
    team = sources.reader.team_choices
    return (*exclude, team.name) if team is not None else tuple(exclude)


class DeviationJudge:
    """Judges changes by the codebase as it was before each.

    `settings` say which paths are left out. `bases` are the commits before the changes to
    judge, and `last` is the one whose book is kept; `diffs` are those at hand.
    """

    def __init__(
        self,
        sources: Sources,
        settings: Settings,
        bases: Sequence[str | None],
        last: str | None,
        diffs: Diffs,
    ) -> None:
        self._reader = sources.reader
        self._last = last
        self._is_shallow = sources.repository.is_shallow
        if self._is_shallow:
            return
        known = [oid for oid in (*bases, last) if oid is not None]
        self._governors = LinterConfigs(sources.repository, sources.blobs, bases)
        parentage = first_parents(sources.repository, known)
        self._repository = sources.repository
        self._diffs = diffs
        self._is_excluded = path_filter(settings.exclude)
        self._habits = _profiles(sources, settings.exclude, parentage, diffs)
        line = MainLine(parentage, self._diffs_of, self._edits_of)
        unscored = path_filter(settings.deviation.exclude)
        terms = _terms(sources, settings.exclude)
        self._unusual = UnusualJudge(self._habits, line, sources.store, terms, unscored)

    def judge(self, diff: TreeDiff, files: Sequence[ChangedFile], added: LinesByPath) -> Deviation:
        """The departures of the change of some files of a commit, and how unusual it is."""
        if self._is_shallow:
            return Deviation(unmeasured=_SHALLOW, unusual=DeviationScore(unmeasured=_SHALLOW))
        base = diff.before
        edits = list(_edits(self._own(base, files), added, self._habits))
        unusual = self._unusual.judge(base, diff.after, edits)
        problem = unusual if isinstance(unusual, Problem) else self._habits.move_to(base)
        if isinstance(unusual, Problem) or problem is not None:
            reason = problem.reason if problem is not None else ""
            lacking = f"the history of the codebase is not all here: {reason}"
            return Deviation(unmeasured=lacking, unusual=DeviationScore(unmeasured=lacking))
        found = self._habits.book.judge(
            edits, self._habits.exemplars, self._governors.silenced_at(base)
        )
        return Deviation(found, unusual=unusual)

    def _diffs_of(self, pairs: Sequence[tuple[str | None, str]]) -> Iterator[TreeDiff]:
        """The diffs of pairs of commits, in their order."""
        asked = [pair for pair in pairs if pair not in self._diffs]
        answers = iter(diff_trees(self._repository, asked)) if asked else iter(())
        for pair in pairs:
            yield self._diffs[pair] if pair in self._diffs else next(answers)

    def _edits_of(self, diff: TreeDiff) -> Sequence[FileEdit] | Problem:
        """What a change of the main line edits, read as any change is."""
        if diff.problem is not None:
            return diff.problem
        change = read_change(diff, self._reader, self._is_excluded)
        _, added = moves_and_added(change.files)
        return list(_edits(self._own(diff.before, change.files), added, self._habits))

    def ages_at(self, when: datetime) -> AgeInDays:
        """How many days before `when` a place of the present commit was last written.

        By who wrote its lines along first parents, so that it is the same wherever a run starts;
        not known where that history is not here.
        """
        return lambda place: self._age(place, when)

    def _age(self, place: Place, when: datetime) -> int | None:
        written = None if self._is_shallow else self._habits.written(place.path, place.span)
        return None if written is None else (when - datetime.fromtimestamp(written, UTC)).days

    def _own(self, base: str | None, files: Sequence[ChangedFile]) -> list[ChangedFile]:
        """The files that are written here by hand."""
        is_foreign = foreign_paths(self._reader.text(base, ATTRIBUTES) if base else "")
        return [file for file in files if not is_foreign(file.path)]

    def keep(self) -> None:
        """Keeps the book of the last commit for runs to come."""
        if not self._is_shallow and self._habits.move_to(self._last) is None:
            self._habits.keep()


def _edits(
    files: Sequence[ChangedFile], added: LinesByPath, habits: ProfileAtCommit
) -> Iterator[FileEdit]:
    """The edits of files that can be read on both sides: otherwise nothing tells new from old."""
    for file in files:
        before, after = file.change.before, file.change.after
        if (_is_text(before) and file.before is None) or (_is_text(after) and file.after is None):
            continue
        yield FileEdit(
            before.path if before is not None and file.before is not None else None,
            after.path if after is not None and file.after is not None else None,
            _units(before, file.before, habits),
            _units(after, file.after, habits),
            added.get(file.path, frozenset()),
        )


def _units(
    version: FileVersion | None, file: ReadFile | None, habits: ProfileAtCommit
) -> tuple[KnownUnit, ...]:
    return habits.units(version.blob, file) if version is not None and file is not None else ()


def _is_text(version: FileVersion | None) -> bool:
    return version is not None and version.mode.is_text_file
