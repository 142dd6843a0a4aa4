"""The nouns of Tallystick, all frozen. Nothing here computes more than a property of its fields.

Conventions that hold everywhere:

- Lines are 1-based and spans inclusive; only `Hunk` counts offsets from 0, as slices do.
- Paths are relative to the repository, with `/`, decoded from git's bytes as UTF-8 with
  `surrogateescape`, so that a path of any bytes survives the round trip.
- Object ids are full lower-case hex (40 digits, or 64 in a SHA-256 repository).
- Times are aware datetimes with the offset that the commit recorded.
- What is missing is `None` and has a reason beside it; it is never 0.
"""

from __future__ import annotations

from scanner.base.model.attribution import (
    UNMARKED,
    Arm,
    Attribution,
    Claim,
    Granularity,
    Label,
    Level,
    LineAttestation,
)
from scanner.base.model.changes import (
    Change,
    ChangeType,
    Exclusion,
    Judgement,
    LeftOut,
    LeftOutReason,
    Survival,
)
from scanner.base.model.deviation import (
    NOT_SCORED,
    DeviationPart,
    DeviationScore,
    PartScore,
    Reason,
    UnusualFunction,
)
from scanner.base.model.findings import (
    CopyOf,
    Departure,
    Dimension,
    Evidence,
    Finding,
    Growth,
    LineChange,
    LostGuard,
    Place,
    ProposedFix,
    RuleMatch,
    Severity,
    Tampering,
)
from scanner.base.model.git import (
    Commit,
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Hunk,
    Person,
    TreeDiff,
)
from scanner.base.model.measurements import Duration, Lifetimes, Missing, Ratio
from scanner.base.model.problems import Problem, Stage
from scanner.base.model.scores import (
    SCORE_FLOOR_LINES,
    DimensionScore,
    Grade,
    LineOperations,
    Scorecard,
    total,
)
from scanner.base.model.units import (
    Closure,
    Complexity,
    Dispatched,
    FileFacts,
    Halstead,
    Outline,
    Span,
    Unit,
    UnitKind,
)
from scanner.base.model.verdicts import Outcome, Review, SetAside, Threshold, Verdict

__all__ = [
    "NOT_SCORED",
    "SCORE_FLOOR_LINES",
    "UNMARKED",
    "Arm",
    "Attribution",
    "Change",
    "ChangeType",
    "Claim",
    "Closure",
    "Commit",
    "Complexity",
    "CopyOf",
    "Departure",
    "DeviationPart",
    "DeviationScore",
    "Dimension",
    "DimensionScore",
    "Dispatched",
    "Duration",
    "Evidence",
    "Exclusion",
    "FileChange",
    "FileFacts",
    "FileMode",
    "FileStatus",
    "FileVersion",
    "Finding",
    "Grade",
    "Granularity",
    "Growth",
    "Halstead",
    "Hunk",
    "Judgement",
    "Label",
    "LeftOut",
    "LeftOutReason",
    "Level",
    "Lifetimes",
    "LineAttestation",
    "LineChange",
    "LineOperations",
    "LostGuard",
    "Missing",
    "Outcome",
    "Outline",
    "PartScore",
    "Person",
    "Place",
    "Problem",
    "ProposedFix",
    "Ratio",
    "Reason",
    "Review",
    "RuleMatch",
    "Scorecard",
    "SetAside",
    "Severity",
    "Span",
    "Stage",
    "Survival",
    "Tampering",
    "Threshold",
    "TreeDiff",
    "Unit",
    "UnitKind",
    "UnusualFunction",
    "Verdict",
    "total",
]
