"""Terminal text of what became of a change, from the day it came in to its lines' end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from scanner.base.model import Label, Missing
from scanner.changes.change_type import change_title
from scanner.delivery.joining import MergeStyle
from scanner.durability.fates import Fate
from scanner.history.explain import Encounter, Story, Undoing
from scanner.render import wording
from scanner.render.paths import sentence
from scanner.render.terminal.text import wrapped
from scanner.render.wording import LABEL_WORDS

#: Later changes that are named one by one; the rest is counted.
NAMED = 5
_LONGEST_TITLE = 60

_STYLES = {
    MergeStyle.MERGE: "by a merge commit",
    MergeStyle.SQUASH: "as a squash",
    MergeStyle.REBASE: "as a rebased commit",
    MergeStyle.DIRECT: "directly, with no sign of a pull request",
}


def story_lines(story: Story) -> Iterator[str]:
    """The lines to print; nobody is named."""
    yield click.style("How it was integrated", bold=True)
    yield from wrapped(_came_in(story), "  ")
    yield from wrapped(_released(story), "  ")
    for undone in story.reverts:
        yield from wrapped(f"It takes back {_named(undone.other)} ({undone.evidence}).", "  ")
    if story.fixes:
        yield from wrapped(_repairs(story.fixes), "  ")
    yield ""
    yield click.style("What became of it", bold=True)
    if not story.fate.added:
        yield "  It adds no code lines that could be followed."
    else:
        yield from _lines(story)
    for undone in story.reverted_by:
        yield from wrapped(_undone(undone), "  ")


def _came_in(story: Story) -> str:
    number = story.integration.number
    pull = f", pull request {number}" if number is not None else ""
    wait = story.latency.authored_to_integrated
    if isinstance(wait, Missing):
        took = f"; when it was first authored is not known: {wait.reason}"
    else:
        took = f", {_later(wait.days, 'after it was first authored')}"
    return f"It was integrated {_STYLES[story.integration.style]}{pull}{took}."


def _released(story: Story) -> str:
    wait = story.latency.integrated_to_released
    if isinstance(wait, Missing):
        return f"Release: not known, {wait.reason}."
    if not wait.ended:
        return f"No release contains it yet, after {_days(wait.days)}."
    return f"First released in {story.latency.release}, {_later(wait.days, 'later')}."


def _lines(story: Story) -> Iterator[str]:
    fate = story.fate
    yield from wrapped(
        f"{fate.alive:,} of {wording.counted(fate.added, 'code line')} still exist "
        f"after {_days(fate.follow_up)}.{_ends(story)}",
        "  ",
    )
    yield from _rework_table(fate)
    if not story.takers:
        return
    gone = sum(count for _, count in story.taken_by)
    by = ", ".join(f"{count:,} by {_arm(label)}" for label, count in story.taken_by)
    yield from wrapped(f"Of {wording.counted(gone, 'line')} gone, {by}:", "  ")
    for taker in story.takers[:NAMED]:
        fix = ", a fix (a proxy for a defect)" if taker.is_fix else ""
        lines = wording.counted(taker.lines, "line")
        yield from wrapped(f"{lines} after {_days(taker.days)}, {_named(taker)}{fix}", "    ")
    rest = story.takers[NAMED:]
    if rest:
        lines = wording.counted(sum(one.lines for one in rest), "line")
        yield f"    {lines} by {wording.counted(len(rest), 'other change')}"


def _ends(story: Story) -> str:
    if story.all_gone is not None:
        return f" The last went after {_days(story.all_gone)}."
    if story.half_gone is not None:
        return f" Half were gone after {_days(story.half_gone)}."
    return ""


def _rework_table(fate: Fate) -> Iterator[str]:
    """Counts within each horizon, or that it is too young for it."""
    by = f"{'same label':>11} {'other':>6} {'same author':>12} {'other':>6}"
    yield f"  {'changed or deleted':20}{'lines':>6} {by}"
    for one in fate.rework:
        name = f"within {one.days} days"
        if not one.is_observed:
            yield f"  {name:20}not known yet: so far {one.reworked:,}"
            continue
        yield (
            f"  {name:20}{one.reworked:6,} {one.same_label:11,} {one.other_label:6,} "
            f"{one.same_author:12,} {one.other_author:6,}"
        )


def _undone(undone: Undoing) -> str:
    again = "" if undone.stands else ", which was itself taken back"
    return (
        f"Reverted after {_days(undone.other.days)} by {_named(undone.other)} "
        f"({undone.evidence}){again}."
    )


def _repairs(fixes: Sequence[Encounter]) -> str:
    lines = wording.counted(sum(one.lines for one in fixes), "line")
    changes = wording.counted(len(fixes), "earlier change")
    return (
        f"It says that it fixes something, and replaces {lines} of {changes}. Who wrote a replaced "
        "line did not thereby write the defect."
    )


def _named(other: Encounter) -> str:
    title = sentence(change_title(other.commit.message), _LONGEST_TITLE)
    return f"{other.commit.oid[:12]} ({other.label}): {title}"


def _arm(label: Label) -> str:
    return f"{LABEL_WORDS[label]} changes"


def _later(days: float, what: str) -> str:
    """A wait; one of less than an hour is none to speak of."""
    return f"{_days(days)} {what}" if days >= 1 / 24 else f"less than an hour {what}"


def _days(days: float) -> str:
    """Whole days from ten on, a decimal below: `0.4 days`, `1 day`, `12 days`."""
    shown = f"{days:,.0f}" if days >= 10 else wording.number(round(days, 1))
    return f"{shown} day" if shown == "1" else f"{shown} days"
