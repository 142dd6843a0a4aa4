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

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

# --------------------------------------------------------------------------- problems


class Stage(StrEnum):
    """Where in the road from git to the report something could not be done."""

    GIT = "git"
    READ = "read"
    PARSE = "parse"
    ANALYSE = "analyse"
    ATTRIBUTE = "attribute"
    RULES = "rules"
    MANIFEST = "manifest"
    STORE = "store"
    FORGE = "forge"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be judged, and why. It is counted and shown in every output.

    `is_before` marks what concerns only the version before a change: it is said, but does not
    keep the change from being judged, or nobody could mend a file that is broken.
    """

    stage: Stage
    path: str | None
    reason: str
    revision: str | None = None
    is_before: bool = False


# --------------------------------------------------------------------------- git


@dataclass(frozen=True, slots=True)
class Person:
    """A name and address as a commit records them. Never shown unless the user asks for it."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `message` is decoded, without the header; `parents` in git's order."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    authored: datetime
    committer: Person
    committed: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message that is not blank; empty if there is none."""
        return next((line.strip() for line in self.message.splitlines() if line.strip()), "")

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1


class Hunk(NamedTuple):
    """A replaced stretch. Offsets count the lines before it: `lines[offset:offset + count]`."""

    old_offset: int
    old_count: int
    new_offset: int
    new_count: int


class FileStatus(StrEnum):
    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    TYPE_CHANGED = "type-changed"
    UNMERGED = "unmerged"


class FileMode(StrEnum):
    """git's file modes, as it writes them in octal."""

    REGULAR = "100644"
    EXECUTABLE = "100755"
    SYMLINK = "120000"
    SUBMODULE = "160000"

    @property
    def is_text_file(self) -> bool:
        return self in (FileMode.REGULAR, FileMode.EXECUTABLE)


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What stands at a path in one tree."""

    path: str
    mode: FileMode
    blob: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a diff between two trees; `before` is None for a new file, `after` for one gone.

    `hunks` is empty for a pure rename, for a mode change, and where `problem` (a blob that is not
    there, say) kept git from comparing lines. `is_binary` says that the lines added or removed hold
    a NUL byte, which is what git goes by; they are compared all the same, so that lines can be
    followed, except in files of over 512 MB, which have no hunks either.
    """

    status: FileStatus
    before: FileVersion | None
    after: FileVersion | None
    hunks: tuple[Hunk, ...] = ()
    is_binary: bool = False
    problem: Problem | None = None

    @property
    def path(self) -> str:
        """The path after the change, or the one it had if it is gone."""
        version = self.after or self.before
        assert version is not None
        return version.path

    @property
    def added_lines(self) -> int:
        return sum(hunk.new_count for hunk in self.hunks)

    @property
    def deleted_lines(self) -> int:
        return sum(hunk.old_count for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """All file changes between two trees (`before` is None for the empty tree).

    `problem` says why git could not compare them at all (a tree that this clone lacks, say).
    """

    before: str | None
    after: str
    files: tuple[FileChange, ...]
    problem: Problem | None = None


# --------------------------------------------------------------------------- units and their facts


@dataclass(frozen=True, slots=True)
class Span:
    """Lines `first` to `last`, 1-based, both included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1


class UnitKind(StrEnum):
    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a file that is analysed by itself.

    A function or method carries everything in it, closures too. A class or module is its skeleton:
    its lines less those of the units inside it. The units of a file share out its lines, each line
    once. `name` is qualified inside the file (`Class.method`; `<module>` for the module). `content`
    is the hash of the unit's own text without its indentation: equal content, equal facts.
    """

    name: str
    kind: UnitKind
    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A file cut into units, the module first, in order of their first line."""

    units: tuple[Unit, ...]
    line_count: int

    def unit_at(self, line: int) -> Unit:
        """The innermost unit that holds a line."""
        holders = (unit for unit in self.units if line in unit.span)
        return min(holders, key=lambda unit: len(unit.span), default=self.units[0])


@dataclass(frozen=True, slots=True)
class Halstead:
    """Halstead's base counts, as radon counts them: distinct and total operators and operands."""

    distinct_operators: int
    distinct_operands: int
    operators: int
    operands: int


class Closure(NamedTuple):
    """A function inside a function, which radon's count of the outer one leaves out."""

    name: str
    line_offset: int
    cyclomatic: int
    parameters: int


@dataclass(frozen=True, slots=True)
class Complexity:
    """How hard a unit is to understand and to test. Counts; `halstead_volume` in bits.

    `cyclomatic` is radon's for the unit itself; functions inside it have their own in `closures`,
    and count in `cognitive`, `code_lines` and `nesting` of the unit.
    """

    cyclomatic: int
    cognitive: int
    code_lines: int
    parameters: int
    nesting: int
    logical_lines: int
    comment_lines: int
    halstead: Halstead
    halstead_volume: float
    maintainability_index: float
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Raw counts and the maintainability index of a whole file, as radon defines them."""

    lines: int
    logical_lines: int
    source_lines: int
    comment_lines: int
    docstring_lines: int
    blank_lines: int
    single_comment_lines: int
    halstead: Halstead
    halstead_volume: float
    maintainability_index: float


# --------------------------------------------------------------------------- findings and scores

# The kinds of evidence are msgspec structs, because a union of them has to survive being stored:
# the field `kind` tells them apart.


class Dimension(StrEnum):
    COMPLEXITY = "complexity"
    DUPLICATION = "duplication"
    DEVIATION = "deviation"
    CONVENTION = "convention"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a span of a file, and the unit that holds it."""

    path: str
    span: Span
    unit: str


class Growth(msgspec.Struct, frozen=True, tag_field="kind", tag="growth"):
    """Evidence: a fact of one unit, before (None for a new unit) and after, and its limit."""

    fact: str
    before: int | None
    after: int
    limit: int


class CopyOf(msgspec.Struct, frozen=True, tag_field="kind", tag="copy"):
    """Evidence: added lines that say again what stands elsewhere."""

    type: str
    original: Place
    similarity: float
    copied_lines: int
    saved_lines: int
    is_new_in_change: bool
    call: str | None = None
    difference: str | None = None
    age_days: int | None = None


class Departure(msgspec.Struct, frozen=True, tag_field="kind", tag="departure"):
    """Evidence: a convention with its support, and the choice that departs from it."""

    family: str
    convention: str
    choice: str
    scope: str
    support: int
    total: int
    examples: tuple[Place, ...]


class RuleMatch(msgspec.Struct, frozen=True, tag_field="kind", tag="rule-match"):
    """Evidence: the code that a rule matched, white space folded."""

    category: str
    code: str
    references: tuple[str, ...] = ()


class Tampering(msgspec.Struct, frozen=True, tag_field="kind", tag="tampering"):
    """Evidence: something that guards the code and that the change takes away or loosens."""

    guard: str
    before: str | None
    after: str | None


Evidence = Growth | CopyOf | Departure | RuleMatch | Tampering


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for debt. `discriminator` tells equal findings of one unit apart."""

    dimension: Dimension
    rule: str
    place: Place
    points: float
    severity: Severity
    message: str
    hint: str
    evidence: Evidence
    discriminator: str = ""

    @property
    def fingerprint(self) -> str:
        """A stable id: rule, path, unit and discriminator, never a line number. 16 hex digits."""
        parts = (self.rule, self.place.path, self.place.unit, self.discriminator)
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Points of one dimension; `unmeasured` says why there are none to give."""

    dimension: Dimension
    points: float = 0.0
    repaid: float = 0.0
    unmeasured: str | None = None


@dataclass(frozen=True, slots=True)
class LineOperations:
    """What a change does to lines. Added and deleted sum to git's own counts:

    added + updated + moved + copied + replaced = lines git counts as added;
    deleted + updated + moved + replaced = lines git counts as deleted,
    where an updated or replaced stretch counts the shorter of its two sides and a moved line once
    on each side.
    """

    added: int = 0
    deleted: int = 0
    updated: int = 0
    moved: int = 0
    copied: int = 0
    replaced: int = 0

    def __add__(self, other: LineOperations) -> LineOperations:
        return LineOperations(
            self.added + other.added,
            self.deleted + other.deleted,
            self.updated + other.updated,
            self.moved + other.moved,
            self.copied + other.copied,
            self.replaced + other.replaced,
        )


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @classmethod
    def of(cls, score: float) -> Grade:
        """The grade of a score (`docs/scores.md`): A ≤ 5, B ≤ 10, C ≤ 20, D ≤ 50."""
        bounds = ((5.0, cls.A), (10.0, cls.B), (20.0, cls.C), (50.0, cls.D))
        return next((grade for bound, grade in bounds if score <= bound), cls.E)


#: Changes are scored per hundred added code lines, but never per fewer than this many.
SCORE_FLOOR_LINES = 20


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The debt a change adds. `added_code_lines` leaves out blank, comment and moved lines."""

    added_code_lines: int
    dimensions: tuple[DimensionScore, ...]

    @property
    def points(self) -> float:
        return sum(part.points for part in self.dimensions)

    @property
    def repaid(self) -> float:
        return sum(part.repaid for part in self.dimensions)

    @property
    def debt(self) -> float:
        """The debt score, 0 to 100: points of all dimensions per hundred added code lines."""
        return self._per_hundred(self.points)

    def score(self, dimension: Dimension) -> float | None:
        """The score of one dimension, 0 to 100, or None where it was not measured."""
        for part in self.dimensions:
            if part.dimension is dimension and part.unmeasured is None:
                return self._per_hundred(part.points)
        return None

    def _per_hundred(self, points: float) -> float:
        return min(100.0, 100.0 * points / max(self.added_code_lines, SCORE_FLOOR_LINES))


# --------------------------------------------------------------------------- attribution


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


# --------------------------------------------------------------------------- a change, judged


class ChangeType(StrEnum):
    """What a change is for, by its message and paths; a stratum of the comparison."""

    FEATURE = "feature"
    FIX = "fix"
    REFACTOR = "refactor"
    TEST = "test"
    DOCS = "docs"
    OTHER = "other"


class Exclusion(StrEnum):
    """Why a change is left out of the comparison. Each is counted in the report."""

    CLEAN_MERGE = "merge without resolution"
    AUTOMATION = "automation"
    INITIAL_IMPORT = "initial import"
    SHALLOW_EDGE = "at the edge of a shallow clone"
    NO_PYTHON = "no Python code"
    GENERATED = "generated or vendored files only"
    FORMAT_ONLY = "format-only"
    REVERT = "revert"
    COULD_NOT_MEASURE = "could not be measured"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a change adds: scores, the findings behind them, line operations, and problems.

    `touched` has, for each unit that the change touches and that stands after it, whether it is new
    and its cognitive complexity.
    """

    scorecard: Scorecard
    findings: tuple[Finding, ...]
    operations: LineOperations
    problems: tuple[Problem, ...]
    cognitive_delta: int = 0
    cyclomatic_delta: int = 0
    touched: tuple[tuple[bool, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Survival:
    """What became of the lines a change added: counts of code lines, censored at the newest commit.

    `reworked_within` holds, for each horizon in days, the added lines changed or deleted by then
    and the added lines that could be observed that long.
    """

    added: int
    alive: int
    reworked_within: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One integrated change (a first-parent commit) or one commit, with all that is known of it."""

    commit: Commit
    commits: tuple[str, ...]
    change_type: ChangeType
    attribution: Attribution
    judgement: Judgement
    added_lines: int
    deleted_lines: int
    files: int
    exclusion: Exclusion | None = None
    survival: Survival | None = None

    @property
    def time(self) -> datetime:
        return self.commit.committed


# --------------------------------------------------------------------------- values of an outcome


@dataclass(frozen=True, slots=True)
class Missing:
    """No value for one change, and why. Reasons are counted, so they name kinds, not cases."""

    reason: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A wait in days. Where `ended` is false it was still going on after `days`.

    `follow_up` is how long it could be observed at all, in days; it is never less than `days`.
    """

    days: float
    ended: bool
    follow_up: float


# --------------------------------------------------------------------------- verdict


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


def total(operations: Iterable[LineOperations]) -> LineOperations:
    """The sum of line operations."""
    return sum(operations, LineOperations())
