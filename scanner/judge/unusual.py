"""How unusual a change is: its functions among those that the main line took in last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import msgspec

from scanner.base.model import (
    DeviationScore,
    PartScore,
    Place,
    Problem,
    TreeDiff,
    UnitKind,
    UnusualFunction,
)
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.conventions.percentiles import FEWEST_COMPARED, LastChanges, Percentiles
from scanner.conventions.profile import FileEdit, KnownUnit, units_without
from scanner.conventions.profile_at import ProfileAtCommit
from scanner.conventions.scopes import package_of, population_of
from scanner.conventions.unusual import Lines, MeasuredUnits, measure
from scanner.git.commits import Parentage
from scanner.judge.unusual_reasons import nearest, reasons

#: What measures come from.
_SOURCE = ("analysis", "base", "conventions", "git", "judge", "roles", "scoring")
#: The reference is the functions that came last, so many of them ...
REFERENCE = 500
#: ... in so many changes of the main line at most, counted back from the change.
FARTHEST = 600
#: Functions of which fewer tokens are added say too little.
FEWEST_TOKENS = 10
#: How many functions of a change are told, and how many of these explained.
TOLD, EXPLAINED = 10, 3
#: From here on a function is looked into more closely.
STRANGE = 90
_STEPS_BACK = 60

NO_FUNCTIONS = "it adds no code to functions, or too little to tell"
EXCLUDED = "`deviation.exclude` leaves out what it adds"
NO_CODE = "no reference yet: there was no code before it"


class _Function(NamedTuple):
    """A function that a change adds or alters, with its measures."""

    edit: FileEdit
    unit: KnownUnit
    lines: Lines
    measured: MeasuredUnits


class MeasuredChange(msgspec.Struct, frozen=True):
    """What was measured of the functions of one change of the main line."""

    functions: tuple[MeasuredUnits, ...]


#: The edits of the change between two commits; a Problem where git does not have it all.
Edits = Callable[[TreeDiff], "Sequence[FileEdit] | Problem"]


@dataclass(frozen=True, slots=True)
class MainLine:
    """The changes along first parents: their parentage, their diffs, and what they edit."""

    parentage: Parentage
    diffs: Callable[[Sequence[tuple[str | None, str]]], Iterable[TreeDiff]]
    edits: Edits


class UnusualJudge:
    """Scores changes by the profile of the commit before each.

    `is_left_out` tells the paths that are not scored, `terms` what the profile is made on. What is
    measured of a change of the main line depends on its two trees and their history alone, and is
    kept, so that a score does not depend on what was judged before it.
    """

    def __init__(
        self,
        profile: ProfileAtCommit,
        line: MainLine,
        store: Store,
        terms: Sequence[str],
        is_left_out: Callable[[str], bool],
    ) -> None:
        self._profile = profile
        self._line = line
        self._store = store
        self._is_left_out = is_left_out
        made_on = sha256("\0".join(terms).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        version = f"{source_digest(*_SOURCE)}/{made_on}"
        self._table = CacheTable("unusual", version, MeasuredChange)
        self._known: dict[str, tuple[MeasuredUnits, ...]] = {}
        self._recalled: str | None = None
        self._last_changes: tuple[Sequence[str], LastChanges] = ((), LastChanges(()))

    def judge(
        self, base: str | None, after: str | None, edits: Sequence[FileEdit]
    ) -> DeviationScore | Problem:
        """The score of a change of a commit; afterwards the profile stands at that commit."""
        if base is None:
            return DeviationScore(unmeasured=NO_CODE)
        problem = self._profile.move_to(base)
        if problem is not None:
            return problem
        functions = list(self._measured(edits))
        if after is not None and self._line.parentage.parents.get(after, "") == base:
            self._remember(after, functions)
        if not functions:  # the reference, which may take a long history to read, is not needed
            is_excluded = any(self._is_excluded(edit) for edit in edits)
            return DeviationScore(unmeasured=EXCLUDED if is_excluded else NO_FUNCTIONS)
        problem = self._recall(base) or self._profile.move_to(base)
        return problem or self._score(base, functions)

    def _is_excluded(self, edit: FileEdit) -> bool:
        return bool(edit.path and edit.added and self._is_left_out(edit.path))

    def _remember(self, commit: str, functions: Sequence[_Function]) -> None:
        if commit not in self._known:
            self._known[commit] = tuple(one.measured for one in functions)
            kept = MeasuredChange(self._known[commit])
            self._store.put_many(self._table, {commit: kept})

    # ----------------------------------------------------------------- measuring

    def _measured(self, edits: Sequence[FileEdit]) -> Iterator[_Function]:
        book = self._profile.book
        defined = _defined(edits)
        for edit in edits:
            path = edit.path
            if path is None or not edit.added or self._is_left_out(path):
                continue
            old = {known.choices.unit.name for known in edit.before}
            for unit in units_without(edit.after, edit.before):
                lines = _lines(unit, edit, defined, is_known=unit.choices.unit.name in old)
                if unit.choices.unit.kind in (UnitKind.MODULE, UnitKind.CLASS) or not lines.added:
                    continue
                measured = measure(
                    book.usage,
                    book.conventions,
                    path,
                    unit.choices,
                    unit.usage,
                    lines,
                    population_of(path),
                )
                if measured.naturalness.things >= FEWEST_TOKENS:
                    yield _Function(edit, unit, lines, measured)

    # ----------------------------------------------------------------- the reference

    def _recall(self, commit: str) -> Problem | None:
        """Measures what is missing among the changes that the reference of a commit needs."""
        parents = self._line.parentage.parents
        here: str | None = commit
        found, steps = 0, 0
        while here is not None and found < REFERENCE and steps < FARTHEST:
            if here == self._recalled:
                break  # what it needs reaches farther back than what is needed here
            stretch: list[str] = []
            while here not in (None, self._recalled) and len(stretch) < _STEPS_BACK:
                stretch.append(here)
                here = parents.get(here)
            steps += len(stretch)
            problem = self._fill(stretch)
            if problem is not None:
                return problem
            found += sum(len(self._known[oid]) for oid in stretch)
        self._recalled = commit
        return None

    def _fill(self, stretch: Sequence[str]) -> Problem | None:
        unknown = [oid for oid in stretch if oid not in self._known]
        if not unknown:
            return None
        for oid, kept in self._store.get_many(self._table, unknown).items():
            if isinstance(kept, MeasuredChange):
                self._known[oid] = kept.functions
        parents = self._line.parentage.parents
        missing = [oid for oid in reversed(unknown) if oid not in self._known]
        pairs = [(parents[oid], oid) for oid in missing]
        for (parent, oid), diff in zip(pairs, self._line.diffs(pairs), strict=True):
            if parent is None or not diff.files:
                self._known[oid] = ()
                continue
            edits = self._line.edits(diff)
            problem = edits if isinstance(edits, Problem) else self._profile.move_to(parent)
            if isinstance(edits, Problem) or problem is not None:
                return problem
            self._remember(oid, list(self._measured(edits)))
        return None

    def _last_changes_before(self, commit: str) -> LastChanges:
        """The changes with functions that a commit's main line took in last, this one too."""
        oids, count, steps = [], 0, 0
        here: str | None = commit
        while here is not None and count < REFERENCE and steps < FARTHEST:
            found = len(self._known.get(here, ()))
            if found:
                oids.append(here)
            count += found
            here, steps = self._line.parentage.parents.get(here), steps + 1
        # Commits between which no function came have the same.
        if oids != self._last_changes[0]:
            changes = [self._known[oid] for oid in oids]
            if changes:
                changes[-1] = changes[-1][: len(changes[-1]) - max(count - REFERENCE, 0)]
            self._last_changes = (oids, LastChanges(changes))
        return self._last_changes[1]

    # ----------------------------------------------------------------- scoring

    def _score(self, base: str, functions: Sequence[_Function]) -> DeviationScore:
        last = self._last_changes_before(base)
        scored = [
            (last.functions[kind].score(one.measured), one)
            for one in functions
            if (kind := one.measured.population) in last.functions and self._is_settled(one)
        ]
        if not scored:
            return DeviationScore(unmeasured=self._why_not(functions))
        whole = last.score([one.measured for _, one in scored])
        kinds = {one.measured.population for _, one in scored}
        told = [
            self._told(score, one, is_explained=rank < EXPLAINED)
            for rank, (score, one) in enumerate(sorted(scored, key=_strangest_first)[:TOLD])
        ]
        return DeviationScore(
            score=whole.score,
            parts=_parts(whole),
            reference=sum(last.functions[kind].size for kind in kinds),
            functions=tuple(told),
        )

    def _is_settled(self, one: _Function) -> bool:
        """Whether the package of a function has code already."""
        assert one.edit.path is not None
        return self._profile.book.usage.units_in_package(one.edit.path) > 0

    def _why_not(self, functions: Sequence[_Function]) -> str:
        new = [one for one in functions if not self._is_settled(one)]
        if len(new) == len(functions) and new[0].edit.path is not None:
            return f"no reference yet: the package {package_of(new[0].edit.path) or '.'}/ is new"
        kind = functions[0].measured.population
        return (
            f"no reference yet: fewer than {FEWEST_COMPARED} functions of its kind ({kind}) came "
            "before it"
        )

    def _told(self, score: Percentiles, one: _Function, *, is_explained: bool) -> UnusualFunction:
        unit, path = one.unit.choices.unit, one.edit.path
        assert path is not None
        return UnusualFunction(
            Place(path, unit.span, unit.name),
            score.score,
            _parts(score),
            reasons(self._profile, path, one.unit, one.lines) if is_explained else (),
            self._nearest(score, one) if is_explained else None,
        )

    def _nearest(self, score: Percentiles, one: _Function) -> Place | None:
        """Other files are read only for what is strange: a hook has to be quick."""
        is_strange = score.score >= STRANGE
        return nearest(self._profile, one.edit, one.unit, looks_beside=is_strange)


def _strangest_first(pair: tuple[Percentiles, _Function]) -> tuple[float, str, int]:
    score, one = pair
    return -score.score, one.edit.path or "", one.unit.choices.unit.span.first


def _parts(score: Percentiles) -> tuple[PartScore, ...]:
    return tuple(PartScore(part, value) for part, value in score.parts)


def _defined(edits: Sequence[FileEdit]) -> frozenset[str]:
    """The last names of the units of a change's files."""
    units = (known.choices.unit for edit in edits for known in edit.after)
    return frozenset(unit.name.rpartition(".")[2] for unit in units)


def _lines(unit: KnownUnit, edit: FileEdit, defined: frozenset[str], *, is_known: bool) -> Lines:
    """The lines of a unit, counted from 0, that a change adds; all of it where it is new."""
    lines = unit.choices.lines
    added = frozenset(i for i, line in enumerate(lines) if line in edit.added)
    if added and not is_known and 4 * len(added) >= len(lines):
        return Lines(frozenset(range(len(lines))), True, defined)
    return Lines(added, 2 * len(added) >= len(lines), defined)
