"""The rows of the comparison: both arms, raw and adjusted, and everything behind each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from scanner.compare.effects import FEW, Description
from scanner.compare.estimates import Adjusted, Effect, Estimate, LadderStep, Raw
from scanner.compare.evidence import Measured, State
from scanner.compare.readings import Reading
from scanner.compare.strata import Stratification
from scanner.compare.table import Direction, Scale
from scanner.render.comparison_words import (
    absence,
    brief_effect,
    difference_span,
    disagreement_words,
    effect_words,
    lacking,
    level,
    rank_words,
    resolution_words,
    short_verdict,
    signed,
    span,
    state_words,
    strata_words,
    tone,
    verdict_words,
)
from scanner.render.html.figures import Figure, Look, absent, look_of
from scanner.render.html.forest import Axis, axis_for, draw_row
from scanner.render.json.basis import BASES, basis_of
from scanner.render.wording import counted, number


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled fact."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One outcome, as it is shown at the top and in the table.

    `blank` says what is missing where neither raw nor adjusted could be told: one cell for both.
    """

    key: str
    title: str
    unit: str
    basis: str
    note: str
    treated: Figure
    others: Figure
    treated_brief: Figure
    others_brief: Figure
    raw: Figure
    adjusted: Figure
    rank: str
    dots: str
    blank: Figure | None
    verdict: str
    word: str
    brief: str
    tone: str
    look: Look
    plot: Markup
    facts: tuple[Fact, ...]
    formula: str
    would_change: str


def rows_of(estimates: Sequence[Estimate], prefix: str = "") -> tuple[ComparisonRow, ...]:
    """The rows of estimates on one axis; `prefix` keeps their keys apart from those of others."""
    axis = axis_for(estimates)
    rows = (comparison_row(one, axis) for one in estimates)
    return tuple(replace(row, key=prefix + row.key) for row in rows)


def comparison_row(estimate: Estimate, axis: Axis) -> ComparisonRow:
    """The row of an estimate."""
    outcome, adjusted = estimate.outcome, estimate.adjusted
    known = adjusted.value if isinstance(adjusted, Measured) else None
    toned = tone(known, outcome.wanted) if known else "open"
    return ComparisonRow(
        key=outcome.key,
        title=outcome.title,
        unit=outcome.unit,
        basis=basis_of(outcome),
        note=outcome.note,
        treated=_arm(estimate.treated, outcome.scale),
        others=_arm(estimate.others, outcome.scale),
        treated_brief=_arm_brief(estimate.treated, _of_treated(known), outcome.scale),
        others_brief=_arm_brief(estimate.others, _of_others(known), outcome.scale),
        raw=_effect(estimate.raw, outcome.scale),
        adjusted=_effect(adjusted, outcome.scale),
        rank=rank_words(known.rank, brief=True) if known and known.rank else "",
        dots=_dots(estimate),
        blank=_blank(estimate),
        verdict=verdict_words(known, outcome.scale) if known else state_words(adjusted),
        word=short_verdict(known) if known else state_words(adjusted),
        brief=_brief(estimate),
        tone=toned,
        look=look_of(adjusted),
        plot=draw_row(estimate, axis, toned),
        facts=tuple(_facts(estimate, known)),
        formula=_formula(outcome.scale),
        would_change=_would_change(estimate),
    )


def _blank(estimate: Estimate) -> Figure | None:
    adjusted = estimate.adjusted
    if isinstance(estimate.raw, Measured) or isinstance(adjusted, Measured):
        return None
    return Figure(look_of(adjusted), state_words(adjusted), lacking(estimate))


def _brief(estimate: Estimate) -> str:
    """What stands under the word on the first screen."""
    adjusted = estimate.adjusted
    if not isinstance(adjusted, Measured):
        return lacking(estimate)
    if adjusted.value.reading is Reading.DESCRIBED:
        return _dots(estimate) or f"fewer than {FEW} comparable changes"
    return brief_effect(adjusted.value, estimate.outcome.scale)


def _arm(source: Description | None, scale: Scale) -> Figure:
    """An arm's figure, and how the values of its changes lie."""
    if source is None:
        return Figure(Look.COULD_NOT_MEASURE, "no value")
    share = source.proportion
    if share:
        note = f"{share.events:,} of {share.of:,}"
    elif source.median is None or source.p90 is None:
        note = f"n {source.n:,}"
    else:
        shown = "{:.0%}".format if scale in (Scale.SHARE, Scale.YES_NO) else number
        note = f"n {source.n:,}, median {shown(source.median)}"
    return Figure(Look.MEASURED, level(source.mean, scale), note)


def _of_treated(adjusted: Adjusted | None) -> tuple[float, int] | None:
    """The figure of comparable AI-attributed changes and how many they are; None where a few
    changes are only described.
    """
    if adjusted is None or adjusted.reading is Reading.DESCRIBED:
        return None
    return adjusted.effect.treated_mean, adjusted.effect.treated


def _of_others(adjusted: Adjusted | None) -> tuple[float, int] | None:
    if adjusted is None or adjusted.reading is Reading.DESCRIBED:
        return None
    return adjusted.effect.others_mean, adjusted.effect.others


def _arm_brief(
    source: Description | None, comparable: tuple[float, int] | None, scale: Scale
) -> Figure:
    """Its figure among comparable changes, else among all, with how many of how many they are."""
    if source is None:
        return Figure(Look.COULD_NOT_MEASURE, "no value")
    if comparable is None:
        return Figure(Look.MEASURED, level(source.mean, scale), f"n {source.n:,}")
    mean, held = comparable
    return Figure(Look.MEASURED, level(mean, scale), f"n {held:,} of {source.n:,}")


def _dots(estimate: Estimate) -> str:
    """The single values of an arm too small for more."""
    scale = estimate.outcome.scale
    arms = (("AI-attributed", estimate.treated), ("other", estimate.others))
    return "; ".join(
        f"{name}: {', '.join(level(value, scale) for value in arm.single)}"
        for name, arm in arms
        if arm and arm.single
    )


def _effect(state: State[Raw] | State[Adjusted], scale: Scale) -> Figure:
    if not isinstance(state, Measured):
        return absent(state)
    effect = state.value.effect
    if effect.ratio is not None and effect.ratio_interval is not None:
        return Figure(
            Look.MEASURED, f"{effect.ratio:.2f}\N{MULTIPLICATION SIGN}", span(effect.ratio_interval)
        )
    bounds = difference_span(effect.difference_interval, scale)
    return Figure(Look.MEASURED, signed(effect.difference, scale), bounds)


def _facts(estimate: Estimate, adjusted: Adjusted | None) -> list[Fact]:
    scale = estimate.outcome.scale
    facts = [Fact("Basis", BASES[basis_of(estimate.outcome)])]
    facts += [
        Fact(
            "Counted",
            f"{counted(arm.n, 'change')} by {arm.clusters:,} {estimate.cluster_by.plural} ({name})",
        )
        for arm, name in ((estimate.treated, "AI-attributed"), (estimate.others, "other"))
        if arm
    ]
    if isinstance(estimate.raw, Measured):
        facts += _effect_facts("Raw", estimate.raw.value.effect, scale)
        facts.append(Fact("Raw, pair by pair", rank_words(estimate.raw.value.rank)))
    if adjusted:
        facts += _effect_facts("Adjusted", adjusted.effect, scale)
        facts += _adjusted_facts(adjusted, scale)
    else:
        assert not isinstance(estimate.adjusted, Measured)
        facts.append(Fact("Missing", absence(estimate.adjusted)))
    facts += [Fact("Without a value", f"{n:,}: {reason}") for reason, n in estimate.missing]
    return facts


def _effect_facts(name: str, effect: Effect, scale: Scale) -> list[Fact]:
    interval = f", 95% {difference_span(effect.difference_interval, scale)}"
    facts = [
        Fact(
            f"{name} figures",
            f"{level(effect.treated_mean, scale)} against {level(effect.others_mean, scale)}",
        ),
        Fact(f"{name} difference", signed(effect.difference, scale) + interval),
    ]
    if effect.ratio is not None:
        facts.append(Fact(f"{name} ratio", effect_words(effect, scale)))
    return facts


def _adjusted_facts(adjusted: Adjusted, scale: Scale) -> list[Fact]:
    effect = adjusted.effect
    found = effect.difference_interval
    facts = [
        Fact(
            "Pair by pair",
            f"chance that the AI-attributed one is higher: {rank_words(adjusted.rank)}",
        ),
        Fact("Held constant", _held_fixed(adjusted.stratification)),
        Fact("Smallest difference found", resolution_words(adjusted, scale)),
        Fact("Difference by strata", "; ".join(map(_step, adjusted.ladder))),
    ]
    if effect.p is not None and adjusted.q is not None:
        facts.append(Fact("Test", f"p {effect.p:.3f}; q {adjusted.q:.3f} over all outcomes"))
    if found.method:
        facts.append(
            Fact("Interval", f"{found.method}, {effect.clusters:,} {effect.cluster_by.plural}")
        )
    said = disagreement_words(adjusted)
    if said:
        facts.append(Fact("Sum and pairs disagree", said))
    return facts + [
        Fact(
            "Weighs most",
            f"without {one.change[:10]} the difference is {signed(one.difference_without, scale)}",
        )
        for one in adjusted.influential
    ]


def _held_fixed(strata: Stratification) -> str:
    coarser = "" if strata.finest_used else " Finer strata had too few counterparts."
    return f"{strata_words(strata)}{coarser}"


def _step(step: LadderStep) -> str:
    matched = f"{step.stratification.matched_share:.0%} matched"
    return f"{step.stratification.title}: {step.difference:+.2f} ({matched})"


def _formula(scale: Scale) -> str:
    figure = {
        Scale.YES_NO: "share of changes for which it is so",
        Scale.SHARE: "sum over changes divided by the sum of their added lines",
        Scale.AMOUNT: "mean over changes, or sum divided by the sum of added lines",
        Scale.DURATION: "mean wait over changes, capped",
        Scale.PERCENTILE: "mean over changes",
    }[scale]
    return (
        f"{figure[0].upper()}{figure[1:]}, of AI-attributed changes divided by that of the others "
        "(difference where that means nothing); what takes time is counted by Kaplan–Meier, so "
        "that young changes count as far as they were seen. Adjusted: the same within strata of "
        "changes that are alike, each weighted by what it can tell."
    )


def _would_change(estimate: Estimate) -> str:
    if not isinstance(estimate.adjusted, Measured):
        return f"There is no figure: {absence(estimate.adjusted)}."
    wanted = estimate.outcome.wanted
    way = "" if wanted is Direction.NEITHER else f" A team would want it {wanted}."
    return (
        "Marks on changes that are now unmarked may move a change from one arm to the other; more "
        f"changes and more authors narrow the interval.{way} A difference is no cause."
    )
