"""The JSON documents of `docs/interface.md` as types: the shapes, and nothing that fills them.

`msgspec.json.schema` of these types is what `tallystick schema COMMAND` prints. Two kinds of
absence are told apart: a key that does not apply is left out (`UNSET`); a value that should be
there and is not is null, with its reason beside it.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from scanner.base import model

#: Raised when a key is renamed, removed or changes its meaning; new keys do not raise it.
SCHEMA_VERSION: Final = 2

Line = Annotated[int, Meta(ge=1, description="1-based")]
Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Score = Annotated[float, Meta(ge=0, le=100)]
Fingerprint = Annotated[
    str, Meta(pattern="^[0-9a-f]{16}$", description="does not depend on line numbers")
]
ObjectId = Annotated[
    str, Meta(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$", description="a full object id")
]
Path = Annotated[
    str,
    Meta(description="relative to the repository, with /; a byte that is not UTF-8 is \\xHH"),
]
CloneType = Annotated[str, Meta(extra_json_schema={"enum": ["exact", "renamed", "gapped"]})]
ScoreName = Annotated[
    str, Meta(extra_json_schema={"enum": ["debt", *(str(name) for name in model.Dimension)]})
]
Time = Annotated[
    str, Meta(description="RFC 3339 with offset", extra_json_schema={"format": "date-time"})
]


class JsonPlace(Struct, frozen=True):
    """Lines of a file, both included, and the unit that holds them."""

    path: Path
    first_line: Line
    last_line: Line
    unit: str


class JsonGrowth(Struct, frozen=True, tag_field="kind", tag="growth"):
    """A fact of one unit before and after the change, and its limit."""

    fact: str
    before: int | None
    before_reason: str | None
    after: int
    limit: int


class JsonCopyOf(Struct, frozen=True, tag_field="kind", tag="copy"):
    """Where the original of copied lines stands, and what to call instead where that is known."""

    type: CloneType
    original: JsonPlace
    similarity: Share
    copied_lines: Count
    saved_lines: Count
    is_new_in_change: bool
    age_days: Count | UnsetType | None = UNSET
    age_days_reason: str | UnsetType = UNSET
    call: str | UnsetType = UNSET
    difference: str | UnsetType = UNSET


class JsonDeparture(Struct, frozen=True, tag_field="kind", tag="departure"):
    """A convention with its support, and the choice that departs from it."""

    family: str
    convention: str
    choice: str
    scope: str
    support: Count
    total: Count
    examples: tuple[JsonPlace, ...]


class JsonRuleMatch(Struct, frozen=True, tag_field="kind", tag="rule-match"):
    """The code that a rule matched."""

    category: str
    code: str
    references: tuple[str, ...]


class JsonTampering(Struct, frozen=True, tag_field="kind", tag="tampering"):
    """A guard that the change loosens; without `after` it is gone, without `before` new.

    `others` are further places of the same, left out where there are none.
    """

    guard: str
    before: str | UnsetType = UNSET
    after: str | UnsetType = UNSET
    others: tuple[JsonPlace, ...] | UnsetType = UNSET


class JsonLostGuard(Struct, frozen=True, tag_field="kind", tag="lost-guard"):
    """A check that stood before a statement and no longer does; both places before the change.

    `about` is the kind of check; `now` are the checks of the same that are still there.
    """

    about: str
    guard: str
    statement: str
    guard_at: JsonPlace
    stood_at: JsonPlace
    now: tuple[str, ...]


class JsonLineChange(Struct, frozen=True):
    """Lines that give way to `text`; none do where `last_line` is before `first_line`."""

    first_line: Line
    last_line: Count
    text: str


class JsonFix(Struct, frozen=True):
    """What would mend a finding; `doubt` says why it is not safe."""

    safety: Annotated[str, Meta(extra_json_schema={"enum": ["safe", "unsafe"]})]
    changes: tuple[JsonLineChange, ...]
    doubt: str | UnsetType = UNSET


class JsonFinding(Struct, frozen=True):
    """One reason for debt."""

    dimension: model.Dimension
    rule: str
    path: Path
    first_line: Line
    last_line: Line
    unit: str
    points: Annotated[float, Meta(ge=0)]
    severity: model.Severity
    message: str
    hint: str
    evidence: (
        JsonGrowth | JsonCopyOf | JsonDeparture | JsonRuleMatch | JsonTampering | JsonLostGuard
    )
    fingerprint: Fingerprint
    fix: JsonFix | UnsetType = UNSET


class JsonProblem(Struct, frozen=True):
    """Something that could not be judged; `path` null where it concerns the whole run.

    `keeps_from_judging` is false for what does not affect the verdict: the version before a change,
    the cache.
    """

    stage: model.Stage
    path: Path | None
    reason: str
    keeps_from_judging: bool
    revision: str | UnsetType = UNSET


class DeviationParts(Struct, frozen=True):
    """Each part of a deviation score by itself: a percentile, as the whole is."""

    naturalness: Score
    choices: Score
    structure: Score
    vocabulary: Score
    texture: Score


class DeviationReason(Struct, frozen=True):
    """One thing that makes a function unusual, and places of what is usual.

    There is no `line` for what is said of the whole function.
    """

    part: model.DeviationPart
    sentence: str
    examples: tuple[JsonPlace, ...]
    line: Count | UnsetType = UNSET


class JsonUnusualFunction(Struct, frozen=True):
    """A function that the change adds or alters; `nearest` is the existing one most like it."""

    place: JsonPlace
    score: Score
    parts: DeviationParts
    reasons: tuple[DeviationReason, ...]
    nearest: JsonPlace | UnsetType = UNSET


class JsonDeviation(Struct, frozen=True):
    """How unusual the change is: a percentile among the changes that the codebase took in last.

    `reference` counts these. `functions` are those of the change, the strangest first, ten at most;
    three have reasons.
    """

    score: Score | None
    score_reason: str | None
    reference: Count
    functions: tuple[JsonUnusualFunction, ...]
    parts: DeviationParts | UnsetType = UNSET


#: The key that `rules` had before; it goes with the next version of the schema.
_AS_RULES = Meta(description="the same as rules, which it was called before; deprecated")


class Scores(Struct, frozen=True):
    """Points per hundred added code lines, 0 to 100; null where `unmeasured` says why.

    That of deviation is a percentile: see `deviation`.
    """

    complexity: Score | None
    duplication: Score | None
    deviation: Score | None
    rules: Score | None
    convention: Annotated[Score | None, _AS_RULES]
    debt: Score | None


class Grades(Struct, frozen=True):
    """A to E; null where the score is. That of deviation is null: being unusual is no debt."""

    complexity: model.Grade | None
    duplication: model.Grade | None
    deviation: None
    rules: model.Grade | None
    convention: Annotated[model.Grade | None, _AS_RULES]
    debt: model.Grade | None


class JsonPoints(Struct, frozen=True):
    """Points by dimension, and all together; null where `unmeasured` says why."""

    complexity: float | None
    duplication: float | None
    deviation: float | None
    rules: float | None
    convention: Annotated[float | None, _AS_RULES]
    total: float | None


class Unmeasured(Struct, frozen=True):
    """A dimension that has no score, and why."""

    dimension: model.Dimension
    reason: str


class JsonThreshold(Struct, frozen=True):
    """The score (`debt` or a dimension) that must not go above the limit."""

    score: ScoreName
    limit: float


class Operations(Struct, frozen=True):
    """What the change does to lines; each line is counted once."""

    added: Count
    deleted: Count
    updated: Count
    moved: Count
    copied: Count
    replaced: Count


class JsonFileChange(Struct, frozen=True):
    """One changed file; `previous_path` only where it was renamed."""

    path: Path
    status: model.FileStatus
    added_lines: Count
    deleted_lines: Count
    is_binary: bool
    previous_path: Path | UnsetType = UNSET


class Evidence(Struct, frozen=True):
    """One piece of evidence of who wrote a change: the rule, and the text it matched."""

    level: model.Level
    source: str
    rule: str
    text: str
    label: model.Label
    decides: Annotated[bool, Meta(description="false for evidence that was outweighed")]
    agent: str | UnsetType = UNSET
    share: Share | UnsetType = UNSET
    note: str | UnsetType = UNSET


class JsonAttribution(Struct, frozen=True):
    """Who wrote a change, as far as evidence goes; `unmarked` is never called human."""

    label: model.Label
    level: model.Level | None
    level_reason: str | None
    agents: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    ai_share: Share | UnsetType = UNSET


class JsonSetAside(Struct, frozen=True):
    """A finding that does not count: a waiver with its reason, or the baseline."""

    reason: str
    finding: JsonFinding


class JsonLeftOut(Struct, frozen=True):
    """A file that is not looked into, why, and what tells so; whether only a change itself does."""

    path: str
    reason: model.LeftOutReason
    evidence: str
    added_lines: Annotated[
        Count | None, Meta(description="null of notebooks and Cython, and in a whole tree")
    ]
    said_by_change_only: bool


class JsonReview(Struct, frozen=True):
    """The result of `check` and of `gate`: two trees compared and judged."""

    schema_version: int
    base: str | None
    base_reason: str | None
    head: str | None
    head_reason: str | None
    verdict: model.Outcome
    reasons: tuple[str, ...]
    attribution: JsonAttribution | None
    attribution_reason: str | None
    added_code_lines: Count
    scores: Scores
    grades: Grades
    points: JsonPoints
    repaid: JsonPoints
    unmeasured: tuple[Unmeasured, ...]
    deviation: JsonDeviation
    operations: Operations
    cognitive_delta: int
    cyclomatic_delta: int
    findings: Annotated[tuple[JsonFinding, ...], Meta(description="worst first")]
    set_aside: Annotated[tuple[JsonSetAside, ...], Meta(description="findings that do not count")]
    left_out: Annotated[tuple[JsonLeftOut, ...], Meta(description="files that are not judged")]
    notes: tuple[str, ...]
    problems: tuple[JsonProblem, ...]
    thresholds: tuple[JsonThreshold, ...]
    files: tuple[JsonFileChange, ...]
