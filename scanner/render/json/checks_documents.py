"""What the JSON of `report` says beside the first comparison: other questions, survival, checks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.compare.evidence import Measured
from scanner.render.json.comparison_documents import (
    JsonComparison,
    JsonCouldNotMeasure,
    JsonInterval,
    JsonNotApplicable,
    Strata,
    absent_state,
    comparison_row,
    interval_document,
    rounded,
    strata_document,
)
from scanner.render.json.documents import Count, Share

if TYPE_CHECKING:  # these bring SciPy along, the documents only their types
    from scanner.compare import compare, estimates, evidence, lines, sensitivity, trends, validity

Absent = JsonNotApplicable | JsonCouldNotMeasure


class JsonQuestion(Struct, frozen=True):
    """A question other than the first: other arms, the same outcomes."""

    question: str
    treated: str
    others: str
    treated_changes: Count
    others_changes: Count
    comparison: tuple[JsonComparison, ...]


class SurvivalPoint(Struct, frozen=True):
    """The share of lines left after `day`."""

    day: Count
    survival: Share
    interval: JsonInterval


class AtRisk(Struct, frozen=True):
    """How many lines, of how many changes, were seen for so many days."""

    day: Count
    lines: Count
    changes: Count


class JsonCurve(Struct, frozen=True):
    """One arm's survival: points where the share changes, and the numbers at risk."""

    arm: str
    lines: Count
    changes: Count
    clusters: Count
    points: tuple[SurvivalPoint, ...]
    at_risk: tuple[AtRisk, ...]


class JsonLandmark(Struct, frozen=True):
    """The share of lines left after `day` in both arms."""

    day: Count
    treated: Share
    others: Share
    difference: float
    interval: JsonInterval


class JsonLineSurvival(Struct, frozen=True, tag_field="state", tag="measured"):
    """Both curves, landmarks, and p of the stratified log-rank test."""

    curves: tuple[JsonCurve, ...]
    raw: tuple[JsonLandmark, ...]
    adjusted: tuple[JsonLandmark, ...]
    strata: Strata
    p: float


class JsonDurability(Struct, frozen=True):
    """The survival of lines in the first question, weighed in one way."""

    weighing: str
    survival: JsonLineSurvival | Absent


class JsonSupposed(Struct, frozen=True):
    """The difference if so large a share of the unmarked changes were AI's."""

    share: Share
    difference: float | None
    difference_reason: str | None
    interval: JsonInterval


class JsonScenario(Struct, frozen=True):
    """What hidden AI changes are like; `flips_at` is the least share that ends the finding."""

    scenario: str
    had_finding: bool
    flips_at: Share | None
    flips_at_reason: str | None
    supposed: tuple[JsonSupposed, ...]


class Scenarios(Struct, frozen=True, tag_field="state", tag="measured"):
    """All scenarios of one outcome."""

    scenarios: tuple[JsonScenario, ...]


class JsonOutcomeSensitivity(Struct, frozen=True):
    """What hidden AI would do to one outcome's adjusted difference."""

    outcome: str
    sensitivity: Scenarios | Absent


class Compared(Struct, frozen=True, tag_field="state", tag="measured"):
    """The placebo: a comparison where there is no effect to find."""

    comparison: tuple[JsonComparison, ...]


Placebo = Compared | Absent


class ScoreThreshold(Struct, frozen=True, tag_field="state", tag="measured"):
    """A limit found on the older half; `above` is the share of changes it would have stopped."""

    limit: float
    above: Share
    is_confirmed: bool


class Foretold(Struct, frozen=True, tag_field="state", tag="measured"):
    """What followed the top quarter of a score against its bottom quarter."""

    lower_quartile: float
    upper_quartile: float
    followed: tuple[JsonComparison, ...]
    threshold: ScoreThreshold | Absent


class JsonValidity(Struct, frozen=True):
    """Whether a score foretold what it warns of."""

    score: str
    validity: Foretold | Absent


class JsonCellValue(Struct, frozen=True, tag_field="state", tag="measured"):
    """The figure of an arm in a period."""

    mean: float
    interval: JsonInterval


class JsonCell(Struct, frozen=True):
    """One arm in one period, with the evidence it rests on."""

    period: str
    arm: str
    changes: Count
    clusters: Count
    value: JsonCellValue | Absent


class JsonTrend(Struct, frozen=True):
    """An outcome over time."""

    outcome: str
    by: str
    cells: tuple[JsonCell, ...]


def question_title(source: compare.Contrasted) -> str:
    """What is asked; an agent or a model by its name."""
    from scanner.compare.compare import Contrast  # noqa: PLC0415  brings SciPy along

    if source.contrast in (Contrast.ONE_AGENT, Contrast.ONE_MODEL):
        return f"{source.treated_name} against {source.others_name}"
    if source.contrast in (Contrast.ONE_SIZE, Contrast.ONE_TYPE):
        return f"AI-attributed against {source.others_name}"
    return source.contrast.value


def question(source: compare.Contrasted) -> JsonQuestion:
    """The document of a question."""
    return JsonQuestion(
        question=question_title(source),
        treated=source.treated_name,
        others=source.others_name,
        treated_changes=source.treated,
        others_changes=source.others,
        comparison=tuple(map(comparison_row, source.estimates)),
    )


def durability(source: compare.Contrasted) -> tuple[JsonDurability, ...]:
    """The survival of lines in a question, by the way of weighing."""
    names = (source.treated_name, source.others_name)
    return tuple(
        JsonDurability(
            weighing.value,
            _survival(state.value, names) if isinstance(state, Measured) else absent_state(state),
        )
        for weighing, state in source.survival
    )


def _survival(source: lines.LineSurvival, names: tuple[str, str]) -> JsonLineSurvival:
    curves = zip(names, (source.treated, source.others), strict=True)
    return JsonLineSurvival(
        curves=tuple(_curve(name, curve) for name, curve in curves),
        raw=tuple(map(_landmark, source.raw)),
        adjusted=tuple(map(_landmark, source.adjusted)),
        strata=strata_document(source.stratification),
        p=rounded(source.p),
    )


def _curve(name: str, source: lines.Curve) -> JsonCurve:
    return JsonCurve(
        arm=name,
        lines=source.lines,
        changes=source.changes,
        clusters=source.clusters,
        points=tuple(
            SurvivalPoint(point.day, rounded(point.survival), interval_document(point.interval))
            for point in source.points
        ),
        at_risk=tuple(AtRisk(*row) for row in source.at_risk),
    )


def _landmark(source: lines.Landmark) -> JsonLandmark:
    return JsonLandmark(
        day=source.day,
        treated=rounded(source.treated),
        others=rounded(source.others),
        difference=rounded(source.difference),
        interval=interval_document(source.interval),
    )


def sensitivities(source: compare.Contrasted) -> tuple[JsonOutcomeSensitivity, ...]:
    """What hidden AI would do, for each outcome of a question."""
    return tuple(
        JsonOutcomeSensitivity(
            one.outcome.key,
            Scenarios(tuple(map(_scenario, one.scenarios.value)))
            if isinstance(one.scenarios, Measured)
            else absent_state(one.scenarios),
        )
        for one in source.sensitivity
    )


def _scenario(source: sensitivity.Sensitivity) -> JsonScenario:
    stands = "there was no finding" if not source.had_finding else "it stands up to 0.6"
    return JsonScenario(
        scenario=source.scenario.value,
        had_finding=source.had_finding,
        flips_at=source.flips_at,
        flips_at_reason=stands if source.flips_at is None else None,
        supposed=tuple(map(_supposed, source.supposed)),
    )


def _supposed(source: sensitivity.Supposed) -> JsonSupposed:
    is_number = not math.isnan(source.difference)  # NaN where an arm would be empty
    return JsonSupposed(
        share=source.share,
        difference=rounded(source.difference) if is_number else None,
        difference_reason=None if is_number else "no change would be left to compare with",
        interval=interval_document(source.interval),
    )


def placebo(source: evidence.State[tuple[estimates.Estimate, ...]]) -> Placebo:
    """The document of the placebo."""
    if isinstance(source, Measured):
        return Compared(tuple(map(comparison_row, source.value)))
    return absent_state(source)


def validities(source: compare.Comparison) -> tuple[JsonValidity, ...]:
    """Whether the scores foretold anything, in the order of the scores."""
    from scanner.compare.outcomes import SCORES  # noqa: PLC0415  brings SciPy along

    first = source.contrasts[0].estimates if source.contrasts else ()
    known = {one.outcome.key for one in first}
    keys = [key for key in SCORES if key in known]
    return tuple(
        JsonValidity(
            key, _foretold(state.value) if isinstance(state, Measured) else absent_state(state)
        )
        for key, state in zip(keys, source.validity, strict=True)
    )


def _foretold(source: validity.Validity) -> Foretold:
    limit = source.threshold
    return Foretold(
        lower_quartile=rounded(source.lower_quartile),
        upper_quartile=rounded(source.upper_quartile),
        followed=tuple(map(comparison_row, source.followed)),
        threshold=_threshold(limit.value) if isinstance(limit, Measured) else absent_state(limit),
    )


def _threshold(source: validity.SuggestedThreshold) -> ScoreThreshold:
    return ScoreThreshold(rounded(source.limit), rounded(source.above), source.is_confirmed)


def trend(source: trends.Trend) -> JsonTrend:
    """The document of an outcome over time."""
    return JsonTrend(source.outcome.key, source.by.value, tuple(map(_cell, source.cells)))


def _cell(source: trends.Cell) -> JsonCell:
    state = source.value
    return JsonCell(
        period=source.period,
        arm=source.arm,
        changes=source.changes,
        clusters=source.clusters,
        value=_value(state.value) if isinstance(state, Measured) else absent_state(state),
    )


def _value(source: trends.CellValue) -> JsonCellValue:
    return JsonCellValue(rounded(source.mean), interval_document(source.interval))
