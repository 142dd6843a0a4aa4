"""Fix first: the findings that still stand and would repay most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.base.model import Change, CopyOf, Finding
from scanner.render.html.figures import Chip, label_chip
from scanner.render.html.finding import FindingView, finding_view
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.section_changes import change_id
from scanner.render.html.standing import Standing, Survey
from scanner.render.paths import printable
from scanner.render.report_privacy import shown_title

MOST = 5
#: Lines of code shown of a repair; fewer where two places stand beside each other.
LINES, LINES_OF_TWO = 11, 9
#: One large change should not be all of the list.
MOST_OF_ONE_CHANGE = 2


@dataclass(frozen=True, slots=True)
class Repair:
    """A finding to repay, the change it came from, and what is left of it."""

    id: str
    finding: FindingView
    anchor: str
    oid: str
    link: str
    day: str
    title: str
    label: Chip
    stands: str


@dataclass(frozen=True, slots=True)
class FixFirst:
    """The repairs, and what they would repay of everything that stands."""

    repairs: tuple[Repair, ...]


def build(context: ReportContext) -> Section | None:
    """The repairs; None where nothing was found at all."""
    found = tuple(_standing(context))
    if not any(change.judgement.findings for change in context.report.changes):
        return None
    lead = (
        "The findings worth most points of which lines still stand at the newest commit. Who wrote "
        "a change does not weigh here."
        if found
        else "Nothing that a change was charged for still stands at the newest commit."
    )
    return Section(
        "fix-first", "Fix first", "fix_first.html.j2", FixFirst(found), lead, str(len(found))
    )


def _standing(context: ReportContext) -> Iterator[Repair]:
    survey = Survey(context.report.history)
    seen: set[tuple[str, str]] = set()
    of_change: Counter[str] = Counter()
    for change, finding in _ranked(context):
        if len(seen) == MOST:
            return
        standing = survey.standing(change, finding)
        key = (standing.path or "", finding.place.unit)
        if not standing.stand or key in seen or of_change[change.commit.oid] == MOST_OF_ONE_CHANGE:
            continue
        seen.add(key)
        of_change[change.commit.oid] += 1
        yield _repair(context, change, finding, standing)


def _ranked(context: ReportContext) -> list[tuple[Change, Finding]]:
    every = [(change, f) for change in context.report.changes for f in change.judgement.findings]
    return sorted(
        every, key=lambda pair: (-pair[1].points, -pair[0].time.timestamp(), pair[1].fingerprint)
    )


def _repair(context: ReportContext, change: Change, finding: Finding, standing: Standing) -> Repair:
    assert standing.path is not None
    moved = "" if standing.path == finding.place.path else f", now in {printable(standing.path)}"
    is_copy = isinstance(finding.evidence, CopyOf)
    return Repair(
        id=f"fix-{change.commit.oid[:10]}-{finding.fingerprint}",
        finding=finding_view(context, change, finding, LINES_OF_TWO if is_copy else LINES),
        anchor=change_id(change.commit.oid),
        oid=change.commit.oid[:10],
        link=context.commit_link(change.commit.oid),
        day=change.time.date().isoformat(),
        title=shown_title(change.commit, context.anonymizer),
        label=label_chip(change.attribution.label),
        stands=f"{standing.stand:,} of {standing.wrote:,} lines it wrote there still stand{moved}",
    )
