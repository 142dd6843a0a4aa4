"""The finding that every guard makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.base.model import Dimension, Finding, Place, Severity, Span, Tampering

WHOLE_FILE = "<file>"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a guard found: the guard's name, what it was and what it is now."""

    guard: str
    message: str
    hint: str
    before: str | None
    after: str | None


def tampering(
    loss: Loss,
    place: Place,
    points: float,
    severity: Severity = Severity.WARNING,
    others: Sequence[Place] = (),
) -> Finding:
    """A finding; two alike in one unit are told apart by what was there and what is.

    `others` are further places of the same.
    """
    return Finding(
        dimension=Dimension.RULES,
        rule=f"guard.{loss.guard}",
        place=place,
        points=points,
        severity=severity,
        message=loss.message,
        hint=loss.hint,
        evidence=Tampering(loss.guard, loss.before, loss.after, tuple(others)),
        discriminator=f"{loss.before or ''}\0{loss.after or ''}",
    )


def in_file(path: str, line: int = 1) -> Place:
    """A place in a file that is not cut into units."""
    return Place(path, Span(line, line), WHOLE_FILE)
