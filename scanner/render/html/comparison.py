"""The rows of the comparison: both arms, raw and adjusted, and everything behind each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from scanner.compare.effects import Description
from scanner.compare.estimates import Adjusted, Effect, Estimate, LadderStep, Raw
from scanner.compare.evidence import COMPARISON_MINIMUM, Measured, State
from scanner.compare.strata import Stratification
from scanner.compare.table import Direction, Scale
from scanner.render.html.figures import Figure, Look, absent, look_of
from scanner.render.html.forest import Axis, axis_for, draw_row, own_scale
from scanner.render.json.basis import BASES, basis_of
from scanner.render.report_words import (
    absence,
    brief_absence,
    effect_words,
    is_empty,
    lacking,
    level,
    signed,
    span,
    state_words,
    tone,
    verdict_words,
)
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
    treated_brief: str
    others_brief: str
    raw: Figure
    adjusted: Figure
    raw_brief: Figure
    adjusted_brief: Figure
    blank: Figure | None
    verdict: str
    brief: str
    tone: str
    look: Look
    plot: Markup
    scale: str
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
        treated_brief=_arm_brief(estimate, estimate.treated),
        others_brief=_arm_brief(estimate, estimate.others),
        raw=_effect(estimate.raw, outcome.scale),
        adjusted=_effect(adjusted, outcome.scale),
        raw_brief=_short(_effect(estimate.raw, outcome.scale), estimate.raw),
        adjusted_brief=_short(_effect(adjusted, outcome.scale), adjusted),
        blank=_blank(estimate),
        verdict=verdict_words(known) if known else state_words(adjusted),
        brief=_brief(estimate),
        tone=toned,
        look=look_of(adjusted),
        plot=draw_row(estimate, axis, toned),
        scale=own_scale(estimate),
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
    """What stands under the figure on the first screen."""
    adjusted = estimate.adjusted
    if not isinstance(adjusted, Measured):
        return lacking(estimate)
    if is_empty(adjusted.value.effect):
        return verdict_words(adjusted.value)
    interval = _effect(adjusted, estimate.outcome.scale).note
    return f"{interval} · {verdict_words(adjusted.value)}"


def _arm(source: Description | None, scale: Scale) -> Figure:
    """How an arm's values lie; without a mean where there are too few for one."""
    if source is None:
        return Figure(Look.COULD_NOT_MEASURE, "no value")
    if source.n < COMPARISON_MINIMUM.changes:
        return Figure(Look.SCARCE, f"n {source.n:,}", f"{COMPARISON_MINIMUM.changes} needed")
    share = source.proportion
    if share:
        note = f"{share.events:,} of {share.of:,}, Wilson 95 % {share.low:.1%}–{share.high:.1%}"
        return Figure(Look.MEASURED, f"{share.value:.1%}", note)
    shown = "{:.0%}".format if scale is Scale.SHARE else number
    note = f"n {source.n:,}, median {shown(source.median)}, p90 {shown(source.p90)}"
    return Figure(Look.MEASURED, level(source.mean, scale), note)


def _arm_brief(estimate: Estimate, source: Description | None) -> str:
    """A mean on enough evidence; else only how many changes there are, lest it be read as one."""
    if source is None:
        return "none"
    if not isinstance(estimate.adjusted, Measured):
        return f"n {source.n:,}"
    return level(source.mean, estimate.outcome.scale)


def _effect(state: State[Raw] | State[Adjusted], scale: Scale) -> Figure:
    if not isinstance(state, Measured):
        return absent(state)
    effect = state.value.effect
    if effect.ratio is not None and effect.ratio_interval is not None:
        return Figure(
            Look.MEASURED, f"{effect.ratio:.2f}\N{MULTIPLICATION SIGN}", span(effect.ratio_interval)
        )
    bounds = effect.difference_interval
    return Figure(
        Look.MEASURED, signed(effect.difference, scale), span(bounds) if bounds else "no interval"
    )


def _short(figure: Figure, state: State[Raw] | State[Adjusted]) -> Figure:
    """The figure with no more than the first of what it lacks."""
    return figure if isinstance(state, Measured) else replace(figure, note=brief_absence(state))


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
        facts.append(_delta("Raw", estimate.raw.value))
    if adjusted:
        facts += _effect_facts("Adjusted", adjusted.effect, scale)
        facts += [_delta("Adjusted", adjusted), *_adjusted_facts(adjusted)]
    else:
        assert not isinstance(estimate.adjusted, Measured)
        facts.append(Fact("Missing", absence(estimate.adjusted)))
    facts += [Fact("Without a value", f"{n:,}: {reason}") for reason, n in estimate.missing]
    return facts


def _effect_facts(name: str, effect: Effect, scale: Scale) -> list[Fact]:
    bounds = effect.difference_interval
    interval = f", 95 % {span(bounds)}" if bounds else ", the data allow no interval"
    facts = [
        Fact(
            f"{name} means",
            f"{level(effect.treated_mean, scale)} against {level(effect.others_mean, scale)}",
        ),
        Fact(f"{name} difference", signed(effect.difference, scale) + interval),
    ]
    if effect.ratio is not None:
        facts.append(Fact(f"{name} ratio", effect_words(effect, scale)))
    return facts


def _delta(name: str, source: Raw | Adjusted) -> Fact:
    delta = source.cliffs_delta
    return Fact(f"{name} effect size", f"Cliff’s delta {delta.value:+.2f} ({delta.magnitude})")


def _adjusted_facts(adjusted: Adjusted) -> list[Fact]:
    found = adjusted.effect.difference_interval
    facts = [
        Fact("Held fixed", _held_fixed(adjusted.stratification)),
        Fact("Test", f"p {adjusted.p:.3f} by permutation; q {adjusted.q:.3f} over all outcomes"),
        Fact("Difference by strata", "; ".join(map(_step, adjusted.ladder))),
    ]
    if found and found.method:
        clusters = counted(adjusted.effect.clusters, "cluster")
        facts.append(Fact("Interval", f"{found.method}, {clusters}"))
    return facts


def _held_fixed(strata: Stratification) -> str:
    coarser = "" if strata.finest_used else "; finer strata had too few counterparts"
    return (
        f"{strata.title}: {strata.strata:,} strata with {strata.matched_treated:,} of "
        f"{strata.treated:,} AI-attributed and {strata.matched_others:,} of {strata.others:,} "
        f"other changes{coarser}"
    )


def _step(step: LadderStep) -> str:
    too_few = "" if step.enough else " (too few)"
    return f"{step.stratification.title}: {step.difference:+.2f}{too_few}"


def _formula(scale: Scale) -> str:
    mean = {
        Scale.YES_NO: "share of changes for which it is so",
        Scale.SHARE: "mean share over changes",
        Scale.AMOUNT: "mean over changes",
        Scale.DURATION: "mean wait over changes, capped",
    }[scale]
    return (
        f"{mean[0].upper()}{mean[1:]}, of AI-attributed changes divided by that of the others "
        "(difference where that means nothing). Adjusted: the same within strata of changes that "
        "are alike, each weighted by what it can tell."
    )


def _would_change(estimate: Estimate) -> str:
    if not isinstance(estimate.adjusted, Measured):
        return f"The figure appears once there is enough: {absence(estimate.adjusted)}."
    wanted = estimate.outcome.wanted
    way = "" if wanted is Direction.NEITHER else f" A team would want it {wanted}."
    return (
        "Marks on changes that are now unmarked may move a change from one arm to the other; more "
        f"changes and more authors narrow the interval.{way} A difference is no cause."
    )
