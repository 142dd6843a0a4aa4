"""All that a codebase is used to, kept up to date change by change: one place to ask and to tell.

A history walk calls `judge` (and `surprises`) with a change and then `advance` with it, so that
each change is judged by the codebase as it was. A single review makes one of the tree before it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.analysis.tokens import UnitTokens
from scanner.codebase.architecture import ArchitectureBook
from scanner.codebase.conventions import ConventionBook, Key, Stamp
from scanner.codebase.departures import (
    DEFAULT_RULES,
    Births,
    ChangedChoices,
    DeviationRules,
    UnitChoices,
    births_of,
    changed_choices,
    choices_of,
    departures_in,
)
from scanner.codebase.naturalness import NaturalnessModel, Surprise, held_out, percentile
from scanner.codebase.shape_changes import ChangedShape, lacking_in, shaped_imports, strains_in
from scanner.codebase.siblings import ShapedUnit, SiblingBook
from scanner.model import Finding, Place, UnitKind
from scanner.scoring.deviation import score_departures
from scanner.scoring.grain import score_lacking, score_strains

#: Units of fewer tokens say too little to be called surprising or not.
FEWEST_TOKENS = 40
#: How many units the percentile of a new one is taken among.
REFERENCE = 400
_TOKEN_BYTES = 4


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of a file with its choices and, where naturalness is wanted, its tokens."""

    choices: UnitChoices
    tokens: UnitTokens | None = None

    @property
    def content(self) -> str:
        return self.choices.unit.content


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What a change does to one file.

    `path_before` is None for a new file and `path` for a deleted one; a side that cannot be read
    does not exist here. `added` are the numbers of the code lines it adds, less moved ones.
    """

    path_before: str | None
    path: str | None
    before: tuple[KnownUnit, ...]
    after: tuple[KnownUnit, ...]
    added: frozenset[int]

    def choices(self) -> ChangedChoices:
        """The choices of the units that differ."""
        return changed_choices(
            self.path_before,
            self.path,
            [known.choices for known in self.before],
            [known.choices for known in self.after],
            self.added,
        )


@dataclass(frozen=True, slots=True)
class SurprisingUnit:
    """How a new or changed function looks to the codebase: bits per token, and the percentile of
    that among units of its own. `lines` are the most surprising lines with their bits per token.
    """

    place: Place
    bits: float
    percentile: float
    lines: tuple[tuple[int, float], ...]


class Codebook:
    """Conventions, architecture, siblings and naturalness of one codebase.

    `with_naturalness` false leaves the n-gram model and its 48 MB out.
    """

    def __init__(
        self, silenced: frozenset[str] = frozenset(), *, with_naturalness: bool = True
    ) -> None:
        self.silenced = silenced
        self.conventions = ConventionBook()
        self.architecture = ArchitectureBook()
        self.siblings = SiblingBook()
        self.model = NaturalnessModel() if with_naturalness else None
        self.files: dict[str, tuple[KnownUnit, ...]] = {}
        self._scored: deque[float] = deque(maxlen=REFERENCE)

    def judge(
        self, edits: Sequence[FileEdit], rules: DeviationRules = DEFAULT_RULES
    ) -> tuple[Finding, ...]:
        """All deviations of a change, by the codebase before it."""
        choices = [edit.choices() for edit in edits]
        departures = departures_in(choices, self.conventions, self.units, self.silenced, rules)
        shapes = list(_shapes(edits))
        return (
            *score_departures(departures),
            *score_strains(strains_in(shapes, self.architecture)),
            *score_lacking(lacking_in(shapes, self.siblings)),
        )

    def units(self, path: str) -> list[UnitChoices]:
        """The units of a file, for examples."""
        return [known.choices for known in self.files.get(path, ())]

    def advance(self, edits: Sequence[FileEdit], stamp: Stamp) -> None:
        """Takes a change in."""
        # What goes away goes first: two files may have changed places.
        moved = {
            edit.path_before: self._withdraw(edit.path_before)
            for edit in edits
            if edit.path_before is not None and edit.path_before != edit.path
        }
        self.architecture.announce(edit.path for edit in edits if edit.path is not None)
        for edit in edits:
            self._take_conventions(edit, moved, stamp)
            self._take_tokens(edit)
            if edit.path is not None:
                self._take_shapes(edit.path, edit.after, stamp)

    def load(self, path: str, units: tuple[KnownUnit, ...], births: Births) -> None:
        """Takes in a file of a tree whose changes are not walked; `births` says when each of its
        lines was written and by which commit. `architecture.announce` all paths before.
        """
        stamps = births_of(path, [known.choices for known in units], births)
        oldest = births(1)
        points = choices_of(known.choices for known in units)
        self.conventions.add(path, points, oldest, stamps)
        self._take_tokens(FileEdit(None, path, (), units, frozenset()))
        self._take_shapes(path, units, oldest)

    def surprises(self, edits: Sequence[FileEdit]) -> tuple[SurprisingUnit, ...]:
        """How surprising the functions are that a change adds or alters."""
        if self.model is None:
            return ()
        reference = self._reference()
        found = []
        for path, known in _altered_functions(edits):
            assert known.tokens is not None
            surprise = self.model.surprise(path, known.tokens)
            found.append(_surprising(path, known, surprise, reference))
            self._scored.append(surprise.bits)
        return tuple(found)

    def _reference(self) -> list[float]:
        """What units of this codebase scored before they became part of it, sorted."""
        if len(self._scored) < REFERENCE // 4 and self.model is not None:
            self._scored.extend(held_out(self.model, self._sample()))
        return sorted(self._scored)

    def _sample(self) -> Iterator[tuple[str, UnitTokens]]:
        """Functions of the tree, every so many."""
        functions = [
            (path, known.tokens)
            for path, units in sorted(self.files.items())
            for known in units
            if _is_long_function(known) and known.tokens is not None
        ]
        yield from functions[:: max(1, len(functions) // REFERENCE)]

    def _withdraw(self, path: str) -> Mapping[Key, Sequence[Stamp]]:
        self.architecture.remove(path)
        self.siblings.remove(path)
        self.files.pop(path, None)
        return self.conventions.withdraw(path)

    def _take_conventions(
        self, edit: FileEdit, moved: Mapping[str, Mapping[Key, Sequence[Stamp]]], stamp: Stamp
    ) -> None:
        if edit.path is None:
            return
        if edit.path_before == edit.path:
            change = edit.choices()
            come, gone = choices_of(change.come), choices_of(change.gone)
            self.conventions.change(edit.path, gone, come, stamp)
            return
        points = choices_of(known.choices for known in edit.after)
        self.conventions.add(edit.path, points, stamp, moved.get(edit.path_before or "", {}))

    def _take_tokens(self, edit: FileEdit) -> None:
        if self.model is None:
            return
        gone, come = _differing(edit)
        if edit.path_before is not None:
            self.model.remove(edit.path_before, [one.tokens for one in gone if one.tokens])
        if edit.path is not None:
            self.model.add(edit.path, [one.tokens for one in come if one.tokens])

    def _take_shapes(self, path: str, units: tuple[KnownUnit, ...], stamp: Stamp) -> None:
        imports = [one for known in units for one in known.choices.choices.shape.imports]
        self.architecture.put(path, imports)
        self.siblings.put(path, _shaped(units), stamp)
        self.files[path] = units


def _shaped(units: Iterable[KnownUnit]) -> tuple[ShapedUnit, ...]:
    return tuple(ShapedUnit(known.choices.unit, known.choices.choices.shape) for known in units)


def _shapes(edits: Iterable[FileEdit]) -> Iterator[ChangedShape]:
    for edit in edits:
        if edit.path is not None:
            shaped = _shaped(edit.after)
            lines = [known.choices.lines for known in edit.after]
            imports = shaped_imports(zip(shaped, lines, strict=True))
            yield ChangedShape(edit.path, edit.path_before is None, shaped, imports, edit.added)


def _differing(edit: FileEdit) -> tuple[list[KnownUnit], list[KnownUnit]]:
    """The units that an edit takes away and those it brings; all of them where the path changes."""
    if edit.path != edit.path_before:
        return list(edit.before), list(edit.after)
    same = Counter(one.content for one in edit.before) & Counter(one.content for one in edit.after)
    return _less(edit.before, same), _less(edit.after, same)


def _less(units: Iterable[KnownUnit], contents: Counter[str]) -> list[KnownUnit]:
    left = contents.copy()
    kept = []
    for one in units:
        if left[one.content] > 0:
            left[one.content] -= 1
        else:
            kept.append(one)
    return kept


def _altered_functions(edits: Iterable[FileEdit]) -> Iterator[tuple[str, KnownUnit]]:
    for edit in edits:
        if edit.path is None:
            continue
        for known in _differing(edit)[1]:
            if _is_long_function(known) and not edit.added.isdisjoint(known.choices.lines):
                yield edit.path, known


def _is_long_function(known: KnownUnit) -> bool:
    is_function = known.choices.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
    size = len(known.tokens.tokens) // _TOKEN_BYTES if known.tokens is not None else 0
    return is_function and size >= FEWEST_TOKENS


def _surprising(
    path: str, known: KnownUnit, surprise: Surprise, reference: Sequence[float]
) -> SurprisingUnit:
    unit = known.choices.unit
    lines = surprise.most_surprising(3)
    return SurprisingUnit(
        Place(path, unit.span, unit.name),
        surprise.bits,
        percentile(surprise.bits, reference),
        tuple((known.choices.line_of(line), bits) for line, bits in lines),
    )
