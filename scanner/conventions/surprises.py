"""How surprising the functions of a change are to a codebase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.tokens import UnitTokens
from scanner.base.model import Place, UnitKind
from scanner.conventions.ngram_model import NaturalnessModel, Surprise, held_out, percentile
from scanner.conventions.profile import FileEdit, KnownUnit

#: Units of fewer tokens say too little to be called surprising or not.
FEWEST_TOKENS = 40
#: How many units the percentile of a new one is taken among.
REFERENCE = 400
_TOKEN_BYTES = 4


@dataclass(frozen=True, slots=True)
class SurprisingUnit:
    """How a new or changed function looks to the codebase: bits per token, and the percentile of
    that among units of its own. `lines` are the most surprising lines with their bits per token.
    """

    place: Place
    bits: float
    percentile: float
    lines: tuple[tuple[int, float], ...]


class NgramCounts:
    """The tokens of a codebase in an n-gram model of 48 MB.

    Its hash tables forget the order in which they were filled only nearly, so that what is shown
    to a reader comes from one that was filled with a tree, path by path.
    """

    def __init__(self) -> None:
        self.model = NaturalnessModel()
        self._files: dict[str, tuple[KnownUnit, ...]] = {}

    def put(self, path: str, units: Sequence[KnownUnit]) -> None:
        """Takes a file as it is now in the place of what it was."""
        before = self._files.get(path, ())
        gone, come = _without(before, units), _without(units, before)
        self.model.remove(path, [one.tokens for one in gone if one.tokens])
        self.model.add(path, [one.tokens for one in come if one.tokens])
        self._files[path] = tuple(units)

    def remove(self, path: str) -> None:
        """Takes a file out."""
        self.put(path, ())
        del self._files[path]

    def surprises(self, edits: Sequence[FileEdit]) -> tuple[SurprisingUnit, ...]:
        """How surprising the functions are that a change adds or alters, by the code before it."""
        altered = list(_altered_functions(edits))
        reference = self.reference() if altered else []
        found = []
        for path, known in altered:
            assert known.tokens is not None
            surprise = self.model.surprise(path, known.tokens)
            found.append(_surprising(path, known, surprise, reference))
        return tuple(found)

    def reference(self) -> Sequence[float]:
        """What functions of this codebase score, each as if it were not part of it; sorted."""
        return held_out(self.model, self._sample())

    def _sample(self) -> Iterator[tuple[str, UnitTokens]]:
        """Functions of the tree, every so many."""
        functions = [
            (path, known.tokens)
            for path, units in sorted(self._files.items())
            for known in units
            if _is_long_function(known) and known.tokens is not None
        ]
        yield from functions[:: max(1, len(functions) // REFERENCE)]


def _without(units: Iterable[KnownUnit], others: Iterable[KnownUnit]) -> list[KnownUnit]:
    """The units whose content the others do not have as often."""
    left = Counter(one.content for one in others)
    kept = []
    for one in units:
        if left[one.content] > 0:
            left[one.content] -= 1
        else:
            kept.append(one)
    return kept


def _altered_functions(edits: Iterable[FileEdit]) -> Iterator[tuple[str, KnownUnit]]:
    for edit in edits:
        if edit.path is None:
            continue
        for known in _without(edit.after, edit.before):
            if _is_long_function(known) and not edit.added.isdisjoint(known.choices.lines):
                yield edit.path, known


def _is_long_function(known: KnownUnit) -> bool:
    is_function = known.choices.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
    size = len(known.tokens.tokens) // _TOKEN_BYTES if known.tokens is not None else 0
    return is_function and size >= FEWEST_TOKENS


def _surprising(
    path: str, known: KnownUnit, surprise: Surprise, reference: Sequence[float]
) -> SurprisingUnit:
    unit = known.choices.unit
    lines = surprise.most_surprising(3)
    return SurprisingUnit(
        Place(path, unit.span, unit.name),
        surprise.bits,
        percentile(surprise.bits, reference),
        tuple((known.choices.line_of(line), bits) for line, bits in lines),
    )
