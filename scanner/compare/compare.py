"""The whole comparison of a history: every question, every outcome, every check, in one result."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.base.model import Arm, ChangeType, Label, Level
from scanner.compare.estimates import Estimate, estimate, with_q_values
from scanner.compare.evidence import Measured, NotApplicable, State
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives, LineSurvival, Weighing, line_survival
from scanner.compare.outcomes import FOLLOWING, SCORES
from scanner.compare.sensitivity import Sensitivity, sensitivity
from scanner.compare.strata import BETWEEN_AUTHORS, Arms, clustered, design_at, select
from scanner.compare.table import SIZE_BOUNDS, ClusterBy, OutcomeSpec, Row, Table
from scanner.compare.validity import Validity, validity

_BY_THE_AGENT = (Level.LINE_ATTESTATION, Level.AUTHOR_IDENTITY)


class Contrast(StrEnum):
    """The questions asked. Each sets one group of changes against the other arm."""

    AI = "AI-attributed against other"
    AI_UNMARKED = "AI-attributed against unmarked"
    AI_HUMAN = "AI-attributed against attested human"
    AGENT_AUTHORED = "authored by the agent itself against other"
    MIXED = "mixed or assisted against other"
    ONE_AGENT = "one agent against other"
    ONE_MODEL = "one model against other"
    ONE_SIZE = "AI-attributed against other, of one size"
    ONE_TYPE = "AI-attributed against other, of one type"


@dataclass(frozen=True, slots=True)
class ArmCoverage:
    """What is known of who wrote the changes: how many carry each label.

    `unmarked_share`, 0 to 1, is the share of which nothing is known; the true share of AI lies
    between `ai_share` and `ai_share + unmarked_share`, as far as marks go.
    """

    changes: int
    labels: tuple[tuple[Label, int], ...]
    ai_share: float
    unmarked_share: float


@dataclass(frozen=True, slots=True)
class OutcomeSensitivity:
    """What hidden AI would do to one outcome's adjusted difference."""

    outcome: OutcomeSpec
    scenarios: State[tuple[Sensitivity, ...]]


@dataclass(frozen=True, slots=True)
class Contrasted:
    """The answer to one question. `survival` has an entry for each way of weighing."""

    contrast: Contrast
    treated_name: str
    others_name: str
    treated: int
    others: int
    estimates: tuple[Estimate, ...]
    survival: tuple[tuple[Weighing, State[LineSurvival]], ...]
    sensitivity: tuple[OutcomeSensitivity, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All there is to say. `placebo` compares before there was anything to compare: what it shows
    is a difference between people, not an effect. Equal input and seed give equal figures."""

    coverage: ArmCoverage
    cluster_by: ClusterBy
    resampling: Resampling
    contrasts: tuple[Contrasted, ...]
    placebo: State[tuple[Estimate, ...]]
    validity: tuple[State[Validity], ...]


#: Told the number of steps done so far, and of all.
Progress = Callable[[int, int], None]


def compare(
    table: Table,
    lives: LineLives,
    resampling: Resampling | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Comparison:
    """Compares all arms of a history in all outcomes of its table, and checks the comparison."""
    resampling = resampling or Resampling()
    asked = [
        (one, arms_of(table, one)) for one in Contrast if one in _SIDES and _is_asked(table, one)
    ]
    asked += [(Contrast.ONE_AGENT, arms) for arms in named_arms(table, lambda row: row.agents)]
    asked += [(Contrast.ONE_MODEL, arms) for arms in named_arms(table, lambda row: row.models)]
    asked += [(Contrast.ONE_SIZE, arms) for arms in arms_within(table, size_of)]
    asked += [(Contrast.ONE_TYPE, arms) for arms in arms_within(table, type_of)]
    steps = len(asked) + 2
    contrasts = []
    for done, (contrast, arms) in enumerate(asked):
        progress(done, steps)
        contrasts.append(_contrasted(table, lives, contrast, arms, resampling))
    progress(len(asked), steps)
    before = placebo(table, resampling)
    progress(len(asked) + 1, steps)
    checked = check_scores(table, resampling)
    progress(steps, steps)
    return Comparison(
        coverage(table.rows),
        table.cluster_by,
        resampling,
        tuple(contrasts),
        before,
        checked,
    )


def coverage(rows: Sequence[Row]) -> ArmCoverage:
    """How many changes carry each label."""
    labels = Counter(row.label for row in rows)
    total = max(len(rows), 1)
    return ArmCoverage(
        len(rows),
        tuple((label, labels[label]) for label in Label if labels[label]),
        labels[Label.AI] / total,
        labels[Label.UNMARKED] / total,
    )


def arms_of(table: Table, contrast: Contrast) -> Arms:
    """The two groups of a question over a table's rows."""
    treated_name, others_name, side = _SIDES[contrast]
    return Arms(np.array([side(row) for row in table.rows]), treated_name, others_name)


def named_arms(table: Table, names_of: Callable[[Row], tuple[str, ...]]) -> tuple[Arms, ...]:
    """The changes of each agent (or model) against the other arm, by name, where there are several
    of them.
    """
    names = sorted({name for row in table.rows if row.arm is Arm.AI for name in names_of(row)})
    others = [row.arm is Arm.OTHER for row in table.rows]
    if len(names) < 2 or not any(others):
        return ()
    return tuple(
        Arms(
            np.array(
                [
                    1.0 if row.arm is Arm.AI and name in names_of(row) else 0.0 if other else np.nan
                    for row, other in zip(table.rows, others, strict=True)
                ]
            ),
            name,
            "other",
        )
        for name in names
    )


def arms_within(table: Table, stratum_of: Callable[[Row], tuple[int, str]]) -> tuple[Arms, ...]:
    """The main question within each stratum that holds both arms, where several do: where a
    difference lies. A stratum has a place among the others, and a name.
    """
    main = arms_of(table, Contrast.AI).treated
    strata = [stratum_of(row) for row in table.rows]
    found = []
    for stratum in sorted(set(strata)):
        treated, name = np.where([one == stratum for one in strata], main, np.nan), stratum[1]
        if np.any(treated == 1) and np.any(treated == 0):
            found.append(Arms(treated, f"AI-attributed, {name}", f"other, {name}"))
    return tuple(found) if len(found) > 1 else ()


def size_of(row: Row) -> tuple[int, str]:
    """The size of a change, as strata hold it fixed."""
    return size_of_lines(row.added_code_lines)


def size_of_lines(added_code_lines: int) -> tuple[int, str]:
    """The stratum of so many lines: the least that it holds, and its name."""
    least, *more = SIZE_BOUNDS[bisect_right(SIZE_BOUNDS, added_code_lines) - 1 :]
    return least, f"{least:,} to {more[0] - 1} lines" if more else f"{least:,} or more lines"


def type_of(row: Row) -> tuple[int, str]:
    """The type of a change, as strata hold it fixed."""
    return list(ChangeType).index(row.change_type), row.change_type.value


#: What is asked of each model, size and type; there may be many.
OF_MANY = ("any_finding", "debt", "duplicated_share", "deviation", "rework_14", "rework_30")


def _ai_side(row: Row) -> float:
    return {Arm.AI: 1.0, Arm.OTHER: 0.0}.get(row.arm, np.nan) if row.arm else np.nan


def _agent_side(row: Row) -> float:
    if row.arm is Arm.AI:
        return 1.0 if row.level in _BY_THE_AGENT else np.nan
    return 0.0 if row.arm is Arm.OTHER else np.nan


def _mixed_side(row: Row) -> float:
    return {Arm.MIXED: 1.0, Arm.OTHER: 0.0}.get(row.arm, np.nan) if row.arm else np.nan


def _unmarked_side(row: Row) -> float:
    return {Label.AI: 1.0, Label.UNMARKED: 0.0}.get(row.label, np.nan)


def _human_side(row: Row) -> float:
    return {Label.AI: 1.0, Label.HUMAN: 0.0}.get(row.label, np.nan)


_SIDES: dict[Contrast, tuple[str, str, Callable[[Row], float]]] = {
    Contrast.AI: ("AI-attributed", "other", _ai_side),
    Contrast.AGENT_AUTHORED: ("agent-authored", "other", _agent_side),
    Contrast.MIXED: ("mixed or assisted", "other", _mixed_side),
    Contrast.AI_UNMARKED: ("AI-attributed", "unmarked", _unmarked_side),
    Contrast.AI_HUMAN: ("AI-attributed", "attested human", _human_side),
}


def _is_asked(table: Table, contrast: Contrast) -> bool:
    """The main question always; the others where there are changes to ask it of."""
    if contrast is Contrast.AI:
        return True
    treated = arms_of(table, contrast).treated
    if not np.any(treated == 1) or not np.any(treated == 0):
        return False
    main = arms_of(table, Contrast.AI).treated
    return not np.array_equal(treated, main, equal_nan=True)


def _contrasted(
    table: Table, lives: LineLives, contrast: Contrast, arms: Arms, resampling: Resampling
) -> Contrasted:
    is_one_of_many = contrast in (Contrast.ONE_MODEL, Contrast.ONE_SIZE, Contrast.ONE_TYPE)
    estimates = with_q_values(
        [
            estimate(table, arms, outcome, resampling)
            for outcome in table.outcomes
            if not is_one_of_many or outcome.key in OF_MANY
        ]
    )
    survival = tuple(
        (weighing, line_survival(table, arms, lives, weighing, resampling))
        for weighing in Weighing
        if not is_one_of_many
    )
    return Contrasted(
        contrast,
        arms.treated_name,
        arms.others_name,
        int(np.count_nonzero(arms.treated == 1)),
        int(np.count_nonzero(arms.treated == 0)),
        estimates,
        survival,
        tuple(_sensitivity(table, arms, one) for one in estimates),
    )


def _sensitivity(table: Table, arms: Arms, one: Estimate) -> OutcomeSensitivity:
    if not isinstance(one.adjusted, Measured):
        return OutcomeSensitivity(one.outcome, one.adjusted)
    adjusted = one.adjusted.value
    selection = select(table, arms, one.outcome)
    design = design_at(table, selection, adjusted.stratification.holds_fixed)
    assert design is not None  # the estimate was made with it
    design, _ = clustered(table, selection, design)
    rows = selection.rows[design.rows]
    unmarked = np.array([table.rows[row].label is Label.UNMARKED for row in rows], np.bool_)
    values = selection.values[design.rows]
    bounds = adjusted.effect.difference_interval
    return OutcomeSensitivity(one.outcome, Measured(sensitivity(design, values, unmarked, bounds)))


def placebo(table: Table, resampling: Resampling | None = None) -> State[tuple[Estimate, ...]]:
    """Future users of AI before their first AI-attributed change, against those who never had one.

    There is no effect to find, so whatever it finds was there before: people who take up an agent
    differ from people who don't.
    """
    arms = placebo_arms(table)
    if arms is None:
        return NotApplicable("all changes before any AI-attributed one are of the same authors")
    resampling = resampling or Resampling()
    return Measured(
        with_q_values(
            [
                estimate(table, arms, outcome, resampling, ladder=BETWEEN_AUTHORS)
                for outcome in table.outcomes
            ]
        )
    )


def placebo_arms(table: Table) -> Arms | None:
    """Unaided changes of authors before their first AI-attributed one, and of those without any."""
    first: dict[str, float] = {}
    for row in table.rows:
        if row.arm is Arm.AI:
            first[row.author] = min(first.get(row.author, np.inf), row.time.timestamp())
    sides = np.full(len(table.rows), np.nan)
    for place, row in enumerate(table.rows):
        if row.arm is Arm.OTHER:
            start = first.get(row.author)
            if start is None:
                sides[place] = 0.0
            elif row.time.timestamp() < start:
                sides[place] = 1.0
    if not np.any(sides == 1) or not np.any(sides == 0):
        return None
    return Arms(sides, "future users'", "never users'")


def check_scores(table: Table, resampling: Resampling | None = None) -> tuple[State[Validity], ...]:
    """Whether high scores were followed by what they warn of, for each score of the table."""
    known = {outcome.key: outcome for outcome in table.outcomes}
    followed = [known[key] for key in FOLLOWING if key in known]
    return tuple(
        validity(table, known[key], followed, resampling) for key in SCORES if key in known
    )
