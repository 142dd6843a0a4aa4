"""PURE: attributions → the rows, coverage and evidence that commands and reports show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanner.attribution.registry import Registry
from scanner.base.model import Attribution, Claim, Label, Level

#: What is known of the error of marks, from one repository that attests lines too: of 1,481 marked
#: commits 75% were at least 90% AI, 10% mixed, and 15% had no AI line; and of the commits with
#: attested AI lines 54% carried any mark.
MARKED_MOSTLY_AI, MARKED_MIXED, MARKED_WITHOUT_AI = 0.75, 0.10, 0.15
ATTESTED_AND_MARKED = 0.54


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a history there is evidence on. Counts of commits, clean merges left out."""

    commits: int
    by_label: Mapping[Label, int]
    by_level: Mapping[Level, int]
    line_attested: int
    near_misses: int

    @property
    def known(self) -> int:
        """Commits with any label but `unmarked`."""
        return self.commits - self.by_label.get(Label.UNMARKED, 0)

    @property
    def share(self) -> float | None:
        """Known commits as a share of all, 0 to 1; None without commits."""
        return self.known / self.commits if self.commits else None


@dataclass(frozen=True, slots=True)
class AgentRow:
    """Commits of one label and agent (None where the evidence names none), by deciding level."""

    label: Label
    agent: str | None
    commits: int
    by_level: Mapping[Level, int]


class Standing(StrEnum):
    """What became of a piece of evidence."""

    DECIDED = "decided"
    OUTWEIGHED = "outweighed"
    NO_LABEL = "changes no label"
    NOT_BELIEVED = "not believed"


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One claim as `explain` shows it."""

    standing: Standing
    level: Level
    label: Label
    rule: str
    source: str
    text: str
    note: str | None
    registry: str | None


def coverage(attributions: Iterable[Attribution]) -> Coverage:
    """Counts by label and by deciding level."""
    every = tuple(attributions)
    return Coverage(
        commits=len(every),
        by_label=Counter(one.label for one in every),
        by_level=Counter(one.level for one in every if one.level),
        line_attested=sum(any(map(_attests, one.evidence)) for one in every),
        near_misses=sum(
            any(claim.level is Level.NEAR_MISS for claim in one.outweighed) for one in every
        ),
    )


def agent_rows(attributions: Iterable[Attribution]) -> tuple[AgentRow, ...]:
    """A row for each label and first-named agent, most commits first within the label."""
    levels: dict[tuple[Label, str | None], Counter[Level]] = {}
    counts: Counter[tuple[Label, str | None]] = Counter()
    for one in attributions:
        key = (one.label, one.agents[0] if one.agents else None)
        counts[key] += 1
        if one.level:
            levels.setdefault(key, Counter())[one.level] += 1
    order = list(Label)
    ranked = sorted(counts, key=lambda key: (order.index(key[0]), -counts[key], key[1] or ""))
    return tuple(AgentRow(*key, counts[key], levels.get(key, Counter())) for key in ranked)


def evidence_rows(attribution: Attribution) -> tuple[EvidenceRow, ...]:
    """All evidence on one commit: what decided, what was outweighed, what was not believed."""
    rows = [_row(claim, Standing.DECIDED) for claim in attribution.decided_by]
    rows += [_row(claim, _standing(claim)) for claim in attribution.outweighed]
    order = list(Standing)
    return tuple(sorted(rows, key=lambda row: order.index(row.standing)))


def silent_rules(registry: Registry, attributions: Iterable[Attribution]) -> tuple[str, ...]:
    """The registry's entries that matched nothing, believed or not: a canary for broken rules."""
    heard = {claim.rule for one in attributions for claim in one.evidence}
    return tuple(signal.id for signal in registry.signals if signal.id not in heard)


def _attests(claim: Claim) -> bool:
    return claim.level is Level.LINE_ATTESTATION and bool(claim.lines)


def _standing(claim: Claim) -> Standing:
    if claim.level is Level.NEAR_MISS:
        return Standing.NOT_BELIEVED
    return Standing.NO_LABEL if claim.level is Level.REVIEW_SUGGESTION else Standing.OUTWEIGHED


def _row(claim: Claim, standing: Standing) -> EvidenceRow:
    return EvidenceRow(
        standing,
        claim.level,
        claim.label,
        claim.rule,
        claim.source,
        claim.text,
        claim.note,
        claim.registry,
    )
