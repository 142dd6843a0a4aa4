"""The JSON document of `report`: every change, what is compared, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from scanner import model
from scanner.render import convert
from scanner.render.comparison_documents import Comparison, comparison_row
from scanner.render.documents import SCHEMA_VERSION, Count, Finding, ObjectId, Problem, Share, Time
from scanner.render.history_documents import Change, change_row
from scanner.render.scan_documents import CloneGroup, clone_groups

if TYPE_CHECKING:  # the report brings NumPy along, the document only its types
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


class ReportDocument(Struct, frozen=True):
    """The result of `report`."""

    schema_version: int
    tallystick: str
    range: str
    unit: Annotated[str, Meta(extra_json_schema={"enum": ["change", "commit"]})]
    head: ObjectId
    head_time: Time
    coverage: Coverage
    left_out: tuple[LeftOut, ...]
    comparison: tuple[Comparison, ...]
    seed: int
    changes: Annotated[tuple[Change, ...], Meta(description="newest first")]
    findings: Annotated[
        tuple[ChangeFindings, ...], Meta(description="of changes that have any, newest first")
    ]
    clones: Annotated[tuple[CloneGroup, ...], Meta(description="at the head, largest saving first")]
    problems: tuple[Problem, ...]


def report_document(report: Report) -> ReportDocument:
    """The document of a report; people are never named."""
    return ReportDocument(
        schema_version=SCHEMA_VERSION,
        tallystick=report.tallystick,
        range=report.selection,
        unit=report.unit,
        head=report.head.oid,
        head_time=report.head.committed.isoformat(),
        coverage=_coverage(report.coverage),
        left_out=tuple(LeftOut(reason, count) for reason, count in report.exclusions),
        comparison=tuple(map(comparison_row, report.estimates)),
        seed=report.seed,
        changes=tuple(map(change_row, report.changes)),
        findings=tuple(
            ChangeFindings(change.commit.oid, convert.findings(change.judgement.findings))
            for change in report.changes
            if change.judgement.findings
        ),
        clones=clone_groups(report.clones),
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
