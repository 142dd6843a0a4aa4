"""Terminal text of which rules coding agents pass over, by the log of a clone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scanner.render.paths import printable

if TYPE_CHECKING:
    from scanner.history.told import ToldTally


def ignored(told: Iterable[ToldTally]) -> Iterator[str]:
    """A line for each rule by which agents were told something, the most ignored first."""
    by_rule: defaultdict[str, list[ToldTally]] = defaultdict(list)
    for one in told:
        by_rule[one.rule].append(one)
    if not by_rule:
        return
    yield "Told to agents in this clone, and what the newest changes held of it:"
    width = max(len(printable(rule)) for rule in by_rule)
    for rule, found in sorted(by_rule.items(), key=lambda pair: (-_ignored(pair[1]), pair[0])):
        mended, still_open = sum(one.mended for one in found), sum(one.open for one in found)
        agents = ", ".join(sorted({printable(one.agent) for one in found if one.ignored}))
        by = f"  ignored by {agents}" if agents else ""
        yield (
            f"  {printable(rule):{width}}  {sum(one.told for one in found):>4} told"
            f" {mended:>4} mended {_ignored(found):>4} ignored {still_open:>4} open{by}"
        )


def _ignored(found: Iterable[ToldTally]) -> int:
    return sum(one.ignored for one in found)
