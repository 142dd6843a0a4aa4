"""The comparison in full: raw beside adjusted, and what is behind each figure."""

from __future__ import annotations

from scanner.render.html.comparison import comparison_row
from scanner.render.html.forest import axis_for
from scanner.render.html.section import Desk, Section


def build(desk: Desk) -> Section:
    """One row for each outcome, each with its details."""
    axis = axis_for(desk.report.estimates)
    rows = tuple(comparison_row(one, axis) for one in desk.report.estimates)
    return Section(
        "comparison",
        "Comparison",
        "comparison.html.j2",
        rows,
        "Raw compares all AI-attributed with all other changes; adjusted only changes that are "
        "alike. A difference is not a cause.",
    )
