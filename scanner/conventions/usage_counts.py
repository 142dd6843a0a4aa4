"""How often a codebase uses each n-gram and each name: exact sums in one table of fixed size.

A count is a sum over the units of a tree, in the repository, in a directory and in a file. Sums do
not depend on the order of their terms, and putting in and taking out are exact opposites, so that
the table of a commit is the same whatever the way there. Two keys may share one of the slots, so
that a count may be too high; it is never too low.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import msgspec

from scanner.analysis.usage import START, START_PAIR, TEXTURE, Usage
from scanner.conventions.scopes import package_of, population_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: 2 to this power slots: 16 MB while a history is walked, 4 MB in the store.
SLOT_BITS = 22
_SHIFT = 32 - SLOT_BITS
_MASK = 0xFFFFFFFF
_HIGH = 255
TOTAL = 3
#: For fewer keys NumPy is no faster.
_WORTH_NUMPY = 12
#: Totals of texture: one for each number that is looked at.
_TEXTURES = tuple(f"texture {name}" for name in TEXTURE)


class StoredUsage(msgspec.Struct):
    """The table as it is kept: each count in a byte, and those from 255 apart."""

    low: bytes
    slots: bytes
    counts: bytes


class Seeds(NamedTuple):
    """What the keys of a path are multiplied by, to count apart in each scope."""

    repository: int
    directory: int
    file: int

    @classmethod
    def of(cls, path: str) -> Seeds:
        """The seeds of a path. Code, tests and scripts are counted apart in the repository."""
        directory = path.rpartition("/")[0]
        return cls(_seed(f"repository {population_of(path)}"), _seed(f"{directory}/"), _seed(path))


class UsageStep(NamedTuple):
    """What keys are looked up in: counts of one scope, against those of their contexts.

    `totals` are the keys of the contexts, one for each or one for all. `worth` is how many
    sightings the chance of the step before is worth.
    """

    keys: Sequence[int]
    totals: Sequence[int]
    seed: int
    worth: float


class UsageCounts:
    """The table. NumPy counts; looking up needs none, so that a hook need not import it."""

    def __init__(self, stored: StoredUsage | None = None) -> None:
        self._stored = stored
        self._high: dict[int, int] | None = None
        self._table: NDArray[np.uint32] | None = None

    def put(self, path: str, units: Iterable[Usage]) -> None:
        """Counts units of a file."""
        self._count(path, units, 1)

    def take(self, path: str, units: Iterable[Usage]) -> None:
        """Takes units of a file back out."""
        self._count(path, units, -1)

    def counts(self, slots: Sequence[int]) -> list[int]:
        """The counts of slots."""
        if self._table is not None:
            found: list[int] = self._table[slots].tolist() if slots else []
            return found
        if self._stored is None:
            return [0] * len(slots)
        low, high = self._stored.low, self._high_counts(self._stored)
        return [low[one] if low[one] != _HIGH else high[one] for one in slots]

    def chances(self, steps: Sequence[UsageStep], never: Sequence[float]) -> list[float]:
        """The chance of each key, from what it is if never seen, mixed step by step.

        Where a history is walked NumPy does it; the numbers are the same to the last bit.
        """
        size = len(never)
        if self._table is not None and size >= _WORTH_NUMPY:
            return self._mixed_at_once(self._table, steps, never)
        mixed = list(never)
        for step in steps:
            seen = self.counts(slots_of(step.keys, step.seed))
            of = self.counts(slots_of(step.totals, step.seed))
            worth = step.worth
            mixed = [
                (min(n, s) + worth * p) / (n + worth)
                for s, n, p in zip(seen, of if len(of) > 1 else of * size, mixed, strict=True)
            ]
        return mixed

    def _mixed_at_once(
        self, table: NDArray[np.uint32], steps: Sequence[UsageStep], never: Sequence[float]
    ) -> list[float]:
        import numpy as np  # noqa: PLC0415 - see above

        slots = np.empty((2, len(steps), len(never)), np.uint32)
        for number, step in enumerate(steps):
            slots[0, number], slots[1, number] = step.keys, step.totals
        slots *= np.array([step.seed for step in steps], np.uint32)[:, None]
        slots >>= np.uint32(_SHIFT)
        seen, of = table[slots].astype(np.float64)
        np.minimum(of, seen, out=seen)
        of += np.array([step.worth for step in steps])[:, None]
        mixed = np.array(never)
        for number, step in enumerate(steps):
            mixed = (seen[number] + step.worth * mixed) / of[number]
        found: list[float] = mixed.tolist()
        return found

    def units_in_package(self, path: str) -> int:
        """How many units the outermost directory of a path has."""
        return self.counts([_slot(TOTAL, _package_seed(path))])[0]

    def stored(self) -> StoredUsage:
        """The table as it is kept."""
        if self._table is None:
            return self._stored or StoredUsage(bytes(1 << SLOT_BITS), b"", b"")
        import numpy as np  # noqa: PLC0415 - see above

        high = np.flatnonzero(self._table >= _HIGH).astype("<u4")
        low = np.minimum(self._table, _HIGH).astype(np.uint8)
        return StoredUsage(low.tobytes(), high.tobytes(), self._table[high].astype("<u4").tobytes())

    def _high_counts(self, stored: StoredUsage) -> dict[int, int]:
        if self._high is None:
            self._high = dict(zip(numbers(stored.slots), numbers(stored.counts), strict=True))
        return self._high

    def _count(self, path: str, units: Iterable[Usage], by: int) -> None:
        import numpy as np  # noqa: PLC0415 - see above

        known = list(units)
        if not known:
            return
        table = self._counting()
        seeds = Seeds.of(path)
        grams = np.frombuffer(b"".join(one.grams for one in known), "<u4").reshape(-1, 3)
        keys = [key for one in known for key in _keys(one)]
        starts = [START, START_PAIR] * len(known) + [TOTAL] * len(grams)
        plain = np.array([*keys, *starts], np.uint32)
        narrow = np.concatenate([plain, grams[:, 0], grams[:, 1]])
        every = np.concatenate([narrow, grams[:, 2]])
        package = np.full(len(known), TOTAL, np.uint32)
        slots = np.concatenate(
            [
                (every * np.uint32(seeds.repository)) >> np.uint32(_SHIFT),
                (narrow * np.uint32(seeds.directory)) >> np.uint32(_SHIFT),
                (narrow * np.uint32(seeds.file)) >> np.uint32(_SHIFT),
                (package * np.uint32(_package_seed(path))) >> np.uint32(_SHIFT),
            ]
        )
        where, times = np.unique(slots, return_counts=True)
        if by > 0:
            table[where] += times.astype(np.uint32)
        else:
            table[where] -= times.astype(np.uint32)

    def _counting(self) -> NDArray[np.uint32]:
        """The table, to be changed."""
        if self._table is None:
            import numpy as np  # noqa: PLC0415 - see above

            if self._stored is None:
                self._table = np.zeros(1 << SLOT_BITS, np.uint32)
            else:
                self._table = np.frombuffer(self._stored.low, np.uint8).astype(np.uint32)
                slots = np.frombuffer(self._stored.slots, "<u4")
                self._table[slots] = np.frombuffer(self._stored.counts, "<u4")
            self._stored = None
        return self._table


def slots_of(keys: Iterable[int], seed: int) -> list[int]:
    """Where keys are counted in the scope of a seed."""
    return [(key * seed & _MASK) >> _SHIFT for key in keys]


def key_of_name(role_and_name: str) -> int:
    """The key of a name in its role."""
    return crc32(role_and_name.encode("utf-8", "surrogatepass"))


key_of_role = cache(key_of_name)
#: The keys of all units, by each of `TEXTURE`, and those of each size of it.
TEXTURES_KEYS = tuple(key_of_name(name) for name in _TEXTURES)
TEXTURE_KEYS = tuple(
    tuple(key_of_name(f"{name} {size}") for size in range(16)) for name in _TEXTURES
)


def numbers(packed: bytes) -> array[int]:
    """Little-endian `uint32`s from their bytes."""
    found = array("I", packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _keys(usage: Usage) -> Iterable[int]:
    for line in usage.names.split("\n") if usage.names else ():
        yield key_of_name(line)
        yield key_of_role(line.partition(" ")[0])
    yield from TEXTURES_KEYS
    for keys, size in zip(TEXTURE_KEYS, usage.texture, strict=True):
        yield keys[size]


def _seed(scope: str) -> int:
    """An odd number; multiplying by it and taking the highest bits spreads keys evenly."""
    return (crc32(scope.encode("utf-8", "surrogateescape")) * 0x9E3779B1 & _MASK) | 1


def _package_seed(path: str) -> int:
    return _seed(f"package {package_of(path)}")


def _slot(key: int, seed: int) -> int:
    return (key * seed & _MASK) >> _SHIFT
