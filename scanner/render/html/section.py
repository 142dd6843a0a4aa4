"""What a section of the page is, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.render.report_privacy import Veil
from scanner.report import Report


@dataclass(frozen=True, slots=True)
class Desk:
    """What every section is built from: the report, and the veil over people."""

    report: Report
    veil: Veil


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor, its heading, its template, and the data it shows.

    `badge` is the count beside its name in the navigation; `lead` the sentence under the heading.
    """

    id: str
    title: str
    template: str
    data: object
    lead: str = ""
    badge: str = ""
