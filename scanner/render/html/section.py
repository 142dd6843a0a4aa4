"""What a section of the page is, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.render.forge import ForgeLinks
from scanner.render.html.terms import IN_SECTION, Term
from scanner.render.report_privacy import Anonymizer
from scanner.report.build import Report


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What every section is built from: the report, what hides people, and where links lead.

    `forge` is None where the remote names no forge whose addresses are known: no links then.
    """

    report: Report
    anonymizer: Anonymizer
    forge: ForgeLinks | None

    def commit_link(self, oid: str) -> str:
        """The address of a commit; empty without a forge."""
        return self.forge.commit(oid) if self.forge else ""

    def lines_link(self, oid: str, path: str, first: int, last: int) -> str:
        """The address of lines of a file at a commit; empty without a forge."""
        return self.forge.lines(oid, path, first, last) if self.forge else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor, its heading, its template, and the data it shows.

    `badge` is the count beside its name in the navigation, `short` that name where the heading is
    long for it; `lead` is the sentence under the heading. What `is_folded` opens on a click; what
    `terms` are is told where they are used.
    """

    id: str
    title: str
    template: str
    data: object
    lead: str = ""
    badge: str = ""
    short: str = ""
    is_folded: bool = False

    @property
    def terms(self) -> tuple[Term, ...]:
        """The statistics that this part shows."""
        return IN_SECTION.get(self.id, ())
