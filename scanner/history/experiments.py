"""What an experiment shows: the branches of each arm, and the effect on debt and rework. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.base.experiment import Assignment, Experiment, ExperimentArm
from scanner.base.model import Change, Commit
from scanner.compare.randomised import RandomisedBranch, RandomisedEffect, randomised_effect
from scanner.history.arm_trailers import assignments_in

#: Rework is what is changed or deleted again within so many days.
REWORK_DAYS = 14

#: An amount of a change and what it is counted against; None where it was not measured.
_Measure = Callable[[Change], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class ArmCount:
    """Branches of one arm: those that this clone drew (None where it drew none), those that came
    in with at least one change that counts, and these changes.
    """

    drawn: int | None
    came_in: int
    changes: int


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """One experiment as far as the history shows it.

    `mixed` counts the changes that carry several branches, which are left out. Effects are heard
    less silent: points per 100 added code lines, and the share of added lines that is reworked
    within `REWORK_DAYS` days; None where too few branches came in.
    """

    experiment: str
    heard: ArmCount
    silent: ArmCount
    mixed: int
    debt: RandomisedEffect | None
    rework: RandomisedEffect | None


def experiment_results(
    kept: Sequence[Experiment], changes: Iterable[Change], commits: Iterable[Commit]
) -> tuple[ExperimentResult, ...]:
    """Every experiment that the messages of changes or this clone tell of.

    Args:
        kept: the experiments of this clone, which tell the branch of commits without a trailer
            that stand on a commit on which a hook ran on one branch alone.
    """
    by_oid = {commit.oid: commit for commit in commits}
    bases = _bases(kept)
    counted: defaultdict[str, defaultdict[Assignment, list[Change]]]
    counted = defaultdict(lambda: defaultdict(list))
    mixed: defaultdict[str, int] = defaultdict(int)
    for change in changes:
        found = _carried(change, by_oid, bases)
        if len(found) > 1:
            mixed[found[0].experiment] += 1
        elif found and change.exclusion is None:
            counted[found[0].experiment][found[0]].append(change)
    drawn = {one.begun.experiment: one.assignments for one in kept}
    names = dict.fromkeys((*drawn, *sorted({*counted, *mixed})))
    return tuple(
        _result(name, drawn.get(name), counted[name], mixed[name])
        for name in names
        if counted[name] or mixed[name] or drawn.get(name)
    )


def _bases(kept: Iterable[Experiment]) -> Mapping[str, Assignment]:
    """The branch by the commit on which hooks ran, where that was one branch alone."""
    found: defaultdict[str, set[Assignment]] = defaultdict(set)
    for experiment in kept:
        by_name = {one.branch: one for one in experiment.assignments}
        for met in experiment.met:
            found[met.base].add(by_name[met.branch])
    return {base: next(iter(ones)) for base, ones in found.items() if len(ones) == 1}


def _carried(
    change: Change, by_oid: Mapping[str, Commit], bases: Mapping[str, Assignment]
) -> tuple[Assignment, ...]:
    commits = [by_oid[oid] for oid in change.commits if oid in by_oid]
    messages = dict.fromkeys((change.commit.message, *(one.message for one in commits)))
    said = dict.fromkeys(one for message in messages for one in assignments_in(message))
    if said:
        return tuple(said)
    parents = (one.parents[0] for one in commits if one.parents)
    return tuple(dict.fromkeys(bases[parent] for parent in parents if parent in bases))


def _result(
    name: str,
    drawn: Sequence[Assignment] | None,
    counted: Mapping[Assignment, Sequence[Change]],
    mixed: int,
) -> ExperimentResult:
    def arm(wanted: ExperimentArm) -> ArmCount:
        came_in = [changes for one, changes in counted.items() if one.arm is wanted]
        own = None if drawn is None else sum(one.arm is wanted for one in drawn)
        return ArmCount(own, len(came_in), sum(map(len, came_in)))

    return ExperimentResult(
        name,
        arm(ExperimentArm.HEARD),
        arm(ExperimentArm.SILENT),
        mixed,
        _effect(counted, _debt),
        _effect(counted, _rework),
    )


def _effect(
    counted: Mapping[Assignment, Sequence[Change]], measure: _Measure
) -> RandomisedEffect | None:
    branches = []
    for one, changes in counted.items():
        measured = [found for change in changes if (found := measure(change)) is not None]
        of = sum(each for _, each in measured)
        if of > 0:
            amount = sum(each for each, _ in measured)
            is_heard = one.arm is ExperimentArm.HEARD
            branches.append(RandomisedBranch(one.block, is_heard, amount, of))
    return randomised_effect(branches)


def _debt(change: Change) -> tuple[float, float]:
    card = change.judgement.scorecard
    return 100 * card.points, card.added_code_lines


def _rework(change: Change) -> tuple[float, float] | None:
    if change.survival is None:
        return None
    rows = change.survival.reworked_within
    return next(((reworked, seen) for days, reworked, seen in rows if days == REWORK_DAYS), None)
