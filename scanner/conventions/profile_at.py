"""The profile of one commit, which goes from commit to commit along first parents.

The book of a commit is a function of its tree and of who wrote its lines along first parents. So
it is the same whether it was walked to, made anew or found in the store, and a change is judged
alike by a hook, a gate and a report.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileMode, FileVersion, Problem, Span, TreeDiff
from scanner.codebase.reader import SourceReader
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.profile import ConventionProfile, KnownUnit, known_units
from scanner.conventions.profile_cache import CachedProfile, ProfileCache, StoredLines
from scanner.conventions.tallies import Stamp
from scanner.git.commits import Parentage
from scanner.git.process import Repository

if TYPE_CHECKING:
    from scanner.git.births import Births, WrittenFile, WrittenFiles

#: A change starts from files that the changes just before it have left.
FILES_REMEMBERED = 128

#: Diffs by their two commits, which need not be asked of git again.
Diffs = Mapping[tuple[str | None, str], TreeDiff]


class ProfileAtCommit:
    """What the codebase of a commit is used to. `move_to` a commit first."""

    def __init__(
        self,
        repository: Repository,
        reader: SourceReader,
        kept: ProfileCache,
        parentage: Parentage,
        is_excluded: Callable[[str], bool],
        diffs: Diffs,
    ) -> None:
        self.book = ConventionProfile()
        self.commit: str | None = None
        self._repository = repository
        self._reader = reader
        self._kept = kept
        self._parentage = parentage
        self._is_excluded = is_excluded
        self._diffs = diffs
        self._births: Births | None = None
        self._from: CachedProfile | None = None
        self._lines: StoredLines | None = None
        self._files: WrittenFiles = {}
        self._stamps: list[Stamp] = []
        self._units: OrderedDict[str, tuple[KnownUnit, ...]] = OrderedDict()

    def move_to(self, commit: str | None) -> Problem | None:
        """Goes to a commit (None: before the first); a Problem where its history is not all here.

        Nothing has changed then.
        """
        if commit is not None and self.commit is None and self._births is None:
            self._start_near(commit)
        if commit == self.commit:
            return None
        births = self._walk()
        files = births.files_at(commit, self._parentage) if commit is not None else {}
        if isinstance(files, Problem):
            return files
        self._turn_to(files)
        self.commit = commit
        return None

    def keep(self) -> None:
        """Puts the book into the store, for runs to come."""
        if self.commit is None or (self._from is not None and self._from.commit == self.commit):
            return
        births = self._walk()
        files = {path: (one.blob, one.writers.tobytes()) for path, one in self._files.items()}
        self._kept.keep(self.commit, self.book, StoredLines(births.commits, files))

    def units(self, blob: str, file: ReadFile) -> tuple[KnownUnit, ...]:
        """The units of a file with their choices; those of files met last are remembered."""
        known = self._units.get(blob)
        if known is None:
            known = self._units[blob] = known_units(file, self._reader)
            if len(self._units) > FILES_REMEMBERED:
                self._units.popitem(last=False)
        return known

    def exemplars(self, path: str) -> Iterable[UnitChoices]:
        """The units of a file of the present commit."""
        return [known.choices for known in self.units_at(path)]

    def units_at(self, path: str) -> tuple[KnownUnit, ...]:
        """The units of a file of the present commit; none where it has no such file."""
        blob = self._blob(path)
        return self._read(path, blob) if blob is not None else ()

    def written(self, path: str, span: Span) -> int | None:
        """When lines of a file of the present commit were last written, in Unix seconds."""
        births = self._walk()
        one = self._files.get(path)
        writers = one.writers[span.first - 1 : span.last].tolist() if one is not None else []
        times = self._parentage.times
        return max((times.get(births.commits[number], 0) for number in writers), default=None)

    def _blob(self, path: str) -> str | None:
        if self._births is None and self._from is not None:
            found = self._stored_lines(self._from).files.get(path)
            return found[0] if found is not None else None
        written = self._files.get(path)
        return written.blob if written is not None else None

    def beside(self, path: str) -> list[str]:
        """The other files of a file's directory in the present commit, in order."""
        known = self._files or (self._stored_lines(self._from).files if self._from else {})
        home = path.rpartition("/")[0]
        return sorted(one for one in known if one.rpartition("/")[0] == home and one != path)

    def _stored_lines(self, kept: CachedProfile) -> StoredLines:
        """Who wrote the lines where a walk starts, decoded once."""
        if self._lines is None:
            self._lines = kept.written()
        return self._lines

    def _start_near(self, commit: str) -> None:
        kept = self._kept.nearest(commit, self._parentage)
        if kept is not None:
            self.book, self.commit, self._from = kept.profile(), kept.commit, kept

    def _walk(self) -> Births:
        """Who wrote the lines so far; read from the store when it is first needed."""
        if self._births is None:
            # NumPy takes a tenth of a second to import, which a hook has no need to spend.
            from scanner.git.births import Births, stored_files  # noqa: PLC0415

            if self._from is None:
                self._births = Births(self._repository, self._diffs)
            else:
                lines, self._lines = self._stored_lines(self._from), None
                self._births = Births(self._repository, self._diffs, lines.commits)
                self._files = stored_files(lines.files)
                self._births.start_from(self._from.commit, self._files)
        return self._births

    def _turn_to(self, files: WrittenFiles) -> None:
        before, self._files = self._files, files
        for path, written in before.items():
            if path not in files and not self._is_excluded(path):
                self.book.remove(path, self._read(path, written.blob))
        altered = [
            path
            for path, written in files.items()
            if before.get(path) is not written and not self._is_excluded(path)
        ]
        self.book.announce(altered)
        for path in altered:
            self._put(path, files[path], before.get(path))

    def _put(self, path: str, written: WrittenFile, before: WrittenFile | None) -> None:
        units = self._read(path, written.blob)
        was = self._read(path, before.blob) if before is not None else ()
        numbers = written.writers.tolist()
        stamps = [self._stamp(number) for number in numbers]
        last = len(stamps)
        self.book.put(path, units, lambda line: stamps[min(line, last) - 1], min(numbers), was)

    def _stamp(self, number: int) -> Stamp:
        while number >= len(self._stamps):
            oid = self._walk().commits[len(self._stamps)]
            self._stamps.append(Stamp(self._parentage.times.get(oid, 0), len(self._stamps)))
        return self._stamps[number]

    def _read(self, path: str, blob: str) -> tuple[KnownUnit, ...]:
        """The units of a file; none of one that cannot be read, which is there to be imported."""
        if blob in self._units:
            return self._units[blob]
        found = self._reader.read(FileVersion(path, FileMode.REGULAR, blob))
        return () if isinstance(found, Problem) else self.units(blob, found)
