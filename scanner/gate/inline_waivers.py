"""The waivers in the comments of a change: which of them hold.

A waiver holds where the base has it on the same function, wherever that stands now. One that came
off another function excuses nothing: what it speaks of is counted. Nor does one that the change
brings, unless what it puts off is on record outside of the branch: it has a last day and names an
issue, and what it excuses is debt in points, never what a rule or a guard finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scanner.analysis.parsing.comments import comments_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Dimension, Finding, Place, Span, Unit, UnitKind
from scanner.config import NewWaivers, Settings
from scanner.gate.waivers import InForce, InlineWaiver, invalid_inline, read_inline
from scanner.scoring.change import ChangedFile, new_lines, old_lines
from scanner.scoring.matching import UnitPair
from scanner.scoring.rule_findings import suppressed_by_change

#: What is debt in points, and no fault of its own.
_DEBT = frozenset((Dimension.COMPLEXITY, Dimension.DUPLICATION, Dimension.DEVIATION))
#: The number or address of an issue, as forges and trackers write it.
_ISSUE = re.compile(r"(?<![\w#])(?:#|GH-|[A-Z][A-Z0-9]{1,9}-)\d{1,9}\b|https?://[\w.-]+/\S")


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers that may excuse something, those that may not, and findings on broken ones."""

    held: InForce
    tracked: InForce
    refused: InForce
    invalid: tuple[Finding, ...]

    def excuse(self, finding: Finding) -> str | None:
        """Why a finding is let pass, in words; None if it is not."""
        words = self.held.excuse(finding)
        if words is None and finding.dimension in _DEBT:
            words = self.tracked.excuse(finding)
            return words and f"{words}, by this change"
        return words

    def marked(self, finding: Finding) -> Finding:
        """The finding; it says so where a waiver of the change itself would have excused it."""
        return suppressed_by_change(finding) if self._is_refused(finding) else finding

    def _is_refused(self, finding: Finding) -> bool:
        return any(one.excuse(finding) is not None for one in (self.refused, self.tracked))


@dataclass(frozen=True, slots=True)
class _PlacedWaiver:
    """A waiver, the unit that it speaks of, the line of code below or beside it, and its hunk."""

    path: str
    unit: Unit
    waiver: InlineWaiver
    code: str
    hunk: int | None

    @property
    def place(self) -> tuple[str, str]:
        return self.path, self.unit.name

    @property
    def is_in_function(self) -> bool:
        return self.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)


def waivers_of(
    files: Sequence[ChangedFile], pairs: Sequence[UnitPair], settings: Settings, today: date
) -> Waivers:
    """The waivers of the changed files, and the configuration's; `pairs` are their units."""
    held = [one for file in files for one in _placed(file, before=True)]
    came_from = _predecessors(files, pairs) if held else {}
    known = {one.waiver.reason for one in held}  # an issue of one function is not another's
    believed: list[tuple[str, InlineWaiver]] = []
    tracked: list[tuple[str, InlineWaiver]] = []
    refused: list[tuple[str, InlineWaiver]] = []
    invalid: list[Finding] = []
    for file in files:
        for one in _placed(file, before=False):
            is_held = _take(held, one, came_from)
            may_excuse = is_held or settings.new_waivers is NewWaivers.ACCEPT
            is_tracked = settings.new_waivers is NewWaivers.TRACKED and _is_tracked(one.waiver)
            if may_excuse:
                believed.append((one.path, one.waiver))
            elif is_tracked and one.waiver.reason not in known:
                tracked.append((one.path, one.waiver))
            else:
                refused.append((one.path, one.waiver))
            points = 0.0 if is_held else settings.guard_points.waiver
            line = one.waiver.line
            place = Place(one.path, Span(line, line), one.unit.name)
            invalid += invalid_inline([(place, one.waiver)], today, points)
    return Waivers(
        InForce(settings.waivers, believed, today),
        InForce((), tracked, today),
        InForce((), refused, today),
        tuple(invalid),
    )


def _is_tracked(waiver: InlineWaiver) -> bool:
    return waiver.until is not None and _ISSUE.search(waiver.reason) is not None


_Places = Mapping[tuple[str, str], tuple[str, str]]


def _predecessors(files: Sequence[ChangedFile], pairs: Sequence[UnitPair]) -> _Places:
    """Where each unit stood before: what is not paired is new."""
    places = {
        (pair.after.path, pair.after.unit.name): (pair.before.path, pair.before.unit.name)
        for pair in pairs
        if pair.before and pair.after
    }
    new = {(p.after.path, p.after.unit.name) for p in pairs if p.after and not p.before}
    for file in files:
        for unit in file.after.outline.units if file.after else ():
            place = file.path, unit.name
            if place not in new:
                places.setdefault(place, (file.path_before, unit.name))
    return places


def _take(held: list[_PlacedWaiver], one: _PlacedWaiver, came_from: _Places) -> bool:
    """Takes the waiver of the base that this one is, if it is one."""
    for known in held:
        is_same = known.waiver.terms == one.waiver.terms
        if is_same and known.place == came_from.get(one.place) and _speak_alike(known, one):
            held.remove(known)
            return True
    return False


def _speak_alike(old: _PlacedWaiver, new: _PlacedWaiver) -> bool:
    """In a function, any line; outside of one, the same line of code or one edited in place."""
    if new.is_in_function or old.code == new.code:
        return True
    return old.hunk is not None and old.hunk == new.hunk


def _placed(file: ChangedFile, *, before: bool) -> Iterator[_PlacedWaiver]:
    side = file.before if before else file.after
    path = file.path_before if before else file.path
    for waiver in _inline(side) if side else ():
        assert side is not None
        line = waiver.covers.last
        lines_of = old_lines if before else new_lines
        hunks = enumerate(file.change.hunks)
        yield _PlacedWaiver(
            path,
            side.outline.unit_at(line),
            waiver,
            side.lines[line - 1].partition("#")[0].strip() if line <= len(side.lines) else "",
            next((number for number, hunk in hunks if line in lines_of(hunk)), None),
        )


def _inline(file: ReadFile) -> Iterator[InlineWaiver]:
    """The waivers of a file; one that stands alone reaches over comments to the code below."""
    hits = [n for n, line in enumerate(file.lines, 1) if "tallystick:" in line.lower()]
    if not hits:
        return
    comments = comments_of(file)
    for number in hits:
        start = comments.get(number)
        if start is None:
            continue
        text = file.lines[number - 1]
        last = number if text[:start].strip() else _code_below(file, number, comments)
        for waiver in read_inline(text[start:], number):
            yield replace(waiver, covers=Span(number, last))


def _code_below(file: ReadFile, number: int, comments: Mapping[int, int]) -> int:
    below = number + 1
    while below in comments and not file.lines[below - 1][: comments[below]].strip():
        below += 1
    return below
