"""PURE: births of lines + attributions → the label of every line, and how it is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.base.model import Attribution, Granularity, Label, Level, Span


class LineLabel(NamedTuple):
    """Who wrote one line. `granularity` says if that was attested of the line itself."""

    commit: str
    label: Label
    granularity: Granularity
    agent: str | None = None


class Birth(NamedTuple):
    """Where a line was born: the commit, and its path and number (1-based) in that commit."""

    commit: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class LabelledLines:
    """The lines of one label, known in one way: each one `born` is `alive`, `dead` or `lost`.

    Those alive are counted where they stand: a line that a formatter cut in two is two, and two
    that it made one are one. Of the lost nothing is known, because git could not compare their file
    at some commit. `ai_share` is what is known of mixed lines where nobody says which is whose: the
    mean share of AI in their commits (0 to 1), by the lines that each wrote; None elsewhere.
    """

    label: Label
    granularity: Granularity
    born: int
    alive: int
    dead: int
    ai_share: float | None = None

    @property
    def lost(self) -> int:
        """Lines that are neither known to stand nor to be gone."""
        return self.born - self.alive - self.dead


class _Stretch(NamedTuple):
    """Lines of one label: attested of them, or that of the squashed commit that wrote them."""

    span: Span
    label: Label
    agent: str | None
    granularity: Granularity


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Attested stretches of one file in one commit, in the order of their first lines."""

    starts: tuple[int, ...]
    items: tuple[_Stretch, ...]

    def at(self, line: int) -> _Stretch | None:
        # Stretches of different keys do not overlap but by a writer's mistake; the last start wins.
        number = bisect_right(self.starts, line) - 1
        item = self.items[number] if number >= 0 else None
        return item if item is not None and line in item.span else None


def label_lines(
    births: Iterable[Birth], attributions: Mapping[str, Attribution]
) -> Sequence[LineLabel]:
    """The label of each line, in order: attested of the line, else its commit's, `inherited`.

    A commit without an attribution (outside the range, say) gives `unmarked`.
    """
    index = _LineIndex(attributions)
    return [index.label(birth) for birth in births]


class _LineIndex:
    """Remembers each commit's inherited label and each file's attested stretches."""

    def __init__(self, attributions: Mapping[str, Attribution]) -> None:
        self._attributions = attributions
        self._inherited: dict[str, LineLabel] = {}
        self._ranges: dict[str, dict[str, _Ranges]] = {}

    def label(self, birth: Birth) -> LineLabel:
        inherited = self._inherited.get(birth.commit)
        if inherited is None:
            inherited = self._learn(birth.commit)
        files = self._ranges.get(birth.commit)
        ranges = files.get(birth.path) if files else None
        known = ranges.at(birth.line) if ranges else None
        if known is None:
            return inherited
        return LineLabel(birth.commit, known.label, known.granularity, known.agent)

    def _learn(self, commit: str) -> LineLabel:
        found = self._attributions.get(commit)
        label = found.label if found else Label.UNMARKED
        agent = found.agents[0] if found and found.agents else None
        inherited = LineLabel(commit, label, Granularity.INHERITED, agent)
        self._inherited[commit] = inherited
        files = _by_path(found) if found else {}
        if files:
            self._ranges[commit] = files
        return inherited


def _by_path(attribution: Attribution) -> dict[str, _Ranges]:
    grouped: dict[str, list[_Stretch]] = {}
    for claim in attribution.evidence:
        attests = claim.level is Level.LINE_ATTESTATION
        granularity = Granularity.LINE if attests else Granularity.INHERITED
        for item in claim.lines:
            # Of what nobody attests its commit still tells; what a squashed commit wrote is its.
            if not attests or item.label is not Label.UNMARKED:
                stretch = _Stretch(item.span, item.label, item.agent, granularity)
                grouped.setdefault(item.path, []).append(stretch)
    return {path: _ranges(items) for path, items in grouped.items()}


def _ranges(items: list[_Stretch]) -> _Ranges:
    ordered = sorted(items, key=lambda item: item.span.first)
    return _Ranges(tuple(item.span.first for item in ordered), tuple(ordered))
