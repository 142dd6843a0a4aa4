"""What a report says, in sentences that every format shares. No markup, no layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import PurePath
from shlex import quote

from scanner.attribution.tables import SHOWN_BY_CLONES_SOURCE
from scanner.base.model import Arm, Change, Label
from scanner.compare.compare import Contrast, Contrasted
from scanner.compare.evidence import Measured
from scanner.compare.sensitivity import Scenario, Sensitivity
from scanner.compare.trends import PeriodKind
from scanner.history.debt_over_time import Standing
from scanner.history.read import UnitOfChange
from scanner.render.comparison_words import HEADLINE, answer_sentence, headline, listed
from scanner.render.paths import printable
from scanner.render.tallies import hotspots, miss_rates, rates_elsewhere
from scanner.render.wording import LABEL_WORDS, counted, number
from scanner.report.build import Report


@dataclass(frozen=True, slots=True)
class HeadlineAnswer:
    """The first thing a reader reads: one sentence, what qualifies it, and what to do next."""

    headline: str
    basis: str
    hidden: str
    next_steps: tuple[str, ...]


def answer(report: Report) -> HeadlineAnswer:
    """How the arms compare, as far as the evidence goes."""
    return HeadlineAnswer(
        _headline(report), basis(report), hidden_words(report), tuple(_next_steps(report))
    )


def basis(report: Report) -> str:
    """On how much evidence the answer stands, and on how much of the history."""
    words = _evidence_words(report), _older_words(report), _interrupted_words(report)
    return " ".join(filter(None, words))


def _evidence_words(report: Report) -> str:
    compared = report.compared
    share = report.coverage.share_marked
    if share is None:
        return f"The history has {counted(len(report.changes), 'change')}; none can be compared."
    sizes = arm_sizes(compared)
    if not share:
        return (
            f"{counted(len(compared), 'change')}, none with evidence of who wrote it. "
            "Unmarked does not mean human."
        )
    of = dict(zip(sizes, percentages(tuple(sizes.values())), strict=True))
    parts = [
        f"{sizes[Arm.AI]:,} AI-attributed ({of[Arm.AI]})",
        f"{sizes[Arm.OTHER]:,} other ({of[Arm.OTHER]}{_of_others(report)})",
    ]
    if sizes[Arm.MIXED]:
        parts.append(f"{sizes[Arm.MIXED]:,} mixed or assisted ({of[Arm.MIXED]}, in neither arm)")
    return (
        f"{counted(len(compared), 'change')}: {listed(parts)}. "
        "Unmarked does not mean human: there is no evidence of who wrote it."
    )


def _of_others(report: Report) -> str:
    """What the other changes are: unmarked, or attested."""
    labels = dict(report.coverage.changes)
    unmarked, human = labels.get(Label.UNMARKED, 0), labels.get(Label.HUMAN, 0)
    if not unmarked or not human:
        only = Label.UNMARKED if unmarked else Label.HUMAN
        return f", all {LABEL_WORDS[only]}" if unmarked or human else ""
    return f": {unmarked:,} unmarked, {human:,} {LABEL_WORDS[Label.HUMAN]}"


def percentages(counts: Sequence[int]) -> tuple[str, ...]:
    """Whole percentages that add up to 100, by largest remainders."""
    every = sum(counts)
    if not every:
        return tuple("0%" for _ in counts)
    whole = [100 * count // every for count in counts]
    by_rest = sorted(range(len(counts)), key=lambda place: -(100 * counts[place] % every))
    for place in by_rest[: 100 - sum(whole)]:
        whole[place] += 1
    return tuple(
        "under 1%" if count and not share else f"{share}%"
        for count, share in zip(counts, whole, strict=True)
    )


def _older_words(report: Report) -> str:
    """That only the newest part was looked at, and how to have all; empty where all was."""
    history = report.history
    if not history.older:
        return ""
    return (
        f"This is the newest part of the history, {len(history.changes):,} of "
        f"{len(history.integrated):,} changes; tallystick report --all looks at all of them."
    )


def _interrupted_words(report: Report) -> str:
    """That the run was interrupted, and how to have the rest; empty where it was not."""
    history = report.history
    if not history.unjudged:
        return ""
    judged = len(history.changes)
    return (
        f"The run was interrupted: this is on {judged:,} of {judged + history.unjudged:,} changes. "
        "Run it again to go on from there."
    )


def hidden_words(report: Report) -> str:
    """What AI that left no mark would change, by bounds; empty where nothing is compared."""
    labels = dict(report.coverage.changes)
    every, unmarked = sum(labels.values()), labels[Label.UNMARKED]
    sizes = arm_sizes(report.compared)
    if not unmarked or not sizes[Arm.AI] or not sizes[Arm.OTHER]:
        return ""
    marked = labels[Label.AI]
    bounds = (
        f"If none of the {unmarked:,} unmarked changes is AI’s, {marked / every:.0%} of all "
        f"are; if every one is, {(marked + unmarked) / every:.0%}."
    )
    asked = next(one for one in report.comparison.contrasts if one.contrast is Contrast.AI)
    return " ".join(filter(None, (bounds, _missed_words(report), _supposed_words(asked, unmarked))))


def _missed_words(report: Report) -> str:
    """How often each agent leaves no mark: here, by the forge's record, or else elsewhere."""
    if report.aftermath.export is None:
        return _missed_elsewhere(report)
    rates = [
        f"{one.missed:,} of {one.told:,} by {one.agent}" for one in miss_rates(report.compared)
    ]
    if not rates:
        return ""
    known = "Of the changes that the forge knows to be an agent’s"
    return f"{known}, {listed(rates)} carry no other mark."


def _missed_elsewhere(report: Report) -> str:
    """What the agents seen here leave unmarked elsewhere, where it would make a difference."""
    rates = rates_elsewhere(report.compared)
    hidden = round(sum(one.hidden for one in rates))
    if not hidden:
        return ""
    unmarked = dict(report.coverage.changes)[Label.UNMARKED]
    said = [f"{one.shown:,} of {one.told:,} by {one.agent}" for one in rates]
    return (
        "The forge was not asked. Elsewhere, of merged pull requests that are known to be an "
        f"agent’s, a clone shows {listed(said)} ({SHOWN_BY_CLONES_SOURCE}). At these rates about "
        f"{min(hidden, unmarked):,} of the unmarked changes would be theirs, too."
    )


#: What ends with so few of the unmarked changes being AI's is not called probable.
FRAGILE_SHARE = 0.05


def _worst_cases(asked: Contrasted) -> dict[str, Sensitivity]:
    """What AI that left no mark would change at worst, by the outcomes that the answer knows."""
    return {
        one.outcome.key: scenario
        for one in asked.sensitivity
        if one.outcome.key in HEADLINE and isinstance(one.scenarios, Measured)
        for scenario in one.scenarios.value
        if scenario.scenario is Scenario.WORST_CASE
    }


def _supposed_words(asked: Contrasted, unmarked: int) -> str:
    told = {
        one.outcome.key
        for one in asked.estimates
        if isinstance(one.adjusted, Measured) and one.adjusted.value.reading.is_difference
    }
    worst = _worst_cases(asked)
    found = [(HEADLINE[key].noun, one) for key, one in worst.items() if key in told]
    if found:
        flips = [(one.flips_at, word) for word, one in found if one.flips_at is not None]
        if not flips:
            return (
                "The differences reported here would stand even if 60% of the unmarked ones were."
            )
        least, word = min(flips)
        few = max(1, round(least * unmarked))
        return (
            f"What is said of {word} would no longer hold, at worst, if {few:,} of the "
            f"{unmarked:,} unmarked changes ({least:.0%}) were AI’s."
        )
    if not worst:
        return ""
    return "If even a few of the unmarked ones were, the differences could be larger or smaller."


def codebase_words(report: Report) -> str:
    """What became of the codebase as a whole, since it had a good part of its code."""
    states = _with_code(report)
    if not states:
        return "No Python code stood at the end of any period."
    (since, first), (_, last) = states[0], states[-1]
    now = (
        f"{last.code_lines:,} code lines with {_density(last)} cognitive complexity per 100 of "
        f"them, and {_beyond(last)} of 100 units beyond a limit"
    )
    if first == last:
        return f"The codebase has {now}."
    return (
        f"Since {since} the codebase went from {first.code_lines:,} to {last.code_lines:,} code "
        f"lines, {_change(_density(first), _density(last))} cognitive complexity per 100 of them, "
        f"and {_change(_beyond(first), _beyond(last))} of 100 units beyond a limit."
    )


def _change(first: str, last: str) -> str:
    return f"still {last}" if first == last else f"from {first} to {last}"


def unjudged_words(report: Report) -> str:
    """How many files the changes touched that are not judged, by reason; empty where none."""
    parts = [f"{count:,} {reason.value}" for reason, count in report.unjudged]
    return f"Files of changes that are not judged: {', '.join(parts)}." if parts else ""


def _with_code(report: Report) -> list[tuple[str, Standing]]:
    """The trees that have code, oldest first, each with the name of its time, from the first on
    that has a good part of the code of the last.
    """
    ends = [one for one in report.standing.ends if one.standing.code_lines]
    states = [(one.period, one.standing) for one in ends]
    before = report.standing.before
    if before is not None and before.code_lines:
        states.insert(0, ("the first change", before))
    least = _GROWN * states[-1][1].code_lines if states else 0
    return list(dropwhile(lambda state: state[1].code_lines < least, states))


def _density(standing: Standing) -> str:
    return f"{100 * standing.cognitive / standing.code_lines:.1f}"


def _beyond(standing: Standing) -> str:
    return f"{100 * standing.beyond / standing.units:.1f}" if standing.units else "0"


def arm_sizes(changes: Sequence[Change]) -> dict[Arm, int]:
    """How many changes each arm has."""
    arms = [change.attribution.arm for change in changes]
    return {arm: arms.count(arm) for arm in Arm}


def _headline(report: Report) -> str:
    if not report.compared:
        return "No change of this history can be compared, so this page is about the codebase."
    sizes = arm_sizes(report.compared)
    if not sizes[Arm.AI]:
        return (
            "No compared change carries evidence of AI, so this page is about the codebase: "
            f"{course_words(report)}."
        )
    if not sizes[Arm.OTHER]:
        return (
            "Every compared change carries evidence of AI, so there is nothing to compare them "
            f"with; this page is about the codebase: {course_words(report)}."
        )
    asked = (one for one in report.comparison.contrasts if one.contrast is Contrast.AI)
    worst = [case for one in asked for case in _worst_cases(one).items()]
    fragile = [key for key, case in worst if (case.flips_at or 1) <= FRAGILE_SHARE]
    return answer_sentence(headline(report.estimates), fragile)


#: A tree with less than this share of today's code says little of how complex code was.
_GROWN = 0.1
#: A codebase whose complexity per line moved by less than this share kept it.
_STEADY = 0.05


def course_words(report: Report) -> str:
    """Whether the codebase became more complex for its size, in words without figures."""
    ends = _with_code(report)
    if len(ends) < 2:
        return "it is seen at one point in time only"
    first, last = ends[0][1], ends[-1][1]
    before, after = first.cognitive / first.code_lines, last.cognitive / last.code_lines
    if abs(after - before) <= _STEADY * max(before, after):
        return "it is about as complex for its size as it was"
    return f"it has become {'more' if after > before else 'less'} complex for its size"


#: From how many changes and points on the hottest file is worth a plan.
FEW_CHANGES, FEW_POINTS = 5, 10


def _next_steps(report: Report) -> list[str]:
    steps = []
    share = report.coverage.share_marked
    if share is not None and share < 0.5:
        steps.append(
            f"{1 - share:.0%} of the changes are unmarked. Stamp what agents write "
            "(tallystick init), so that the next report can tell who wrote what."
        )
    if any(change.judgement.findings for change in report.compared):
        steps.append(
            "Fix the findings under “Fix first”: they cost much, in code that is often changed."
        )
    hottest = hotspots(report).files[:1]
    steps += [
        f"Plan for {printable(file.path)}: {number(file.points)} points, and "
        f"{counted(file.changes, 'change')} touched it."
        for file in hottest
        if file.changes >= FEW_CHANGES and file.points >= FEW_POINTS
    ]
    if not report.asked.pulls and not report.asked.fetches_pulls:
        steps.append(
            "Pass the forge's record of pull requests (--pulls FILE) to see reviews and waits."
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
    parts += ["--all"] * asked.wants_all
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
