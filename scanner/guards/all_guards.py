"""Every guard over one change: one call here and one module beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from scanner.base.model import Finding
from scanner.config import GuardPoints
from scanner.guards.agent_hooks import is_of_agents, lost_agent_hooks
from scanner.guards.check_steps import ChangedText, StepsTree
from scanner.guards.checks import lost_checks
from scanner.guards.collection import uncollected_files
from scanner.guards.exempt_files import ExemptFiles
from scanner.guards.stricter import is_pin, stricter_trades
from scanner.guards.suppressions import new_suppressions
from scanner.guards.tests import lost_tests
from scanner.guards.tool_settings import milder_settings
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import UnitPair


def tampered(
    files: Sequence[ChangedFile],
    pairs: Sequence[UnitPair],
    texts: Sequence[ChangedText],
    points: GuardPoints,
    trees: tuple[StepsTree, StepsTree],
) -> tuple[Finding, ...]:
    """What the change takes away of what guards the code: suppressions, tests, checks.

    `trees` are both whole trees, for what the change does not touch.
    """
    before, after = trees
    of_agents = [text for text in texts if is_of_agents(text.path)]
    texts = [text for text in texts if not is_of_agents(text.path)]
    former = {file.path: file.path_before for file in files}
    settings = milder_settings(texts, points, ExemptFiles(cache(after.python_files), former))
    told = {(one.place.path, one.place.span.first) for one in settings}
    steps = [text for text in texts if not is_pin(text.path)]
    checks = lost_checks(steps, points, before, after)
    return (
        *new_suppressions(files, points, lambda: stricter_trades(texts, before, after)),
        *lost_tests(files, pairs, points, after.read),
        *uncollected_files(files, points, after.read),
        *(one for one in checks if (one.place.path, one.place.span.first) not in told),
        *settings,
        *lost_agent_hooks(of_agents, points),
    )
