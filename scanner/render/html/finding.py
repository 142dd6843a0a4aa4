"""A finding as the page shows it: what, where, why, what to do, and the code."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from scanner.model import Change, Dimension, Finding, Growth, Severity
from scanner.render.html.charts import gauge
from scanner.render.html.code import CodeLine, highlight
from scanner.render.html.section import Desk
from scanner.render.html.standing import added_lines
from scanner.render.paths import printable, sentence
from scanner.render.wording import DIMENSION_TITLES, Detail, details, number, stretch
from scanner.report import EXCERPT_LINES, Excerpt

LONGEST = 400


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of a file under its name; `is_cut` says that the place goes on."""

    where: str
    lines: tuple[CodeLine, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, ready to be written down."""

    dimension: str
    dimension_title: str
    rule: str
    severity: str
    points: str
    where: str
    unit: str
    message: str
    threshold: str
    hint: str
    gauge: Markup | None
    details: tuple[Detail, ...]
    code: CodeBlock | None


def finding_view(
    desk: Desk, change: Change, finding: Finding, most_lines: int = EXCERPT_LINES
) -> FindingView:
    """A finding of a change, with so many lines of its code where the report holds it."""
    over = desk.veil.over
    excerpt = desk.report.excerpts.get((change.commit.oid, finding.fingerprint))
    return FindingView(
        dimension=finding.dimension.value,
        dimension_title=DIMENSION_TITLES[finding.dimension],
        rule=sentence(finding.rule, 120),
        severity=finding.severity.value,
        points=number(finding.points),
        where=stretch(finding.place),
        unit=printable(finding.place.unit),
        message=over(sentence(finding.message, LONGEST)),
        threshold=_threshold(finding),
        hint=over(sentence(finding.hint, LONGEST)),
        gauge=_gauge(finding),
        details=details(finding.evidence),
        code=_code(desk, change, excerpt, most_lines) if excerpt else None,
    )


def _threshold(finding: Finding) -> str:
    match finding.evidence:
        case Growth(fact, before, after, limit):
            was = "new" if before is None else f"was {before}"
            return f"{fact.replace('_', ' ')} {after}, {was}, limit {limit}"
        case _:
            return "" if finding.severity is not Severity.ERROR else "severity error"


def _gauge(finding: Finding) -> Markup | None:
    """How far beyond its limit a fact is, and how far it was."""
    match finding.evidence:
        case Growth(_, before, after, limit) if after > 0:
            return gauge(before or 0, after, limit)
        case _:
            return None


def _code(desk: Desk, change: Change, excerpt: Excerpt, most: int) -> CodeBlock:
    lines = tuple(desk.veil.over_code(line) for line in excerpt.lines[:most])
    shown = frozenset(range(excerpt.first, excerpt.first + len(lines)))
    lit = shown & added_lines(desk.report.history, change, excerpt.path)
    marked = lit if lit != shown else frozenset()  # all lit would show nothing
    is_cut = excerpt.is_cut or len(excerpt.lines) > most
    return CodeBlock(printable(excerpt.path), highlight(lines, excerpt.first, marked), is_cut)


def dimensions_of(findings: tuple[Finding, ...]) -> tuple[Dimension, ...]:
    """The dimensions that findings are of, in their order."""
    held = {finding.dimension for finding in findings}
    return tuple(dimension for dimension in Dimension if dimension in held)
