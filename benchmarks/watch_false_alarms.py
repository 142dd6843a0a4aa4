"""How often a fleet, looked at every week, finds a difference that is not there, and one that is.

    python -m benchmarks.watch_false_alarms [--rounds 1000]

Fleets of 20 repositories over 100 weeks, two agents' changes among others. Beside the evidence
stands McNemar's test of the same pairs, asked every week at 5 %.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from scanner.base.model import Arm, ChangeType, Label
from scanner.compare.always_valid import ALPHA, paired
from scanner.fleet.tables import ChangeRow
from scanner.fleet.watch import side_of, watched

WEEKS, REPOSITORIES, A_WEEK = 100, 20, 0.9
AGENTS = ("claude", "codex")
_START = datetime(2025, 1, 6, tzinfo=UTC)


class Plan(NamedTuple):
    """The chance of a finding by repository (0 to 1) and time (0 to 1), and what AI adds in logits.

    `share` of AI by time, `burst` how likely a change is to go as the repository's last one did.
    """

    name: str
    chance: Callable[[float, float], float]
    effect: float = 0.0
    share: Callable[[float], float] = lambda _: 0.4
    burst: float = 0.0


PLANS = (
    Plan("alike everywhere", lambda _where, _when: 0.3),
    Plan("repositories differ", lambda where, _when: 0.05 + 0.8 * where),
    Plan("fewer findings by the year", lambda where, when: 0.2 * where + 0.6 * (1 - when)),
    Plan("adoption grows as findings do", lambda _where, when: 0.1 + 0.6 * when,
         share=lambda when: 0.05 + 0.8 * when),
    Plan("findings in bursts", lambda where, _when: 0.1 + 0.4 * where, burst=0.5),
    Plan("odds of 1.5", lambda where, _when: 0.1 + 0.4 * where, math.log(1.5)),
    Plan("odds of 2", lambda where, _when: 0.1 + 0.4 * where, math.log(2)),
    Plan("odds of 3", lambda where, _when: 0.1 + 0.4 * where, math.log(3)),
)  # fmt: skip


def fleet(plan: Plan, seed: int) -> list[ChangeRow]:
    """The changes of a fleet, in order of time."""
    random = np.random.default_rng(seed)
    last = [False] * REPOSITORIES
    rows: list[ChangeRow] = []
    for week in range(WEEKS):
        when = week / WEEKS
        for place in range(REPOSITORIES):
            for number in range(random.poisson(A_WEEK)):
                is_ai = random.random() < plan.share(when)
                chance = plan.chance(place / REPOSITORIES, when)
                odds = chance / (1 - chance) * (math.exp(plan.effect) if is_ai else 1)
                found = bool(random.random() < odds / (1 + odds))
                if plan.burst and random.random() < plan.burst:
                    found = last[place]
                last[place] = found
                agent = AGENTS[int(random.random() < 0.3)]
                lines = int(random.choice((5, 25, 80, 300)))
                time = _START + timedelta(weeks=week, hours=place, minutes=number)
                rows.append(_row(place, f"{len(rows):040x}", time, agent if is_ai else "", lines,
                                 found))  # fmt: skip
    return rows


def _row(
    place: int, commit: str, time: datetime, agent: str, lines: int, is_found: bool
) -> ChangeRow:
    return ChangeRow(
        repository=f"r{place}", commit=commit, committed=time, author="0" * 16,
        label=Label.AI if agent else Label.UNMARKED, level=None,
        arm=Arm.AI if agent else Arm.OTHER, agents=(agent,) if agent else (), models=(),
        change_type=ChangeType.FEATURE, exclusion=None, files=1, added_lines=lines,
        deleted_lines=0, added_code_lines=lines, findings=int(is_found), points=0.0,
        complexity_points=None, duplication_points=None, deviation_points=None, rules_points=None,
        deviation=None, cognitive_delta=0, cyclomatic_delta=0, followed_days=None,
        reverted_after=None, fixed_after=None,
    )  # fmt: skip


def asked_weekly(rows: Sequence[ChangeRow]) -> bool:
    """Whether McNemar's test of either agent's pairs is ever at 5 % divided by their number."""
    limit = statistics.NormalDist().inv_cdf(1 - ALPHA / len(AGENTS) / 2)
    return any(
        abs(more - less) > limit * math.sqrt(more + less)
        for agent in AGENTS
        for more, less in _weekly(rows, agent)
        if more + less
    )


def _weekly(rows: Sequence[ChangeRow], agent: str) -> Iterator[tuple[int, int]]:
    sides = [row for row in rows if row.arm == Arm.OTHER or agent in row.agents]
    pairs = paired([side_of(row) for row in sides])
    more = less = 0
    weeks: dict[date, tuple[int, int]] = {}
    for place, treated, other in pairs:
        more, less = more + (treated and not other), less + (other and not treated)
        day = sides[place].committed.date()
        weeks[day - timedelta(days=day.weekday())] = (more, less)
    yield from weeks.values()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    print(f"{rounds:,} fleets each, {WEEKS} weekly looks, {len(AGENTS)} lines watched at once\n")
    print("| fleet | found by the evidence | median week | by McNemar's test every week |")
    print("|---|--:|--:|--:|")
    for plan in PLANS:
        found, weeks, naive = 0, [], 0
        for seed in range(rounds):
            rows = fleet(plan, seed)
            days = [line.found for line in watched(rows).lines if line.found]
            found, naive = found + bool(days), naive + asked_weekly(rows)
            if days:
                weeks.append((date.fromisoformat(min(days)) - _START.date()).days // 7 + 1)
        week = f"{statistics.median(weeks):.0f}" if weeks else "–"
        print(f"| {plan.name} | {found / rounds:.1%} | {week} | {naive / rounds:.1%} |", flush=True)


if __name__ == "__main__":
    main()
