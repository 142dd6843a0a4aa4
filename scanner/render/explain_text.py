"""Terminal text of `explain`: one change, whole, with the evidence for and against its label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from scanner import model
from scanner.render import wording
from scanner.render.paths import sentence
from scanner.render.text import finding_lines, problem_lines, score_table, wrapped

_LONGEST_EVIDENCE = 200


def render(change: model.Change, *, colour: bool = False) -> str:
    """The change for people, with a line end; people are not named."""
    text = "\n".join(_sections(change)) + "\n"
    return text if colour else click.unstyle(text)


def _sections(change: model.Change) -> Iterator[str]:
    yield from _head(change)
    yield ""
    yield from _attribution(change.attribution)
    yield ""
    yield from score_table(change.judgement.scorecard)
    for finding in change.judgement.findings:
        yield ""
        yield from finding_lines(finding)
    if change.judgement.problems:
        yield ""
        yield from problem_lines(change.judgement.problems)
    yield ""
    yield from _afterwards(change.survival)


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
    believed = [c for c in attribution.outweighed if c.level is not model.Level.NEAR_MISS]
    near_misses = [c for c in attribution.outweighed if c.level is model.Level.NEAR_MISS]
    if not attribution.evidence:
        yield "  No evidence of who wrote it. That does not make it a person's."
    yield from _claims("decided by", attribution.decided_by)
    yield from _claims("also known, but outweighed", believed)
    yield from _claims("looked like evidence, and was not believed", near_misses)


def _claims(title: str, claims: Iterable[model.Claim]) -> Iterator[str]:
    for claim in claims:
        said = sentence(claim.text, _LONGEST_EVIDENCE)
        yield from wrapped(f"{title}: {claim.level} [{claim.rule}] in {claim.source}: {said}", "  ")
        if claim.note:
            yield from wrapped(sentence(claim.note, _LONGEST_EVIDENCE), "    ")


def _afterwards(survival: model.Survival | None) -> Iterator[str]:
    if survival is None:
        yield "What became of it: its lines were not followed."
        return
    yield f"What became of it: {survival.alive} of {survival.added} code lines still stand"
    for days, reworked, observed in survival.reworked_within:
        yield f"  {reworked} of {observed} changed or deleted within {days} days"
