"""The whole story of one change: how it came in, what later changes did to it, where it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scanner.base.model import Change, Commit, Label, Missing
from scanner.delivery.joining import Integration
from scanner.delivery.latency import Latency
from scanner.durability.fates import Fate
from scanner.durability.reverts import RevertEvidence
from scanner.history.aftermath import Aftermath
from scanner.history.read import History


@dataclass(frozen=True, slots=True)
class Encounter:
    """Another change that had to do with this one: `days` later, on so many of its lines.

    `days` is negative for an earlier change.
    """

    commit: Commit
    label: Label
    days: float
    lines: int
    is_fix: bool


@dataclass(frozen=True, slots=True)
class Undoing:
    """A revert: the other change, how it is known, and whether it was itself taken back."""

    other: Encounter
    evidence: RevertEvidence
    stands: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a change beyond itself. Lines are the code lines that it added.

    `takers` are the later changes that changed or deleted them, most lines first, and `taken_by`
    counts these lines by the takers' labels. `half_gone` and `all_gone` are days until so many had
    ended, None if that was not seen. `reverted_by` is what took the change back, `reverts` what it
    took back itself, and `fixes` the changes whose lines it replaced as a fix.
    """

    change: Change
    integration: Integration
    latency: Latency
    fate: Fate
    takers: tuple[Encounter, ...]
    taken_by: tuple[tuple[Label, int], ...]
    half_gone: float | None
    all_gone: float | None
    reverted_by: tuple[Undoing, ...]
    reverts: tuple[Undoing, ...]
    fixes: tuple[Encounter, ...]


def tell(history: History, aftermath: Aftermath) -> Story:
    """The story of the one change that a history was read for."""
    (facts,) = aftermath.facts
    change, fate, latency = facts.change, facts.fate, facts.latency
    assert not isinstance(fate, Missing)  # every change is followed
    assert not isinstance(latency, Missing)
    met = _Met(history, aftermath, change)
    takers = met.takers()
    taken: Counter[Label] = Counter()
    for one in takers:
        taken[one.label] += one.lines
    ends = met.ends()
    return Story(
        change=replace(change, survival=fate.survival),
        integration=aftermath.integrations[change.commit.oid],
        latency=latency,
        fate=fate,
        takers=takers,
        taken_by=tuple((label, taken[label]) for label in Label if taken[label]),
        half_gone=_when(ends, fate.added, 0.5),
        all_gone=_when(ends, fate.added, 1.0),
        reverted_by=met.undone_by(),
        reverts=met.undoes(),
        fixes=met.repaired(),
    )


def _when(ends: Sequence[float], added: int, share: float) -> float | None:
    """The days until a share of the lines had ended; `ends` are sorted."""
    needed = max(1, int(np.ceil(share * added)))
    return ends[needed - 1] if added and len(ends) >= needed else None


class _Met:
    """Looks up what other changes had to do with one."""

    def __init__(self, history: History, aftermath: Aftermath, change: Change) -> None:
        self._history, self._aftermath = history, aftermath
        oids = [one.commit.oid for one in history.integrated]
        self._place = oids.index(change.commit.oid)
        self._fixing = {one.fix for one in aftermath.fixes}

    def ends(self) -> list[float]:
        """When each line that ended did, in days, sorted."""
        followed = self._aftermath.followed
        return sorted(followed.days[(followed.change == self._place) & followed.ended].tolist())

    def takers(self) -> tuple[Encounter, ...]:
        followed = self._aftermath.followed
        mine = (followed.change == self._place) & followed.ended
        takers, lines = np.unique(followed.ended_by[mine], return_counts=True)
        found = [
            self._encounter(place, count)
            for place, count in zip(takers.tolist(), lines.tolist(), strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (-one.lines, one.days)))

    def undone_by(self) -> tuple[Undoing, ...]:
        return tuple(
            Undoing(self._encounter(one.reverting), one.evidence, one.stands)
            for one in self._aftermath.reverts
            if one.reverted == self._place
        )

    def undoes(self) -> tuple[Undoing, ...]:
        return tuple(
            Undoing(self._encounter(one.reverted), one.evidence, one.stands)
            for one in self._aftermath.reverts
            if one.reverting == self._place
        )

    def repaired(self) -> tuple[Encounter, ...]:
        return tuple(
            self._encounter(one.change, one.lines)
            for one in self._aftermath.fixes
            if one.fix == self._place
        )

    def _encounter(self, place: int, lines: int = 0) -> Encounter:
        other, mine = self._history.integrated[place], self._history.integrated[self._place]
        passed = other.commit.committed - mine.commit.committed
        return Encounter(
            other.commit,
            self._history.attribution_of(other).label,
            passed.total_seconds() / 86_400,
            lines,
            place in self._fixing,
        )
