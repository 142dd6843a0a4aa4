"""How unusual a function is to a codebase, part by part, in whole thousandths of a bit.

Each token is predicted by the repository, then by the directory, then by the file, from short
contexts to long ones; each step mixes what it has seen with the step before (Dirichlet smoothing,
MacKay and Peto 1995; scopes nested after Hellendoorn and Devanbu 2017):

    p(w | h) = (c(hw) + m · p'(w | h')) / (c(h) + m)

Names in their roles, and the sizes of the texture, are predicted likewise, without contexts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import log2
from typing import NamedTuple

from scanner.analysis.usage import START, START_PAIR, Usage
from scanner.conventions.counts import ConventionCounts, key_of
from scanner.conventions.deviations import UnitChoices
from scanner.conventions.usage_counts import (
    TEXTURE_KEYS,
    TEXTURES_KEYS,
    TOTAL,
    Seeds,
    UsageCounts,
    UsageStep,
    key_of_name,
    key_of_role,
    numbers,
    slots_of,
)

#: The chance of a token, a name or a size that was never seen, before anything is known.
_NEVER = 1 / 30_000
_NEVER_TEXTURE = 1 / 16
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


class MeasuredUnits(NamedTuple):
    """A function measured by the codebase before it. The order is that of `DeviationPart`."""

    population: str
    naturalness: PartSum
    choices: PartSum
    structure: PartSum
    vocabulary: PartSum
    texture: PartSum

    @property
    def parts(self) -> tuple[PartSum, ...]:
        """The parts."""
        return self[1:]


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
    added = lines.added
    logs = [one for line, one in token_logs(counts, path, usage) if line in added]
    return PartSum(len(logs), round(-1000 * sum(logs)))


def token_logs(counts: UsageCounts, path: str, usage: Usage) -> Iterator[tuple[int, float]]:
    """The line of each token, counted from 0, and the logarithm (to 2) of its chance."""
    if not usage.grams:
        return iter(())
    grams = numbers(usage.grams)
    one, two, three = grams[0::3], grams[1::3], grams[2::3]
    before, pair = array("I", [START]) + one[:-1], array("I", [START_PAIR]) + two[:-1]
    seeds, total = Seeds.of(path), array("I", [TOTAL])
    worths: list[tuple[int, tuple[float, ...]]] = [
        (seeds.repository, _WORTH_REPOSITORY),
        (seeds.directory, _WORTH_DIRECTORY),
        (seeds.file, _WORTH_FILE),
    ]
    steps = [UsageStep(one, total, seed, worth[0]) for seed, worth in worths]
    steps += [UsageStep(two, before, seed, worth[1]) for seed, worth in worths]
    steps.append(UsageStep(three, pair, seeds.repository, _WORTH_REPOSITORY[2]))
    return zip(
        numbers(usage.gram_lines),
        map(log2, counts.chances(steps, [_NEVER] * len(one))),
        strict=True,
    )


class _Name(NamedTuple):
    """A name in its role, as it is counted, and its line."""

    counted: str
    role: str
    name: str
    line: int


def names(counts: UsageCounts, path: str, usage: Usage, lines: Lines) -> list[NameSurprise]:
    """The surprise of each name in added lines, in its role."""
    wanted = _names_in(usage, lines)
    logs = _name_logs(counts, path, wanted, b"")
    keys = [key_of_name(one.counted) for one in wanted]
    seen_here = counts.counts(slots_of(keys, Seeds.of(path).repository))
    units = units_of(counts, path)
    return [
        NameSurprise(one.role, one.name, one.line, -log, min(seen, units), units)
        for one, log, seen in zip(wanted, logs, seen_here, strict=True)
    ]


def _names_in(usage: Usage, lines: Lines) -> list[_Name]:
    """The names in added lines that the change does not define itself."""
    wanted = []
    counted = usage.names.split("\n") if usage.names else []
    for one, line in zip(counted, numbers(usage.name_lines), strict=True):
        if line not in lines.added:
            continue
        role, _, name = one.partition(" ")
        # What a name in its role refers to is `c` of `use b.c`.
        if role not in _REFERRING or name.rpartition(".")[2] not in lines.defined:
            wanted.append(_Name(one, role, name, line))
    return wanted


def _name_logs(
    counts: UsageCounts, path: str, wanted: Sequence[_Name], texture: bytes
) -> list[float]:
    """The logarithms of the chances of names, then of the numbers of a texture."""
    keys = [key_of_name(one.counted) for one in wanted]
    totals = [key_of_role(one.role) for one in wanted]
    never = [_NEVER] * len(wanted) + [_NEVER_TEXTURE] * len(texture)
    if texture:
        keys += [TEXTURE_KEYS[number][size] for number, size in enumerate(texture)]
        totals += TEXTURES_KEYS
    scopes = zip(Seeds.of(path), _WORTH_NAMES, strict=True)
    steps = [UsageStep(keys, totals, seed, worth) for seed, worth in scopes]
    return list(map(log2, counts.chances(steps, never)))


def units_of(counts: UsageCounts, path: str) -> int:
    """How many units of its kind (code, tests) the repository of a path has."""
    return counts.counts(slots_of(TEXTURES_KEYS[:1], Seeds.of(path).repository))[0]


def texture_counts(counts: UsageCounts, path: str, number: int, size: int) -> int:
    """How many units of its kind have one of `TEXTURE` of that size or more."""
    keys = TEXTURE_KEYS[number][size:]
    return sum(counts.counts(slots_of(keys, Seeds.of(path).repository)))


def measure(
    counts: UsageCounts,
    conventions: ConventionCounts,
    path: str,
    unit: UnitChoices,
    usage: Usage,
    lines: Lines,
    population: str,
) -> MeasuredUnits:
    """A function measured by the codebase before it."""
    words: list[float] = []
    others: list[float] = []
    wanted = _names_in(usage, lines)
    logs = _name_logs(counts, path, wanted, usage.texture if lines.is_new else b"")
    for one, log in zip(wanted, logs, strict=False):
        (words if one.role in _VOCABULARY else others).append(log)
    return MeasuredUnits(
        population,
        naturalness(counts, path, usage, lines),
        _choices(conventions, path, unit, lines),
        _sum(others),
        _sum(words),
        _sum(logs[len(wanted) :]),
    )


def _choices(conventions: ConventionCounts, path: str, unit: UnitChoices, lines: Lines) -> PartSum:
    """What the departures from established conventions cost, in bits of their shares."""
    points = [one for one in unit.choices.points if one.line in lines.added]
    keys = dict.fromkeys(key for one in points if (key := key_of(path, one)) is not None)
    found = [conventions.deviation(path, key) for key in keys]
    return PartSum(len(keys), round(1000 * sum(one.cost for one in found if one is not None)))


def _sum(logs: Sequence[float]) -> PartSum:
    """The surprise in all of things with these logarithms of their chances."""
    return PartSum(len(logs), round(-1000 * sum(logs)))
