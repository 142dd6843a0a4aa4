"""What became of the lines: survival curves of both arms, with bands and numbers at risk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from scanner.compare.compare import Contrast, Contrasted
from scanner.compare.evidence import Measured, State
from scanner.compare.inference import Interval
from scanner.compare.lines import Curve, Landmark, LineSurvival, Weighing
from scanner.render.comparison_words import span
from scanner.render.html.comparison import Fact
from scanner.render.html.curves import survival_chart
from scanner.render.html.figures import Figure, absent
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable, data_table


@dataclass(frozen=True, slots=True)
class SurvivalView:
    """One way of weighing: the picture, its tables, or why there is none."""

    title: str
    missing: Figure | None
    chart: Markup
    at_risk: DataTable | None
    landmarks: DataTable | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Durability:
    """The curves, one for each way of weighing."""

    curves: tuple[SurvivalView, ...]


def build(context: ReportContext) -> Section | None:
    """The section of the first question; None where nothing is compared."""
    asked = main_question(context)
    if asked is None:
        return None
    data = Durability(tuple(_view(asked, weighing, state) for weighing, state in asked.survival))
    lead = (
        "How long added code lines stay as they were written. Lines still there at the newest "
        "commit are censored, not survivors for good. Code that is worked on changes: survival is "
        "not quality."
    )
    return Section("durability", "Durability", "durability.html.j2", data, lead)


def main_question(context: ReportContext) -> Contrasted | None:
    """The answer to the first question."""
    contrasts = context.report.comparison.contrasts
    return next((one for one in contrasts if one.contrast is Contrast.AI), None)


def _view(asked: Contrasted, weighing: Weighing, state: State[LineSurvival]) -> SurvivalView:
    title = weighing.value[:1].upper() + weighing.value[1:]
    if not isinstance(state, Measured):
        return SurvivalView(title, absent(state), Markup(""), None, None, ())
    found = state.value
    names = (asked.treated_name, asked.others_name)
    return SurvivalView(
        title,
        None,
        survival_chart(f"km-{weighing.name.lower()}", title, names, found),
        _at_risk(names, found),
        _landmarks(names, found),
        tuple(_facts(names, found)),
    )


def _at_risk(names: tuple[str, str], found: LineSurvival) -> DataTable:
    arms = [
        {day: f"{lines:,} ({changes:,})" for day, lines, changes in curve.at_risk}
        for curve in (found.treated, found.others)
    ]
    days = sorted(arms[0].keys() | arms[1].keys())
    columns = ("lines (changes) seen for", *(f"{day:,} days" for day in days))
    rows = [
        (name, *(arm.get(day, "too few") for day in days))
        for name, arm in zip(names, arms, strict=True)
    ]
    return data_table(f"Lines at risk, {found.weighing}", columns, rows)


def _landmarks(names: tuple[str, str], found: LineSurvival) -> DataTable:
    columns = ("after", names[0], names[1], "difference", "95% interval")
    rows = [
        _landmark(f"{landmark.day} days, {kind}", landmark)
        for kind, landmarks in (("adjusted", found.adjusted), ("raw", found.raw))
        for landmark in landmarks
    ]
    return data_table(f"Share of lines left, {found.weighing}", columns, rows)


def _landmark(name: str, source: Landmark) -> tuple[str, ...]:
    return (
        name,
        f"{source.treated:.1%}",
        f"{source.others:.1%}",
        f"{100 * source.difference:+.1f} points",
        _points(source.interval),
    )


def _points(interval: Interval | None) -> str:
    if interval is None:
        return "none to give"
    low, high = (None if end is None else 100 * end for end in (interval.low, interval.high))
    return span(Interval(low, high))


def _facts(names: tuple[str, str], found: LineSurvival) -> Iterator[Fact]:
    for name, curve in zip(names, (found.treated, found.others), strict=True):
        yield Fact(name, _counted(curve, found.cluster_by.plural))
    yield Fact("Held constant", found.stratification.title)
    yield Fact("Test", f"log-rank within strata, p {found.p:.3f} by permutation")
    yield Fact(
        "Formula",
        "Kaplan–Meier: the product over days of 1 − lines ended ÷ lines at risk; bands by "
        "resampling whole clusters, because lines of one change are not independent.",
    )


def _counted(curve: Curve, clusters: str) -> str:
    return f"{curve.lines:,} lines of {curve.changes:,} changes by {curve.clusters:,} {clusters}"
