"""A finding as the page shows it: what, where, why, what to do, and the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Change, CopyOf, Dimension, Finding, Growth, Severity
from scanner.render.fixes import apply_standing, apply_with
from scanner.render.html.charts import gauge
from scanner.render.html.code import CodeLine, differing, highlight
from scanner.render.html.section import ReportContext
from scanner.render.html.standing import added_lines
from scanner.render.paths import printable, sentence
from scanner.render.wording import DIMENSION_TITLES, Detail, details, number, stretch
from scanner.report.excerpts import EXCERPT_LINES, Excerpt

LONGEST, LONGEST_RULE = 400, 120


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of a file under its name; `is_cut` says that the place goes on.

    Where there are two places, `role` is what this one is to the finding, and `link` where the
    forge shows it (empty where none is known); a place alone is linked by its finding.
    """

    where: str
    role: str
    link: str
    lines: tuple[CodeLine, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, ready to be written down; `other` is the other place of a copy."""

    dimension: str
    dimension_title: str
    rule: str
    severity: str
    points: str
    where: str
    link: str
    unit: str
    message: str
    threshold: str
    hint: str
    gauge: Markup | None
    details: tuple[Detail, ...]
    code: CodeBlock | None
    other: CodeBlock | None


def finding_view(
    context: ReportContext, change: Change, finding: Finding, most_lines: int = EXCERPT_LINES
) -> FindingView:
    """A finding of a change, with so many lines of its code where the report holds it."""
    over = context.anonymizer.over
    key = (change.commit.oid, finding.fingerprint)
    excerpts = context.report.excerpts
    own, other = excerpts.own.get(key), excerpts.other.get(key)
    roles = _roles(finding) if other else ("", "")
    span = finding.place.span
    return FindingView(
        dimension=finding.dimension.value,
        dimension_title=DIMENSION_TITLES[finding.dimension],
        rule=sentence(finding.rule, LONGEST_RULE),
        severity=finding.severity.value,
        points=number(finding.points),
        where=stretch(finding.place),
        link=context.lines_link(change.commit.oid, finding.place.path, span.first, span.last),
        unit=printable(finding.place.unit),
        message=over(sentence(finding.message, LONGEST)),
        threshold=_threshold(finding),
        hint=over(sentence(finding.hint, LONGEST)),
        gauge=_gauge(finding),
        details=(*details(finding.evidence), *_fix(finding)),
        code=_code(context, change, own, _Side(roles[0], other), most_lines) if own else None,
        other=_code(context, change, other, _Side(roles[1], own), most_lines) if other else None,
    )


def standing_view(context: ReportContext, finding: Finding, most_lines: int) -> FindingView:
    """A finding of the tree at the head, with its code as it stands there."""
    over, head = context.anonymizer.over, context.report.head.oid
    own = context.report.excerpts.head.get(finding.place)
    span = finding.place.span
    return FindingView(
        dimension=finding.dimension.value,
        dimension_title=DIMENSION_TITLES[finding.dimension],
        rule=sentence(finding.rule, LONGEST_RULE),
        severity=finding.severity.value,
        points=number(finding.points),
        where=stretch(finding.place),
        link=context.lines_link(head, finding.place.path, span.first, span.last),
        unit=printable(finding.place.unit),
        message=over(sentence(finding.message, LONGEST)),
        threshold="",
        hint=over(sentence(finding.hint, LONGEST)),
        gauge=_gauge(finding),
        details=(*details(finding.evidence), *_standing_fix(finding)),
        code=_block(context, own, most_lines) if own else None,
        other=None,
    )


def _block(context: ReportContext, excerpt: Excerpt, most: int) -> CodeBlock:
    is_cut = excerpt.is_cut or len(excerpt.lines) > most
    code = highlight(_shown(context, excerpt, most), excerpt.first)
    return CodeBlock(printable(excerpt.path), "", "", code, is_cut)


def weight(view: FindingView) -> int:
    """About how many bytes a finding takes on the page."""
    words = len(view.message) + len(view.hint) + 2 * len(view.where) + len(view.link)
    more = sum(60 + len(detail.text) for detail in view.details)
    blocks = (block for block in (view.code, view.other) if block)
    code = sum(200 + sum(48 + len(line.markup) for line in block.lines) for block in blocks)
    return 420 + words + more + code


def _roles(finding: Finding) -> tuple[str, str]:
    """What both places of a copy are called."""
    is_new = isinstance(finding.evidence, CopyOf) and finding.evidence.is_new_in_change
    return ("one copy", "the other copy") if is_new else ("the copy", "already there")


def _fix(finding: Finding) -> Iterator[Detail]:
    how = apply_with(finding)
    if how:
        yield Detail("Apply with", f"{how.replace('`', '')}; before it is committed")


def _standing_fix(finding: Finding) -> Iterator[Detail]:
    how = apply_standing(finding)
    if how:
        yield Detail("Apply with", how.replace("`", ""))


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


@dataclass(frozen=True, slots=True)
class _Side:
    """What a place is to its finding, and the place that it is shown beside, if there is one."""

    role: str
    beside: Excerpt | None


def _code(
    context: ReportContext, change: Change, excerpt: Excerpt, side: _Side, most: int
) -> CodeBlock:
    """Beside another place what differs is marked, alone the lines that the change added."""
    lines = _shown(context, excerpt, most)
    numbers = frozenset(range(excerpt.first, excerpt.first + len(lines)))
    lit = numbers & added_lines(context.report.history, change, excerpt.path)
    code = (
        highlight(lines, excerpt.first, marked=differing(lines, _shown(context, beside, most)))
        if (beside := side.beside)
        else highlight(lines, excerpt.first, lit if lit != numbers else frozenset())
    )  # all lit would show nothing
    return CodeBlock(
        where=printable(excerpt.path),
        role=side.role,
        link=context.lines_link(change.commit.oid, excerpt.path, excerpt.first, excerpt.last)
        if side.role
        else "",
        lines=code,
        is_cut=excerpt.is_cut or len(excerpt.lines) > most,
    )


def _shown(context: ReportContext, excerpt: Excerpt, most: int) -> tuple[str, ...]:
    return tuple(context.anonymizer.over_code(line) for line in excerpt.lines[:most])


def dimensions_of(findings: tuple[Finding, ...]) -> tuple[Dimension, ...]:
    """The dimensions that findings are of, in their order."""
    held = {finding.dimension for finding in findings}
    return tuple(dimension for dimension in Dimension if dimension in held)
