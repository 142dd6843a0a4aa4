"""PURE: what adopting AI did to the repositories of a fleet, month by month."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from scanner.base.model import Arm
from scanner.compare.event_study import EventStudy, Panel, StudyEffect, event_study
from scanner.fleet.tables import ChangeRow, RepositoryRow, StandingRow
from scanner.render.json.fleet_documents import (
    AdoptionEffect,
    AdoptionOutcome,
    FleetAdoption,
)

#: A repository adopted in the first month with so many changes that carry a mark of AI.
MARKED_CHANGES = 3
#: Months since adoption that are told one by one, and months before it in which a trend is sought.
SINCE, LEADS = 7, 6
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class History:
    """What is known by month of one repository."""

    row: RepositoryRow
    changes: tuple[ChangeRow, ...]
    standing: tuple[StandingRow, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a repository: sums of what came in, and what stood at its end or before."""

    lines: int
    findings: int
    code_lines: int | None
    cognitive: int | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is followed over months; None in a month that has no such figure."""

    key: str
    title: str
    read: Callable[[Month], float | None]


def _per_1000(count: int | None, lines: int | None) -> float | None:
    return 1000 * count / lines if count is not None and lines else None


_OUTCOMES = (
    _Outcome("lines", "Added code lines", lambda month: month.lines),
    _Outcome("findings", "New findings", lambda month: month.findings),
    _Outcome(
        "findings_per_1000",
        "New findings per 1,000 added lines",
        lambda month: _per_1000(month.findings, month.lines),
    ),
    _Outcome("size", "Standing code lines", lambda month: month.code_lines),
    _Outcome("complexity", "Standing cognitive complexity", lambda month: month.cognitive),
    _Outcome(
        "complexity_per_1000",
        "Standing cognitive complexity per 1,000 lines",
        lambda month: _per_1000(month.cognitive, month.code_lines),
    ),
)


def adoption(repositories: Sequence[History]) -> FleetAdoption:
    """The event study of each outcome; those that adopted and those that did not."""
    last = max((_month(c.committed) for one in repositories for c in one.changes), default=0)
    adopted = [adopted_in(one) for one in repositories]
    # the newest month of the fleet is not over
    months = [dict(_months(one, last - 1)) for one in repositories]
    return FleetAdoption(
        sum(one is not None for one in adopted),
        sum(one is None for one in adopted),
        MARKED_CHANGES,
        tuple(_told(outcome, months, adopted) for outcome in _OUTCOMES),
    )


def adopted_in(one: History) -> int | None:
    """The month of adoption, as a count: given, or the first with enough marked changes."""
    if one.row.adopted is not None:
        return _month(one.row.adopted)
    counts: dict[int, int] = defaultdict(int)
    for change in one.changes:
        if change.arm in (Arm.AI, Arm.MIXED) and change.exclusion is None:
            counts[_month(change.committed)] += 1
    return min((month for month, count in counts.items() if count >= MARKED_CHANGES), default=None)


def _month(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def _months(one: History, last: int) -> Iterator[tuple[int, Month]]:
    """Every month from the first that is whole to the last; what stands is as it was until then."""
    kept = [change for change in one.changes if change.exclusion is None]
    if not kept:
        return
    by_month: dict[int, list[ChangeRow]] = defaultdict(list)
    for change in kept:
        by_month[_month(change.committed)].append(change)
    stood = {_month(row.committed): row for row in one.standing}
    tree: StandingRow | None = None
    # the first month may be cut off where the range begins
    for month in range(min(by_month), last + 1):
        tree = stood.get(month, tree)
        if month > min(by_month):
            yield month, _sums(by_month[month], tree)


def _sums(changes: Iterable[ChangeRow], tree: StandingRow | None) -> Month:
    lines = findings = 0
    for change in changes:
        lines += change.added_code_lines
        findings += change.findings
    return Month(
        lines, findings, tree.code_lines if tree else None, tree.cognitive if tree else None
    )


def _told(
    outcome: _Outcome, months: Sequence[dict[int, Month]], adopted: Sequence[int | None]
) -> AdoptionOutcome:
    rows = [
        (unit, month, math.nan if start is None else start, math.log1p(value))
        for unit, (of_unit, start) in enumerate(zip(months, adopted, strict=True))
        for month, found in of_unit.items()
        for value in (outcome.read(found),)
        if value is not None
    ]
    study = _study(rows)
    if study is None:
        return AdoptionOutcome(outcome.key, outcome.title, None, (), (), None, 0.0)
    return AdoptionOutcome(
        outcome.key,
        outcome.title,
        _percent(study.over_all),
        tuple(map(_percent, study.since)),
        tuple(map(_percent, study.before)),
        study.trend_p,
        study.imputed,
    )


def _study(rows: Sequence[tuple[int, int, float, float]]) -> EventStudy | None:
    if not rows:
        return None
    table = np.array(rows)
    unit = np.unique(table[:, 0], return_inverse=True)[1].astype(np.int64)
    month = table[:, 1].astype(np.int64)
    panel = Panel(unit, month, table[:, 2], table[:, 3], np.zeros((len(rows), 0)))
    return event_study(panel, range(SINCE), LEADS)


def _percent(one: StudyEffect) -> AdoptionEffect:
    """Of a logarithm, as a share: 0.3 is 30 % more."""
    low, high = (None if end is None else math.expm1(end) for end in (one.low, one.high))
    return AdoptionEffect(one.since, math.expm1(one.effect), low, high, one.months, one.units)
