"""Every section of the page, in its order: a new one is a module, a template and a line here."""

from __future__ import annotations

from collections.abc import Callable

from scanner.render.html import (
    section_attribution,
    section_changes,
    section_clones,
    section_codebase,
    section_comparison,
    section_conventions,
    section_dimensions,
    section_durability,
    section_experiment,
    section_fix_first,
    section_flow,
    section_glossary,
    section_hotspots,
    section_method,
    section_problems,
    section_robustness,
    section_time,
    section_told,
)
from scanner.render.html.section import ReportContext, Section

SECTIONS: tuple[Callable[[ReportContext], Section | None], ...] = (
    section_comparison.build,
    section_codebase.build,
    section_time.build,
    section_durability.build,
    section_flow.build,
    section_hotspots.build,
    section_fix_first.build,
    section_clones.build,
    section_conventions.build,
    section_dimensions.build,
    section_robustness.build,
    section_attribution.build,
    section_told.build,
    section_experiment.build,
    section_problems.build,
    section_method.build,
    section_glossary.build,
    section_changes.build,
)
