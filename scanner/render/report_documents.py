"""The JSON document of `report`: every change, what is compared, and what was left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct

from scanner import model
from scanner.render import convert
from scanner.render.attribution_documents import Basis, basis
from scanner.render.checks_documents import (
    Durability,
    OutcomeSensitivity,
    Placebo,
    Question,
    Trend,
    Validity,
    durability,
    placebo,
    question,
    sensitivities,
    trend,
    validities,
)
from scanner.render.comparison_documents import Comparison, comparison_row
from scanner.render.conventions_documents import Convention, convention
from scanner.render.documents import SCHEMA_VERSION, Count, Finding, ObjectId, Problem, Share, Time
from scanner.render.history_documents import Change, change_row
from scanner.render.report_privacy import authors_of
from scanner.render.scan_documents import CloneGroup, clone_groups
from scanner.render.tallies_documents import Tallies, tallies_document

if TYPE_CHECKING:  # the report brings NumPy along, the document only its types
    from scanner.aftermath import Aftermath
    from scanner.report import Coverage as ReportCoverage
    from scanner.report import Report

NOTHING_COMPARED = "no change is compared"


class Coverage(Struct, frozen=True):
    """How much of what is compared carries evidence of who wrote it, by label.

    `share` is that of changes with any label but `unmarked`.
    """

    changes: dict[str, Count]
    added_code_lines: dict[str, Count]
    share: Share | None
    share_reason: str | None


class LeftOut(Struct, frozen=True):
    """Why changes are not compared, and how many."""

    reason: model.Exclusion
    changes: Count


class ChangeFindings(Struct, frozen=True):
    """The findings of one change, worst first."""

    commit: ObjectId
    findings: tuple[Finding, ...]


class Delivery(Struct, frozen=True):
    """How changes came in, and what is known of their pull requests and releases."""

    styles: Annotated[dict[str, Count], Meta(description="changes by style of integration")]
    with_pull_request: Count
    releases: Count


class ReportDocument(Struct, frozen=True):
    """The result of `report`."""

    schema_version: int
    tallystick: str
    range: str
    unit: Annotated[str, Meta(extra_json_schema={"enum": ["change", "commit"]})]
    head: ObjectId
    head_time: Time
    coverage: Coverage
    attribution: Basis
    left_out: tuple[LeftOut, ...]
    command: str
    comparison: Annotated[
        tuple[Comparison, ...], Meta(description="AI-attributed against other changes")
    ]
    questions: Annotated[tuple[Question, ...], Meta(description="the same, asked otherwise")]
    durability: tuple[Durability, ...]
    sensitivity: tuple[OutcomeSensitivity, ...]
    placebo: Placebo
    validity: tuple[Validity, ...]
    trends: tuple[Trend, ...]
    delivery: Delivery
    tallies: Tallies
    seed: int
    changes: Annotated[tuple[Change, ...], Meta(description="newest first")]
    findings: Annotated[
        tuple[ChangeFindings, ...], Meta(description="of changes that have any, newest first")
    ]
    clones: Annotated[tuple[CloneGroup, ...], Meta(description="at the head, largest saving first")]
    conventions: Annotated[
        tuple[Convention, ...], Meta(description="at the head: the strongest, and what is moving")
    ]
    problems: tuple[Problem, ...]


def report_document(report: Report) -> ReportDocument:
    """The document of a report; people are named only where that was asked for."""
    from scanner.compare.compare import Contrast  # noqa: PLC0415  brings SciPy along
    from scanner.render.report_words import command  # noqa: PLC0415

    contrasts = report.comparison.contrasts
    first = next((one for one in contrasts if one.contrast is Contrast.AI), None)
    others = [one for one in contrasts if one is not first]
    return ReportDocument(
        schema_version=SCHEMA_VERSION,
        tallystick=report.tallystick,
        range=report.selection,
        unit=report.unit,
        head=report.head.oid,
        head_time=report.head.committed.isoformat(),
        coverage=_coverage(report.coverage),
        attribution=basis(report.written, report.history.attributed),
        left_out=tuple(LeftOut(reason, count) for reason, count in report.exclusions),
        command=command(report),
        comparison=tuple(map(comparison_row, report.estimates)),
        questions=tuple(question(one) for one in others),
        durability=durability(first) if first else (),
        sensitivity=sensitivities(first) if first else (),
        placebo=placebo(report.comparison.placebo),
        validity=validities(report.comparison),
        trends=tuple(map(trend, report.trends)),
        delivery=_delivery(report.aftermath),
        tallies=tallies_document(report),
        seed=report.seed,
        changes=tuple(
            change_row(change, authors_of(report, change) or UNSET) for change in report.changes
        ),
        findings=tuple(
            ChangeFindings(change.commit.oid, convert.findings(change.judgement.findings))
            for change in report.changes
            if change.judgement.findings
        ),
        clones=clone_groups(report.clones),
        conventions=tuple(map(convention, report.habits)),
        problems=convert.problems(report.problems),
    )


def _coverage(source: ReportCoverage) -> Coverage:
    share = source.share_marked
    return Coverage(
        changes={label.value: count for label, count in source.changes},
        added_code_lines={label.value: count for label, count in source.lines},
        share=None if share is None else round(share, convert.PRECISION),
        share_reason=NOTHING_COMPARED if share is None else None,
    )


def _delivery(source: Aftermath) -> Delivery:
    found = source.integrations.values()
    return Delivery(
        styles=dict(sorted(Counter(one.style.value for one in found).items())),
        with_pull_request=sum(one.pull is not None for one in found),
        releases=len(source.releases),
    )
