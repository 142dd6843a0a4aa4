"""A change judged, with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.base.model.attribution import Attribution
from scanner.base.model.deviation import NOT_SCORED, DeviationScore
from scanner.base.model.findings import Finding
from scanner.base.model.git import Commit
from scanner.base.model.problems import Problem
from scanner.base.model.scores import LineOperations, Scorecard


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
    RELEASE = "release bump or code drop"
    REVERT = "revert"
    COULD_NOT_MEASURE = "could not be measured"


class LeftOutReason(StrEnum):
    """Why a file of a change is not judged."""

    EXCLUDED = "excluded"
    GENERATED = "generated"
    VENDORED = "vendored"
    LINK = "symbolic link"
    NOT_PYTHON = "notebook or Cython"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not judged, and what tells so.

    `added_lines` are git's; None of notebooks and Cython, and in a whole tree.
    `is_own_word` tells that only the change itself says so, not the code that it goes into.
    """

    path: str
    reason: LeftOutReason
    evidence: str
    added_lines: int | None
    is_own_word: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a change adds: scores, the findings behind them, line operations, and problems.

    `left_out` are files that are not judged. `claims` are files that the change says are generated
    or vendored, where the code that it goes into does not: they are judged all the same.

    `touched` has, for each unit that the change touches and that stands after it, whether it is new
    and its cognitive complexity. `deviation` is how unusual the change was to the codebase it met.
    """

    scorecard: Scorecard
    findings: tuple[Finding, ...]
    operations: LineOperations
    problems: tuple[Problem, ...]
    cognitive_delta: int = 0
    cyclomatic_delta: int = 0
    touched: tuple[tuple[bool, int], ...] = ()
    deviation: DeviationScore = NOT_SCORED
    left_out: tuple[LeftOut, ...] = ()
    claims: tuple[LeftOut, ...] = ()


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
