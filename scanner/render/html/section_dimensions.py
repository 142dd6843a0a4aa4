"""The dimensions of debt: how scores are distributed by arm, which rules cost most, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.base.model import Arm, Change, Dimension, Finding, Grade
from scanner.render.html.charts import share_bar
from scanner.render.html.figures import amount, changes_where
from scanner.render.html.figures import share as percent
from scanner.render.html.finding import LONGEST, LONGEST_RULE
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.section_changes import change_id
from scanner.render.html.tables import DataTable, data_table
from scanner.render.paths import sentence
from scanner.render.scores import NOT_IN_THIS_RUN
from scanner.render.tallies import rules
from scanner.render.wording import (
    ARM_WORDS,
    DIMENSION_HELP,
    DIMENSION_TITLES,
    counted,
    number,
    stretch,
)

MOST_RULES, MOST_EXAMPLES = 5, 3
#: A change without a point is told apart from one with few.
BANDS = ("none", *(grade.value for grade in Grade))
BAND_NAMES = ("no points", "up to 5", "up to 10", "up to 20", "up to 50", "above 50")


@dataclass(frozen=True, slots=True)
class ArmBar:
    """The share of an arm's changes in each band."""

    name: str
    kind: str
    changes: str
    bar: Markup
    words: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What a rule cost in all."""

    rule: str
    anchor: str
    findings: str
    points: str
    share: Markup


@dataclass(frozen=True, slots=True)
class Example:
    """A finding, and the change that it is shown under."""

    anchor: str
    where: str
    message: str
    points: str


@dataclass(frozen=True, slots=True)
class Dimensions:
    """All dimensions, and the bands of the bars as classes and names."""

    bands: tuple[tuple[str, str], ...]
    views: tuple[DimensionView, ...]


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One dimension; `unmeasured` says why there is nothing else to show."""

    id: str
    name: str
    title: str
    help: str
    unmeasured: str
    total: str
    bars: tuple[ArmBar, ...]
    table: DataTable | None
    rules: tuple[RuleRow, ...]
    examples: tuple[Example, ...]


def build(context: ReportContext) -> Section | None:
    """All dimensions, measured or not; None without a change to compare."""
    compared = context.report.compared
    if not compared:
        return None
    views = tuple(_view(context, dimension, compared) for dimension in Dimension)
    bands = tuple((f"band-{band}", _band_name(band)) for band in BANDS)
    lead = (
        "How the scores of changes are distributed, and what they are made of. A score is points "
        "per hundred added code lines; a change without a point is a band of its own."
    )
    return Section(
        "dimensions",
        "Dimensions",
        "dimensions.html.j2",
        Dimensions(bands, views),
        lead,
    )


def _view(
    context: ReportContext, dimension: Dimension, compared: Sequence[Change]
) -> DimensionView:
    scored = [
        (c, s) for c in compared if (s := c.judgement.scorecard.per_hundred(dimension)) is not None
    ]
    found = [
        (change, finding)
        for change, _ in scored
        for finding in change.judgement.findings
        if finding.dimension is dimension
    ]
    points = sum(finding.points for _, finding in found)
    bars = tuple(_bars(scored))
    return DimensionView(
        id=f"dim-{dimension}",
        name=dimension.value,
        title=DIMENSION_TITLES[dimension],
        help=DIMENSION_HELP[dimension],
        unmeasured="" if scored else _reason(compared, dimension),
        total=(
            f"{amount(points)} points in {counted(len(found), 'finding')}; "
            f"{counted(len(scored), 'change')} measured"
        ),
        bars=tuple(bar for bar, _ in bars),
        table=_table(dimension, [row for _, row in bars]) if scored else None,
        rules=_rules(found, points),
        examples=tuple(_examples(context, found)),
    )


def _reason(changes: Iterable[Change], dimension: Dimension) -> str:
    for change in changes:
        for part in change.judgement.scorecard.dimensions:
            if part.dimension is dimension and part.unmeasured:
                return part.unmeasured
    return NOT_IN_THIS_RUN


def _bars(scored: Sequence[tuple[Change, float]]) -> Iterable[tuple[ArmBar, tuple[str, ...]]]:
    for arm in Arm:
        scores = [score for change, score in scored if change.attribution.arm is arm]
        if not scores:
            continue
        bands = [_band(score) for score in scores]
        counts = [bands.count(band) for band in BANDS]
        shares = [count / len(scores) for count in counts]
        words = ", ".join(
            f"{_band_name(band)} {percent(share)}"
            for band, share in zip(BANDS, shares, strict=True)
            if share
        )
        bar = share_bar(
            [(f"band-{band}", share) for band, share in zip(BANDS, shares, strict=True)]
        )
        yield (
            ArmBar(ARM_WORDS[arm], f"a-{arm}", counted(len(scores), "change"), bar, words),
            (ARM_WORDS[arm], *(f"{count:,}" for count in counts)),
        )


def _band(score: float) -> str:
    return "none" if score == 0 else Grade.of(score).value


def _band_name(band: str) -> str:
    return BAND_NAMES[BANDS.index(band)]


def _table(dimension: Dimension, rows: list[tuple[str, ...]]) -> DataTable:
    columns = ("arm", *BAND_NAMES)
    return data_table(f"Changes by {dimension} score", columns, rows)


def _rules(found: Sequence[tuple[Change, Finding]], points: float) -> tuple[RuleRow, ...]:
    return tuple(
        RuleRow(
            shown := sentence(tally.rule, LONGEST_RULE),
            changes_where(text=shown),
            f"{tally.findings:,}",
            amount(tally.points),
            share_bar([("of-all", tally.points / points if points else 0.0)], 6),
        )
        for tally in rules(finding for _, finding in found)[:MOST_RULES]
    )


def _examples(context: ReportContext, found: Sequence[tuple[Change, Finding]]) -> Iterable[Example]:
    ranked = sorted(
        found, key=lambda pair: (-pair[1].points, pair[1].fingerprint, pair[0].commit.oid)
    )
    for change, finding in ranked[:MOST_EXAMPLES]:
        yield Example(
            change_id(change.commit.oid),
            stretch(finding.place),
            context.anonymizer.over(sentence(finding.message, LONGEST)),
            number(finding.points),
        )
