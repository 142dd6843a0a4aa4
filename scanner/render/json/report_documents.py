"""The JSON document of `report`: every change, what is compared, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct

from scanner.base import model
from scanner.render.json import convert
from scanner.render.json.attribution_documents import Basis, basis
from scanner.render.json.checks_documents import (
    JsonDurability,
    JsonOutcomeSensitivity,
    JsonQuestion,
    JsonTrend,
    JsonValidity,
    Placebo,
    durability,
    placebo,
    question,
    sensitivities,
    trend,
    validities,
)
from scanner.render.json.comparison_documents import JsonComparison, comparison_row
from scanner.render.json.conventions_documents import JsonConvention, convention
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    Count,
    JsonFinding,
    JsonProblem,
    ObjectId,
    Share,
    Time,
)
from scanner.render.json.history_documents import JsonChange, change_row
from scanner.render.json.scan_documents import JsonCloneGroup, clone_groups
from scanner.render.json.standing_documents import JsonStandingDebt, standing_document
from scanner.render.json.tallies_documents import Tallies, tallies_document
from scanner.render.report_privacy import authors_of

if TYPE_CHECKING:  # the report brings NumPy along, the document only its types
    from scanner.compare.pull_requests import PullStanding
    from scanner.history.aftermath import Aftermath
    from scanner.report.build import Coverage as ReportCoverage
    from scanner.report.build import Report

NOTHING_COMPARED = "no change is compared"
NOT_MERGED_YET = "so many had not been merged by the newest change"
NONE_OPEN = "none is open"


class JsonCoverage(Struct, frozen=True):
    """How much of what is compared carries evidence of who wrote it, by label.

    `share` is that of changes with any label but `unmarked`.
    """

    changes: dict[str, Count]
    added_code_lines: dict[str, Count]
    share: Share | None
    share_reason: str | None


class JsonLeftOutCount(Struct, frozen=True):
    """Why changes are not compared, and how many."""

    reason: model.Exclusion
    changes: Count


class UnjudgedFiles(Struct, frozen=True):
    """Why files of changes are not judged, and how many different ones."""

    reason: model.LeftOutReason
    files: Count


class ChangeFindings(Struct, frozen=True):
    """The findings of one change, worst first."""

    commit: ObjectId
    findings: tuple[JsonFinding, ...]


class JsonPullRequests(Struct, frozen=True):
    """How the pull requests of one arm stand, by what the forge's record alone says of them.

    The days are from opened to merged, those still open counted as far as they were seen; null
    where so many had not been merged by the newest change.
    """

    arm: model.Arm
    merged: Count
    still_open: Count
    closed_unmerged: Count
    median_days: float | None
    median_days_reason: str | None
    p90_days: float | None
    p90_days_reason: str | None
    longest_open_days: float | None
    longest_open_days_reason: str | None


class Delivery(Struct, frozen=True):
    """How changes came in, and what is known of their pull requests and releases."""

    styles: Annotated[dict[str, Count], Meta(description="changes by style of integration")]
    with_pull_request: Count
    pull_requests: Annotated[
        tuple[JsonPullRequests, ...], Meta(description="by arm; none without forge data")
    ]
    releases: Count


class ReportDocument(Struct, frozen=True):
    """The result of `report`."""

    schema_version: int
    tallystick: str
    range: str
    older_changes: Annotated[
        Count, Meta(description="left out for not being among the newest; --all looks at them too")
    ]
    unjudged_changes: Annotated[
        Count, Meta(description="left out because the run was interrupted before it came to them")
    ]
    unit: Annotated[str, Meta(extra_json_schema={"enum": ["change", "commit"]})]
    head: ObjectId
    head_time: Time
    coverage: JsonCoverage
    attribution: Basis
    left_out: tuple[JsonLeftOutCount, ...]
    unjudged_files: tuple[UnjudgedFiles, ...]
    command: str
    comparison: Annotated[
        tuple[JsonComparison, ...], Meta(description="AI-attributed against other changes")
    ]
    questions: Annotated[tuple[JsonQuestion, ...], Meta(description="other ways to compare")]
    durability: tuple[JsonDurability, ...]
    sensitivity: tuple[JsonOutcomeSensitivity, ...]
    placebo: Placebo
    validity: tuple[JsonValidity, ...]
    trends: tuple[JsonTrend, ...]
    delivery: Delivery
    tallies: Tallies
    seed: int
    changes: Annotated[tuple[JsonChange, ...], Meta(description="newest first")]
    findings: Annotated[
        tuple[ChangeFindings, ...], Meta(description="of changes that have any, newest first")
    ]
    clones: Annotated[
        tuple[JsonCloneGroup, ...], Meta(description="at the head, largest saving first")
    ]
    standing: JsonStandingDebt
    conventions: Annotated[
        tuple[JsonConvention, ...],
        Meta(description="at the head: the strongest, and what is moving"),
    ]
    problems: tuple[JsonProblem, ...]


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
        older_changes=report.history.older,
        unjudged_changes=report.history.unjudged,
        unit=report.unit,
        head=report.head.oid,
        head_time=report.head.committed.isoformat(),
        coverage=_coverage(report.coverage),
        attribution=basis(report.written, report.history.attributed),
        left_out=tuple(JsonLeftOutCount(reason, count) for reason, count in report.exclusions),
        unjudged_files=tuple(UnjudgedFiles(reason, count) for reason, count in report.unjudged),
        command=command(report),
        comparison=tuple(map(comparison_row, report.estimates)),
        questions=tuple(question(one) for one in others),
        durability=durability(first) if first else (),
        sensitivity=sensitivities(first) if first else (),
        placebo=placebo(report.comparison.placebo),
        validity=validities(report.comparison),
        trends=tuple(map(trend, report.trends)),
        delivery=_delivery(report.aftermath, report.pulls),
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
        standing=standing_document(report),
        conventions=tuple(map(convention, report.habits)),
        problems=convert.problems(report.problems),
    )


def _coverage(source: ReportCoverage) -> JsonCoverage:
    share = source.share_marked
    return JsonCoverage(
        changes={label.value: count for label, count in source.changes},
        added_code_lines={label.value: count for label, count in source.lines},
        share=None if share is None else round(share, convert.PRECISION),
        share_reason=NOTHING_COMPARED if share is None else None,
    )


def _delivery(source: Aftermath, pulls: Sequence[PullStanding]) -> Delivery:
    found = source.integrations.values()
    return Delivery(
        styles=dict(sorted(Counter(one.style.value for one in found).items())),
        with_pull_request=sum(one.pull is not None for one in found),
        pull_requests=tuple(map(_pull_requests, pulls)),
        releases=len(source.releases),
    )


def _pull_requests(source: PullStanding) -> JsonPullRequests:
    median, p90 = (source.wait.median, source.wait.p90) if source.wait else (None, None)
    return JsonPullRequests(
        arm=source.arm,
        merged=source.merged,
        still_open=source.open,
        closed_unmerged=source.closed,
        median_days=median,
        median_days_reason=NOT_MERGED_YET if median is None else None,
        p90_days=p90,
        p90_days_reason=NOT_MERGED_YET if p90 is None else None,
        longest_open_days=source.longest_open,
        longest_open_days_reason=NONE_OPEN if source.longest_open is None else None,
    )
