"""Did it help? What agents were told, and what the commits then held, by agent and rule. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.base.agent_log import Told
from scanner.base.model import Commit, Finding


class Ending(StrEnum):
    """What became of a finding that an agent was told."""

    MENDED = "mended before the commit"
    IGNORED = "ignored"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ToldTally:
    """How many findings of one rule an agent was told, each once, and what became of them.

    `open` are those after which nothing was committed on the commit that they were told on, as far
    as this history holds it.
    """

    agent: str
    rule: str
    told: int
    mended: int
    ignored: int

    @property
    def open(self) -> int:
        return self.told - self.mended - self.ignored


def tally_told(
    log: Iterable[Told],
    changes: Iterable[tuple[str, Iterable[Finding]]],
    commits: Iterable[Commit],
) -> tuple[ToldTally, ...]:
    """By agent and rule, those first that were told most often.

    Args:
        changes: the id of each change's commit, and the findings in it.
        commits: of the history, parents first: what comes after another is told by that order,
            not by clocks.
    """
    order: dict[str, int] = {}
    bases: set[str] = set()
    for number, commit in enumerate(commits):
        order[commit.oid] = number
        bases.update(commit.parents)
    held: dict[str, int] = {}
    for oid, findings in changes:
        number = order.get(oid, -1)
        for finding in findings:
            held[finding.fingerprint] = max(number, held.get(finding.fingerprint, number))
    endings: defaultdict[tuple[str, str], Counter[Ending]] = defaultdict(Counter)
    for one in {(told.agent, told.rule, told.finding, told.base): told for told in log}.values():
        endings[one.agent, one.rule][_ending(one, held, order, bases)] += 1
    tallies = (
        ToldTally(*key, counts.total(), counts[Ending.MENDED], counts[Ending.IGNORED])
        for key, counts in endings.items()
    )
    return tuple(sorted(tallies, key=lambda tally: (-tally.told, tally.agent, tally.rule)))


def _ending(one: Told, held: dict[str, int], order: dict[str, int], bases: set[str]) -> Ending:
    if one.base not in bases or one.base not in order:
        return Ending.OPEN
    return Ending.IGNORED if held.get(one.finding, -1) > order[one.base] else Ending.MENDED
