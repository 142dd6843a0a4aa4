"""The report as one HTML file that opens anywhere: no request, no script needed to read it."""

from __future__ import annotations

from scanner.render.html.document import to_html
from scanner.render.html.page import build_page
from scanner.report.build import Report


def render(report: Report) -> str:
    """The whole page; equal bytes for equal input."""
    return to_html(build_page(report))
