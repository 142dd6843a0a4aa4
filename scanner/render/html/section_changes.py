"""Every change with its scores, the evidence of who wrote it, and its findings with their code.

The page holds as many as it has room for, those that cost most first; the JSON holds all.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.base.model import Change, Claim, Dimension, Label
from scanner.render.html.figures import Chip, Figure, Look, amount, label_chip
from scanner.render.html.finding import FindingView, dimensions_of, finding_view, weight
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.unusual import UnusualView, unusual_view
from scanner.render.html.unusual import weight as unusual_weight
from scanner.render.ordering import worst_first
from scanner.render.paths import printable, sentence
from scanner.render.report_privacy import authors_of, shown_title
from scanner.render.scores import debt, score_rows
from scanner.render.wording import LABEL_WORDS, counted, number, points, unmeasured_sentence

#: Changes on the page, and findings of one change.
MOST_CHANGES, MOST_OF_ONE = 1_500, 12
#: Files of one change that can be filtered by.
MOST_FILES = 60
#: Bytes that findings with their code may take on the page, so that a page on a thousand changes
#: stays under 3 MB: so many, and so many more for each change, and at most so many.
ROOM, ROOM_A_CHANGE, MOST_ROOM = 900_000, 150, 2_500_000


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A piece of evidence of who wrote the change."""

    decides: bool
    level: str
    source: str
    rule: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change, ready to be written down; `paths` are numbers of its files in the list."""

    id: str
    oid: str
    link: str
    authors: str
    day: str
    title: str
    label: Chip
    agents: str
    kind: str
    size: str
    debt: Figure
    unusual: UnusualView
    points: str
    exclusion: str
    summary: str
    scores: tuple[str, ...]
    unmeasured: str
    evidence: tuple[EvidenceRow, ...]
    findings: tuple[FindingView, ...]
    more: int
    dimensions: str
    paths: str
    time_key: int
    points_key: str
    size_key: int
    unusual_key: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes shown, those that are not, and whether findings were cut; what filters offer."""

    rows: tuple[ChangeView, ...]
    more: int
    findings_cut: int
    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    paths: tuple[str, ...]


def build(context: ReportContext) -> Section:
    """The changes, worst first."""
    changes = sorted(
        context.report.changes, key=lambda c: (-c.judgement.scorecard.points, -c.time.timestamp())
    )
    room = min(MOST_ROOM, ROOM + ROOM_A_CHANGE * len(changes))
    paths: dict[str, int] = {}
    rows = []
    for change in changes[:MOST_CHANGES]:
        view = change_view(context, change, MOST_OF_ONE if room > 0 else 0, paths)
        room -= sum(map(weight, view.findings)) + unusual_weight(view.unusual)
        rows.append(view)
    shown = sum(len(row.findings) for row in rows)
    every = sum(len(change.judgement.findings) for change in changes)
    held = dimensions_of(tuple(f for change in changes for f in change.judgement.findings))
    labels = tuple((label.value, LABEL_WORDS[label]) for label in Label)
    more = len(changes) - len(rows)
    data = Changes(tuple(rows), more, every - shown, tuple(held), labels, tuple(paths))
    lead = (
        "Costliest first. Each opens to its scores, to what is unusual in it, to the evidence of "
        "who wrote it, and to its findings with their code. Deviation is a percentile: 97 is "
        "stranger than 97 of 100 changes that the codebase had taken in before."
    )
    return Section("changes", "Changes", "changes.html.j2", data, lead, f"{len(changes):,}")


def change_id(oid: str) -> str:
    """The anchor of a change."""
    return f"c-{oid[:16]}"


def change_view(
    context: ReportContext, change: Change, most: int, paths: dict[str, int]
) -> ChangeView:
    """One change with at most so many findings; `paths` gets those of its files that are new."""
    judgement = change.judgement
    card = judgement.scorecard
    findings = worst_first(judgement.findings)
    return ChangeView(
        id=change_id(change.commit.oid),
        oid=change.commit.oid[:10],
        link=context.commit_link(change.commit.oid),
        authors=", ".join(map(printable, authors_of(context.report, change))),
        day=change.time.date().isoformat(),
        title=shown_title(change.commit, context.anonymizer),
        label=label_chip(change.attribution.label),
        agents=", ".join(change.attribution.agents),
        kind=change.change_type.value,
        size=f"+{change.added_lines:,} −{change.deleted_lines:,}",
        debt=_debt(change),
        unusual=unusual_view(context, change, is_told=most > 0),
        points=amount(card.points),
        exclusion=change.exclusion.value if change.exclusion else "",
        summary=_summary(change),
        scores=_scores(change),
        unmeasured=(unmeasured_sentence(card) or "") if change.files else "",
        evidence=tuple(_evidence_rows(context, change)),
        findings=tuple(finding_view(context, change, finding) for finding in findings[:most]),
        more=max(0, len(findings) - most),
        dimensions=" ".join(dimensions_of(judgement.findings)),
        paths=" ".join(str(paths.setdefault(p, len(paths))) for p in _paths(context, change)),
        time_key=int(change.time.timestamp()),
        points_key=f"{card.points:.2f}",
        size_key=change.added_lines,
        unusual_key=f"{judgement.deviation.score or -1:.1f}",
    )


def _paths(context: ReportContext, change: Change) -> list[str]:
    diff = context.report.history.diffs.get(change.commit.against_first_parent)
    return [printable(file.path) for file in diff.files[:MOST_FILES]] if diff else []


def _debt(change: Change) -> Figure:
    """The debt score, without its grade, which a large change with one bad function keeps."""
    score = debt(change.judgement.scorecard)
    if score is None:
        return Figure(Look.COULD_NOT_MEASURE, "not measured")
    if not change.judgement.scorecard.added_code_lines:
        return Figure(Look.NOT_APPLICABLE, "n/a", "adds no code lines")
    return Figure(Look.MEASURED, f"{score:.1f}")


def _scores(change: Change) -> tuple[str, ...]:
    card = change.judgement.scorecard
    if not change.files:
        return ()
    per_hundred = {dimension.value: card.per_hundred(dimension) for dimension in Dimension}
    return tuple(
        f"{row.name} {value:.1f} ({points(row.points)}"
        f"{f', repaid {number(row.repaid)}' if row.repaid else ''})"
        for row in score_rows(card)
        if (value := per_hundred.get(row.name, row.score)) is not None
        and row.points is not None
        and row.repaid is not None
    )


def _summary(change: Change) -> str:
    judgement = change.judgement
    parts = [counted(len(change.commits), "commit")] if len(change.commits) > 1 else []
    parts.append(counted(change.files, "Python file") if change.files else "no Python file")
    if change.files:
        parts.append(counted(judgement.scorecard.added_code_lines, "added code line"))
    if judgement.left_out:
        parts.append(f"{counted(len(judgement.left_out), 'file')} not judged")
    deltas = (("cognitive", judgement.cognitive_delta), ("cyclomatic", judgement.cyclomatic_delta))
    parts += [f"{name} complexity {delta:+,}" for name, delta in deltas if delta]
    return " · ".join(parts)


def _evidence_rows(context: ReportContext, change: Change) -> list[EvidenceRow]:
    attribution = change.attribution
    decided = [_evidence(context, claim, decides=True) for claim in attribution.decided_by]
    outweighed = [_evidence(context, claim, decides=False) for claim in attribution.outweighed]
    return list(dict.fromkeys(decided + outweighed))[:8]


def _evidence(context: ReportContext, claim: Claim, *, decides: bool) -> EvidenceRow:
    return EvidenceRow(
        decides=decides,
        level=claim.level.value,
        source=claim.source,
        rule=claim.rule,
        text=context.anonymizer.over(sentence(claim.text, 160)),
        note=context.anonymizer.over(sentence(claim.note or "", 200)),
    )
