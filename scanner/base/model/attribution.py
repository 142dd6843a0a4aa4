"""Who wrote a change, by which evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.base.model.units import Span


class Label(StrEnum):
    """Who wrote a change, as far as evidence goes. `UNMARKED` is never called human."""

    AI = "ai"
    MIXED = "mixed"
    ASSISTED = "assisted"
    HUMAN = "human"
    AUTOMATION = "automation"
    UNMARKED = "unmarked"


class Arm(StrEnum):
    """The groups of a comparison. Automation is in none of them."""

    AI = "ai"
    MIXED = "mixed"
    OTHER = "other"


class Level(StrEnum):
    """The rungs of the evidence ladder, highest first; `NEAR_MISS` is kept but never decides."""

    OVERRIDE = "override"
    LINE_ATTESTATION = "line-attestation"
    DECLARED_SHARE = "declared-share"
    AUTHOR_IDENTITY = "author-identity"
    DECLARED_AUTHORSHIP = "declared-authorship"
    ASSISTED_BY = "assisted-by"
    FORGE = "forge"
    POLICY = "policy"
    REVIEW_SUGGESTION = "review-suggestion"
    NEAR_MISS = "near-miss"


@dataclass(frozen=True, slots=True)
class LineAttestation:
    """Lines of one file (after the commit) that a tool attests, and to whom."""

    path: str
    span: Span
    label: Label
    agent: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One piece of evidence on one commit, with the text that matched and the rule that matched it.

    `label` is what this claim alone would say. `share` is the declared AI share, 0 to 1. `lines`
    is for line attestations only. `note` says why evidence was not believed, or what limits it;
    `registry` is the version of the registry that held the rule.
    """

    level: Level
    rule: str
    source: str
    text: str
    label: Label
    agent: str | None = None
    share: float | None = None
    lines: tuple[LineAttestation, ...] = ()
    note: str | None = None
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The decision for one change: label, deciding level, and all evidence, also outweighed.

    `agents` are registry names such as `claude`. `ai_share` is the share of attested or declared
    added lines, where any evidence gives one.
    """

    label: Label
    level: Level | None = None
    agents: tuple[str, ...] = ()
    decided_by: tuple[Claim, ...] = ()
    outweighed: tuple[Claim, ...] = ()
    ai_share: float | None = None

    @property
    def evidence(self) -> tuple[Claim, ...]:
        return self.decided_by + self.outweighed

    @property
    def arm(self) -> Arm | None:
        """The arm of the comparison, or None for automation, which is in none."""
        if self.label is Label.AUTOMATION:
            return None
        if self.label is Label.AI:
            return Arm.AI
        return Arm.MIXED if self.label in (Label.MIXED, Label.ASSISTED) else Arm.OTHER


UNMARKED = Attribution(Label.UNMARKED)


class Granularity(StrEnum):
    """Whether a line's label was attested for that line or is its commit's."""

    LINE = "line"
    INHERITED = "inherited"
