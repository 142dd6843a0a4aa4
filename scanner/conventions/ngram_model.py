"""How surprising a text is to this codebase: an n-gram model with nested scopes and a cache.

Each token is predicted from the tokens before it, first by the whole repository, then by its
directory, then by its file; within each, from short contexts to long ones. Every step mixes what it
has seen with the step before by Witten-Bell smoothing:

    p(w | h) = (c(hw) + t(h) · p'(w | h')) / (c(h) + t(h))

where c counts and t(h) is the number of different tokens seen after h. (Witten and Bell 1991;
scopes nested after Hellendoorn and Devanbu 2017.)

All counts are in hash tables of fixed size, so that memory does not grow with the codebase. Two
n-grams in one slot cost a little accuracy: `t` may be off by one for each such pair.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from scanner.analysis.tokens import UnitTokens

_Keys = NDArray[np.uint64]

#: Longer contexts tell this codebase's code from other code less well (see benchmarks/deviation).
ORDER = 3
#: 2 to this power slots in each of the three tables: 48 MB.
SLOT_BITS = 22
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
#: Stands before the first token of a unit.
_START = np.uint64(1)


class Surprise(NamedTuple):
    """Bits per token of a unit, and of each of its lines (0-based line of the text, mean bits)."""

    bits: float
    lines: tuple[tuple[int, float], ...]

    def most_surprising(self, count: int) -> tuple[tuple[int, float], ...]:
        """The lines that surprise most, the most surprising first."""
        return tuple(sorted(self.lines, key=lambda line: (-line[1], line[0]))[:count])


@dataclass(frozen=True, slots=True)
class _Grams:
    """Hashes of one text: for each order, of the context of each token and of context and token."""

    contexts: tuple[_Keys, ...]
    whole: tuple[_Keys, ...]


class NaturalnessModel:
    """Counts of the n-grams of a codebase, kept up to date unit by unit."""

    def __init__(self, order: int = ORDER, slot_bits: int = SLOT_BITS) -> None:
        self._order = order
        self._shift = np.uint64(64 - slot_bits)
        slots = 1 << slot_bits
        self._counts = np.zeros(slots, np.uint32)
        self._totals = np.zeros(slots, np.uint32)
        self._types = np.zeros(slots, np.int32)
        self.tokens = 0

    def add(self, path: str, units: Iterable[UnitTokens]) -> None:
        """Counts the units of a file."""
        self._change(path, units, is_added=True)

    def remove(self, path: str, units: Iterable[UnitTokens]) -> None:
        """Takes units back out that were added at this path."""
        self._change(path, units, is_added=False)

    def surprise(self, path: str, unit: UnitTokens) -> Surprise:
        """How surprising a unit is at a path, given all that was added so far."""
        tokens = np.frombuffer(unit.tokens, "<u4").astype(np.uint64)
        if not len(tokens):
            return Surprise(0.0, ())
        bits = -np.log2(self._probabilities(path, tokens))
        lines = np.frombuffer(unit.lines, "<u4")
        numbers, places = np.unique(lines, return_inverse=True)
        sums = np.bincount(places, bits) / np.bincount(places)
        pairs = zip(numbers.tolist(), sums.tolist(), strict=True)
        return Surprise(float(bits.mean()), tuple(pairs))

    def _change(self, path: str, units: Iterable[UnitTokens], *, is_added: bool) -> None:
        arrays = [np.frombuffer(unit.tokens, "<u4").astype(np.uint64) for unit in units]
        arrays = [tokens for tokens in arrays if len(tokens)]
        if not arrays:
            return
        grams = [_grams(tokens, self._order) for tokens in arrays]
        self.tokens += sum(map(len, arrays)) * (1 if is_added else -1)
        scopes = _scopes(path)
        contexts = [np.concatenate([g.contexts[i] for g in grams]) for i in range(self._order)]
        whole = [np.concatenate([g.whole[i] for g in grams]) for i in range(self._order)]
        all_contexts = np.concatenate([_mix(c, scope) for c in contexts for scope in scopes])
        all_whole = np.concatenate([_mix(w, scope) for w in whole for scope in scopes])
        self._count(all_contexts, all_whole, is_added=is_added)

    def _count(self, contexts: _Keys, whole: _Keys, *, is_added: bool) -> None:
        """Types are counted where a slot of `_counts` begins or ends to be used."""
        slots, first, times = np.unique(whole >> self._shift, return_index=True, return_counts=True)
        amounts = times.astype(np.uint32)
        context_slots = contexts >> self._shift
        if is_added:
            fresh = self._counts[slots] == 0
            self._counts[slots] += amounts
            np.add.at(self._totals, context_slots, np.uint32(1))
            np.add.at(self._types, context_slots[first[fresh]], 1)
        else:
            self._counts[slots] -= amounts
            gone = self._counts[slots] == 0
            np.subtract.at(self._totals, context_slots, np.uint32(1))
            np.subtract.at(self._types, context_slots[first[gone]], 1)

    def _probabilities(self, path: str, tokens: _Keys) -> NDArray[np.float64]:
        grams = _grams(tokens, self._order)
        scopes = _scopes(path)
        vocabulary = float(self._types[_mix(grams.contexts[0][:1], scopes[0]) >> self._shift][0])
        chance = np.full(len(tokens), 1.0 / (vocabulary + 1.0))
        for context, whole in zip(grams.contexts, grams.whole, strict=True):
            for scope in scopes:
                chance = self._step(chance, _mix(context, scope), _mix(whole, scope))
        return chance

    def _step(
        self, chance: NDArray[np.float64], context: _Keys, whole: _Keys
    ) -> NDArray[np.float64]:
        slots = context >> self._shift
        total = self._totals[slots].astype(np.float64)
        types = np.maximum(self._types[slots].astype(np.float64), 1.0)
        seen = self._counts[whole >> self._shift].astype(np.float64)
        # A slot shared by chance may hold more of an n-gram than of its context.
        mixed: NDArray[np.float64] = (np.minimum(seen, total) + types * chance) / (total + types)
        return mixed


def _grams(tokens: _Keys, order: int) -> _Grams:
    contexts, whole = [], []
    context = np.zeros(len(tokens), np.uint64)
    padded = np.concatenate([np.full(order, _START, np.uint64), tokens])
    for length in range(order):
        if length:
            back = padded[order - length : order - length + len(tokens)]
            context = (context + back + np.uint64(length)) * _MULTIPLIER
            context ^= context >> np.uint64(29)
        contexts.append(context)
        gram = (context ^ (tokens * _SECOND)) * _MULTIPLIER
        whole.append(gram ^ (gram >> np.uint64(31)))
    return _Grams(tuple(contexts), tuple(whole))


def _mix(keys: _Keys, scope: np.uint64) -> _Keys:
    mixed = (keys ^ scope) * _SECOND
    mixed ^= mixed >> np.uint64(32)
    return mixed * _MULTIPLIER


def _scopes(path: str) -> tuple[np.uint64, ...]:
    """Hashes of the nested scopes of a path: the repository, the directory, the file."""
    names = ("", path.rpartition("/")[0] + "/", path)
    return tuple(np.uint64(crc32(n.encode("utf-8", "surrogateescape")) << 20 | 7) for n in names)


def percentile(bits: float, reference: Sequence[float]) -> float:
    """The share, 0 to 100, of the sorted reference values that are below a value."""
    return 100.0 * bisect_left(reference, bits) / len(reference) if reference else 50.0


def held_out(model: NaturalnessModel, units: Iterable[tuple[str, UnitTokens]]) -> tuple[float, ...]:
    """Bits per token of units of the codebase, each as if it were not part of it; sorted."""
    found = []
    for path, unit in units:
        model.remove(path, [unit])
        found.append(model.surprise(path, unit).bits)
        model.add(path, [unit])
    return tuple(sorted(found))
