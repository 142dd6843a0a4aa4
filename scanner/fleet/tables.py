"""The tables that a scan of one repository leaves: a class is a table, its fields are the columns.

Nobody can be found in them: an author is a salted cluster, the same in all repositories that were
scanned with one salt. Raise `SCHEMA_VERSION` when a column changes its meaning or goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change that was looked at. One with an `exclusion` is in no comparison.

    Points, lines and counts are sums, never rates. `deviation` is a percentile. `author` is a
    salted cluster. Days are None where it did not happen; `followed_days` is how long it was
    watched, None where its lines could not be followed.
    """

    repository: str
    commit: str
    committed: datetime
    author: str
    label: str
    level: str | None
    arm: str | None
    agents: tuple[str, ...]
    models: tuple[str, ...]
    change_type: str
    exclusion: str | None
    files: int
    added_lines: int
    deleted_lines: int
    added_code_lines: int
    findings: int
    points: float
    complexity_points: float | None
    duplication_points: float | None
    deviation_points: float | None
    rules_points: float | None
    deviation: float | None
    cognitive_delta: int
    cyclomatic_delta: int
    followed_days: float | None
    reverted_after: float | None
    fixed_after: float | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding that a change introduced. `first` and `last` are lines of its file then."""

    repository: str
    commit: str
    fingerprint: str
    rule: str
    dimension: str
    severity: str
    points: float
    path: str
    unit: str
    first: int
    last: int
    message: str


@dataclass(frozen=True, slots=True)
class LineLifeRow:
    """Lines of a change by the day, counted from it, on which they ended or were last seen."""

    repository: str
    commit: str
    day: int
    ended: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What stood in the tree at the end of a period: sums over its Python files.

    `points` are those of complexity beyond the limits, `beyond` the units that have them.
    """

    repository: str
    period: str
    commit: str
    committed: datetime
    files: int
    unread: int
    units: int
    code_lines: int
    cognitive: int
    cyclomatic: int
    beyond: int
    points: float


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One outcome of one comparison: the adjusted effect, or in `not_measured` why there is none.

    A bound is None where the data set no limit on that side. `treated` and `others` count the
    changes that it rests on.
    """

    repository: str
    contrast: str
    treated_name: str
    others_name: str
    outcome: str
    title: str
    unit: str
    scale: str
    treated: int
    others: int
    treated_mean: float | None
    others_mean: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    reading: str | None
    p: float | None
    q: float | None
    clusters: int | None
    cluster_by: str | None
    not_measured: str | None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """What could not be done in a repository, and why."""

    repository: str
    stage: str
    path: str | None
    reason: str
    revision: str | None


@dataclass(frozen=True, slots=True)
class LabelRow:
    """How many compared changes, and how many of their added code lines, carry a label."""

    repository: str
    label: str
    changes: int
    lines: int


@dataclass(frozen=True, slots=True)
class RepositoryRow:
    """A repository of the fleet. `failure` is why it could not be scanned, and the rest empty then.

    `key` names all that the scan depends on; it is not made again while that is the same.
    `source` is the path or address without credentials.
    """

    repository: str
    source: str
    group: str | None
    adopted: date | None
    failure: str | None
    key: str | None
    tallystick: str
    head: str | None
    first: datetime | None
    last: datetime | None
    changes: int
    compared: int
    older: int
    seconds: float


Row = (
    ChangeRow | FindingRow | LineLifeRow | StandingRow | EstimateRow | ProblemRow | LabelRow
    | RepositoryRow
)  # fmt: skip

#: What a scan fills, by the name in the file's: `NAME.changes.parquet`.
TABLES: dict[str, type[Row]] = {
    "changes": ChangeRow,
    "findings": FindingRow,
    "line_lives": LineLifeRow,
    "standing": StandingRow,
    "estimates": EstimateRow,
    "labels": LabelRow,
    "problems": ProblemRow,
}
#: Written last: where it is, the others are whole.
REPOSITORIES = "repositories"
