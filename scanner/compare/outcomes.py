"""Every outcome of the comparison: what it is, and how one change's value is read.

A new outcome is one entry in `OUTCOMES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from scanner.attribution.models import models_of
from scanner.base.model import (
    Change,
    CopyOf,
    Dimension,
    Duration,
    Lifetimes,
    LostGuard,
    Missing,
    Ratio,
)
from scanner.changes.review_burden import Burden
from scanner.compare.table import (
    Direction,
    OutcomeSpec,
    Row,
    Scale,
    Table,
    Theme,
    Value,
)
from scanner.config import Settings
from scanner.delivery.latency import Latency
from scanner.delivery.reviews import ReviewFacts
from scanner.durability.fates import Fate
from scanner.rulepacks.tree_rules import LOST_GUARD, coded_in_force

#: A proxy or a revert counts only if it came this soon, so that old and new changes compare.
WINDOW_DAYS = 90
#: Lines reworked within so many days are told.
REWORK_DAYS = (14, 30)

PROXY = (
    "A proxy: whoever wrote the lines that a fix replaced did not thereby write the defect, and a "
    "fix that only adds lines blames nobody."
)
SURVIVAL_IS_NOT_QUALITY = (
    "Reworked lines are not bad lines: code that is worked on changes, and dead code never does."
)


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """All that is known of one change that is compared.

    `author` is an opaque key that groups changes, never shown. `reverted_after` and `fixed_after`
    are the days until a revert that still stands, and until the first fix that replaced its lines;
    None if there was none. `lifetimes` are those of its lines. What could not be had is Missing
    with its reason.
    """

    change: Change
    author: str
    fate: Fate | Missing
    lifetimes: Lifetimes
    reverted_after: float | None
    fixed_after: float | None
    burden: Burden | Missing
    review: ReviewFacts | Missing
    latency: Latency | Missing


@dataclass(frozen=True, slots=True)
class OutcomeReader:
    """An outcome and the function that reads it from a change's facts."""

    spec: OutcomeSpec
    read: Callable[[OutcomeFacts], Value]


def table_of(
    facts: Sequence[OutcomeFacts], outcomes: Sequence[OutcomeReader] | None = None
) -> Table:
    """The table of a comparison. Leave out excluded changes before."""
    chosen = OUTCOMES if outcomes is None else tuple(outcomes)
    rows = tuple(
        Row(
            one.change.commit.oid,
            one.author,
            one.change.attribution.label,
            one.change.attribution.level,
            one.change.change_type,
            one.change.judgement.scorecard.added_code_lines,
            one.change.time,
            tuple(outcome.read(one) for outcome in chosen),
            one.change.attribution.agents,
            models_of(one.change.attribution.evidence),
        )
        for one in facts
    )
    return Table(tuple(outcome.spec for outcome in chosen), rows)


# --------------------------------------------------------------------------- debt


def _debt(facts: OutcomeFacts) -> Value:
    card = facts.change.judgement.scorecard
    if not card.added_code_lines:
        return Missing("adds no code lines")
    return Ratio(100 * card.points, card.added_code_lines)


def _points(dimension: Dimension, facts: OutcomeFacts) -> Value:
    card = facts.change.judgement.scorecard
    if not card.added_code_lines:
        return Missing("adds no code lines")
    part = next((one for one in card.dimensions if one.dimension is dimension), None)
    if part is None or part.unmeasured is not None:
        return Missing(f"no {dimension} score was measured")
    return Ratio(100 * part.points, card.added_code_lines)


def _deviation(facts: OutcomeFacts) -> Value:
    found = facts.change.judgement.deviation
    if found.score is None:
        return Missing(found.unmeasured or "has nothing to be compared with")
    return found.score


def _any_finding(facts: OutcomeFacts) -> Value:
    findings = facts.change.judgement.findings
    return float(any(not one.is_uncounted for one in findings))


def _cognitive(facts: OutcomeFacts) -> Value:
    return float(facts.change.judgement.cognitive_delta)


def _lost_guards(facts: OutcomeFacts) -> Value:
    judgement = facts.change.judgement
    changed = judgement.operations.changed
    if not changed:
        return Missing("changes no lines")
    lost = sum(isinstance(finding.evidence, LostGuard) for finding in judgement.findings)
    return Ratio(1000 * lost, changed)


def _duplicated_share(facts: OutcomeFacts) -> Value:
    judgement = facts.change.judgement
    added = judgement.scorecard.added_code_lines
    if not added:
        return Missing("adds no code lines")
    if judgement.scorecard.score(Dimension.DUPLICATION) is None:
        return Missing(f"no {Dimension.DUPLICATION} score was measured")
    evidence = (finding.evidence for finding in judgement.findings)
    copied = sum(one.copied_lines for one in evidence if isinstance(one, CopyOf))
    return Ratio(min(copied, added), added)


# --------------------------------------------------------------------------- durability


def _rework(facts: OutcomeFacts) -> Value:
    if isinstance(facts.fate, Missing):
        return facts.fate
    return facts.lifetimes if facts.lifetimes.days else Missing("adds no lines to be followed")


def _reverted(facts: OutcomeFacts) -> Value:
    return _until(facts, facts.reverted_after)


def _fix_inducing(facts: OutcomeFacts) -> Value:
    return _until(facts, facts.fixed_after)


def _until(facts: OutcomeFacts, days: float | None) -> Value:
    """How long it took, or how long it was watched without it."""
    if isinstance(facts.fate, Missing):
        return facts.fate
    seen = facts.fate.follow_up
    return Duration(seen if days is None else days, days is not None, max(seen, days or 0.0))


# --------------------------------------------------------------------------- review and latency


def _review(name: str, facts: OutcomeFacts) -> Value:
    if isinstance(facts.review, Missing):
        return facts.review
    value: float | None = getattr(facts.review, name)
    return Missing("the export lacks what this needs") if value is None else float(value)


def _burden(name: str, facts: OutcomeFacts) -> Value:
    if isinstance(facts.burden, Missing):
        return facts.burden
    value: float | None = getattr(facts.burden, name)
    return Missing("adds no lines") if value is None else float(value)


def _wait(name: str, facts: OutcomeFacts) -> Value:
    if isinstance(facts.latency, Missing):
        return facts.latency
    value: Duration | Missing = getattr(facts.latency, name)
    return value


def _debt_outcome(dimension: Dimension) -> OutcomeReader:
    spec = OutcomeSpec(
        f"{dimension}_points",
        f"{dimension.capitalize()} points",
        "points per 100 added code lines",
        Theme.DEBT,
        Scale.AMOUNT,
    )
    return OutcomeReader(spec, partial(_points, dimension))


def _rework_outcome(days: int) -> OutcomeReader:
    spec = OutcomeSpec(
        f"rework_{days}",
        f"Reworked within {days} days",
        "share of added code lines",
        Theme.DURABILITY,
        Scale.SHARE,
        Direction.NEITHER,
        within=days,
        note=SURVIVAL_IS_NOT_QUALITY,
    )
    return OutcomeReader(spec, _rework)


def _wait_outcome(key: str, title: str, theme: Theme, cap: float | None) -> OutcomeReader:
    spec = OutcomeSpec(key, title, "days", theme, Scale.DURATION, capped_at=cap)
    return OutcomeReader(spec, partial(_wait, key))


def _burden_outcome(
    name: str, title: str, unit: str, direction: Direction = Direction.LOWER
) -> OutcomeReader:
    scale = Scale.SHARE if unit.startswith("share") else Scale.AMOUNT
    spec = OutcomeSpec(name, title, unit, Theme.BURDEN, scale, direction)
    return OutcomeReader(spec, partial(_burden, name))


def _review_outcome(
    name: str, title: str, unit: str, scale: Scale, note: str = ""
) -> OutcomeReader:
    spec = OutcomeSpec(name, title, unit, Theme.REVIEW, scale, Direction.NEITHER, note=note)
    return OutcomeReader(spec, partial(_review, name))


OUTCOMES: tuple[OutcomeReader, ...] = (
    OutcomeReader(
        OutcomeSpec(
            "any_finding", "Changes with any finding", "share of changes", Theme.DEBT, Scale.YES_NO
        ),
        _any_finding,
    ),
    OutcomeReader(
        OutcomeSpec(
            "debt",
            "Debt",
            "points per 100 added code lines",
            Theme.DEBT,
            Scale.AMOUNT,
        ),
        _debt,
    ),
    *map(_debt_outcome, Dimension),
    OutcomeReader(
        OutcomeSpec(
            "cognitive_delta",
            "Change in cognitive complexity",
            "points",
            Theme.DEBT,
            Scale.AMOUNT,
            Direction.NEITHER,
        ),
        _cognitive,
    ),
    OutcomeReader(
        OutcomeSpec(
            "duplicated_share",
            "Duplicated share of added code",
            "share of added code lines",
            Theme.DEBT,
            Scale.SHARE,
        ),
        _duplicated_share,
    ),
    OutcomeReader(
        OutcomeSpec(
            "lost_guards", "Lost guards", "per 1,000 changed lines", Theme.DEBT, Scale.AMOUNT
        ),
        _lost_guards,
    ),
    OutcomeReader(
        OutcomeSpec("deviation", "Deviation", "percentile", Theme.DEBT, Scale.PERCENTILE),
        _deviation,
    ),
    *map(_rework_outcome, REWORK_DAYS),
    OutcomeReader(
        OutcomeSpec(
            "reverted",
            f"Reverted within {WINDOW_DAYS} days",
            "share of changes",
            Theme.DURABILITY,
            Scale.YES_NO,
            within=WINDOW_DAYS,
        ),
        _reverted,
    ),
    OutcomeReader(
        OutcomeSpec(
            "fix_inducing",
            f"Replaced by a fix within {WINDOW_DAYS} days",
            "share of changes",
            Theme.DURABILITY,
            Scale.YES_NO,
            within=WINDOW_DAYS,
            note=PROXY,
        ),
        _fix_inducing,
    ),
    _wait_outcome("opened_to_first_review", "Opened → first review", Theme.REVIEW, 14),
    _review_outcome("rounds", "Review rounds", "rounds", Scale.AMOUNT),
    _review_outcome(
        "comments_per_100_lines",
        "Review comments",
        "per 100 changed lines",
        Scale.AMOUNT,
        "Comments on lines count where the export holds them.",
    ),
    _review_outcome("changes_requested", "Changes requested", "share of changes", Scale.YES_NO),
    _review_outcome(
        "merged_without_review", "Merged without review", "share of changes", Scale.YES_NO
    ),
    _review_outcome("follow_up_commits", "Commits after the first review", "commits", Scale.AMOUNT),
    _burden_outcome("files", "Files touched", "files"),
    _burden_outcome("directories", "Directories touched", "directories"),
    _burden_outcome("entropy", "Entropy of the change", "bits"),
    _burden_outcome("new_units", "New units", "units", Direction.NEITHER),
    _burden_outcome("to_understand", "Complexity to be understood", "cognitive complexity"),
    _burden_outcome("test_share", "Share of tests", "share of added lines", Direction.HIGHER),
    _wait_outcome("authored_to_integrated", "First authored → integrated", Theme.LATENCY, 90),
    _wait_outcome("integrated_to_released", "Integrated → released", Theme.LATENCY, 180),
    _wait_outcome("issue_to_opened", "Issue opened → pull request opened", Theme.LATENCY, 180),
    _wait_outcome("first_review_to_merged", "First review → merged", Theme.LATENCY, 90),
    _wait_outcome("opened_to_merged", "Pull request opened → merged", Theme.LATENCY, 90),
)

#: What should follow a score, if the score means anything, the most telling first.
FOLLOWING = ("rework_14", "rework_30", "fix_inducing", "reverted", "opened_to_merged")
#: The scores whose worth is checked.
SCORES = ("debt", "deviation", *(f"{dimension}_points" for dimension in Dimension))


def outcomes_for(settings: Settings) -> tuple[OutcomeReader, ...]:
    """The outcomes that changes were measured for: lost guards only where their rule is on."""
    is_told = LOST_GUARD.id in coded_in_force(settings)
    return tuple(one for one in OUTCOMES if is_told or one.read is not _lost_guards)
