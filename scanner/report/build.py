"""A history → the report: what is compared, on how much evidence, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanner import __version__
from scanner.attribution.forge_pulls import label_of_pull
from scanner.attribution.lines import LabelledLines
from scanner.attribution.registry import shipped, with_settings
from scanner.base.agent_log import read as read_log
from scanner.base.experiment import read as read_experiments
from scanner.base.model import (
    Arm,
    Attribution,
    Change,
    Commit,
    Exclusion,
    Finding,
    Label,
    LeftOutReason,
    Missing,
    Problem,
)
from scanner.base.store import Store
from scanner.clones.groups import CloneGroup
from scanner.compare.compare import Comparison, Contrast, arms_of
from scanner.compare.estimates import Estimate
from scanner.compare.inference import Resampling
from scanner.compare.outcomes import outcomes_for, table_of
from scanner.compare.pull_requests import PullStanding, standings
from scanner.compare.remembered import Remembered
from scanner.compare.table import Table
from scanner.compare.trends import PeriodKind, Periods, Trend, by_month, by_release
from scanner.config import Settings
from scanner.conventions.listing import ConventionRow
from scanner.delivery.pulls import PullRequest
from scanner.history.aftermath import Aftermath
from scanner.history.attribution import lines_by_label
from scanner.history.debt_over_time import StandingDebt
from scanner.history.experiments import ExperimentResult, experiment_results
from scanner.history.read import History, Progress
from scanner.history.told import ToldTally, tally_told
from scanner.judge.batch import JudgingContext
from scanner.report.excerpts import Excerpts, read_excerpts
from scanner.tree.conventions import strongest_conventions
from scanner.tree.scan import TreeScan


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside the range: it is printed, and decides what may be shown.

    `pulls` and `config` are files as the user named them. `origin` is the address of the remote,
    if there is one. `wants_all` says that the whole history was asked for. `names_people` is off
    unless asked for. `trend` is what time is cut into.
    """

    pulls: tuple[str, ...] = ()
    fetches_pulls: bool = False
    leaves_rules_out: bool = False
    config: str | None = None
    wants_all: bool = False
    names_people: bool = False
    origin: str | None = None
    trend: PeriodKind = PeriodKind.MONTH


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the compared history carries evidence of who wrote it.

    `changes` and `lines` (added code lines) count by label; every label is there.
    """

    changes: tuple[tuple[Label, int], ...]
    lines: tuple[tuple[Label, int], ...]

    @property
    def share_marked(self) -> float | None:
        """The share of changes with any label but `unmarked`; None without changes."""
        counts = dict(self.changes)
        every = sum(counts.values())
        return (every - counts[Label.UNMARKED]) / every if every else None


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made from: a history, what became of it, the copies at its head, what stood
    in its trees over time, and what `scan` finds at the head.
    """

    history: History
    aftermath: Aftermath
    clones: tuple[CloneGroup, ...]
    standing: StandingDebt
    scan: TreeScan


@dataclass(frozen=True, slots=True)
class Report:
    """Everything any page shows; renderers compute nothing from the repository.

    `changes` are all that were selected, newest first; those with an `exclusion` are not compared.
    `written` counts the lines that their commits wrote, by label and by how it is known. `clones`
    are the groups of copies at the head, largest saving first, `at_head` what `scan` finds there.
    `habits` are the strongest of the newest tree, by topic, and those that it is moving from.
    `told` is what agents were told in this clone, where that is kept, and what became of it;
    `experiments` what came out of leaving it to chance whether they hear it.
    """

    tallystick: str
    selection: str
    unit: str
    head: Commit
    settings: Settings
    changes: tuple[Change, ...]
    written: tuple[LabelledLines, ...]
    coverage: Coverage
    exclusions: tuple[tuple[Exclusion, int], ...]
    unjudged: tuple[tuple[LeftOutReason, int], ...]
    estimates: tuple[Estimate, ...]
    comparison: Comparison
    trends: tuple[Trend, ...]
    pulls: tuple[PullStanding, ...]
    aftermath: Aftermath
    seed: int
    history: History
    problems: tuple[Problem, ...]
    excerpts: Excerpts
    clones: tuple[CloneGroup, ...]
    standing: StandingDebt
    at_head: tuple[Finding, ...]
    asked: Asked = NOTHING_ASKED
    habits: tuple[ConventionRow, ...] = ()
    told: tuple[ToldTally, ...] = ()
    experiments: tuple[ExperimentResult, ...] = ()

    @property
    def compared(self) -> tuple[Change, ...]:
        """The changes that are compared."""
        return tuple(change for change in self.changes if change.exclusion is None)


def build_report(
    material: Material,
    context: JudgingContext,
    store: Store,
    progress: Progress,
    asked: Asked = NOTHING_ASKED,
) -> Report:
    """Compares the arms of a history, and gathers what the pages show."""
    history, aftermath = material.history, material.aftermath
    compared = [facts for facts in aftermath.facts if facts.change.exclusion is None]
    table = table_of(compared, outcomes_for(context.settings))
    lives = aftermath.lives(history, [facts.change for facts in compared])
    remembered = Remembered(table, store)
    comparison = remembered.comparison(
        lives, Resampling(), lambda done, total: progress("comparing", done, total)
    )
    changes = tuple(
        replace(facts.change, survival=None if isinstance(fate, Missing) else fate.survival)
        for facts in aftermath.facts
        for fate in (facts.fate,)
    )
    return Report(
        tallystick=__version__,
        selection=history.selection.words,
        unit=history.selection.unit.value,
        head=history.by_oid[history.selection.tip],
        settings=context.settings,
        changes=tuple(reversed(changes)),
        written=_written(history),
        coverage=_coverage([facts.change for facts in compared]),
        exclusions=_exclusions(changes),
        unjudged=_unjudged(changes),
        estimates=_primary(comparison),
        comparison=comparison,
        trends=_trends(table, remembered, _periods(table, aftermath, asked.trend)),
        pulls=_pulls(history, aftermath, context.settings),
        aftermath=aftermath,
        seed=comparison.resampling.seed,
        history=history,
        problems=tuple(
            dict.fromkeys((*history.problems, *aftermath.problems, *material.standing.problems))
        ),
        excerpts=read_excerpts(
            history, material.clones, material.scan.findings, context.repository
        ),
        clones=material.clones,
        standing=material.standing,
        at_head=material.scan.findings,
        asked=asked,
        habits=strongest_conventions(context, store, history.selection.tip),
        told=tally_told(
            read_log(context.repository.common_dir),
            ((one.commit.oid, one.judgement.findings) for one in changes),
            history.commits,
        ),
        experiments=experiment_results(
            read_experiments(context.repository.common_dir), changes, history.commits
        ),
    )


def _written(history: History) -> tuple[LabelledLines, ...]:
    chosen = frozenset(oid for change in history.changes for oid in change.commits)
    return lines_by_label(history.lifelines, history.attributed.attributions, chosen)


def _primary(comparison: Comparison) -> tuple[Estimate, ...]:
    """The answers to the first question: AI-attributed against other changes."""
    return next((one.estimates for one in comparison.contrasts if one.contrast is Contrast.AI), ())


#: What is shown over time.
TRENDS = ("debt", "rework_14")


def _trends(table: Table, remembered: Remembered, periods: Periods) -> tuple[Trend, ...]:
    """The most telling outcomes over time, for both arms."""
    chosen = [outcome for outcome in table.outcomes if outcome.key in TRENDS]
    return remembered.trends(arms_of(table, Contrast.AI), chosen, periods)


#: The period of changes that no release holds yet.
UNRELEASED = "not released yet"


def _periods(table: Table, aftermath: Aftermath, kind: PeriodKind) -> Periods:
    """Months, or releases with those changes that each was the first to hold."""
    if kind is PeriodKind.MONTH:
        return by_month(table)
    release_of = {
        one.change.commit.oid: UNRELEASED if one.latency.release is None else one.latency.release
        for one in aftermath.facts
        if not isinstance(one.latency, Missing)
    }
    holding = set(release_of.values())
    in_order = sorted(aftermath.releases, key=lambda one: (one.time, one.name))
    names = [one.name for one in in_order if one.name in holding]
    return by_release(table, [*names, *({UNRELEASED} & holding)], release_of)


def _pulls(history: History, aftermath: Aftermath, settings: Settings) -> tuple[PullStanding, ...]:
    """How the pull requests of each arm stand; none without forge data."""
    if aftermath.export is None:
        return ()
    registry = with_settings(shipped(), settings.attribution)

    def arm_of(pull: PullRequest) -> Arm | None:
        return Attribution(label_of_pull(registry, pull.said, pull.created)).arm

    newest = max(one.commit.committed for one in history.integrated)
    return standings(aftermath.export.pulls, arm_of, newest)


def _coverage(changes: Sequence[Change]) -> Coverage:
    counts = Counter(change.attribution.label for change in changes)
    lines: Counter[Label] = Counter()
    for change in changes:
        lines[change.attribution.label] += change.judgement.scorecard.added_code_lines
    return Coverage(
        tuple((label, counts[label]) for label in Label),
        tuple((label, lines[label]) for label in Label),
    )


def _unjudged(changes: Iterable[Change]) -> tuple[tuple[LeftOutReason, int], ...]:
    """How many different files of the changes are not judged, by reason."""
    files: dict[LeftOutReason, set[str]] = {reason: set() for reason in LeftOutReason}
    for change in changes:
        for one in change.judgement.left_out:
            files[one.reason].add(one.path)
    return tuple((reason, len(paths)) for reason, paths in files.items() if paths)


def _exclusions(changes: Iterable[Change]) -> tuple[tuple[Exclusion, int], ...]:
    counts = Counter(change.exclusion for change in changes if change.exclusion)
    return tuple((reason, counts[reason]) for reason in Exclusion if counts[reason])
