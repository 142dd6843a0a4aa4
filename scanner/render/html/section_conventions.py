"""Conventions: which the changes departed from most, what the tree always does, what is moving."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from scanner.analysis.choices import BY_ID
from scanner.analysis.choices.family import filled
from scanner.base.model import Arm, Change, Departure, Dimension, Finding
from scanner.conventions.listing import ConventionRow
from scanner.render.html.figures import amount
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.section_changes import change_id
from scanner.render.wording import stretch

MOST_BROKEN = 12


@dataclass(frozen=True, slots=True)
class Broken:
    """A convention that changes departed from, and the newest of those departures."""

    usual: str
    instead: str
    scope: str
    changes: str
    ai: str
    points: str
    anchor: str
    where: str


@dataclass(frozen=True, slots=True)
class ConventionItem:
    """What the newest tree always does, and a place that shows it."""

    topic: str
    told: str
    scope: str
    count: str
    share: str
    link: str
    where: str


@dataclass(frozen=True, slots=True)
class ConventionsView:
    """All that the section shows; `more` conventions were departed from that are not listed."""

    broken: tuple[Broken, ...]
    more: int
    habits: tuple[ConventionItem, ...]
    moving: tuple[ConventionItem, ...]


def build(context: ReportContext) -> Section | None:
    """The conventions; None where there are none and none was departed from."""
    broken = _broken(context)
    settled = [row for row in context.report.habits if not row.is_migration]
    moving = [row for row in context.report.habits if row.is_migration]
    if not broken and not settled and not moving:
        return None
    data = ConventionsView(
        broken=tuple(broken[:MOST_BROKEN]),
        more=max(0, len(broken) - MOST_BROKEN),
        habits=tuple(_habit(context, row, f"{row.noun} are {row.choice}") for row in settled),
        moving=tuple(_habit(context, row, f"{row.noun}: {row.trend}") for row in moving),
    )
    lead = (
        "What this codebase does again and again without a rule for it. A departure is "
        "reported only where there are hardly any exceptions, judged by the code as it was then."
    )
    return Section("conventions", "Conventions", "conventions.html.j2", data, lead)


_Departures = list[tuple[Change, Finding, Departure]]


def _broken(context: ReportContext) -> list[Broken]:
    """The conventions departed from, those that most changes departed from first."""
    by_convention: defaultdict[tuple[str, str], _Departures] = defaultdict(list)
    for change in context.report.compared:
        for finding in change.judgement.findings:
            evidence = finding.evidence
            if finding.dimension is Dimension.DEVIATION and isinstance(evidence, Departure):
                key = (evidence.family, evidence.convention)
                by_convention[key].append((change, finding, evidence))
    ranked = sorted(by_convention.items(), key=lambda item: (-_changes(item[1]), item[0]))
    return [_row(context, found) for _, found in ranked]


def _changes(found: _Departures) -> int:
    return len({change.commit.oid for change, _, _ in found})


def _row(context: ReportContext, found: _Departures) -> Broken:
    change, finding, newest = found[0]
    arms = Counter(arm for _, arm in {(one.commit.oid, one.attribution.arm) for one, _, _ in found})
    return Broken(
        usual=context.anonymizer.over(_usual(finding, newest)),
        instead=context.anonymizer.over(newest.choice),
        scope=context.anonymizer.over(f"{newest.support:,} of {newest.total:,} in {newest.scope}"),
        changes=f"{arms.total():,}",
        ai=f"{arms[Arm.AI]:,}",
        points=amount(sum(one.points for _, one, _ in found)),
        anchor=change_id(change.commit.oid),
        where=stretch(finding.place),
    )


def _usual(finding: Finding, evidence: Departure) -> str:
    """What is usual, as a sentence where the family counts choices ("public functions are …")."""
    family = BY_ID.get(evidence.family)
    if family is None:
        return evidence.convention
    noun = filled(family.noun, finding.discriminator.partition(":")[0], "")
    return f"{noun[:1].upper()}{noun[1:]} are {evidence.convention}"


def _habit(context: ReportContext, row: ConventionRow, told: str) -> ConventionItem:
    places = row.examples[:1]
    return ConventionItem(
        topic=row.topic.value,
        told=context.anonymizer.over(f"{told[:1].upper()}{told[1:]}"),
        scope=context.anonymizer.over(row.scope.words),
        count=f"{row.support:,} of {row.total:,}",
        share=f"{row.support / row.total:.4f}",
        link=_link(context, row),
        where=stretch(places[0]) if places else "",
    )


def _link(context: ReportContext, row: ConventionRow) -> str:
    for place in row.examples[:1]:
        span = place.span
        return context.lines_link(context.report.head.oid, place.path, span.first, span.last)
    return ""
