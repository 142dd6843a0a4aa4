"""PURE: attributions → the rows, coverage and evidence that commands and reports show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.attribution.registry import Registry
from scanner.base.model import Attribution, Claim, Label, Level

#: What is known of the error of marks, from one repository that attests lines too: of 1,481 marked
#: commits 75% were at least 90% AI, 10% mixed, and 15% had no AI line; and of the commits with
#: attested AI lines 54% carried any mark.
MARKED_MOSTLY_AI, MARKED_MIXED, MARKED_WITHOUT_AI = 0.75, 0.10, 0.15
ATTESTED_AND_MARKED = 0.54

#: Of merged pull requests that are known to be an agent's, how many a clone shows to be so, and of
#: how many: AIDev (H. Li, H. Zhang and A. E. Hassan 2025), by `benchmarks/attribution_recall.py`.
SHOWN_BY_CLONES = {
    "claude": (17, 17),
    "codex": (63, 155),
    "copilot": (74, 74),
    "cursor": (11, 12),
    "devin": (47, 47),
}
SHOWN_BY_CLONES_SOURCE = "AIDev, 2025"


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


def silent_rules(registry: Registry, attributions: Iterable[Attribution]) -> tuple[str, ...]:
    """The registry's entries that matched nothing, believed or not: a canary for broken rules."""
    heard = {claim.rule for one in attributions for claim in one.evidence}
    return tuple(signal.id for signal in registry.signals if signal.id not in heard)


def _attests(claim: Claim) -> bool:
    return claim.level is Level.LINE_ATTESTATION and bool(claim.lines)
