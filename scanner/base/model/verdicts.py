"""What a policy says of a change."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scanner.base.model.attribution import Attribution
from scanner.base.model.changes import Judgement
from scanner.base.model.findings import Dimension, Finding
from scanner.base.model.git import FileChange


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    COULD_NOT_JUDGE = "could_not_judge"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of a scorecard, and each reason in one sentence."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that a score must not cross; `dimension` None is the debt score."""

    dimension: Dimension | None
    limit: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """A finding that does not count, and why: a waiver with its reason, or the baseline."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """Two trees compared and judged: the result of `check` and of `gate`.

    `set_aside` are findings that do not count, `notes` sentences on what else a reader must know.
    `is_work_tree`: the files as they were edited are judged, not those that were staged.
    """

    base: str | None
    head: str | None
    judgement: Judgement
    verdict: Verdict
    thresholds: tuple[Threshold, ...]
    attribution: Attribution | None = None
    files: tuple[FileChange, ...] = field(default=())
    set_aside: tuple[SetAside, ...] = ()
    notes: tuple[str, ...] = ()
    is_work_tree: bool = False
