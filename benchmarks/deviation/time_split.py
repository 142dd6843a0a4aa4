"""Time split: how many findings fall on code that the team then kept unchanged for 90 days?

Each change is judged by the codebase as it was. A finding is a false alarm, by this measure, if 90
days later the unit it stands in is still there word for word. Changes of the last 90 days and of
the older half are left out. Prints findings and false alarms per 100 changes, and by rule.

    python -m benchmarks.deviation.time_split REPOSITORY... [--changes 500] [--store FILE]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.deviation.walk import History, Step, Tree, histories
from scanner.base.model import Finding
from scanner.conventions.profile import ConventionProfile, KnownUnit

#: The share of a history that is known when the judging begins.
SINCE = 0.5
KEPT_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Pending:
    """A finding that waits for its 90 days, and the content of its unit."""

    finding: Finding
    change: str
    until: int
    content: str


@dataclass
class Outcome:
    changes: int = 0
    found: set[tuple[str, str]] = field(default_factory=set)
    kept: set[tuple[str, str]] = field(default_factory=set)


def measure(history: History, newest: int) -> Outcome:
    steps = list(history.steps(SINCE))
    times = [step.time for step in steps]
    observed = [i for i, time in enumerate(times) if i and time + KEPT_SECONDS <= times[-1]]
    first = observed[-newest] if len(observed) > newest else 1
    silenced = history.silenced()
    book, tree = ConventionProfile(), Tree()
    outcome = Outcome()
    pending: list[Pending] = []
    for number, step in enumerate(steps):
        due = [one for one in pending if one.until <= step.time]
        pending = [one for one in pending if one.until > step.time]
        for one in due:
            place = one.finding.place
            if _content(tree.files.get(place.path, ()), place.unit) == one.content:
                outcome.kept.add((one.change, one.finding.rule))
        if first <= number and step.time + KEPT_SECONDS <= times[-1]:
            outcome.changes += 1
            judged = book.judge(step.edits, tree.exemplars, silenced)
            found = list(_pending(step, judged))
            outcome.found.update((one.change, one.finding.rule) for one in found)
            pending += found
        step.advance(book)
        tree.advance(step)
    return outcome


def _pending(step: Step, found: Iterable[Finding]) -> list[Pending]:
    after = {edit.path: edit.after for edit in step.edits}
    until = step.time + KEPT_SECONDS
    return [
        Pending(one, step.commit.oid, until, _content(after[one.place.path], one.place.unit))
        for one in found
    ]


def _content(units: tuple[KnownUnit, ...], name: str) -> str:
    return next((one.content for one in units if one.choices.unit.name == name), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--store")
    options = parser.parse_args()
    rules: Counter[str] = Counter()
    total = Outcome()
    print(f"{'history':34} changes  findings/100  kept 90 days/100")
    for history in histories(options.repositories, options.store):
        outcome = measure(history, options.changes)
        _print(history.name, outcome)
        total.changes += outcome.changes
        total.found |= outcome.found
        total.kept |= outcome.kept
        rules.update(rule for _, rule in outcome.kept)
    _print("all", total)
    print("kept, by rule:", dict(rules.most_common()))


def _print(name: str, outcome: Outcome) -> None:
    scale = 100 / max(outcome.changes, 1)
    print(
        f"{name:34} {outcome.changes:7} {len(outcome.found) * scale:13.1f} "
        f"{len(outcome.kept) * scale:17.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
