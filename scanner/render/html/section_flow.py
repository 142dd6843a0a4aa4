"""Review, effort of review, and the way to a release: medians and p90 of both arms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scanner.compare.effects import Description
from scanner.compare.estimates import Estimate
from scanner.compare.table import Scale, Theme
from scanner.delivery.joining import MergeStyle
from scanner.delivery.latency import NO_FORGE
from scanner.render.comparison_words import level
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable
from scanner.render.wording import ARM_WORDS, number

THEMES = (Theme.REVIEW, Theme.BURDEN, Theme.LATENCY)


@dataclass(frozen=True, slots=True)
class FlowTheme:
    """One theme: its table, and why outcomes of it have no values at all."""

    title: str
    table: DataTable | None
    missing: tuple[str, ...]


def build(context: ReportContext) -> Section | None:
    """The section; None where none of its outcomes was asked for."""
    themes = tuple(
        _theme(theme, found)
        for theme in THEMES
        if (found := [one for one in context.report.estimates if one.outcome.theme is theme])
    )
    if not themes:
        return None
    themes = (_arrivals(context), _pulls(context), *themes)
    lead = (
        "How the values lie in each arm, nothing held fixed; whether they differ among changes "
        "that are alike is in the comparison. Waits still open count as far as they were seen."
    )
    return Section("flow", "Review and latency", "flow.html.j2", themes, lead, short="Review")


def _arrivals(context: ReportContext) -> FlowTheme:
    """How the compared changes came in, as far as git or the forge tells."""
    aftermath = context.report.aftermath
    counts = Counter(
        (aftermath.integrations[one.change.commit.oid].style, one.change.attribution.arm)
        for one in aftermath.facts
        if one.change.exclusion is None
    )
    rows = tuple(
        (style.value, *(f"{counts[style, arm]:,}" for arm in ARM_WORDS))
        for style in MergeStyle
        if any(counts[style, arm] for arm in ARM_WORDS)
    )
    columns = ("changes that came in by", *ARM_WORDS.values())
    table = DataTable("How changes came in", columns, rows, frozenset(range(1, 4)))
    return FlowTheme("How changes came in", table, ())


def _pulls(context: ReportContext) -> FlowTheme:
    """How the pull requests stand, open ones too, by what the forge alone says of them."""
    if not context.report.pulls:
        has_data = context.report.aftermath.export is not None
        reason = "the given data hold no pull request" if has_data else NO_FORGE
        return FlowTheme("Pull requests", None, (f"Pull requests, open ones too: {reason}",))
    columns = (
        "by their author's account and branch", "merged", "still open", "closed unmerged",
        "days to merge: median", "p90", "longest open",
    )  # fmt: skip
    rows = tuple(
        (
            ARM_WORDS[one.arm],
            f"{one.merged:,}",
            f"{one.open:,}",
            f"{one.closed:,}",
            _seen(one.wait.median if one.wait else None),
            _seen(one.wait.p90 if one.wait else None),
            "none is open" if one.longest_open is None else f"{number(one.longest_open)} days",
        )
        for one in context.report.pulls
    )
    table = DataTable("Pull requests", columns, rows, frozenset(range(1, 7)))
    return FlowTheme("Pull requests", table, ())


def _seen(days: float | None) -> str:
    """Days by which so many were merged, those still open counted as far as they were seen."""
    return "not reached yet" if days is None else number(days)


def _theme(theme: Theme, found: list[Estimate]) -> FlowTheme:
    known = [one for one in found if one.treated or one.others]
    columns = ("outcome", "AI-attributed: n", "median", "p90", "other: n", "median", "p90")
    rows = tuple(
        (
            f"{one.outcome.title} ({one.outcome.unit})",
            *_lie(one.treated, one),
            *_lie(one.others, one),
        )
        for one in known
    )
    title = theme.value[:1].upper() + theme.value[1:]
    table = DataTable(title, columns, rows, frozenset(range(1, 7))) if rows else None
    unknown = [one for one in found if one not in known]
    return FlowTheme(title, table, _reasons(unknown))


def _lie(arm: Description | None, one: Estimate) -> tuple[str, ...]:
    if arm is None:
        return ("none", "no value", "no value")
    if one.outcome.scale is Scale.YES_NO:
        return (f"{arm.n:,}", f"{level(arm.mean, one.outcome.scale)} of changes", "")
    if arm.median is None or arm.p90 is None:
        return (f"{arm.n:,}", "too young", "too young")
    if one.outcome.scale is Scale.SHARE:
        return (f"{arm.n:,}", f"{arm.median:.0%}", f"{arm.p90:.0%}")
    return (f"{arm.n:,}", number(arm.median), number(arm.p90))


def _reasons(found: list[Estimate]) -> tuple[str, ...]:
    by_reason: dict[str, list[str]] = {}
    for one in found:
        reason = Counter(dict(one.missing)).most_common(1)
        by_reason.setdefault(reason[0][0] if reason else "no change has a value", []).append(
            one.outcome.title
        )
    return tuple(f"{', '.join(titles)}: {reason}" for reason, titles in by_reason.items())
