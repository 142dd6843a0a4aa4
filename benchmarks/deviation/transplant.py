"""Transplant: are units later added to a repository told from units of other repositories?

Along the last 30 % of each history, every new function (up to a number drawn at random) is judged
at its place by the codebase as it was, and beside it one of another repository that has as many
tokens, at the same place. AUC is the chance that the foreign unit looks the stranger of such a pair
drawn at random. `trigram` is the reference: a plain interpolated trigram over whole tokens, with
fixed weights.

    python -m benchmarks.deviation.transplant REPOSITORY REPOSITORY... [--units 300] [--store FILE]
"""

from __future__ import annotations

import argparse
import math
import random
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from benchmarks.deviation.flipped import new_functions
from benchmarks.deviation.walk import History, Step, advance_tokens, histories
from scanner.base.model import UnitKind
from scanner.conventions.counts import keys_of
from scanner.conventions.profile import ConventionProfile, KnownUnit
from scanner.conventions.surprises import NgramCounts

#: Smaller units say too little.
FEWEST_TOKENS = 40
FOREIGN_POOL = 1500
#: The share of a history that is known when the judging begins.
SINCE = 0.7
Foreign = tuple[KnownUnit, str]


class Trigram:
    """The reference, over whole tokens, with fixed weights."""

    TOKEN = re.compile(
        r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'|\w+|[^\w\s]|\n", re.DOTALL
    )

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.contexts: Counter[tuple[str, ...]] = Counter()

    def words(self, text: str) -> list[str]:
        return ["<s>", "<s>", *self.TOKEN.findall(text)]

    def add(self, text: str, by: int = 1) -> None:
        words = self.words(text)
        for i in range(2, len(words)):
            for start in (i - 2, i - 1, i):
                self.counts[tuple(words[start : i + 1])] += by
                self.contexts[tuple(words[start:i])] += by

    def bits(self, text: str) -> float:
        words = self.words(text)
        total = 0.0
        for i in range(2, len(words)):
            chance = 0.2 * (self.counts[(words[i],)] + 1) / (self.contexts[()] + 100_000)
            for weight, start in ((0.5, i - 2), (0.3, i - 1)):
                seen = self.contexts[tuple(words[start:i])]
                if seen:
                    chance += weight * self.counts[tuple(words[start : i + 1])] / seen
            total -= math.log2(chance)
        return total / max(len(words) - 2, 1)


@dataclass
class Scores:
    """Strangeness of units by each measure; the i-th own and foreign unit are a pair."""

    trigram: list[float] = field(default_factory=list)
    naturalness: list[float] = field(default_factory=list)
    deviation: list[float] = field(default_factory=list)


class Judge:
    """All models of one codebase, and what they make of a unit at a path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.book, self.tokens = ConventionProfile(), NgramCounts()
        self.trigram, self.texts = Trigram(), texts

    def score(self, path: str, unit: KnownUnit, text: str, into: Scores) -> None:
        assert unit.tokens is not None
        into.trigram.append(self.trigram.bits(text))
        into.naturalness.append(self.tokens.model.surprise(path, unit.tokens).bits)
        into.deviation.append(self.departures(path, unit))

    def departures(self, path: str, unit: KnownUnit) -> float:
        """Points per choice for every departure from an established convention."""
        keys = Counter(keys_of(path, unit.choices.choices.points))
        found = (self.book.conventions.deviation(path, key) for key in keys)
        return sum(one.cost for one in found if one is not None) / (len(keys) + 3)

    def advance(self, step: Step) -> None:
        for edit in step.edits:
            gone, come = (
                Counter(one.content for one in side) for side in (edit.before, edit.after)
            )
            for units, by in ((gone - come, -1), (come - gone, 1)):
                for content in units.elements():
                    self.trigram.add(self.texts[content], by)
        step.advance(self.book)
        advance_tokens(self.tokens, step)


def size(unit: KnownUnit) -> int:
    return len(unit.tokens.tokens) // 4 if unit.tokens is not None else 0


def foreign_units(history: History, count: int) -> list[Foreign]:
    """Functions of the newest tree of a repository, drawn at random."""
    units = [
        (one, history.texts[one.content])
        for all_units in history.newest()
        for one in all_units
        if one.choices.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
        and size(one) >= FEWEST_TOKENS
    ]
    random.Random(0).shuffle(units)  # noqa: S311 - a repeatable sample
    return units[:count]


def own_units(steps: list[Step], count: int) -> dict[int, list[tuple[str, KnownUnit]]]:
    """New functions of all steps but the first, by the number of their step."""
    seen: set[str] = set()
    found: list[tuple[int, str, KnownUnit]] = []
    for number, step in enumerate(steps):
        for edit in step.edits:
            if number and edit.path is not None:
                found += [
                    (number, edit.path, one)
                    for one in new_functions(edit)
                    if one.content not in seen and size(one) >= FEWEST_TOKENS
                ]
            seen.update(one.content for one in edit.after)
    random.Random(1).shuffle(found)  # noqa: S311 - a repeatable sample
    chosen: defaultdict[int, list[tuple[str, KnownUnit]]] = defaultdict(list)
    for number, path, one in found[:count]:
        chosen[number].append((path, one))
    return chosen


def measure(history: History, foreign: list[Foreign], count: int) -> tuple[Scores, Scores]:
    foreign = sorted(foreign, key=lambda pair: size(pair[0]))
    sizes = [size(one) for one, _ in foreign]
    chance = random.Random(2)  # noqa: S311 - a repeatable sample
    steps = list(history.steps(SINCE))
    chosen = own_units(steps, count)
    judge, own, other = Judge(history.texts), Scores(), Scores()
    for number, step in enumerate(steps):
        for path, unit in chosen.get(number, ()):
            place = bisect_left(sizes, size(unit)) + chance.randint(-8, 8)
            judge.score(path, unit, history.texts[unit.content], own)
            judge.score(path, *foreign[min(max(place, 0), len(foreign) - 1)], other)
        judge.advance(step)
    return own, other


def auc(own: Iterable[float], other: Iterable[float]) -> float:
    """The chance that a foreign unit scores higher, ties counted half (Mann and Whitney)."""
    low, high = np.sort(np.fromiter(own, float)), np.fromiter(other, float)
    wins = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(wins.mean() / 2 / len(low))


def both(scores: Scores) -> list[float]:
    """Bits per token and departures in one number; a departure in ten choices weighs a bit."""
    pairs = zip(scores.naturalness, scores.deviation, strict=True)
    return [bits + 3.0 * departures for bits, departures in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--store")
    parser.add_argument("--only", type=int, help="judge this repository of the list alone")
    options = parser.parse_args()
    all_histories = histories(options.repositories, options.store, with_tokens=True)
    pools = [foreign_units(one, FOREIGN_POOL) for one in all_histories]
    print(f"{'history':34} units  trigram  naturalness  deviation   both")
    rows = []
    for index, history in enumerate(all_histories):
        if options.only not in (None, index):
            continue
        foreign = [one for i, pool in enumerate(pools) if i != index for one in pool]
        own, other = measure(history, foreign, options.units)
        row = (
            auc(own.trigram, other.trigram),
            auc(own.naturalness, other.naturalness),
            auc(own.deviation, other.deviation),
            auc(both(own), both(other)),
        )
        rows.append(row)
        _print(history.name, len(own.trigram), row)
    _print("mean", len(rows), tuple(float(np.mean(column)) for column in zip(*rows, strict=True)))


def _print(name: str, count: int, row: tuple[float, ...]) -> None:
    trigram, naturalness, deviation, together = row
    print(
        f"{name:34} {count:5} {trigram:8.3f} {naturalness:12.3f} {deviation:10.3f} {together:6.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
