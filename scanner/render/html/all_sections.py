"""Every section of the page, in its order: a new one is a module, a template and a line here."""

from __future__ import annotations

from collections.abc import Callable

from scanner.render.html import (
    section_changes,
    section_comparison,
    section_method,
    section_problems,
)
from scanner.render.html.section import Desk, Section

SECTIONS: tuple[Callable[[Desk], Section | None], ...] = (
    section_comparison.build,
    section_changes.build,
    section_problems.build,
    section_method.build,
)
