"""The registered analyses. To add one: write its module, then one import and one line here."""

from __future__ import annotations

from typing import Any

from scanner.analysis import choices, complexity, fingerprints, tokens
from scanner.analysis.analysis import Analysis

__all__ = ["FACTS", "Analysis"]

FACTS: tuple[Analysis[Any], ...] = (
    complexity.ANALYSIS,
    fingerprints.ANALYSIS,
    choices.ANALYSIS,
    tokens.ANALYSIS,
)
