"""Counts and shares of lines → labels, and the counts that git-ai's own `stats` gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scanner.base.model import Label, LineAttestation, Span

#: From this share of AI lines a change is AI, and from this one it is mixed.
AI_FROM, MIXED_FROM = 0.9, 0.1

AddedLines = Mapping[str, Sequence[Span]]


class LineCounts(NamedTuple):
    """Added lines by what is attested of them. `mixed` is one tool's own word for both at once."""

    ai: int = 0
    mixed: int = 0
    human: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.ai + self.mixed + self.human + self.unknown

    @property
    def ai_share(self) -> float | None:
        """AI lines as a share of all, 0 to 1, a mixed line counting half; None without lines."""
        return (self.ai + self.mixed / 2) / self.total if self.total else None

    def plus(self, other: LineCounts) -> LineCounts:
        """The sums, field by field."""
        return LineCounts(*(one + two for one, two in zip(self, other, strict=True)))


def count_lines(added: AddedLines, attested: Iterable[LineAttestation]) -> LineCounts:
    """How many of the added lines are attested, and as what; a line attested twice counts as AI."""
    lines: dict[str, set[int]] = {
        path: {line for span in spans for line in range(span.first, span.last + 1)}
        for path, spans in added.items()
    }
    ai = mixed = human = 0
    for item in sorted(attested, key=lambda one: _ORDER[one.label]):
        remaining = lines.get(item.path)
        if not remaining or item.label is Label.UNMARKED:
            continue
        hit = remaining.intersection(range(item.span.first, item.span.last + 1))
        remaining -= hit
        ai += len(hit) if item.label is Label.AI else 0
        mixed += len(hit) if item.label is Label.MIXED else 0
        human += len(hit) if item.label is Label.HUMAN else 0
    return LineCounts(ai, mixed, human, sum(map(len, lines.values())))


def count_attested(attested: Iterable[LineAttestation]) -> LineCounts:
    """The attested lines alone, for want of a diff to compare them with; nothing is unknown."""
    items = tuple(attested)
    added: dict[str, list[Span]] = {}
    for item in items:
        if item.label is not Label.UNMARKED:
            added.setdefault(item.path, []).append(item.span)
    return count_lines(added, items)


def git_ai_counts(
    added: AddedLines, attested: Iterable[LineAttestation], *, is_merge: bool = False
) -> LineCounts:
    """`ai_additions`, `human_additions`, `unknown_additions` as `git-ai stats --json` has them.

    A merge counts 0 of everything. Source: git-ai `src/authorship/stats.rs`.
    """
    return LineCounts() if is_merge else count_lines(added, attested)


def label_of_counts(counts: LineCounts) -> Label | None:
    """The label that attested lines give a change; None if they leave it to other evidence.

    AI from 90% of the added lines, mixed from 10% (lines that nothing is known of are not AI),
    human from 90% attested as typed by a person.
    """
    if not counts.total:
        return None
    if counts.ai >= AI_FROM * counts.total:
        return Label.AI
    if counts.ai + counts.mixed >= MIXED_FROM * counts.total:
        return Label.MIXED
    return Label.HUMAN if counts.human >= AI_FROM * counts.total else None


def label_of_declared_share(share: float) -> Label:
    """The label of a declared AI share, 0 to 1: mixed strictly between 10 and 90%.

    Below it is UNMARKED: a tool that declares a small share does not attest a person's work.
    """
    if share >= AI_FROM:
        return Label.AI
    return Label.MIXED if share > MIXED_FROM else Label.UNMARKED


_ORDER = {
    label: rank for rank, label in enumerate((Label.AI, Label.MIXED, Label.HUMAN))
} | dict.fromkeys((Label.ASSISTED, Label.AUTOMATION, Label.UNMARKED), 3)
