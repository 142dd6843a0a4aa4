"""Findings and the evidence behind them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from scanner.base.model.units import Span

# The kinds of evidence are msgspec structs, because a union of them has to survive being stored:
# the field `kind` tells them apart.


class Dimension(StrEnum):
    COMPLEXITY = "complexity"
    DUPLICATION = "duplication"
    DEVIATION = "deviation"
    RULES = "rules"


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
    """Evidence: a convention with its support, and the choice that departs from it.

    `usual` is the alternative that is asked for, as its family names it, and `lines` are all lines
    of the file that depart; both are only there where the family is one of choices in code.
    """

    family: str
    convention: str
    choice: str
    scope: str
    support: int
    total: int
    examples: tuple[Place, ...]
    usual: str | None = None
    lines: tuple[int, ...] = ()


class RuleMatch(msgspec.Struct, frozen=True, tag_field="kind", tag="rule-match"):
    """Evidence: the code that a rule matched, white space folded."""

    category: str
    code: str
    references: tuple[str, ...] = ()


class Tampering(msgspec.Struct, frozen=True, tag_field="kind", tag="tampering"):
    """Evidence: something that guards the code and that the change takes away or loosens.

    `before` and `after` are what stood and stands at the finding's place; `others` are the further
    places of the same.
    """

    guard: str
    before: str | None
    after: str | None
    others: tuple[Place, ...] = ()


class LostGuard(msgspec.Struct, frozen=True, tag_field="kind", tag="lost-guard"):
    """Evidence: a check that stood before a statement and no longer does.

    `about` is the kind of check, `guard` its code and `guard_at` its place before the change;
    `statement` is what it protected, which stood at `stood_at` then and stands at the finding's
    place now. `now` are the checks of the same that are still there.
    """

    about: str
    guard: str
    statement: str
    guard_at: Place
    stood_at: Place
    now: tuple[str, ...] = ()


Evidence = Growth | CopyOf | Departure | RuleMatch | Tampering | LostGuard


class LineChange(msgspec.Struct, frozen=True):
    """Lines `first` to `last` of a file give way to `text`; none do where `last` is before `first`.

    `text` has the line ends of the file.
    """

    first: int
    last: int
    text: str


class ProposedFix(msgspec.Struct, frozen=True):
    """What would mend a finding. `doubt` says what the code could do otherwise after it; without
    one the fix is safe.
    """

    changes: tuple[LineChange, ...]
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for debt. `discriminator` tells equal findings of one unit apart.

    `fix` is there where one was asked for and could be made.
    """

    dimension: Dimension
    rule: str
    place: Place
    points: float
    severity: Severity
    message: str
    hint: str
    evidence: Evidence
    discriminator: str = ""
    fix: ProposedFix | None = field(default=None, compare=False)

    @property
    def is_uncounted(self) -> bool:
        """Whether no limit counts it: a lost guard to which no team gave points."""
        return isinstance(self.evidence, LostGuard) and not self.points

    @property
    def fingerprint(self) -> str:
        """A stable id: rule, path, unit and discriminator, never a line number. 16 hex digits."""
        parts = (self.rule, self.place.path, self.place.unit, self.discriminator)
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).hexdigest()[:16]
