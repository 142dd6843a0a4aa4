"""Which unit after a change is which unit before it, through renames and moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.base.model import Unit, UnitKind

#: A unit of another name is the same unit if this share of its code lines is.
SAME_UNIT = 0.6
#: A new unit this much of whose code lines stood in one old unit was cut out of it.
CUT_OUT = 0.7
#: Units of fewer lines are too alike by chance to be matched by their text.
FEWEST_LINES = 3
#: A line that stands in more units of the change than this tells nothing of where it came from.
COMMON_LINE = 40


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit, the path of its file, and its code lines with the white space at both ends off."""

    path: str
    unit: Unit
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitPair:
    """A unit before and after. `before` is None for a new unit, `after` for one that is gone.

    `origin` is the unit that a new one was cut out of: what was complex there is not new here.
    """

    before: PlacedUnit | None
    after: PlacedUnit | None
    origin: PlacedUnit | None = None


def match_units(
    before: Sequence[PlacedUnit], after: Sequence[PlacedUnit], renamed: Mapping[str, str]
) -> tuple[UnitPair, ...]:
    """Pairs units of changed files; each unit is in one pair, as `before` or as `after`.

    `renamed` gives the old path of a file by its new path. Matched are, in this order: equal path
    and name; equal content; alike text, units that kept their short name first.
    """

    def old_place(new: PlacedUnit) -> tuple[str, str]:
        return (renamed.get(new.path, new.path), new.unit.name)

    by_name, old, new = _pair_equal(before, after, _place, old_place)
    by_content, old, new = _pair_equal(old, new, _content, _content)
    by_text, old, new = _pair_alike(old, new)
    pairs = [*by_name, *by_content, *by_text]
    origins = _origins(new, _lines_taken_out(before, pairs))
    return (
        *pairs,
        *(UnitPair(None, unit, origin) for unit, origin in zip(new, origins, strict=True)),
        *(UnitPair(unit, None) for unit in old),
    )


def _place(unit: PlacedUnit) -> tuple[str, str]:
    return (unit.path, unit.unit.name)


def _content(unit: PlacedUnit) -> str:
    return unit.unit.content


_Split = tuple[list[UnitPair], list[PlacedUnit], list[PlacedUnit]]


def _pair_equal(
    before: Iterable[PlacedUnit],
    after: Iterable[PlacedUnit],
    old_key: Callable[[PlacedUnit], object],
    new_key: Callable[[PlacedUnit], object],
) -> _Split:
    """Pairs units whose keys are equal, first come, first served; and those left on each side."""
    waiting: dict[object, list[PlacedUnit]] = defaultdict(list)
    for old in before:
        waiting[old_key(old)].append(old)
    pairs, unpaired = [], []
    for new in after:
        candidates = waiting.get(new_key(new))
        if candidates:
            pairs.append(UnitPair(candidates.pop(0), new))
        else:
            unpaired.append(new)
    return pairs, [old for olds in waiting.values() for old in olds], unpaired


def _pair_alike(before: list[PlacedUnit], after: list[PlacedUnit]) -> _Split:
    """Pairs units of alike text, the most alike first, and those of equal short name before all."""
    overlaps = _overlaps([Counter(old.lines) for old in before], after)
    ranked = sorted(
        (not _same_short_name(before[i], after[j]), -alike, i, j)
        for (i, j), shared in overlaps.items()
        if (alike := _alikeness(before[i], after[j], shared)) >= SAME_UNIT
    )
    matched_old: dict[int, int] = {}
    matched_new: set[int] = set()
    for _, _, i, j in ranked:
        if i not in matched_old and j not in matched_new:
            matched_old[i] = j
            matched_new.add(j)
    return (
        [UnitPair(before[i], after[j]) for i, j in matched_old.items()],
        [old for i, old in enumerate(before) if i not in matched_old],
        [new for j, new in enumerate(after) if j not in matched_new],
    )


def _overlaps(
    before: Sequence[Counter[str]], after: Sequence[PlacedUnit]
) -> Counter[tuple[int, int]]:
    """How many lines each old and each new unit share, by their indices; 0 is left out."""
    holders: dict[str, list[int]] = defaultdict(list)
    for i, lines in enumerate(before):
        for line in lines:
            holders[line].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for j, new in enumerate(after):
        for line, count in Counter(new.lines).items():
            holding = holders.get(line, ())
            if len(holding) <= COMMON_LINE:
                for i in holding:
                    shared[i, j] += min(count, before[i][line])
    return shared


def _same_short_name(old: PlacedUnit, new: PlacedUnit) -> bool:
    return old.unit.name.rpartition(".")[2] == new.unit.name.rpartition(".")[2]


def _alikeness(old: PlacedUnit, new: PlacedUnit, shared: int) -> float:
    """The share of lines in common, 0 to 1 (Dice); 0 for units that cannot be the same."""
    if _is_callable(old.unit) != _is_callable(new.unit):
        return 0.0
    if min(len(old.lines), len(new.lines)) < FEWEST_LINES:
        return 0.0
    return 2 * shared / (len(old.lines) + len(new.lines))


def _is_callable(unit: Unit) -> bool:
    return unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)


def _lines_taken_out(
    before: Sequence[PlacedUnit], pairs: Iterable[UnitPair]
) -> list[tuple[PlacedUnit, Counter[str]]]:
    """The old units with those of their lines that their successor has no more."""
    kept = {_place(p.before): Counter(p.after.lines) for p in pairs if p.before and p.after}
    return [(old, Counter(old.lines) - kept.get(_place(old), Counter())) for old in before]


def _origins(
    new: Sequence[PlacedUnit], taken_out: Sequence[tuple[PlacedUnit, Counter[str]]]
) -> list[PlacedUnit | None]:
    """For each new unit the old one that most of its lines were taken out of, if there is one."""
    best: list[tuple[float, PlacedUnit | None]] = [(0.0, None)] * len(new)
    for (i, j), shared in _overlaps([lines for _, lines in taken_out], new).items():
        share = shared / len(new[j].lines)
        if len(new[j].lines) >= FEWEST_LINES and share >= CUT_OUT and share > best[j][0]:
            best[j] = (share, taken_out[i][0])
    return [origin for _, origin in best]
