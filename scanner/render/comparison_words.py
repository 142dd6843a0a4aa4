"""What a comparison says, in words and short figures that every format shares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.compare.effects import FEW, Rank
from scanner.compare.estimates import Adjusted, Effect, Estimate
from scanner.compare.evidence import Absent, CouldNotMeasure, Measured, NotApplicable, State
from scanner.compare.inference import Interval
from scanner.compare.readings import MARGIN, Reading
from scanner.compare.strata import Stratification
from scanner.compare.table import Direction, Scale
from scanner.render.wording import number

STATE_WORDS = {NotApplicable: "not applicable", CouldNotMeasure: "could not measure"}


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """An outcome in a sentence: its name, and what changes do that have more or less of it, with a
    place for how sure that is.
    """

    noun: str
    more: str
    less: str
    is_plural: bool = False


#: The outcomes that the answer speaks of, in this order. All others are in the comparison.
HEADLINE = {
    "any_finding": SpokenOf(
        "findings", "{} have findings more often", "{} have findings less often", is_plural=True
    ),
    "debt": SpokenOf("debt per line", "{} bring more debt per line", "{} bring less debt per line"),
    "duplicated_share": SpokenOf("copied code", "{} copy more code", "{} copy less code"),
    "deviation": SpokenOf(
        "deviation", "{} deviate more from this codebase", "{} deviate less from this codebase"
    ),
    "rework_14": SpokenOf(
        "rework within 14 days",
        "are {} reworked more within 14 days",
        "are {} reworked less within 14 days",
    ),
    "fix_inducing": SpokenOf(
        "later fixes",
        "are {} followed by a fix more often",
        "are {} followed by a fix less often",
        is_plural=True,
    ),
    "reverted": SpokenOf(
        "reverts",
        "are {} reverted more often",
        "are {} reverted less often",
        is_plural=True,
    ),
}


def headline(estimates: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """The estimates that the answer speaks of; all, where none of those was asked for."""
    known = {one.outcome.key: one for one in estimates}
    return tuple(known[key] for key in HEADLINE if key in known) or tuple(estimates)


def answer_sentence(estimates: Sequence[Estimate], fragile: Collection[str] = ()) -> str:
    """The answer in one sentence without figures, with a word for how sure it is.

    `fragile` are the keys of outcomes of which a few wrong labels would end what is said.
    """
    measured = [(e, e.adjusted.value) for e in estimates if isinstance(e.adjusted, Measured)]
    told = [(e, a) for e, a in measured if a.reading.is_difference]
    alike = [e for e, a in measured if a.reading is Reading.ALIKE]
    unclear = [(e, a) for e, a in measured if a.reading is Reading.UNCLEAR]
    if not measured:
        return "AI-attributed and other changes of this history could not be compared."
    if all(a.reading in (Reading.DESCRIBED, Reading.NONE) for _, a in measured):
        return _described(measured)
    if told:
        sure = [("perhaps" if e.outcome.key in fragile else _surely(a), e, a) for e, a in told]
        surest_first = sorted(sure, key=lambda one: _SUREST.index(one[0]))
        does = listed([_does(*one) for one in surest_first])
        parts = [f"AI-attributed changes {does} than comparable other changes"]
        if alike:
            parts.append(f"in {_names(alike)} they are about the same")
    elif alike:
        parts = [
            f"AI-attributed and comparable other changes are about the same in {_names(alike)}"
        ]
    else:
        return (
            "Whether AI-attributed changes differ from comparable other changes cannot be told "
            f"yet{_lean(unclear)}."
        )
    if len(unclear) == 1:
        parts.append(f"nothing can be told yet of {_names([one for one, _ in unclear])}")
    elif unclear:
        parts.append("the rest cannot be told yet")
    return f"{'; '.join(parts)}."


def _does(surely: str, one: Estimate, adjusted: Adjusted) -> str:
    """`clearly have findings more often`, or `probably …`, or `perhaps …`."""
    spoken = _spoken(one)
    does = spoken.more if adjusted.effect.difference > 0 else spoken.less
    return does.format(surely)


#: The words for how sure a difference is.
_SUREST = ("clearly", "probably", "perhaps")
#: Below this q, a difference is called clear.
CLEAR = 0.01


def _surely(adjusted: Adjusted) -> str:
    """How sure a difference is; none is clear by shares of a few changes, which have no q."""
    if adjusted.may_be_chance:
        return "perhaps"
    return "clearly" if adjusted.q is not None and adjusted.q <= CLEAR else "probably"


def _names(estimates: Sequence[Estimate]) -> str:
    return listed([word_for(one) for one in estimates])


def _spoken(one: Estimate) -> SpokenOf:
    """How a sentence speaks of an outcome; by its title, where the answer has no words for it."""
    title = one.outcome.title
    name = title[:1].lower() + title[1:]
    named = SpokenOf(name, f"are {{}} higher in “{title}”", f"are {{}} lower in “{title}”")
    return HEADLINE.get(one.outcome.key, named)


_FEW_NAMED = 3
#: A ratio beyond these is a leaning worth a word.
_LEANS = (1 / 1.1, 1.1)


def _described(measured: Sequence[tuple[Estimate, Adjusted]]) -> str:
    if any(a.reading is Reading.DESCRIBED for _, a in measured):
        few = [a.effect.treated <= a.effect.others for _, a in measured]
        return (
            f"There are too few {'AI-attributed' if all(few) else 'other'} changes yet to conclude "
            "anything; what they brought is shown one by one."
        )
    return "Neither AI-attributed nor other changes show any of what is looked for."


def _lean(unclear: Sequence[tuple[Estimate, Adjusted]]) -> str:
    leaning, ways = [], set()
    for one, adjusted in unclear:
        ratio = adjusted.effect.ratio
        if ratio is not None and not _LEANS[0] <= ratio <= _LEANS[1]:
            leaning.append(_more(one, adjusted))
            ways.add(ratio > 1)
    if not leaning:
        return ""
    if len(leaning) > _FEW_NAMED and len(ways) > 1:  # to name some of them would be to choose
        return "; the estimates lean both ways"
    shown = leaning if len(leaning) <= _FEW_NAMED else leaning[:2]
    return f"; the estimates lean towards {listed(shown)}"


def _more(one: Estimate, adjusted: Adjusted) -> str:
    if adjusted.effect.difference > 0:
        return f"more {word_for(one)}"
    return f"{'fewer' if _spoken(one).is_plural else 'less'} {word_for(one)}"


def word_for(one: Estimate) -> str:
    """What an outcome is called in the middle of a sentence."""
    return _spoken(one).noun


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def verdict_words(adjusted: Adjusted, scale: Scale) -> str:
    """What may be said of it: `probably higher`, `about as much`, or between what it lies."""
    reading = adjusted.reading
    if reading is Reading.DESCRIBED:
        return f"fewer than {FEW} changes an arm: described, nothing concluded"
    if reading is Reading.NONE:
        return _none_words(adjusted.effect)
    if reading is Reading.UNCLEAR:
        return f"cannot tell: {between(adjusted.effect, scale)}"
    words = short_verdict(adjusted)
    return f"{words}: it may be chance among so many outcomes" if adjusted.may_be_chance else words


def short_verdict(adjusted: Adjusted) -> str:
    """The same in one to three words, for the first screen."""
    reading = adjusted.reading
    if reading is Reading.DESCRIBED:
        return "too few to tell"
    if reading is Reading.NONE:
        return "none seen"
    return f"{_surely(adjusted)} {reading}" if reading.is_difference else reading.value


def arm_words(estimate: Estimate) -> str:
    """The figures of all changes of both arms, for a reading that only describes."""
    arms = (("AI-attributed", estimate.treated), ("other", estimate.others))
    return ", ".join(
        f"{name} {level(arm.mean, estimate.outcome.scale)} (n {arm.n:,})"
        for name, arm in arms
        if arm
    )


def brief_effect(adjusted: Adjusted, scale: Scale) -> str:
    """What stands under that: the figure with its interval, or between what it lies."""
    if adjusted.reading is Reading.UNCLEAR:
        return between(adjusted.effect, scale)
    if adjusted.reading is Reading.NONE:
        return _none_words(adjusted.effect).removeprefix(f"{Reading.NONE}; ")
    return short_effect(adjusted.effect, scale)


def _none_words(effect: Effect) -> str:
    bounds = effect.difference_interval
    if bounds.low is None or bounds.high is None:
        return Reading.NONE.value
    most = max(-bounds.low, bounds.high)
    return f"{Reading.NONE}; up to {most:.0%} would not show" if most > 0.005 else Reading.NONE


def between(effect: Effect, scale: Scale) -> str:
    """`between 0.5 and 3 times as much`; of the difference, where there is no ratio."""
    if effect.ratio_interval is not None:
        low, high = effect.ratio_interval.low, effect.ratio_interval.high
        if high is None:
            return f"{_times(low)} times as much or more" if low else _ANYTHING
        return f"between {_times(low or 0.0)} and {_times(high)} times as much"
    low, high = effect.difference_interval.low, effect.difference_interval.high
    if low is None or high is None:
        return _ANYTHING
    return f"between {_signed(low, scale)} and {signed(high, scale)}"


_ANYTHING = "anything is possible"


def _times(ratio: float) -> str:
    """Two digits; more would claim to know."""
    return f"{ratio:,.0f}" if ratio >= 10 else number(round(ratio, 1 if ratio >= 1 else 2))


def resolution_words(adjusted: Adjusted, scale: Scale) -> str:
    """What this much evidence would have shown, and how much more would settle it."""
    found, effect = adjusted.effect.resolution, adjusted.effect
    if found.smallest is None:
        return "There is too little evidence to show any difference, however large."
    if _is_share(scale):
        least = f"{100 * found.smallest:.1f} percentage points"
    elif scale is Scale.PERCENTILE:
        least = f"{found.smallest:.1f} percentile points"
    elif effect.others_mean > 0:
        least = f"{found.smallest / effect.others_mean:.0%} of the others’ figure"
    else:
        least = number(round(found.smallest, 2))
    said = f"With this much evidence, a difference of {least} would be found four times in five."
    if found.further:
        said += f" {_further(found.further)} in the same mixture would settle it."
    return said


def _further(count: int) -> str:
    if count > 10_000:
        return "More than 10,000 further changes"
    return "One further change" if count == 1 else f"About {_rounded(count):,} further changes"


def _rounded(count: int) -> int:
    """To two digits: more would claim to know."""
    scale = int("1" + "0" * max(0, len(str(count)) - 2))
    return round(count / scale) * scale


def rank_words(rank: Rank | None, brief: bool = False) -> str:
    """`62 % (51–72%)`: the chance that an AI-attributed change has the higher figure."""
    if rank is None:
        return "no change has a figure of its own yet"
    low, high = rank.interval.low, rank.interval.high
    bounds = "no interval" if low is None or high is None else f"{low:.0%}–{high:.0%}"
    if brief:
        return f"{rank.chance:.0%} ({bounds})"
    return f"{rank.chance:.0%} ({bounds}), ties halved; 50% is no difference"


def disagreement_words(adjusted: Adjusted) -> str:
    """That sums and pairs point to different sides, and how; empty where they do not."""
    if not adjusted.ranks_disagree:
        return ""
    way = "higher" if adjusted.effect.difference > 0 else "lower"
    other = "lower" if way == "higher" else "higher"
    return (
        f"Summed up, AI-attributed changes are {way}; change by change, most are {other}: a few "
        "large changes make the sum."
    )


def strata_words(strata: Stratification) -> str:
    """What was held fixed and how many changes had a counterpart, in one sentence."""
    held = listed([factor.value for factor in strata.holds_fixed]) if strata.holds_fixed else "none"
    return (
        f"Compared within the same {held}: {strata.matched_treated:,} of {strata.treated:,} "
        f"AI-attributed and {strata.matched_others:,} of {strata.others:,} other changes have a "
        "counterpart."
    )


def absence(state: Absent) -> str:
    """Why there is no figure, without its point."""
    return state.reason


def lacking(estimate: Estimate) -> str:
    """Why an outcome has no adjusted figure, or why values are missing."""
    adjusted = estimate.adjusted
    assert not isinstance(adjusted, Measured)
    if isinstance(adjusted, CouldNotMeasure) and estimate.missing:
        return estimate.missing[0][0]
    return adjusted.reason


def state_words(state: State[Any]) -> str:
    """The name of the state."""
    return "measured" if isinstance(state, Measured) else STATE_WORDS[type(state)]


def effect_words(effect: Effect, scale: Scale) -> str:
    """`1.4 times, 95% interval 0.9–2.1`, or the difference where there is no ratio."""
    if effect.ratio is not None and effect.ratio_interval is not None:
        return f"{effect.ratio:.2g} times, 95% interval {span(effect.ratio_interval)}"
    interval = f", 95% interval {difference_span(effect.difference_interval, scale)}"
    return f"a difference of {signed(effect.difference, scale)}{interval}"


def short_effect(effect: Effect, scale: Scale) -> str:
    """`1.40 times (0.9–2.1)`, or the difference where there is no ratio."""
    if effect.ratio is not None and effect.ratio_interval is not None:
        return f"{effect.ratio:.2f} times ({span(effect.ratio_interval)})"
    return (
        f"{signed(effect.difference, scale)} ({difference_span(effect.difference_interval, scale)})"
    )


def difference_span(interval: Interval, scale: Scale) -> str:
    """The interval of a difference; shares in percentage points."""
    if not _is_share(scale):
        return span(interval)
    low, high = (None if end is None else 100 * end for end in (interval.low, interval.high))
    return span(Interval(low, high))


def signed(value: float, scale: Scale) -> str:
    """A difference with its sign; shares in percentage points, percentiles in points of theirs."""
    unit = " percentage points" if _is_share(scale) else ""
    return _signed(value, scale) + (" percentile points" if scale is Scale.PERCENTILE else unit)


def _signed(value: float, scale: Scale) -> str:
    """The same without its unit."""
    shown = round(100 * value, 1) if _is_share(scale) else round(value, 2)
    shown += 0.0  # no negative zero
    digits = 1 if _is_share(scale) or scale is Scale.PERCENTILE else 2
    return f"{shown:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _is_share(scale: Scale) -> bool:
    return scale in (Scale.YES_NO, Scale.SHARE)


def span(interval: Interval) -> str:
    """`0.9–2.1`; an open side is said."""
    if interval.is_open:
        return "the data set no limit"
    if interval.low is None:
        return f"up to {_brief(interval.high)}"
    if interval.high is None:
        return f"from {_brief(interval.low)} up, without limit"
    dash = " to " if min(interval.low, interval.high) <= -0.005 else "–"
    return f"{_brief(interval.low)}{dash}{_brief(interval.high)}"


def _brief(value: float | None) -> str:
    return "" if value is None else number(round(value, 2) + 0.0).replace("-", "\N{MINUS SIGN}")


def level(value: float, scale: Scale) -> str:
    """A figure of one arm as the outcome's unit has it."""
    if scale is Scale.PERCENTILE:
        return f"{value:.1f}"
    return f"{value:.1%}" if _is_share(scale) else f"{value:,.2f}"


def tone(adjusted: Adjusted, wanted: Direction) -> str:
    """`worse`, `better` or `open`: how a team would take the finding. For colour beside words."""
    if not adjusted.reading.is_difference or adjusted.may_be_chance or wanted is Direction.NEITHER:
        return "open"
    is_wanted = (adjusted.reading is Reading.HIGHER) == (wanted is Direction.HIGHER)
    return "better" if is_wanted else "worse"


#: For a legend: what “about as much” means.
ALIKE_WORDS = f"about as much: the whole interval within {MARGIN:.0%}"
