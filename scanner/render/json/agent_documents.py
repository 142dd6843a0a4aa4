"""What `tallystick mcp` answers: short documents for agents, long lists in pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta, Struct

from scanner.base import model
from scanner.history.explain import Story
from scanner.history.hotspots import Hotspots, Repair
from scanner.render import wording
from scanner.render.json.documents import Count, Line, Path, Share
from scanner.render.ordering import softening_first, softens
from scanner.render.paths import sentence
from scanner.render.terminal.explain_text import render as story_text

if TYPE_CHECKING:
    from scanner.conventions.listing import ConventionRow
    from scanner.history.attribution import AttributedRange
    from scanner.tree.existing import Existing

T = TypeVar("T")
R = TypeVar("R")

#: How many entries, or lines of text, one answer holds.
ENTRIES, LINES = 10, 60
_MOST_PROBLEMS = 3

Page = Annotated[int, Meta(ge=1, description="which page of a long answer, from 1")]


class Pages(Struct, frozen=True):
    """Which part of all entries this is."""

    page: Count
    of: Count
    entries: Count


def page_of(entries: Sequence[T], page: int, size: int = ENTRIES) -> tuple[Sequence[T], Pages]:
    """The entries of one page, and where it stands; the last one where there are fewer pages."""
    pages = max(1, -(-len(entries) // size))
    page = min(page, pages)
    return entries[(page - 1) * size : page * size], Pages(page, pages, len(entries))


def not_judged(problems: Iterable[model.Problem]) -> str | None:
    """One message on what could not be read or judged; None where all of it was."""
    found = [
        f"{wording.problem_place(one)}: {sentence(one.reason)}" for one in dict.fromkeys(problems)
    ]
    more = f"; and {len(found) - _MOST_PROBLEMS} more" if found[_MOST_PROBLEMS:] else ""
    return f"Not judged: {'; '.join(found[:_MOST_PROBLEMS])}{more}." if found else None


# --------------------------------------------------------------------------- check_changes


class ToFix(Struct, frozen=True):
    """A finding: where, what, and what to do. `softens` tells that it loosens the checks."""

    path: Path
    first_line: Line
    last_line: Line
    unit: str
    rule: str
    points: float
    message: str
    do: str
    softens: bool
    details: tuple[str, ...] = ()


class CheckedChanges(Struct, frozen=True):
    """What is edited against HEAD. `not_judged` says what the verdict lacks."""

    verdict: model.Outcome
    reasons: tuple[str, ...]
    findings: tuple[ToFix, ...]
    pages: Pages
    not_judged: str | None
    notes: tuple[str, ...] = ()


def checked_changes(review: model.Review, page: int) -> CheckedChanges:
    """The findings of a review, those that loosen the checks before all others."""
    shown, pages = page_of(softening_first(review.judgement.findings), page)
    return CheckedChanges(
        review.verdict.outcome,
        tuple(map(sentence, review.verdict.reasons)),
        tuple(map(_to_fix, shown)),
        pages,
        not_judged(review.judgement.problems),
        tuple(map(sentence, review.notes)),
    )


def _to_fix(finding: model.Finding) -> ToFix:
    place = finding.place
    return ToFix(
        place.path,
        place.span.first,
        place.span.last,
        place.unit,
        finding.rule,
        round(finding.points, 2),
        sentence(finding.message),
        sentence(finding.hint),
        softens(finding),
        tuple(detail.line for detail in wording.details(finding.evidence)),
    )


# --------------------------------------------------------------------------- explain


class ExplainedChange(Struct, frozen=True):
    """One change. `text` is what `tallystick explain` prints, `LINES` lines a page."""

    commit: str
    title: str
    label: model.Label
    agents: tuple[str, ...]
    points: float
    findings: Count
    text: str
    pages: Pages
    not_judged: str | None


def explained_change(story: Story, page: int) -> ExplainedChange:
    """A change with its scores, who wrote it by which evidence, and what became of it."""
    change = story.change
    shown, pages = page_of(story_text(story).split("\n"), page, LINES)
    return ExplainedChange(
        change.commit.oid,
        sentence(change.commit.subject),
        change.attribution.label,
        change.attribution.agents,
        round(change.judgement.scorecard.points, 2),
        len(change.judgement.findings),
        "\n".join(shown),
        pages,
        not_judged(change.judgement.problems),
    )


# --------------------------------------------------------------------------- find_existing


class ExistingFunction(Struct, frozen=True):
    """A live function. `shared` is the part of its statements and yours that are the same.

    `import_line` and `call` are how to use it; `obstacle` says why it cannot be called as it is,
    `is_private` that its name asks not to be used elsewhere.
    """

    path: Path
    first_line: Line
    last_line: Line
    name: str
    signature: str
    says: str
    likeness: str
    shared: Share | None
    import_line: str | None
    call: str | None
    is_private: bool
    obstacle: str | None


class ExistingFunctions(Struct, frozen=True):
    """Functions that may do what is wanted already, the likeliest first, of all `looked_at`."""

    looked_at: Count
    functions: tuple[ExistingFunction, ...]
    pages: Pages


def existing_functions(found: Sequence[Existing], looked_at: int, page: int) -> ExistingFunctions:
    """What was found, with how to import it."""
    shown, pages = page_of(found, page)
    return ExistingFunctions(looked_at, tuple(map(_existing, shown)), pages)


def _existing(one: Existing) -> ExistingFunction:
    place, target = one.place, one.call.target
    name = place.unit.partition("#")[0]
    module = target.removesuffix(f".{name}") if target else None
    return ExistingFunction(
        place.path,
        place.span.first,
        place.span.last,
        place.unit,
        sentence(one.offer.signature),
        sentence(one.offer.says),
        one.likeness.value,
        one.share,
        f"from {module} import {name.partition('.')[0]}" if module else None,
        name if module else None,
        one.call.is_private,
        one.call.obstacle,
    )


# --------------------------------------------------------------------------- conventions_for


class Habit(Struct, frozen=True):
    """What is done `support` of `total` times in a scope. `is_charged`: departing is a finding.

    `left_to_a_tool`: a configured formatter or linter sees to it. `trend` is given where the newest
    code moves away from it.
    """

    convention: str
    support: Count
    total: Count
    scope: str
    is_charged: bool
    left_to_a_tool: bool
    example: str | None
    trend: str | None


class Habits(Struct, frozen=True):
    """What holds where a path is: what a change is held to first."""

    path: Path
    habits: tuple[Habit, ...]
    pages: Pages
    not_judged: str | None


def habits_for(path: str, rows: Sequence[ConventionRow], page: int, lack: str | None) -> Habits:
    """The conventions around a path, with counts and an example each."""
    shown, pages = page_of(rows, page, 2 * ENTRIES)
    return Habits(path, tuple(map(_habit, shown)), pages, lack)


def _habit(row: ConventionRow) -> Habit:
    return Habit(
        sentence(f"{row.noun} are {row.choice}"),
        row.support,
        row.total,
        row.scope.words,
        row.is_charged,
        row.is_silenced,
        wording.where(row.examples[0]) if row.examples else None,
        sentence(row.trend) if row.is_migration else None,
    )


# --------------------------------------------------------------------------- hotspots, plan


class HotSpot(Struct, frozen=True):
    """A file: the debt that stands in it, how many changes touched it, and its worst unit."""

    path: Path
    points: float
    changes: Count
    worst: str
    worst_points: float


class HotSpots(Struct, frozen=True):
    """Files by debt × change frequency, over the newest `changes`."""

    changes: Count
    files: tuple[HotSpot, ...]
    pages: Pages
    not_judged: str | None


def hot_spots(found: Hotspots, page: int) -> HotSpots:
    """The hottest files first."""
    shown, pages = page_of(found.files, page)
    files = (
        HotSpot(one.path, round(one.points, 1), one.changes, one.worst, round(one.worst_points, 1))
        for one in shown
    )
    return HotSpots(found.changes, tuple(files), pages, not_judged(found.scan.problems))


class PlannedRepair(Struct, frozen=True):
    """A finding that stands, the minutes it is thought to take, and how often its file changes."""

    minutes: float
    changes: Count
    finding: ToFix


class RepairPlan(Struct, frozen=True):
    """What to mend first within so many minutes. The minutes are rough guesses, not measured."""

    minutes: float
    used: float
    repairs: tuple[PlannedRepair, ...]
    pages: Pages
    not_judged: str | None


def repair_plan(
    found: Hotspots, repairs: Sequence[Repair], minutes: float, page: int
) -> RepairPlan:
    """The repairs that pay most for a minute first."""
    shown, pages = page_of(repairs, page)
    rows = (PlannedRepair(one.minutes, one.fix.changes, _to_fix(one.fix.finding)) for one in shown)
    used = sum(one.minutes for one in repairs)
    return RepairPlan(minutes, used, tuple(rows), pages, not_judged(found.scan.problems))


# --------------------------------------------------------------------------- attribution_status


class LabelledCommits(Struct, frozen=True):
    """How many commits carry a label, by the agents that it names."""

    label: model.Label
    agents: tuple[str, ...]
    commits: Count


class AttributionStatus(Struct, frozen=True):
    """How much of a history carries evidence of who wrote it, and whether this work will.

    `running_agent` is the agent that this server runs under, as far as variables say;
    `commits_are_stamped` that a hook of this repository marks what an agent commits. Unmarked is
    not the same as written by a person.
    """

    commits: Count
    with_evidence: Count
    labels: tuple[LabelledCommits, ...]
    pages: Pages
    running_agent: str | None
    commits_are_stamped: bool
    not_judged: str | None


def attribution_status(
    found: AttributedRange, running: str | None, *, is_stamped: bool, page: int
) -> AttributionStatus:
    """The labels, those of most commits first."""
    counts = found.by_label
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown, pages = page_of(ranked, page)
    unmarked = sum(n for (label, _), n in counts.items() if label is model.Label.UNMARKED)
    return AttributionStatus(
        counts.total(),
        counts.total() - unmarked,
        tuple(LabelledCommits(label, agents, count) for (label, agents), count in shown),
        pages,
        running,
        is_stamped,
        not_judged(found.problems),
    )
