"""PURE: a report → the rows of its tables, with salted clusters for authors."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime

from scanner.attribution.models import models_of
from scanner.base.model import Dimension, Missing
from scanner.compare.compare import Contrasted
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.outcomes import OutcomeFacts
from scanner.fleet.tables import (
    ChangeRow,
    EstimateRow,
    FindingRow,
    LabelRow,
    LineLifeRow,
    ProblemRow,
    Row,
    StandingRow,
)
from scanner.render.report_privacy import Anonymizer, veil_over
from scanner.report.build import Report


def rows_of(report: Report, name: str, salt: bytes) -> dict[str, tuple[Row, ...]]:
    """The rows by the names of `TABLES`; the salt makes an author a cluster."""
    facts, veil = report.aftermath.facts, veil_over(report)
    return {
        "changes": tuple(_change(one, name, salt) for one in facts),
        "findings": tuple(row for one in facts for row in _findings(one, name, veil)),
        "line_lives": tuple(row for one in facts for row in _line_lives(one, name)),
        "standing": tuple(_standing(report, name)),
        "estimates": tuple(
            _estimate(one, contrasted, name)
            for contrasted in report.comparison.contrasts
            for one in contrasted.estimates
        ),
        "labels": tuple(_labels(report, name)),
        "problems": tuple(
            ProblemRow(
                name,
                one.stage,
                None if one.path is None else _plain(one.path),
                _plain(veil.over(one.reason)),
                one.revision,
            )
            for one in report.problems
        ),
    }


def cluster_of(author: str, salt: bytes) -> str:
    """What stands for an author: 16 hex digits that nobody can undo without the salt."""
    told = author.encode("utf-8", "surrogatepass")
    return hmac.new(salt, told, hashlib.sha256).hexdigest()[:16]


def _plain(text: str) -> str:
    """Text that UTF-8 can hold: git's names are any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _moment(time: datetime) -> datetime:
    return time.astimezone(UTC)


def _change(facts: OutcomeFacts, name: str, salt: bytes) -> ChangeRow:
    change = facts.change
    judgement, label = change.judgement, change.attribution
    card = judgement.scorecard
    points = {part.dimension: part.points for part in card.dimensions if part.unmeasured is None}
    return ChangeRow(
        repository=name,
        commit=change.commit.oid,
        committed=_moment(change.time),
        author=cluster_of(facts.author, salt),
        label=label.label,
        level=label.level,
        arm=label.arm,
        agents=label.agents,
        models=models_of(label.evidence),
        change_type=change.change_type,
        exclusion=change.exclusion,
        files=change.files,
        added_lines=change.added_lines,
        deleted_lines=change.deleted_lines,
        added_code_lines=card.added_code_lines,
        findings=len(judgement.findings),
        points=card.points,
        complexity_points=points.get(Dimension.COMPLEXITY),
        duplication_points=points.get(Dimension.DUPLICATION),
        deviation_points=points.get(Dimension.DEVIATION),
        rules_points=points.get(Dimension.RULES),
        deviation=judgement.deviation.score,
        cognitive_delta=judgement.cognitive_delta,
        cyclomatic_delta=judgement.cyclomatic_delta,
        followed_days=None if isinstance(facts.fate, Missing) else facts.fate.follow_up,
        reverted_after=facts.reverted_after,
        fixed_after=facts.fixed_after,
    )


def _findings(facts: OutcomeFacts, name: str, veil: Anonymizer) -> Iterator[FindingRow]:
    for one in facts.change.judgement.findings:
        yield FindingRow(
            name,
            facts.change.commit.oid,
            one.fingerprint,
            one.rule,
            one.dimension,
            one.severity,
            one.points,
            _plain(one.place.path),
            _plain(one.place.unit),
            one.place.span.first,
            one.place.span.last,
            _plain(veil.over(one.message)),
        )


def _line_lives(facts: OutcomeFacts, name: str) -> Iterator[LineLifeRow]:
    for day, ended, seen in facts.lifetimes.days:
        yield LineLifeRow(name, facts.change.commit.oid, day, ended, seen)


def _standing(report: Report, name: str) -> Iterator[StandingRow]:
    for end in report.standing.ends:
        what = end.standing
        yield StandingRow(
            name,
            end.period,
            end.commit.oid,
            _moment(end.commit.committed),
            what.files,
            what.unread,
            what.units,
            what.code_lines,
            what.cognitive,
            what.cyclomatic,
            what.beyond,
            what.points,
        )


def _labels(report: Report, name: str) -> Iterator[LabelRow]:
    lines = dict(report.coverage.lines)
    for label, changes in report.coverage.changes:
        yield LabelRow(name, label, changes, lines[label])


def _estimate(one: Estimate, asked: Contrasted, name: str) -> EstimateRow:
    adjusted = one.adjusted.value if isinstance(one.adjusted, Measured) else None
    effect = adjusted.effect if adjusted else None
    ratio = effect.ratio_interval if effect else None
    return EstimateRow(
        repository=name,
        contrast=asked.contrast.name.lower(),
        treated_name=asked.treated_name,
        others_name=asked.others_name,
        outcome=one.outcome.key,
        title=one.outcome.title,
        unit=one.outcome.unit,
        scale=one.outcome.scale,
        treated=effect.treated if effect else 0,
        others=effect.others if effect else 0,
        treated_mean=effect.treated_mean if effect else None,
        others_mean=effect.others_mean if effect else None,
        difference=effect.difference if effect else None,
        difference_low=effect.difference_interval.low if effect else None,
        difference_high=effect.difference_interval.high if effect else None,
        ratio=effect.ratio if effect else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        reading=effect.reading if effect else None,
        p=effect.p if effect else None,
        q=adjusted.q if adjusted else None,
        clusters=effect.clusters if effect else None,
        cluster_by=effect.cluster_by if effect else None,
        not_measured=None if isinstance(one.adjusted, Measured) else one.adjusted.reason,
    )
