"""Every format a report can have: one entry here and one module beside it.

A renderer's module is imported when it is called, so that naming the formats costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # a report brings NumPy along
    from scanner.report.build import Report


class ReportFormat(NamedTuple):
    """A format of the report: its name on the command line, and the module that renders it."""

    name: str
    suffix: str
    module: str
    answer: str

    @property
    def render(self) -> Callable[[Report], str]:
        """The module's `render`: a report → the whole output, which ends with a line end."""
        function = import_module(self.module).render
        assert callable(function)
        return function  # type: ignore[no-any-return]


_FORMATS = (
    ReportFormat("html", ".html", "scanner.render.report_html", "one page that opens anywhere"),
    ReportFormat(
        "json", ".json", "scanner.render.json.report_json", "everything, by a published schema"
    ),
    ReportFormat("markdown", ".md", "scanner.render.report_markdown", "the summary alone"),
)

REPORT_FORMATS = {entry.name: entry for entry in _FORMATS}
