"""One change judged against the codebase as it was: the one sequence of hook, gate and report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from scanner.base.model import Judgement
from scanner.clones.live_code import LiveCode
from scanner.judge.change import ReadChange
from scanner.judge.coded import CodedRules, without_copies
from scanner.judge.deviation import DeviationJudge
from scanner.judge.rules import RuleJudgement
from scanner.judge.verdict import Prepared, complete
from scanner.rulepacks.hits import CodedHits
from scanner.scoring.duplication import unknown_age

#: What the rules say of a change, told what those in code find new in it.
JudgedByRules = Callable[[ReadChange, CodedHits], RuleJudgement]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The codebase that a change is judged against; `coded` None: without the rules in code."""

    live: LiveCode
    habits: DeviationJudge
    coded: CodedRules | None


class JudgedChange(NamedTuple):
    """All that is said of a change, and the part of it that the rules say."""

    judgement: Judgement
    by_rules: RuleJudgement


def judge_change(
    prepared: Prepared,
    surroundings: Surroundings,
    judged_by_rules: JudgedByRules,
    when: datetime | None = None,
) -> JudgedChange:
    """Judges a change; the live code stands at the tree after it then.

    With `when`, the time of the change, copies are told how old their originals were.

    Raises:
        ValueError: the live code does not stand at the tree before the change.
    """
    live, diff = surroundings.live, prepared.diff
    if live.tree != diff.before:
        raise ValueError(f"the live code is that of {live.tree}, not of {diff.before}")
    deviation = surroundings.habits.judge(diff, prepared.change.files, prepared.added)
    # Asked before the change is taken into the live code, where all of it would stand already.
    coded = surroundings.coded.judge(prepared, live) if surroundings.coded else CodedHits({})
    age = surroundings.habits.ages_at(when) if when is not None else unknown_age
    judgement = complete(prepared, live, age, deviation)
    by_rules = judged_by_rules(prepared.change, without_copies(coded, judgement))
    return JudgedChange(by_rules.added_to(judgement), by_rules)
