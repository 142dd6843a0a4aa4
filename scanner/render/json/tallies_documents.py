"""Sums over changes in the JSON of `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from scanner.base import model
from scanner.render.json.convert import PRECISION
from scanner.render.json.documents import Count, Path, Share
from scanner.render.wording import TOO_FEW_BRANCHES

if TYPE_CHECKING:  # the report brings NumPy along, the documents only their types
    from scanner.compare.randomised import RandomisedEffect
    from scanner.history.experiments import ExperimentResult
    from scanner.render import tallies
    from scanner.report.build import Report

Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Amount = Annotated[float, Meta(ge=0)]


class JsonHotFile(Struct, frozen=True):
    """A file that took on debt: points in the compared changes, and how many of them touched it."""

    path: Path
    changes: Count
    ai_changes: Count
    points: Amount
    worst_unit: str
    worst_points: Amount


class JsonHotspots(Struct, frozen=True):
    """The files with debt by points × changes; `gone` are those that no longer exist."""

    files: tuple[JsonHotFile, ...]
    gone: Count


class RuleCosts(Struct, frozen=True):
    """What a rule cost in the compared changes."""

    rule: str
    dimension: model.Dimension
    findings: Count
    points: Amount


class AgentVolume(Struct, frozen=True):
    """How much of the history carries an agent's mark."""

    agent: str
    changes: Count
    added_code_lines: Count
    first: Day
    last: Day


class EvidenceCounts(Struct, frozen=True):
    """A rule of attribution, and the changes it decides or is outweighed in."""

    level: model.Level
    source: str
    rule: str
    label: model.Label
    decides: Count
    outweighed: Count


class Period(Struct, frozen=True):
    """One arm in one period: plain sums."""

    period: str
    arm: model.Arm
    changes: Count
    added_code_lines: Count
    points: Amount


class ToldFindings(Struct, frozen=True):
    """What an agent was told by a rule in this clone, where that is kept, and what became of it."""

    agent: str
    rule: str
    told: Count
    mended: Count
    ignored: Count
    open: Count


class ExperimentEffect(Struct, frozen=True):
    """Branches that heard less those that did not, by `branches` of both, with its 95% interval."""

    heard: float
    silent: float
    difference: float
    low: float | None
    high: float | None
    p: Share
    branches: tuple[Count, Count]


class ExperimentBranches(Struct, frozen=True):
    """Branches of one arm; `drawn` is null where this clone drew none."""

    drawn: Count | None
    came_in: Count
    changes: Count


class JsonExperiment(Struct, frozen=True):
    """An experiment. An effect is null where too few branches came in: `reason` says so."""

    experiment: str
    heard: ExperimentBranches
    silent: ExperimentBranches
    mixed: Count
    debt: ExperimentEffect | None
    rework: ExperimentEffect | None
    reason: str | None


class Tallies(Struct, frozen=True):
    """All sums over changes."""

    over_time: tuple[Period, ...]
    rules: tuple[RuleCosts, ...]
    hotspots: JsonHotspots
    evidence: tuple[EvidenceCounts, ...]
    agents: tuple[AgentVolume, ...]
    told: tuple[ToldFindings, ...] = ()
    experiments: tuple[JsonExperiment, ...] = ()


def tallies_document(report: Report) -> Tallies:
    """The sums of a report."""
    from scanner.render import tallies  # noqa: PLC0415  brings NumPy along

    compared = report.compared
    found = tallies.hotspots(report)
    return Tallies(
        over_time=tuple(map(_period, tallies.over_time(compared))),
        rules=tuple(
            map(_rule, tallies.rules(f for one in compared for f in one.judgement.findings))
        ),
        hotspots=JsonHotspots(tuple(map(_file, found.files)), found.gone),
        evidence=tuple(map(_evidence, tallies.evidence(report.changes))),
        agents=tuple(map(_agent, tallies.agents(report.changes))),
        told=tuple(
            ToldFindings(one.agent, one.rule, one.told, one.mended, one.ignored, one.open)
            for one in report.told
        ),
        experiments=tuple(map(_experiment, report.experiments)),
    )


def _period(source: tallies.PeriodTally) -> Period:
    return Period(
        source.period, source.arm, source.changes, source.added_code_lines, _rounded(source.points)
    )


def _rule(source: tallies.RuleTally) -> RuleCosts:
    return RuleCosts(source.rule, source.dimension, source.findings, _rounded(source.points))


def _experiment(source: ExperimentResult) -> JsonExperiment:
    is_told = source.debt is not None and source.rework is not None
    return JsonExperiment(
        source.experiment,
        ExperimentBranches(source.heard.drawn, source.heard.came_in, source.heard.changes),
        ExperimentBranches(source.silent.drawn, source.silent.came_in, source.silent.changes),
        source.mixed,
        _effect(source.debt),
        _effect(source.rework),
        None if is_told else TOO_FEW_BRANCHES,
    )


def _effect(source: RandomisedEffect | None) -> ExperimentEffect | None:
    if source is None:
        return None
    low, high = source.interval.low, source.interval.high
    return ExperimentEffect(
        _rounded(source.treated),
        _rounded(source.others),
        _rounded(source.difference),
        None if low is None else _rounded(low),
        None if high is None else _rounded(high),
        _rounded(source.p),
        source.branches,
    )


def _file(source: tallies.FileTally) -> JsonHotFile:
    return JsonHotFile(
        path=source.path,
        changes=source.changes,
        ai_changes=source.ai_changes,
        points=_rounded(source.points),
        worst_unit=source.worst,
        worst_points=_rounded(source.worst_points),
    )


def _evidence(source: tallies.EvidenceTally) -> EvidenceCounts:
    return EvidenceCounts(
        level=model.Level(source.level),
        source=source.source,
        rule=source.rule,
        label=source.label,
        decides=source.decides,
        outweighed=source.outweighed,
    )


def _agent(source: tallies.AgentTally) -> AgentVolume:
    return AgentVolume(
        source.agent,
        source.changes,
        source.added_code_lines,
        source.first.isoformat(),
        source.last.isoformat(),
    )


def _rounded(value: float) -> float:
    return round(value, PRECISION) + 0.0  # no -0.0
