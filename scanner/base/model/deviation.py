"""How unusual a change is to the codebase that it meets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.base.model.findings import Place


class DeviationPart(StrEnum):
    """What a function may be unusual in."""

    NATURALNESS = "naturalness"
    CHOICES = "choices"
    STRUCTURE = "structure"
    VOCABULARY = "vocabulary"
    TEXTURE = "texture"


@dataclass(frozen=True, slots=True)
class PartScore:
    """One part of a deviation score, by itself: a percentile, 0 to 100, as the whole is."""

    part: DeviationPart
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that makes a function unusual, with its counts, and places of what is usual.

    `line` is the line of the file where it stands; None for what is said of the whole function.
    """

    part: DeviationPart
    sentence: str
    examples: tuple[Place, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class UnusualFunction:
    """A function that a change adds or alters: its percentile, the parts, and what makes it so.

    `nearest` is the existing function that is most like it, None where none is.
    """

    place: Place
    score: float
    parts: tuple[PartScore, ...]
    reasons: tuple[Reason, ...] = ()
    nearest: Place | None = None


@dataclass(frozen=True, slots=True)
class DeviationScore:
    """How unusual a change is: the percentile, 0 to 100, among what the codebase took in last.

    50 is an ordinary change here; 97 is stranger than 97 of 100. `score` is None where `unmeasured`
    says why. `reference` counts the functions it was compared with, and `functions` has those of
    the change, the strangest first.
    """

    score: float | None = None
    unmeasured: str | None = None
    parts: tuple[PartScore, ...] = ()
    reference: int = 0
    functions: tuple[UnusualFunction, ...] = ()

    @property
    def lacks_reference(self) -> bool:
        """Whether there was code to score, and nothing to compare it with."""
        return self.unmeasured is not None and self.unmeasured.startswith(NO_REFERENCE)


#: How the reason begins where a change has functions and the codebase none to compare them with.
NO_REFERENCE = "no reference yet"

NOT_SCORED = DeviationScore(unmeasured="not part of this run")
