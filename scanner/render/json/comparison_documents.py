"""A row of the comparison in the JSON of `report`: a figure, or in what way there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import UNSET, Struct, UnsetType

from scanner.compare import evidence
from scanner.render.json.basis import basis_of
from scanner.render.json.convert import PRECISION
from scanner.render.json.documents import Count, Share

if TYPE_CHECKING:  # the estimates bring SciPy along, the document only their types
    from scanner.compare import effects, estimates, inference, strata

T = TypeVar("T")


class JsonInterval(Struct, frozen=True):
    """A 95% interval; a bound is null where the data set no limit on that side."""

    low: float | None
    high: float | None
    reason: str | None
    method: str | UnsetType = UNSET


class JsonEffect(Struct, frozen=True, tag_field="state", tag="measured"):
    """AI-attributed (`treated`) against other changes, with what the figure rests on."""

    treated_mean: float
    others_mean: float
    difference: float
    difference_interval: JsonInterval
    ratio: float | None
    ratio_reason: str | None
    ratio_interval: JsonInterval
    chance_higher: ChanceHigher | None
    chance_higher_reason: str | None
    changes: tuple[Count, Count]
    clusters: Count
    clusters_are: str


class ChanceHigher(Struct, frozen=True):
    """The chance that the treated of two comparable changes has the higher figure, ties halved."""

    chance: Share
    interval: JsonInterval


class JsonInfluence(Struct, frozen=True):
    """A change that weighs much, and what the adjusted difference would be without it."""

    commit: str
    difference_without: float


class JsonNotApplicable(Struct, frozen=True, tag_field="state", tag="not_applicable"):
    """The question has no answer here."""

    reason: str


class JsonCouldNotMeasure(Struct, frozen=True, tag_field="state", tag="could_not_measure"):
    """The question has an answer, but its data are missing."""

    reason: str


State = JsonEffect | JsonNotApplicable | JsonCouldNotMeasure


class JsonArm(Struct, frozen=True):
    """How the values of one arm lie; all null where no change of it has a value."""

    changes: Count
    clusters: Count
    mean: float | None
    median: float | None
    p90: float | None
    reason: str | None


class JsonArms(Struct, frozen=True):
    """The two groups, and what counts as independent in them."""

    treated: JsonArm
    others: JsonArm
    clustered_by: str


class Strata(Struct, frozen=True):
    """What was held fixed, and how many changes had a counterpart."""

    holds_fixed: tuple[str, ...]
    strata: Count
    matched_treated: Count
    treated: Count
    matched_others: Count
    others: Count
    finest_used: bool


class JsonMissing(Struct, frozen=True):
    """Why changes of the arms have no value, and how many."""

    reason: str
    changes: Count


class JsonComparison(Struct, frozen=True):
    """One outcome. What is null has its reason in `adjusted`."""

    outcome: str
    title: str
    unit: str
    basis: str
    arms: JsonArms
    raw: State
    adjusted: State
    interval: JsonInterval | None
    p: float | None
    q: float | None
    p_reason: str | None
    strata: Strata | None
    verdict: str
    verdict_words: str
    may_be_chance: bool
    ranks_disagree: bool
    smallest_difference: float | None
    further_changes: Count | None
    resolution_reason: str | None
    influential: tuple[JsonInfluence, ...]
    coverage: Share
    missing: tuple[JsonMissing, ...]
    note: str | UnsetType = UNSET


def comparison_row(source: estimates.Estimate) -> JsonComparison:
    """The row of one estimate."""
    from scanner.render.comparison_words import (  # noqa: PLC0415  brings SciPy along
        lacking,
        verdict_words,
    )

    adjusted = source.adjusted
    known = adjusted.value if isinstance(adjusted, evidence.Measured) else None
    fine = known.effect.resolution if known else None
    return JsonComparison(
        outcome=source.outcome.key,
        title=source.outcome.title,
        unit=source.outcome.unit,
        basis=basis_of(source.outcome),
        arms=JsonArms(_arm(source.treated), _arm(source.others), source.cluster_by),
        raw=_state(source.raw, _effect),
        adjusted=_state(adjusted, _effect),
        interval=None if known is None else interval_document(known.effect.difference_interval),
        p=_rounded(known.effect.p if known else None),
        q=_rounded(known.q if known else None),
        p_reason=NO_P if known and known.effect.p is None else None,
        strata=None if known is None else strata_document(known.stratification),
        verdict=_verdict(adjusted) if known is None else known.reading,
        verdict_words=verdict_words(known, source.outcome.scale) if known else lacking(source),
        may_be_chance=known is not None and known.may_be_chance,
        ranks_disagree=known is not None and known.ranks_disagree,
        smallest_difference=_rounded(fine.smallest if fine else None),
        further_changes=fine.further if fine else None,
        resolution_reason=UNLIMITED if fine and fine.further is None else None,
        influential=tuple(
            JsonInfluence(one.change, rounded(one.difference_without))
            for one in (known.influential if known else ())
        ),
        coverage=rounded(source.coverage),
        missing=tuple(JsonMissing(reason, count) for reason, count in source.missing),
        note=source.outcome.note or UNSET,
    )


def _state(source: evidence.State[T], of_value: Callable[[T], JsonEffect]) -> State:
    return of_value(source.value) if isinstance(source, evidence.Measured) else absent_state(source)


def absent_state(
    source: evidence.Absent,
) -> JsonNotApplicable | JsonCouldNotMeasure:
    """In what way there is no figure."""
    match source:
        case evidence.NotApplicable():
            return JsonNotApplicable(source.reason)
        case evidence.CouldNotMeasure():
            return JsonCouldNotMeasure(source.reason)


def _verdict(state: evidence.State[Any]) -> str:
    return "not applicable" if isinstance(state, evidence.NotApplicable) else "could not measure"


NO_P = "too few to draw from; the interval says what is known"
UNLIMITED = "so little evidence sets no limit"


def _effect(source: estimates.Raw | estimates.Adjusted) -> JsonEffect:
    effect = source.effect
    return JsonEffect(
        treated_mean=rounded(effect.treated_mean),
        others_mean=rounded(effect.others_mean),
        difference=rounded(effect.difference),
        difference_interval=interval_document(effect.difference_interval),
        ratio=None if effect.ratio is None else rounded(effect.ratio),
        ratio_reason=_no_ratio(effect) if effect.ratio is None else None,
        ratio_interval=interval_document(effect.ratio_interval),
        chance_higher=_chance(source.rank) if source.rank else None,
        chance_higher_reason=None if source.rank else "no change has a figure of its own yet",
        changes=(effect.treated, effect.others),
        clusters=effect.clusters,
        clusters_are=effect.cluster_by,
    )


def _no_ratio(effect: estimates.Effect) -> str:
    if effect.others_mean <= 0:
        return "the others' mean is not above 0"
    return "percentiles, and values that may be negative, have a difference only"


def _chance(source: effects.Rank) -> ChanceHigher:
    return ChanceHigher(rounded(source.chance), interval_document(source.interval))


def interval_document(source: inference.Interval | None) -> JsonInterval:
    """An interval; one that there is none of has its reason."""
    if source is None:
        return JsonInterval(None, None, "the data allow no interval")
    is_open = source.low is None or source.high is None
    return JsonInterval(
        low=None if source.low is None else rounded(source.low),
        high=None if source.high is None else rounded(source.high),
        reason="the data set no limit on that side" if is_open else None,
        method=UNSET if source.method is None else source.method,
    )


def _arm(source: effects.Description | None) -> JsonArm:
    if source is None:
        return JsonArm(0, 0, None, None, None, "no change of this arm has a value")
    return JsonArm(
        changes=source.n,
        clusters=source.clusters,
        mean=rounded(source.mean),
        median=_rounded(source.median),
        p90=_rounded(source.p90),
        reason=None if source.median is not None else "no change has a figure of its own yet",
    )


def strata_document(source: strata.Stratification) -> Strata:
    """What was held fixed."""
    return Strata(
        holds_fixed=tuple(source.holds_fixed),
        strata=source.strata,
        matched_treated=source.matched_treated,
        treated=source.treated,
        matched_others=source.matched_others,
        others=source.others,
        finest_used=source.finest_used,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def rounded(value: float) -> float:
    """As many decimals as the documents give."""
    return round(value, PRECISION)
