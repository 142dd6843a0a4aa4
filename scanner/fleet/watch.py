"""PURE: each agent's and model's changes against others, watched so that looking often is free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from scanner.base.model import Arm
from scanner.compare.always_valid import Side, paired, threshold, watch
from scanner.compare.compare import size_of_lines
from scanner.fleet.tables import ChangeRow
from scanner.render.json.fleet_documents import FleetWatch, WatchedLine, WatchedWeek


def watched(changes: Sequence[ChangeRow]) -> FleetWatch:
    """Whether changes of an agent or a model have findings more or less often, at any time.

    `changes` are those of all repositories.
    """
    compared = sorted(
        (one for one in changes if one.exclusion is None and one.added_code_lines),
        key=lambda one: (one.committed, one.repository, one.commit),
    )
    named = [
        *(("agent", name, _has_agent(name)) for name in _names(compared, lambda one: one.agents)),
        *(("model", name, _has_model(name)) for name in _names(compared, lambda one: one.models)),
    ]
    limit = threshold(len(named))
    lines = tuple(_line(kind, name, has, compared, limit) for kind, name, has in named)
    return FleetWatch(limit, lines)


def _names(
    changes: Sequence[ChangeRow], names_of: Callable[[ChangeRow], tuple[str, ...]]
) -> list[str]:
    return sorted({name for one in changes if one.arm == Arm.AI for name in names_of(one)})


def _has_agent(name: str) -> Callable[[ChangeRow], bool]:
    return lambda one: name in one.agents


def _has_model(name: str) -> Callable[[ChangeRow], bool]:
    return lambda one: name in one.models


def _line(
    kind: str,
    name: str,
    has: Callable[[ChangeRow], bool],
    changes: Sequence[ChangeRow],
    limit: float,
) -> WatchedLine:
    known = [one for one in changes if one.arm == Arm.OTHER or (one.arm == Arm.AI and has(one))]
    pairs = paired([side_of(one) for one in known])
    evidence = watch((treated, other) for _, treated, other in pairs)
    days = [known[place].committed.date() for place, _, _ in pairs]
    crossed = (day for day, at in zip(days, evidence.log_wealth, strict=True) if at >= limit)
    return WatchedLine(
        kind,
        name,
        len(pairs),
        evidence.treated_share,
        evidence.others_share,
        evidence.highest,
        next((day.isoformat() for day in crossed), None),
        tuple(_by_week(days, evidence.log_wealth)),
    )


def side_of(one: ChangeRow) -> Side:
    """The change as one side of a pair, within its repository and size."""
    return Side(
        f"{one.repository}/{size_of_lines(one.added_code_lines)[0]}",
        one.committed.toordinal(),
        one.arm == Arm.AI,
        one.findings > 0,
    )


def _by_week(days: Sequence[date], wealth: Sequence[float]) -> Iterator[WatchedWeek]:
    """How it stood at the end of each week with a pair, by the Monday that it begins on."""
    weeks: dict[date, float] = {}
    for day, at in zip(days, wealth, strict=True):
        weeks[day - timedelta(days=day.weekday())] = at
    for monday, at in weeks.items():
        yield WatchedWeek(monday.isoformat(), at)
