"""PURE: the rows of all repositories → what the fleet shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scanner import __version__
from scanner.base.model import Arm, Label
from scanner.compare.compare import OF_MANY
from scanner.compare.outcomes import OUTCOMES
from scanner.compare.partial_pooling import PooledEffect, pooled, standard_error
from scanner.compare.table import OutcomeSpec
from scanner.fleet.adoption import History, adoption
from scanner.fleet.tables import (
    SCHEMA_VERSION,
    ChangeRow,
    EstimateRow,
    LabelRow,
    ProblemRow,
    RepositoryRow,
    StandingRow,
)
from scanner.fleet.watch import watched
from scanner.render.json.fleet_documents import (
    FleetDocument,
    FleetEffect,
    FleetOutcome,
    FleetPart,
    FleetRepository,
)

#: The outcomes that a fleet is told in; each repository's own report has all.
SHOWN: tuple[OutcomeSpec, ...] = tuple(
    outcome.spec for outcome in OUTCOMES if outcome.spec.key in OF_MANY
)
_MAIN, _ONE_AGENT = "ai", "one_agent"


@dataclass(frozen=True, slots=True)
class RepositoryRows:
    """What the roll-up needs of one repository."""

    row: RepositoryRow
    estimates: tuple[EstimateRow, ...]
    labels: tuple[LabelRow, ...]
    changes: tuple[ChangeRow, ...]
    standing: tuple[StandingRow, ...]
    problems: tuple[ProblemRow, ...]

    @property
    def name(self) -> str:
        return self.row.repository

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents of the compared changes that are attributed to AI."""
        found = {
            agent
            for change in self.changes
            if change.arm == Arm.AI and change.exclusion is None
            for agent in change.agents
        }
        return tuple(sorted(found))

    def effect(self, outcome: str) -> EstimateRow | None:
        """AI-attributed against other changes."""
        return self._found(_MAIN, outcome, None)

    def effect_of(self, agent: str, outcome: str) -> EstimateRow | None:
        """The changes of one agent against the others: those of AI where there is but one agent."""
        if self.agents == (agent,):
            return self.effect(outcome)
        return self._found(_ONE_AGENT, outcome, agent)

    def _found(self, contrast: str, outcome: str, treated: str | None) -> EstimateRow | None:
        asked = (one for one in self.estimates if one.contrast == contrast)
        named = (one for one in asked if treated is None or one.treated_name == treated)
        return next((one for one in named if one.outcome == outcome), None)


def roll_up(repositories: Sequence[RepositoryRows]) -> FleetDocument:
    """The fleet as its page and its JSON show it, repositories in their order."""
    scanned = [one for one in repositories if one.row.failure is None]
    effects = {spec.key: _pool(scanned, spec.key) for spec in SHOWN}
    labels: Counter[str] = Counter()
    for one in scanned:
        labels.update({row.label: row.changes for row in one.labels})
    return FleetDocument(
        SCHEMA_VERSION,
        __version__,
        len(scanned),
        len(repositories) - len(scanned),
        sum(one.row.changes for one in scanned),
        sum(one.row.compared for one in scanned),
        {label.value: labels[label] for label in Label},
        tuple(_outcome(spec, effects[spec.key]) for spec in SHOWN),
        _groups(scanned),
        _agents(scanned),
        adoption([History(one.row, one.changes, one.standing) for one in scanned]),
        watched([change for one in scanned for change in one.changes]),
        tuple(_repository(one, effects) for one in repositories),
    )


@dataclass(frozen=True, slots=True)
class _Pool:
    """What the repositories named show together."""

    names: tuple[str, ...]
    effect: PooledEffect | None

    def drawn(self, name: str) -> tuple[float | None, bool]:
        """Of one repository: its effect drawn to the mean, and whether it is outlying."""
        if self.effect is None or name not in self.names:
            return None, False
        place = self.names.index(name)
        return self.effect.drawn[place], self.effect.outlying[place]


def _pool(repositories: Iterable[RepositoryRows], outcome: str) -> _Pool:
    return _pool_of({one.name: one.effect(outcome) for one in repositories})


def _pool_of(rows: Mapping[str, EstimateRow | None]) -> _Pool:
    known = {}
    for name, row in rows.items():
        if row is not None and row.difference is not None:
            error = standard_error(row.difference_low, row.difference_high)
            if error is not None:
                known[name] = (row.difference, error)
    values = [value for value, _ in known.values()]
    return _Pool(tuple(known), pooled(values, [error for _, error in known.values()]))


def _outcome(spec: OutcomeSpec, pool: _Pool) -> FleetOutcome:
    found = pool.effect
    low, high = (None, None) if found is None or found.prediction is None else found.prediction
    return FleetOutcome(
        spec.key,
        spec.title,
        spec.unit,
        len(pool.names),
        None if found is None else found.mean,
        None if found is None else found.low,
        None if found is None else found.high,
        low,
        high,
        None if found is None else found.between,
        None if found is None else found.heterogeneity,
    )


def _groups(scanned: Sequence[RepositoryRows]) -> tuple[FleetPart, ...]:
    """The groups that the list of repositories names; none where it names none."""
    names = sorted({one.row.group for one in scanned if one.row.group})
    parts = []
    for name in names:
        inside = [one for one in scanned if one.row.group == name]
        outcomes = tuple(_outcome(spec, _pool(inside, spec.key)) for spec in SHOWN)
        parts.append(FleetPart(name, len(inside), outcomes))
    return tuple(parts)


def _agents(scanned: Sequence[RepositoryRows]) -> tuple[FleetPart, ...]:
    parts = []
    for agent in sorted({agent for one in scanned for agent in one.agents}):
        using = [one for one in scanned if agent in one.agents]
        outcomes = tuple(
            _outcome(spec, _pool_of({one.name: one.effect_of(agent, spec.key) for one in using}))
            for spec in SHOWN
        )
        parts.append(FleetPart(agent, len(using), outcomes))
    return tuple(parts)


def _repository(one: RepositoryRows, pools: Mapping[str, _Pool]) -> FleetRepository:
    row = one.row
    counts = {label.label: label.changes for label in one.labels}
    total = sum(counts.values())
    return FleetRepository(
        name=row.repository,
        source=row.source,
        group=row.group,
        adopted=_day(row.adopted),
        failure=row.failure,
        page=None if row.failure else f"repositories/{row.repository}.html",
        head=row.head,
        first=_day(row.first),
        last=_day(row.last),
        changes=row.changes,
        compared=row.compared,
        ai_share=counts[Label.AI] / total if total else None,
        marked_share=(total - counts[Label.UNMARKED]) / total if total else None,
        agents=one.agents,
        problems=len(one.problems),
        effects=tuple(_effect(one, spec, pools[spec.key]) for spec in SHOWN)
        if row.failure is None
        else (),
    )


def _effect(one: RepositoryRows, spec: OutcomeSpec, pool: _Pool) -> FleetEffect:
    found = one.effect(spec.key)
    assert found is not None  # the main question is asked of every repository
    drawn, is_outlying = pool.drawn(one.name)
    return FleetEffect(
        spec.key,
        found.treated,
        found.others,
        found.treated_mean,
        found.others_mean,
        found.difference,
        found.difference_low,
        found.difference_high,
        found.reading,
        drawn,
        is_outlying,
        found.not_measured,
    )


def _day(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%d")
