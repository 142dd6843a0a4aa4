"""Terminal text of `explain`: one change, whole, with the evidence for and against its label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from scanner.base import model
from scanner.history.explain import Story
from scanner.render import wording
from scanner.render.deviation import deviation_lines
from scanner.render.paths import sentence
from scanner.render.terminal.story_text import story_lines
from scanner.render.terminal.text import (
    finding_lines,
    fix_lines,
    problem_lines,
    score_table,
    wrapped,
)

_LONGEST_EVIDENCE = 200
#: A squash may say the same in each of its parts.
_MOST_CLAIMS = 6


def render(story: Story, *, colour: bool = False) -> str:
    """The change for people, with a line end; people are not named."""
    text = "\n".join(_sections(story)) + "\n"
    return text if colour else click.unstyle(text)


def _sections(story: Story) -> Iterator[str]:
    change = story.change
    yield from _head(change)
    yield ""
    yield from _attribution(change.attribution)
    yield ""
    yield from score_table(change.judgement.scorecard)
    for finding in change.judgement.findings:
        yield ""
        yield from finding_lines(finding)
        if finding.fix is not None:
            yield from fix_lines(finding.fix)
    if change.judgement.problems:
        yield ""
        yield from problem_lines(change.judgement.problems)
    yield ""
    for line in deviation_lines(change.judgement.deviation):
        yield from wrapped(line, "", "      ")
    yield ""
    yield from story_lines(story)


def _head(change: model.Change) -> Iterator[str]:
    commit = change.commit
    yield click.style(f"{commit.oid[:12]}  {commit.committed:%Y-%m-%d %H:%M %z}", bold=True)
    yield from wrapped(sentence(commit.subject, _LONGEST_EVIDENCE), "  ")
    if len(change.commits) > 1:
        yield f"  integrates {wording.counted(len(change.commits) - 1, 'commit')}"
    operations = change.judgement.operations
    parts = ((name, getattr(operations, name)) for name in operations.__dataclass_fields__)
    done = ", ".join(f"{count} {name}" for name, count in parts if count) or "no line changed"
    files = wording.counted(change.files, "Python file")
    yield from wrapped(f"{change.change_type}, {files}; lines: {done}", "  ")
    deltas = f"cognitive {change.judgement.cognitive_delta:+}"
    yield f"  complexity: {deltas}, cyclomatic {change.judgement.cyclomatic_delta:+}"
    if change.exclusion is not None:
        yield f"  left out of comparisons: {change.exclusion}"


def _attribution(attribution: model.Attribution) -> Iterator[str]:
    agents = f" ({', '.join(attribution.agents)})" if attribution.agents else ""
    share = attribution.ai_share
    declared = f", {share:.0%} of the added lines" if share else ""
    yield click.style(f"Label: {attribution.label}{agents}{declared}", bold=True)
    no_label, no_belief = model.Level.REVIEW_SUGGESTION, model.Level.NEAR_MISS
    others = attribution.outweighed
    if not attribution.evidence:
        yield "  No evidence of who wrote it. That does not make it a person's."
    yield from _claims("decided by", attribution.decided_by)
    outweighed = (c for c in others if c.level not in (no_label, no_belief))
    yield from _claims("also known, but outweighed", outweighed)
    yield from _claims("known, and changes no label", (c for c in others if c.level is no_label))
    looked = (c for c in others if c.level is no_belief)
    yield from _claims("looked like evidence, and was not believed", looked)


def _claims(title: str, claims: Iterable[model.Claim]) -> Iterator[str]:
    found = tuple(claims)
    if found:
        yield f"  {title}:"
    for claim in found[:_MOST_CLAIMS]:
        yield from wrapped(sentence(claim.text, _LONGEST_EVIDENCE), "    ")
        level = "" if claim.level is model.Level.NEAR_MISS else f", {claim.level}"
        yield from wrapped(f"in {claim.source}{level} [{claim.rule}]", "      ")
        if claim.note:
            yield from wrapped(sentence(claim.note, _LONGEST_EVIDENCE), "      ")
    if len(found) > _MOST_CLAIMS:
        yield f"    and {len(found) - _MOST_CLAIMS} more"
