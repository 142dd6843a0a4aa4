"""The registered analyses. To add one: write its module, then one import and one line here."""

from __future__ import annotations

from typing import Any

from scanner.analysis import choices, offers, usage
from scanner.analysis.analysis import Analysis
from scanner.analysis.clones import fingerprints
from scanner.analysis.metrics import complexity

__all__ = ["FACTS", "Analysis"]

FACTS: tuple[Analysis[Any], ...] = (
    complexity.ANALYSIS,
    fingerprints.ANALYSIS,
    choices.ANALYSIS,
    usage.ANALYSIS,
    offers.ANALYSIS,
)


#: The packages that facts come from.
SOURCE = ("analysis", "base", "roles")


def versions() -> str:
    """What tells the registered analyses of one state from those of another."""
    return ",".join(f"{one.name}{one.version}" for one in FACTS)
