"""A lost guard in words, as a finding."""

from __future__ import annotations

from scanner.base.model import Dimension, Finding, Place, Span
from scanner.base.model import LostGuard as Evidence
from scanner.guards.protection.guard import Guard, GuardKind
from scanner.guards.protection.lost import LostGuard
from scanner.rulepacks.tree_rules import LOST_GUARD

_LONGEST = 80
_HINT = (
    "If that is meant, say so in the change's message; otherwise put it back before the statement."
)


def finding_of(one: LostGuard, points: float = LOST_GUARD.points) -> Finding:
    """What is told of a lost guard. It costs nothing unless a team says so: it may be meant."""
    guard, statement = one.lost.guard, one.lost.after
    now = tuple(sorted({shortened(other.shown) for other in one.lost.now}))
    return Finding(
        dimension=Dimension.RULES,
        rule=LOST_GUARD.id,
        place=Place(one.path, Span(one.line, one.line), one.unit.name),
        points=points,
        severity=LOST_GUARD.severity,
        message=in_words(guard, statement.shown, one.guard_line, now),
        hint=_HINT,
        evidence=Evidence(
            about=guard.kind.value,
            guard=shortened(guard.shown),
            statement=shortened(statement.shown),
            guard_at=_place(one, one.guard_line),
            stood_at=_place(one, one.line_before),
            now=now,
        ),
        discriminator=f"{guard.key}\0{statement.text}",
    )


def _place(one: LostGuard, line: int) -> Place:
    return Place(one.path_before, Span(line, line), one.unit_before.name)


def in_words(guard: Guard, statement: str, line: int, now: tuple[str, ...]) -> str:
    """What was there, what it was for, and what is there now."""
    check, code = f"`{shortened(guard.shown)}`", f"`{shortened(statement)}`"
    stood = f"(line {line} before the change)"
    match guard.kind:
        case GuardKind.CONTEXT:
            said = f"{code} no longer runs under {check} {stood}."
        case GuardKind.DECORATOR:
            said = f"{code} is no longer behind {check} {stood}."
        case GuardKind.HANDLER:
            said = f"A failure of {code} is no longer caught by {check} {stood}."
        case GuardKind.REPORT:
            said = (
                f"A failure of {code} is still caught, but {check} {stood} no longer tells of it."
            )
        case GuardKind.CLEANUP:
            said = f"Where {code} fails, {check} {stood} is no longer run."
        case GuardKind.LIMIT:
            said = f"{code} no longer has {check} {stood}: it may wait for ever."
        case GuardKind.ESCAPING:
            said = f"{code} gets its value without {check} {stood}."
        case _:
            said = f"{code} is reached without the {guard.kind} {check} {stood}."
    if now:
        return f"{said} Still there: {', '.join(f'`{one}`' for one in now[:2])}."
    return f"{said} Nothing stands in for it."


def shortened(code: str) -> str:
    """Code on one line that is not too long to be read."""
    line = " ".join(code.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
