"""What a report says, in sentences that every format shares. No markup, no layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from shlex import quote
from typing import Any

from scanner.base.model import Arm, Change, Label
from scanner.compare.estimates import Adjusted, Effect, Estimate, Finding
from scanner.compare.evidence import (
    Absent,
    CouldNotMeasure,
    InsufficientEvidence,
    Measured,
    NotApplicable,
    State,
)
from scanner.compare.inference import Interval
from scanner.compare.table import Direction, Scale
from scanner.compare.trends import PeriodKind
from scanner.history.debt_over_time import Standing
from scanner.history.read import UnitOfChange
from scanner.render.paths import printable
from scanner.render.tallies import hotspots
from scanner.render.wording import counted, number
from scanner.report.build import Report

LABEL_WORDS = {
    Label.AI: "AI",
    Label.MIXED: "mixed",
    Label.ASSISTED: "AI-assisted",
    Label.HUMAN: "known human",
    Label.AUTOMATION: "automation",
    Label.UNMARKED: "unmarked",
}
ARM_WORDS = {Arm.AI: "AI-attributed", Arm.MIXED: "mixed", Arm.OTHER: "other"}
STATE_WORDS = {
    InsufficientEvidence: "too little evidence",
    NotApplicable: "not applicable",
    CouldNotMeasure: "could not measure",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The first thing a reader reads: one sentence, what qualifies it, and what to do next."""

    headline: str
    basis: str
    next_steps: tuple[str, ...]


def answer(report: Report) -> Answer:
    """How the arms compare, as far as the evidence goes."""
    return Answer(_headline(report), basis(report), tuple(_next_steps(report)))


def basis(report: Report) -> str:
    """On how much evidence the answer stands."""
    compared = report.compared
    share = report.coverage.share_marked
    if share is None:
        return f"None of {counted(len(report.changes), 'change')} can be compared."
    sizes = arm_sizes(compared)
    parts = [f"{sizes[Arm.AI]:,} AI-attributed", f"{sizes[Arm.OTHER]:,} other"]
    if sizes[Arm.MIXED]:
        parts.append(f"{sizes[Arm.MIXED]:,} mixed (in neither arm)")
    return (
        f"{listed(parts)} changes; {share:.0%} have evidence of who wrote them. "
        "Unmarked does not mean human."
    )


def codebase_words(report: Report) -> str:
    """What became of the code base as a whole, from the first to the last tree that has code."""
    ends = [one for one in report.standing.ends if one.standing.code_lines]
    before = report.standing.before
    states = [(one.period, one.standing) for one in ends]
    if before is not None and before.code_lines:
        states.insert(0, ("before the first change", before))
    if not states:
        return "No Python code stood at the end of any period."
    (since, first), (until, last) = states[0], states[-1]
    return (
        f"From {since} to {until} the code base went from {first.code_lines:,} to "
        f"{last.code_lines:,} code lines, from {_density(first)} to {_density(last)} cognitive "
        f"complexity per 100 of them, and from {_beyond(first)} to {_beyond(last)} of 100 units "
        "beyond a limit."
    )


def _density(standing: Standing) -> str:
    return f"{100 * standing.cognitive / standing.code_lines:.1f}"


def _beyond(standing: Standing) -> str:
    return f"{100 * standing.beyond / standing.units:.1f}" if standing.units else "0"


def arm_sizes(changes: Sequence[Change]) -> dict[Arm, int]:
    """How many changes each arm has."""
    arms = [change.attribution.arm for change in changes]
    return {arm: arms.count(arm) for arm in Arm}


def _headline(report: Report) -> str:
    compared = len(report.compared)
    if not compared:
        return "There is nothing to compare: no change of this history is comparable."
    if not arm_sizes(report.compared)[Arm.AI]:
        return (
            f"None of the {compared:,} compared changes carries evidence of AI, so there is "
            "nothing to compare them with."
        )
    clauses = _clauses(headline(report.estimates))
    return f"On {compared:,} changes, {'; '.join(clauses)}." if clauses else "Nothing was compared."


#: The outcomes that the answer speaks of, in this order, by the word for each in a sentence. All
#: others are in the comparison.
HEADLINE = {
    "debt": "debt",
    "complexity_score": "complexity",
    "duplicated_share": "duplication",
    "deviation_score": "departures from convention",
    "convention_score": "breaches of rules",
    "rework_14": "rework within 14 days",
    "reverted": "reverts",
    "fix_inducing": "later fixes",
}


def headline(estimates: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """The estimates that the answer speaks of; all, where none of those was asked for."""
    known = {one.outcome.key: one for one in estimates}
    return tuple(known[key] for key in HEADLINE if key in known) or tuple(estimates)


def _clauses(estimates: Sequence[Estimate]) -> list[str]:
    measured = [(e, e.adjusted.value) for e in estimates if isinstance(e.adjusted, Measured)]
    scarce = [e for e in estimates if isinstance(e.adjusted, InsufficientEvidence)]
    if not measured and scarce:
        return [f"there is too little evidence for any comparison: {_least(scarce)}"]
    shown = [(e, a) for e, a in measured if a.finding is not Finding.NOT_SHOWN]
    hinted = [(e, a) for e, a in measured if may_be_chance(a)]
    alike = [(e, a) for e, a in measured if _is_alike(a)]
    intervals = _Intervals()
    told = [
        f"{_more(one, adjusted.finding)} {_word(one)} ({intervals.of(one, adjusted)})"
        for one, adjusted in shown
    ]
    if hinted:
        hints = [
            f"{'more' if a.effect.difference > 0 else 'less'} {_word(one)}" for one, a in hinted
        ]
        told.append(f"perhaps {listed(hints)} (it may be chance)")
    if alike:
        alike.sort(key=lambda pair: pair[1].effect.ratio is None)  # one with a ratio says more
        words = [_word(one) for one, _ in alike]
        if told and len(words) > FEW_ALIKE + 1:
            words = [*words[:FEW_ALIKE], f"{len(words) - FEW_ALIKE} more"]
        elif not told:  # the answer has an interval, whatever it is
            words[0] = f"{words[0]} ({intervals.of(*alike[0])})"
        told.append(f"no clear difference in {listed(words)}")
    if measured and not told:
        told.append("nothing to tell them apart")
    clauses = [f"AI-attributed ones show, against comparable others, {listed(told)}"]
    if scarce:
        clauses.append(f"too little evidence on {listed([_word(one) for one in scarce])}")
    return clauses if measured else clauses[1:]


def _is_alike(adjusted: Adjusted) -> bool:
    is_shown = adjusted.finding is not Finding.NOT_SHOWN
    return not (is_shown or may_be_chance(adjusted) or is_empty(adjusted.effect))


def may_be_chance(adjusted: Adjusted) -> bool:
    """Whether the interval alone would show a difference, but not among so many outcomes."""
    bounds = adjusted.effect.difference_interval
    excludes = bounds is not None and bounds.excludes(0.0)
    return adjusted.finding is Finding.NOT_SHOWN and excludes


def verdict_words(adjusted: Adjusted) -> str:
    """`higher`, `no difference shown`, that it may be chance, or that there is none at all."""
    if may_be_chance(adjusted):
        return f"not shown: may be chance (q {adjusted.q:.2f})"
    return NONE_AT_ALL if is_empty(adjusted.effect) else adjusted.finding.value


NONE_AT_ALL = "none in either arm"


def is_empty(effect: Effect) -> bool:
    """Whether an outcome did not occur in either arm: there is nothing to compare."""
    return effect.treated_mean == effect.others_mean == 0


#: How many of the outcomes without a difference are named beside one with a difference.
FEW_ALIKE = 2
#: Outcomes whose word is a plural.
_MANY = frozenset({"deviation_score", "convention_score", "reverted", "fix_inducing"})


def _more(one: Estimate, finding: Finding) -> str:
    if finding is Finding.HIGHER:
        return "more"
    return "fewer" if one.outcome.key in _MANY else "less"


class _Intervals:
    """Effects with their intervals; what kind of interval it is is said once."""

    def __init__(self) -> None:
        self._is_first = True

    def of(self, one: Estimate, adjusted: Adjusted) -> str:
        """`1.4 times, 95 % interval 0.9–2.1`, and after that `1.4 times, 0.9–2.1`."""
        words = effect_words(adjusted.effect, one.outcome.scale)
        said = words if self._is_first else words.replace("95 % interval ", "")
        self._is_first = False
        return said


def _least(scarce: Sequence[Estimate]) -> str:
    first = scarce[0].adjusted
    assert isinstance(first, InsufficientEvidence)
    return lack(first)


def _word(one: Estimate) -> str:
    """What an outcome is called in the middle of a sentence."""
    title = one.outcome.title
    return HEADLINE.get(one.outcome.key) or title[:1].lower() + title[1:]


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def lack(source: InsufficientEvidence) -> str:
    """`have 12 AI-attributed changes, need 30`."""
    if "at most" in source.what:
        what = source.what.replace(" (at most)", "")
        return f"{what}: {source.have:.0%}, at most {source.need:.0%} allowed"
    what = source.what
    if source.have == 1:
        noun, of, rest = what.partition(" with ")
        what = f"{noun.removesuffix('s')}{of}{rest}"
    return f"have {source.have:g} {what}, need {source.need:g}"


def brief_absence(state: Absent) -> str:
    """What is missing first, and how much more."""
    if not isinstance(state, InsufficientEvidence) or not state.also:
        return absence(state)
    return f"{lack(state)}, and {len(state.also)} more"


def lacking(estimate: Estimate) -> str:
    """Why an outcome has no adjusted figure: what is missing first, or why values are missing."""
    adjusted = estimate.adjusted
    assert not isinstance(adjusted, Measured)
    if isinstance(adjusted, CouldNotMeasure) and estimate.missing:
        return estimate.missing[0][0]
    return brief_absence(adjusted)


def absence(state: Absent) -> str:
    """Everything that is missing, in one sentence without its point."""
    match state:
        case InsufficientEvidence():
            return "; ".join(map(lack, (state, *state.also)))
        case NotApplicable(reason) | CouldNotMeasure(reason):
            return reason


def state_words(state: State[Any]) -> str:
    """The name of the state."""
    return "measured" if isinstance(state, Measured) else STATE_WORDS[type(state)]


def effect_words(effect: Effect, scale: Scale) -> str:
    """`1.4 times, 0.9–2.1`, or the difference where there is no ratio."""
    if effect.ratio is not None and effect.ratio_interval is not None:
        return f"{effect.ratio:.2g} times, 95 % interval {span(effect.ratio_interval)}"
    bounds = effect.difference_interval
    interval = f", 95 % interval {span(bounds)}" if bounds else ""
    return f"a difference of {signed(effect.difference, scale)}{interval}"


def short_effect(effect: Effect, scale: Scale) -> str:
    """`1.40 times (0.9–2.1)`, or the difference where there is no ratio."""
    if effect.ratio is not None and effect.ratio_interval is not None:
        return f"{effect.ratio:.2f} times ({span(effect.ratio_interval)})"
    bounds = effect.difference_interval
    return signed(effect.difference, scale) + (f" ({span(bounds)})" if bounds else "")


def signed(value: float, scale: Scale) -> str:
    """A difference with its sign; shares in percentage points."""
    is_share = scale in (Scale.YES_NO, Scale.SHARE)
    shown = round(100 * value, 1) if is_share else round(value, 2)
    shown += 0.0  # no negative zero
    text = f"{shown:+.1f} percentage points" if is_share else f"{shown:+.2f}"
    return text.replace("-", "\N{MINUS SIGN}")


def span(interval: Interval) -> str:
    """`0.9–2.1`; an open side is said."""
    if interval.low is None:
        return f"up to {_brief(interval.high)}"
    if interval.high is None:
        return f"from {_brief(interval.low)} up, without limit"
    dash = " to " if min(interval.low, interval.high) <= -0.005 else "–"
    return f"{_brief(interval.low)}{dash}{_brief(interval.high)}"


def _brief(value: float | None) -> str:
    return "" if value is None else number(round(value, 2) + 0.0).replace("-", "\N{MINUS SIGN}")


def level(value: float, scale: Scale) -> str:
    """A mean as the outcome's unit has it."""
    return f"{value:.1%}" if scale in (Scale.YES_NO, Scale.SHARE) else f"{value:,.2f}"


def tone(adjusted: Adjusted, wanted: Direction) -> str:
    """`worse`, `better` or `open`: how a team would take the finding. For colour beside words."""
    if adjusted.finding is Finding.NOT_SHOWN or wanted is Direction.NEITHER:
        return "open"
    is_wanted = (adjusted.finding is Finding.HIGHER) == (wanted is Direction.HIGHER)
    return "better" if is_wanted else "worse"


#: From how many changes and points on the hottest file is worth a plan.
FEW_CHANGES, FEW_POINTS = 5, 10


def _next_steps(report: Report) -> list[str]:
    steps = []
    share = report.coverage.share_marked
    main = [one.adjusted for one in headline(report.estimates)]
    scarce = [state for state in main if isinstance(state, InsufficientEvidence)]
    if scarce and not any(isinstance(state, Measured) for state in main):
        parts = [part for part in (scarce[0], *scarce[0].also) if "at most" not in part.what]
        steps.append(f"To compare at all: {'; '.join(map(lack, parts or scarce[:1]))}.")
    if share is not None and share < 0.5:
        steps.append(
            f"{1 - share:.0%} of the changes are unmarked. Stamp what agents write "
            "(tallystick init), so that the next report can tell."
        )
    if any(change.judgement.findings for change in report.compared):
        steps.append("Repay the findings under “Fix first”: they cost the most.")
    hottest = hotspots(report).files[:1]
    steps += [
        f"Plan for {printable(file.path)}: {number(file.points)} points, and "
        f"{counted(file.changes, 'change')} touched it."
        for file in hottest
        if file.changes >= FEW_CHANGES and file.points >= FEW_POINTS
    ]
    if not report.asked.pulls and not report.asked.fetches_pulls:
        steps.append(
            "Give what the forge knows of pull requests (--pulls FILE), so that review and waiting "
            "times can be told."
        )
    if report.problems:
        steps.append(
            f"Look at {counted(len(report.problems), 'problem')}: what they concern is not judged."
        )
    return steps


def command(report: Report) -> str:
    """The command that makes this report again. A file of the user's is named without its folder.

    Folders tell of the machine, and mean nothing on another one.
    """
    selection, asked = report.history.selection, report.asked
    parts = [f"{selection.base}..{selection.tip}" if selection.base else selection.tip]
    if selection.since:
        parts.append(f"--since {selection.since.isoformat()}")
    if selection.until:
        parts.append(f"--until {selection.until.isoformat()}")
    if selection.unit is not UnitOfChange.CHANGE:
        parts.append(f"--unit {selection.unit}")
    parts += [f"--pulls {_file(pulls)}" for pulls in asked.pulls]
    parts += ["--fetch-pulls"] * asked.fetches_pulls
    parts += ["--no-rules"] * asked.leaves_rules_out
    parts += [f"--config {_file(asked.config)}"] if asked.config else []
    parts += [f"--trend {asked.trend}"] * (asked.trend is not PeriodKind.MONTH)
    parts += ["--show-authors"] * asked.names_people
    return " ".join(("tallystick report", *parts))


def _file(path: str) -> str:
    return quote(printable(PurePath(path).name))


def period(report: Report) -> str:
    """The first and the last day of the changes, as their commits recorded them."""
    if not report.changes:
        return "no change"
    times = [change.time for change in report.changes]
    first, last = min(times).date(), max(times).date()
    return f"{first}" if first == last else f"{first} to {last}"
