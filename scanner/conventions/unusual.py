"""How unusual a function is to a codebase, part by part, in whole thousandths of a bit.

Each token is predicted by the repository, then by the directory, then by the file, from short
contexts to long ones; each step mixes what it has seen with the step before (Dirichlet smoothing,
MacKay and Peto 1995; scopes nested after Hellendoorn and Devanbu 2017):

    p(w | h) = (c(hw) + m · p'(w | h')) / (c(h) + m)

Names in their roles, and the sizes of the texture, are predicted likewise, without contexts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log2
from typing import NamedTuple

from scanner.analysis.usage import START, START_PAIR, TEXTURE, Usage
from scanner.base.model import DeviationPart
from scanner.conventions.counts import ConventionCounts, key_of
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.usage_counts import (
    TOTAL,
    Seeds,
    Step,
    UsageCounts,
    key_of_name,
    key_of_texture,
    key_of_textures,
    numbers,
    slots_of,
)

#: The chance of a token, a name or a size that was never seen, before anything is known.
_NEVER = 1 / 30_000
#: How many sightings the wider scope, or the shorter context, is worth: by order and by scope.
_WORTH_REPOSITORY = (500.0, 20.0, 5.0)
_WORTH_DIRECTORY = (200.0, 20.0)
_WORTH_FILE = (100.0, 20.0)
_WORTH_NAMES = (100.0, 50.0, 20.0)
_REFERRING = frozenset(
    {"base", "call", "catch", "decorator", "import", "name", "raise", "type", "use"}
)
_VOCABULARY = frozenset({"verb", "ending", "word"})


class PartSum(NamedTuple):
    """How many things were looked at, and their surprise in all, in thousandths of a bit."""

    things: int = 0
    millibits: int = 0


class Measured(NamedTuple):
    """A function measured by the codebase before it. The order is that of `DeviationPart`."""

    population: str
    naturalness: PartSum
    choices: PartSum
    structure: PartSum
    vocabulary: PartSum
    texture: PartSum

    def part(self, part: DeviationPart) -> PartSum:
        """One part of it."""
        found: PartSum = getattr(self, part.value)
        return found


class NameSurprise(NamedTuple):
    """A name in its role: its surprise in bits, the units of this kind that use it, of how many."""

    role: str
    name: str
    line: int
    bits: float
    seen: int
    of: int


class Lines(NamedTuple):
    """Which lines of a unit a change adds; `is_new` where that is most of it.

    `defined` are the names of the functions and classes of the files of the change: what a change
    brings along, or has in the same file, is not strange for being new.
    """

    added: frozenset[int]
    is_new: bool
    defined: frozenset[str] = frozenset()


def naturalness(counts: UsageCounts, path: str, usage: Usage, lines: Lines) -> PartSum:
    """The surprise of the tokens in added lines."""
    bits = [one for line, one in token_surprises(counts, path, usage) if line in lines.added]
    return PartSum(len(bits), round(1000 * sum(bits)))


def token_surprises(counts: UsageCounts, path: str, usage: Usage) -> Iterator[tuple[int, float]]:
    """The line of each token, counted from 0, and its surprise in bits."""
    grams = numbers(usage.grams)
    if not grams:
        return
    one, two, three = grams[0::3], grams[1::3], grams[2::3]
    before, pair = [START, *one[:-1]], [START_PAIR, *two[:-1]]
    seeds, total = Seeds.of(path), [TOTAL]
    worths: list[tuple[int, tuple[float, ...]]] = [
        (seeds.repository, _WORTH_REPOSITORY),
        (seeds.directory, _WORTH_DIRECTORY),
        (seeds.file, _WORTH_FILE),
    ]
    steps = [Step(one, total, seed, worth[0]) for seed, worth in worths]
    steps += [Step(two, before, seed, worth[1]) for seed, worth in worths]
    steps.append(Step(three, pair, seeds.repository, _WORTH_REPOSITORY[2]))
    chances = counts.chances(steps, _NEVER)
    yield from zip(numbers(usage.gram_lines), (-log2(p) for p in chances), strict=True)


def names(counts: UsageCounts, path: str, usage: Usage, lines: Lines) -> list[NameSurprise]:
    """The surprise of each name in added lines, in its role."""
    wanted = [
        (name, line)
        for name, line in zip(usage.names.split("\n"), numbers(usage.name_lines), strict=False)
        if name and line in lines.added and _last(name) not in lines.defined
    ]
    keys = [key_of_name(name) for name, _ in wanted]
    totals = [key_of_name(name.partition(" ")[0]) for name, _ in wanted]
    seeds = Seeds.of(path)
    chances = counts.chances(_name_steps(keys, totals, seeds), _NEVER)
    seen_here = counts.counts(slots_of(keys, seeds.repository))
    units = units_of(counts, path)
    return [
        NameSurprise(*_split(name), line, -log2(chance), min(seen, units), units)
        for (name, line), chance, seen in zip(wanted, chances, seen_here, strict=True)
    ]


def _last(role_and_name: str) -> str:
    """What a name in its role refers to: `c` of `use b.c`, if it refers to anything."""
    role, _, name = role_and_name.partition(" ")
    return name.rpartition(".")[2] if role in _REFERRING else ""


def _split(role_and_name: str) -> tuple[str, str]:
    role, _, name = role_and_name.partition(" ")
    return role, name


def units_of(counts: UsageCounts, path: str) -> int:
    """How many units of its kind (code, tests) the repository of a path has."""
    return counts.counts(slots_of([key_of_textures(0)], Seeds.of(path).repository))[0]


def _name_steps(keys: list[int], totals: list[int], seeds: Seeds) -> list[Step]:
    scopes = zip(seeds, _WORTH_NAMES, strict=True)
    return [Step(keys, totals, seed, worth) for seed, worth in scopes]


def texture_surprises(counts: UsageCounts, path: str, usage: Usage) -> list[float]:
    """The surprise of each number of the texture, in bits: of it and of those next to it."""
    totals = [key_of_textures(number) for number in range(len(TEXTURE))]
    keys = [key_of_texture(number, size) for number, size in enumerate(usage.texture)]
    chances = counts.chances(_name_steps(keys, totals, Seeds.of(path)), 1 / 16)
    return [-log2(chance) for chance in chances]


def texture_counts(counts: UsageCounts, path: str, number: int, size: int) -> int:
    """How many units of its kind have one of `TEXTURE` of that size or more."""
    keys = [key_of_texture(number, more) for more in range(size, 16)]
    return sum(counts.counts(slots_of(keys, Seeds.of(path).repository)))


def measure(
    counts: UsageCounts,
    conventions: ConventionCounts,
    path: str,
    unit: UnitChoices,
    usage: Usage,
    lines: Lines,
    population: str,
) -> Measured:
    """A function measured by the codebase before it."""
    found = names(counts, path, usage, lines)
    words = [one.bits for one in found if one.role in _VOCABULARY]
    others = [one.bits for one in found if one.role not in _VOCABULARY]
    sizes = texture_surprises(counts, path, usage) if lines.is_new else []
    return Measured(
        population,
        naturalness(counts, path, usage, lines),
        _choices(conventions, path, unit, lines),
        _sum(others),
        _sum(words),
        _sum(sizes),
    )


def _choices(conventions: ConventionCounts, path: str, unit: UnitChoices, lines: Lines) -> PartSum:
    """What the departures from established conventions cost, in bits of their shares."""
    points = [one for one in unit.choices.points if one.line in lines.added]
    keys = dict.fromkeys(key for one in points if (key := key_of(path, one)) is not None)
    found = [conventions.deviation(path, key) for key in keys]
    return PartSum(len(keys), round(1000 * sum(one.cost for one in found if one is not None)))


def _sum(bits: Sequence[float]) -> PartSum:
    return PartSum(len(bits), round(1000 * sum(bits)))
