"""Sums over changes by file, rule, agent, evidence and period, for the page and the JSON alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scanner.attribution.tables import SHOWN_BY_CLONES
from scanner.base.model import Arm, Change, Dimension, Finding, Label, Level
from scanner.base.periods import periods
from scanner.history.debt_over_time import StandingAt
from scanner.history.hotspots import Fix, HotFile, NamesAtHead, hot_files, worth_fixing
from scanner.history.read import UnitOfChange
from scanner.report.build import Report


@dataclass(frozen=True)
class FileTally(HotFile):
    """A file at the head; `changes` are the compared ones, `ai_changes` of them AI-attributed."""

    ai_changes: int


@dataclass(frozen=True, slots=True)
class HotspotTally:
    """The files with debt, hottest first, and how many that took on debt are gone."""

    files: tuple[FileTally, ...]
    gone: int


def hotspots(report: Report) -> HotspotTally:
    """Files at the head by what stands in them × how often they are changed."""
    changes: Counter[str] = Counter()
    by_ai: Counter[str] = Counter()
    names = NamesAtHead()
    indebted: set[str] = set()
    for change in report.changes:  # newest first
        touched = names.meet(report.history.diffs.get(change.commit.against_first_parent))
        if change.exclusion is None:
            changes.update(touched)
            by_ai.update(touched if change.attribution.arm is Arm.AI else ())
            indebted |= {names.of(finding.place.path) for finding in change.judgement.findings}
    files = (
        FileTally(**vars(file), ai_changes=by_ai[file.path])
        for file in hot_files(report.at_head, changes)
    )
    return HotspotTally(tuple(files), len(indebted - report.history.lifelines.alive.keys()))


def fixes(report: Report, most: int) -> tuple[Fix, ...]:
    """What is worth a repair at the head, the most first."""
    return worth_fixing(report.at_head, hotspots(report).files)[:most]


@dataclass(frozen=True, slots=True)
class RuleTally:
    """What a rule cost in the compared changes."""

    rule: str
    dimension: Dimension
    findings: int
    points: float


def rules(findings: Iterable[Finding]) -> tuple[RuleTally, ...]:
    """The rules of findings, costliest first."""
    costs: defaultdict[tuple[str, Dimension], list[float]] = defaultdict(list)
    for finding in findings:
        costs[finding.rule, finding.dimension].append(finding.points)
    tallies = (RuleTally(*key, len(points), sum(points)) for key, points in costs.items())
    return tuple(sorted(tallies, key=lambda tally: (-tally.points, tally.rule)))


@dataclass(frozen=True, slots=True)
class AgentTally:
    """An agent by volume: nothing here says how good its work is."""

    agent: str
    changes: int
    added_code_lines: int
    first: date
    last: date


def agents(changes: Iterable[Change]) -> tuple[AgentTally, ...]:
    """The agents whose mark changes carry, those with most changes first."""
    by_agent: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        for agent in change.attribution.agents:
            by_agent[agent].append(change)
    ranked = sorted(by_agent.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        AgentTally(
            name,
            len(held),
            sum(change.judgement.scorecard.added_code_lines for change in held),
            min(change.time for change in held).date(),
            max(change.time for change in held).date(),
        )
        for name, held in ranked
    )


@dataclass(frozen=True, slots=True)
class EvidenceTally:
    """A rule of attribution: how many changes it decides, and in how many it is outweighed."""

    level: str
    source: str
    rule: str
    label: Label
    decides: int
    outweighed: int


def evidence(changes: Iterable[Change]) -> tuple[EvidenceTally, ...]:
    """The rules that found anything, those that decide most first."""
    deciding: Counter[tuple[str, str, str, Label]] = Counter()
    outweighed: Counter[tuple[str, str, str, Label]] = Counter()
    for change in changes:
        for counter, claims in (
            (deciding, change.attribution.decided_by),
            (outweighed, change.attribution.outweighed),
        ):
            counter.update({(c.level.value, c.source, c.rule, c.label) for c in claims})
    keys = sorted(deciding | outweighed, key=lambda key: (-deciding[key], -outweighed[key], key))
    return tuple(EvidenceTally(*key, deciding[key], outweighed[key]) for key in keys)


@dataclass(frozen=True, slots=True)
class Moved:
    """How the changes of an arm moved the codebase; `arm` is None for those that are left out.

    The deltas of all changes of a main line add up to what its tip has more than its start.
    """

    arm: Arm | None
    changes: int
    cognitive: int
    cyclomatic: int
    points: float
    repaid: float


def moved(changes: Iterable[Change]) -> tuple[Moved, ...]:
    """The arms that have a change, then what is left out of every comparison."""
    held: defaultdict[Arm | None, list[Change]] = defaultdict(list)
    for change in changes:
        held[None if change.exclusion else change.attribution.arm].append(change)
    return tuple(_moved(arm, held[arm]) for arm in (*Arm, None) if held[arm])


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """What the last tree has more than the tree before and all changes explain."""

    cognitive: int
    cyclomatic: int


SINGLE_COMMITS = "single commits do not add up to trees"
NOT_MEASURED = "the first or the last tree is not in this clone"


def unaccounted(report: Report) -> Unaccounted | str:
    """Noughts, where every file could be measured; a reason where trees cannot be compared."""
    if report.unit != UnitOfChange.CHANGE:
        return SINGLE_COMMITS
    found, newest = report.standing, [change.commit for change in report.changes[:1]]
    if found.before is None or [one.commit for one in found.ends[-1:]] != newest or not newest:
        return NOT_MEASURED
    start, end, sums = found.before, found.ends[-1].standing, moved(report.changes)
    return Unaccounted(
        end.cognitive - start.cognitive - sum(one.cognitive for one in sums),
        end.cyclomatic - start.cyclomatic - sum(one.cyclomatic for one in sums),
    )


def _moved(arm: Arm | None, changes: Sequence[Change]) -> Moved:
    judged = [change.judgement for change in changes]
    return Moved(
        arm,
        len(judged),
        sum(one.cognitive_delta for one in judged),
        sum(one.cyclomatic_delta for one in judged),
        sum(one.scorecard.points for one in judged),
        sum(one.scorecard.repaid for one in judged),
    )


@dataclass(frozen=True, slots=True)
class PeriodTally:
    """One arm in one period: plain sums over its changes."""

    period: str
    arm: Arm
    changes: int
    added_code_lines: int
    points: float


def over_time(changes: Sequence[Change]) -> tuple[PeriodTally, ...]:
    """Every arm that has a change, in every period: periods in order, arms within them."""
    of, numbers, names = periods(change.time for change in changes)
    held: defaultdict[tuple[int, Arm], list[Change]] = defaultdict(list)
    for change in changes:
        if change.attribution.arm is not None:
            held[of(change.time), change.attribution.arm].append(change)
    arms = [arm for arm in Arm if any(one is arm for _, one in held)]
    return tuple(
        _period(name, arm, held[number, arm])
        for number, name in zip(numbers, names, strict=True)
        for arm in arms
    )


def _period(name: str, arm: Arm, changes: Sequence[Change]) -> PeriodTally:
    every = (change.judgement.scorecard for change in changes)
    cards = [card for card in every if card.added_code_lines]  # as the outcome `debt` has it
    lines = sum(card.added_code_lines for card in cards)
    return PeriodTally(name, arm, len(changes), lines, sum(card.points for card in cards))


def carried(ends: Sequence[StandingAt]) -> tuple[StandingAt, ...]:
    """Every period from the first to the last: what had no change stands as it did before."""
    _, _, names = periods(end.commit.committed for end in ends)
    known = {end.period: end for end in ends}
    if not known.keys() <= set(names):  # the clocks of the commits go back and forth
        return tuple(ends)
    found: list[StandingAt] = []
    for name in names:
        if name in known:
            found.append(known[name])
        elif found:
            found.append(replace(found[-1], period=name))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class MissRate:
    """Of the changes that a forge says are an agent's, how many nothing else marks as AI's."""

    agent: str
    told: int
    missed: int


_BY_AI = frozenset({Label.AI, Label.MIXED, Label.ASSISTED})


def miss_rates(changes: Iterable[Change]) -> tuple[MissRate, ...]:
    """For each agent that a forge tells of, by name."""
    told: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for change in changes:
        claims = [one for one in change.attribution.evidence if one.label in _BY_AI]
        believed = [one for one in claims if one.level is not Level.NEAR_MISS]
        is_marked = any(one.level is not Level.FORGE for one in believed)
        agents = {one.agent for one in believed if one.level is Level.FORGE and one.agent}
        told.update(agents)
        missed.update(() if is_marked else agents)
    return tuple(MissRate(agent, told[agent], missed[agent]) for agent in sorted(told))


@dataclass(frozen=True, slots=True)
class RateElsewhere:
    """Of `told` pull requests known to be an agent's elsewhere, how many a clone shows to be.

    `seen` are the changes that are the agent's here.
    """

    agent: str
    seen: int
    shown: int
    told: int

    @property
    def hidden(self) -> float:
        """How many more changes here would be the agent's at that rate."""
        return self.seen * (self.told - self.shown) / self.shown


def rates_elsewhere(changes: Iterable[Change]) -> tuple[RateElsewhere, ...]:
    """What is known of the agents that are seen here, by name."""
    seen = Counter(agent for change in changes for agent in change.attribution.agents[:1])
    return tuple(
        RateElsewhere(agent, seen[agent], *SHOWN_BY_CLONES[agent])
        for agent in sorted(SHOWN_BY_CLONES)
        if seen[agent]
    )
