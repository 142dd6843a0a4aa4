"""Findings of rules that a change introduces; what was moved or indented anew is not new.

A hit after the change is not new, in this order:

1. where the file had as many with the same rule and code before the change;
2. where a hit of the same rule was edited: one stretch of the diff touches the old and the new one;
3. where the same code left another file of the change, from a unit of the same name: it was moved.

Of several equal hits the ones that touch added lines are taken for the new ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.base.model import (
    Dimension,
    FileChange,
    Finding,
    Outline,
    Place,
    RuleMatch,
    Severity,
    Span,
)
from scanner.rulepacks.hits import RuleHit

MODULE_UNIT = "<module>"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")


@dataclass(frozen=True, slots=True)
class FileRules:
    """A file of a change with the hits of both sides; an outline is None where there is none.

    `suppressing` are the lines of the new side that have a `# nosemgrep` comment.
    """

    change: FileChange
    before: Sequence[RuleHit]
    after: Sequence[RuleHit]
    outline_before: Outline | None = None
    outline_after: Outline | None = None
    suppressing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Introduced:
    """What a change introduces, what it takes away, and how much a comment keeps back.

    `repaid` are the points of hits that are gone, not moved. `suppressed` counts new hits that a
    `# nosemgrep` comment speaks for; `self_suppressed` are those of them that stood nowhere before
    and whose comment the change itself brings. `fixable` are the hits behind the findings that
    carry a fix, by path.
    """

    findings: tuple[Finding, ...]
    repaid: float
    suppressed: int
    fixable: Mapping[str, tuple[RuleHit, ...]]
    self_suppressed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _PlacedHit:
    """A hit in its file. `touched` says that a line of it was added (after) or deleted (before)."""

    file: int
    hit: RuleHit
    unit: str
    touched: bool

    @property
    def code(self) -> tuple[str, str, bool]:
        """What a hit that moves inside its file keeps."""
        return self.hit.rule, self.hit.key, self.hit.is_suppressed

    @property
    def moved_as(self) -> tuple[str, str, bool, str]:
        """What a hit that moves to another file keeps; the name of its unit too."""
        return *self.code, self.unit.rsplit(".", 1)[-1]


def introduced(files: Sequence[FileRules], points: Mapping[str, float] | None = None) -> Introduced:
    """The findings that a change introduces. `points` by rule id overrides the rules' own."""
    new: list[_PlacedHit] = []
    gone: list[_PlacedHit] = []
    for number, file in enumerate(files):
        left, came = _difference(number, file)
        gone += left
        new += came
    gone, new = _without_moved(gone, new)
    kept = [placed for placed in new if not placed.hit.is_suppressed]
    silenced = [placed for placed in new if placed.hit.is_suppressed]
    overrides = points or {}
    return Introduced(
        tuple(_findings(kept, files, overrides)),
        sum((_points(placed.hit, overrides) for placed in _mended(gone, silenced)), 0.0),
        len(silenced),
        _fixable(kept, files),
        tuple(_findings(_self_suppressed(silenced, gone, files), files, overrides)),
    )


def standing(
    path: str,
    hits: Iterable[RuleHit],
    outline: Outline | None,
    points: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """A finding for each hit in a file as it stands, those that a comment keeps back left out."""
    seen: Counter[tuple[str, str, str]] = Counter()
    kept = (hit for hit in hits if not hit.is_suppressed)
    return tuple(_finding(hit, path, _unit(outline, hit), seen, points or {}) for hit in kept)


def is_blocking(finding: Finding) -> bool:
    """Whether a finding fails a change whatever its points: an error of security."""
    evidence = finding.evidence
    is_security = isinstance(evidence, RuleMatch) and evidence.category == "security"
    return is_security and finding.severity is Severity.ERROR


def suppressed_by_change(finding: Finding) -> Finding:
    """The finding, which says that the change itself brings a comment to silence it."""
    return replace(
        finding,
        message=f"{finding.message} This change suppresses it; it counts all the same.",
    )


# --------------------------------------------------------------------------- what is new


def _difference(number: int, file: FileRules) -> tuple[list[_PlacedHit], list[_PlacedHit]]:
    """The hits that only one side of a file has: before, after."""
    before = _placed(number, file.before, file.outline_before, _deleted(file.change))
    after = _placed(number, file.after, file.outline_after, _added(file.change))
    before, after = _cancelled(before, after, lambda placed: placed.code)
    return _without_edited(before, after, file.change)


def _placed(
    number: int, hits: Iterable[RuleHit], outline: Outline | None, changed: Sequence[Span]
) -> list[_PlacedHit]:
    return [
        _PlacedHit(
            number, hit, _unit(outline, hit), any(_overlap(hit.span, span) for span in changed)
        )
        for hit in hits
    ]


def _unit(outline: Outline | None, hit: RuleHit) -> str:
    return outline.unit_at(hit.span.first).name if outline else MODULE_UNIT


def _cancelled(
    before: Sequence[_PlacedHit], after: Sequence[_PlacedHit], key: Callable[[_PlacedHit], object]
) -> tuple[list[_PlacedHit], list[_PlacedHit]]:
    """Both sides less what is on both, one for one; what lies in changed lines stays first."""
    counts = Counter(map(key, before)), Counter(map(key, after))
    return _surplus(before, key, counts[0] - counts[1]), _surplus(after, key, counts[1] - counts[0])


def _surplus(
    side: Sequence[_PlacedHit], key: Callable[[_PlacedHit], object], surplus: Counter[object]
) -> list[_PlacedHit]:
    left = Counter(surplus)
    kept: set[int] = set()
    by_touch = sorted(range(len(side)), key=lambda index: not side[index].touched)
    for index in by_touch:
        if left[key(side[index])] > 0:
            left[key(side[index])] -= 1
            kept.add(index)
    return [placed for index, placed in enumerate(side) if index in kept]


def _without_edited(
    before: Sequence[_PlacedHit], after: Sequence[_PlacedHit], change: FileChange
) -> tuple[list[_PlacedHit], list[_PlacedHit]]:
    """Both sides less the pairs of one rule that one hunk touches: a finding that was rewritten."""
    left = list(before)
    new = []
    for placed in after:
        match = next((old for old in left if _is_edit(old, placed, change)), None)
        if match is None:
            new.append(placed)
        else:
            left.remove(match)
    return left, new


def _is_edit(old: _PlacedHit, new: _PlacedHit, change: FileChange) -> bool:
    return old.hit.is_suppressed == new.hit.is_suppressed and _touch_alike(old, new, change)


def _touch_alike(old: _PlacedHit, new: _PlacedHit, change: FileChange) -> bool:
    """Whether one stretch of the diff touches two hits of one rule."""
    return old.hit.rule == new.hit.rule and any(
        _overlap(old.hit.span, _span(hunk.old_offset, hunk.old_count))
        and _overlap(new.hit.span, _span(hunk.new_offset, hunk.new_count))
        for hunk in change.hunks
    )


def _without_moved(
    gone: Sequence[_PlacedHit], new: Sequence[_PlacedHit]
) -> tuple[list[_PlacedHit], list[_PlacedHit]]:
    return _cancelled(gone, new, lambda placed: placed.moved_as)


def _mended(gone: Iterable[_PlacedHit], silenced: Iterable[_PlacedHit]) -> Iterator[_PlacedHit]:
    """What is gone for good: neither kept back before nor by a comment from now on."""
    still = Counter((placed.file, placed.hit.rule, placed.hit.key) for placed in silenced)
    for placed in gone:
        place = placed.file, placed.hit.rule, placed.hit.key
        if still[place] > 0:
            still[place] -= 1
        elif not placed.hit.is_suppressed:
            yield placed


def _self_suppressed(
    silenced: Iterable[_PlacedHit], gone: Sequence[_PlacedHit], files: Sequence[FileRules]
) -> Iterator[_PlacedHit]:
    """New hits behind a comment that the change brings; one that only got the comment is old."""
    old = [placed for placed in gone if not placed.hit.is_suppressed]
    for placed in silenced:
        file = files[placed.file]
        match = next((one for one in old if _stood_before(one, placed, file.change)), None)
        if match is not None:
            old.remove(match)
        elif _brings_comment(placed.hit, file):
            yield placed


def _stood_before(old: _PlacedHit, new: _PlacedHit, change: FileChange) -> bool:
    is_same = (old.file, old.hit.rule, old.hit.key) == (new.file, new.hit.rule, new.hit.key)
    return is_same or (old.file == new.file and _touch_alike(old, new, change))


def _brings_comment(hit: RuleHit, file: FileRules) -> bool:
    """Whether no comment that speaks for a hit, on its first line or above, stood there before."""
    near = {hit.span.first, hit.span.first - 1} & file.suppressing
    added = _added(file.change)
    return all(any(line in span for span in added) for line in near)


def _added(change: FileChange) -> list[Span]:
    return [_span(hunk.new_offset, hunk.new_count) for hunk in change.hunks]


def _deleted(change: FileChange) -> list[Span]:
    return [_span(hunk.old_offset, hunk.old_count) for hunk in change.hunks]


def _span(offset: int, count: int) -> Span:
    """The lines of one side of a hunk; where it has none, an empty span between two lines."""
    return Span(offset + 1, offset + count)


def _overlap(one: Span, other: Span) -> bool:
    return len(other) > 0 and one.first <= other.last and other.first <= one.last


# --------------------------------------------------------------------------- findings


def _findings(
    placed: Iterable[_PlacedHit], files: Sequence[FileRules], points: Mapping[str, float]
) -> Iterator[Finding]:
    seen: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for one in placed:
        path = files[one.file].change.path
        yield _finding(one.hit, path, one.unit, seen[path], points)


def _finding(
    hit: RuleHit,
    path: str,
    unit: str,
    seen: Counter[tuple[str, str, str]],
    points: Mapping[str, float],
) -> Finding:
    same = (hit.rule, unit, hit.key)
    seen[same] += 1
    reason, hint = split_message(hit.message)
    return Finding(
        dimension=Dimension.RULES,
        rule=hit.rule,
        place=Place(path, hit.span, unit),
        points=_points(hit, points),
        severity=hit.severity,
        message=reason,
        hint=hint,
        evidence=RuleMatch(hit.category, hit.code, hit.references),
        discriminator=hit.key if seen[same] == 1 else f"{hit.key}-{seen[same]}",
    )


def _points(hit: RuleHit, points: Mapping[str, float]) -> float:
    return points.get(hit.rule, hit.points)


def split_message(message: str) -> tuple[str, str]:
    """The first sentence of a rule's message, which says why; the rest, which says what to do."""
    parts = _SENTENCE_END.split(message, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _fixable(
    placed: Iterable[_PlacedHit], files: Sequence[FileRules]
) -> dict[str, tuple[RuleHit, ...]]:
    by_path: dict[str, list[RuleHit]] = defaultdict(list)
    for one in placed:
        if one.hit.fix is not None:
            by_path[files[one.file].change.path].append(one.hit)
    return {path: tuple(hits) for path, hits in by_path.items()}
