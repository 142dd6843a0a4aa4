"""Every guard over one change: one call here and one module beside it."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.base.model import Finding
from scanner.config import GuardPoints
from scanner.guards.checks import ChangedText, lost_checks
from scanner.guards.suppressions import new_suppressions
from scanner.guards.tests import lost_tests
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import UnitPair


def tampered(
    files: Sequence[ChangedFile],
    pairs: Sequence[UnitPair],
    texts: Sequence[ChangedText],
    points: GuardPoints,
) -> tuple[Finding, ...]:
    """What the change takes away of what guards the code: suppressions, tests, checks."""
    return (
        *new_suppressions(files, points),
        *lost_tests(files, pairs, points),
        *lost_checks(texts, points),
    )
