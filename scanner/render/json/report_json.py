"""The report as JSON."""

from __future__ import annotations

from scanner.render.json.json_text import to_json
from scanner.render.json.report_documents import report_document
from scanner.report.build import Report


def render(report: Report) -> str:
    """The document of `docs/interface.md`, indented; equal bytes for equal input."""
    return to_json(report_document(report))
