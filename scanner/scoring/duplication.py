"""Duplication that a change adds: one point for each added code line that stands elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import CopyOf, Dimension, Finding, Place, Severity, Span
from scanner.config import Duplication
from scanner.roles.paths import is_test_path
from scanner.scoring.copies import Copy, Divergence

DEFAULT_RULES = Duplication()
#: The rule of an edit that one of two copies did not get.
DIVERGING = "duplication.diverging"


class Exemption(StrEnum):
    """Why a copy is not charged."""

    BOILERPLATE = "stands in too many places to be a copy of one"
    DUNDER = "a function that Python calls by its name"
    OVERRIDE = "overrides the same base"
    ASYNC_TWIN = "the same for callers that await, or do not"
    GENERATED = "generated"
    SMALL_TEST = "a test like another, and short"


@dataclass(frozen=True, slots=True)
class _Group:
    """Copies that make one finding: one alone, or all that one class has from another."""

    copies: tuple[Copy, ...]

    @property
    def place(self) -> Place:
        return _united([copy.copy for copy in self.copies])

    @property
    def original(self) -> Place:
        return _united([copy.original for copy in self.copies])

    @property
    def lines(self) -> frozenset[int]:
        return frozenset[int]().union(*(copy.lines for copy in self.copies))

    @property
    def largest(self) -> Copy:
        return max(self.copies, key=lambda copy: copy.copied_lines)


#: How many days ago a place was written, if that is known.
AgeInDays = Callable[[Place], int | None]


def unknown_age(_place: Place) -> int | None:
    """For runs that do not walk the history."""
    return None


def score_duplication(
    copies: Iterable[Copy],
    *,
    age: AgeInDays = unknown_age,
    is_generated: Callable[[str], bool] = lambda _: False,
    rules: Duplication = DEFAULT_RULES,
) -> tuple[Finding, ...]:
    """A finding for each copy that is charged, those of one class together.

    `age` tells how old an original is; `is_generated` tells paths
    of files that a program writes.
    """
    charged = [copy for copy in copies if exemption(copy, is_generated, rules) is None]
    groups = _grouped(charged)
    return tuple(
        _finding(group, age, rules) for group in groups if not _is_usual_test(group, rules)
    )


def exemption(
    copy: Copy,
    is_generated: Callable[[str], bool] = lambda _: False,
    rules: Duplication = DEFAULT_RULES,
) -> Exemption | None:
    """Why a copy is not charged, or None. The size of tests is asked of groups of copies."""
    if copy.is_generated or is_generated(copy.copy.path) or is_generated(copy.original.path):
        return Exemption.GENERATED
    if copy.places + 1 > rules.most_places and not copy.is_new:
        return Exemption.BOILERPLATE
    if _is_dunder(copy.copy.unit):
        return Exemption.DUNDER
    if copy.is_override:
        return Exemption.OVERRIDE
    if copy.is_async_twin:
        return Exemption.ASYNC_TWIN
    return None


def copied_lines(copies: Iterable[Copy]) -> dict[str, frozenset[int]]:
    """The added lines that are copies, charged or not, by path: what `line_operations` is given."""
    lines: dict[str, set[int]] = defaultdict(set)
    for copy in copies:
        lines[copy.copy.path] |= copy.lines
    return {path: frozenset(numbers) for path, numbers in lines.items()}


def diverging_findings(
    divergences: Iterable[Divergence],
    *,
    age: AgeInDays = unknown_age,
    rules: Duplication = DEFAULT_RULES,
) -> tuple[Finding, ...]:
    """A finding for what one file got and copies in another did not, whatever it touched there."""
    files: dict[tuple[str, str], list[Divergence]] = defaultdict(list)
    for divergence in divergences:
        files[divergence.edit.path, divergence.other.path].append(divergence)
    return tuple(_diverging(group, age, rules) for group in files.values())


# --------------------------------------------------------------------------- exemptions


def _is_dunder(unit: str) -> bool:
    name = unit.rpartition(".")[2].split("#")[0]
    return name.startswith("__") and name.endswith("__")


def _is_usual_test(group: _Group, rules: Duplication) -> bool:
    """A short test like another, or one after the pattern of a test that stands already."""
    first = group.copies[0]
    if not (is_test_path(first.copy.path) and is_test_path(first.original.path)):
        return False
    if _type(group) is CloneType.GAPPED and not first.is_new:
        return True
    lines = sum(copy.copied_lines for copy in group.copies)
    tokens = sum(copy.tokens for copy in group.copies)
    factor = rules.test_factor
    return lines < factor * rules.code_lines or tokens < factor * rules.tokens


# --------------------------------------------------------------------------- findings


def _grouped(copies: Sequence[Copy]) -> Iterator[_Group]:
    groups: dict[tuple[object, ...], list[Copy]] = defaultdict(list)
    owners = {_class_of(copy.copy.unit) for copy in copies}
    for number, copy in enumerate(copies):
        unit, original = copy.copy.unit, copy.original.unit
        is_class = unit in owners
        classes = (unit, original) if is_class else (_class_of(unit), _class_of(original))
        is_one_class = copy.copy.path == copy.original.path and classes[0] == classes[1]
        alone = None if all(classes) and not is_one_class else number
        groups[copy.copy.path, copy.original.path, *classes, copy.is_new, alone].append(copy)
    return (_Group(tuple(group)) for group in groups.values())


def _class_of(unit: str) -> str:
    return unit.rpartition(".")[0]


def _finding(group: _Group, age: AgeInDays, rules: Duplication) -> Finding:
    copy, lines = group.largest, group.lines
    kind = _type(group)
    saved = sum(one.saved_lines for one in group.copies)
    is_one = len(group.copies) == 1
    call = copy.call.target if is_one and not copy.call.needs_parameter else None
    return Finding(
        dimension=Dimension.DUPLICATION,
        rule=f"duplication.{kind}",
        place=group.place,
        points=rules.points_per_line * len(lines),
        severity=Severity.WARNING,
        message=_message(group, kind),
        hint=_hint(group, call),
        evidence=CopyOf(
            type=kind.value,
            original=group.original,
            similarity=copy.similarity,
            copied_lines=sum(one.copied_lines for one in group.copies),
            saved_lines=saved,
            is_new_in_change=copy.is_new,
            call=call,
            difference=_difference(copy) if len(group.copies) == 1 else None,
            age_days=None if copy.is_new else age(group.original),
        ),
        discriminator=f"{copy.original.path}:{copy.original.unit}",
    )


def _type(group: _Group) -> CloneType:
    types = {copy.type for copy in group.copies}
    order = (CloneType.GAPPED, CloneType.RENAMED, CloneType.EXACT)
    return next(kind for kind in order if kind in types)


def _united(places: Sequence[Place]) -> Place:
    """The one place, or that of the class from the first of several places to the last."""
    if len(places) == 1:
        return places[0]
    span = Span(min(p.span.first for p in places), max(p.span.last for p in places))
    owners = (p.unit for p in places if p.unit in {_class_of(other.unit) for other in places})
    return Place(places[0].path, span, next(owners, _class_of(places[0].unit)))


_HOW = {
    CloneType.EXACT: "",
    CloneType.RENAMED: " with other names",
    CloneType.GAPPED: " with some statements changed",
}


def _message(group: _Group, kind: CloneType) -> str:
    copy = group.largest
    original = group.original
    where = f"{original.path}:{original.span.first}-{original.span.last}"
    count = len(group.lines)
    what = f"{count} code lines" if count != 1 else "1 code line"
    if len(group.copies) > 1:
        what = f"{what} of {len(group.copies)} units"
    how = _HOW[kind]
    if copy.is_new:
        return f"The change brings {what} twice: here and at {where} (`{original.unit}`){how}."
    more = f" (and in {copy.places - 1} more)" if copy.places > 1 else ""
    return f"{what} already {'exists' if count == 1 else 'exist'} at {where}{more}{how}."


def _hint(group: _Group, call: str | None) -> str:
    copy = group.largest
    original = group.original
    if call is not None:
        private = ", with a public name" if copy.call.is_private else ""
        more = f"; it does {_statements(copy.missing)} more" if copy.missing else ""
        return f"Call `{call}` instead{private}{more}."
    if len(group.copies) > 1:
        return f"Give both classes a common base, or let this one use `{original.unit}`."
    if is_test_path(copy.copy.path) and is_test_path(original.path):
        return f"Make `{original.unit}` take what differs as a parameter, or share a fixture."
    if copy.call.needs_parameter:
        both = f"this and `{copy.call.target}`"
        return f"Merge {both} into one function, with a parameter for what differs."
    if copy.call.obstacle is None:
        return f"Move the lines in common with `{original.unit}` into a function that both call."
    return f"Move the original to where both can call it: {copy.call.obstacle}."


def _difference(copy: Copy) -> str | None:
    """What differs, in words: names and literals first, then statements."""
    parts = [f"{old} → {new}" for old, new in copy.substitutions]
    if copy.extra:
        parts.append(f"{_statements(copy.extra)} more here")
    if copy.missing:
        parts.append(f"{_statements(copy.missing)} more there")
    return ", ".join(parts) or None


def _statements(count: int) -> str:
    return "1 statement" if count == 1 else f"{count} statements"


def _diverging(group: Sequence[Divergence], age: AgeInDays, rules: Duplication) -> Finding:
    divergence = max(group, key=lambda one: (one.similarity, one.edited_lines))
    other = divergence.other
    where = f"{other.path}:{other.span.first}-{other.span.last}"
    more = f" and {divergence.others - 1} more" if divergence.others > 1 else ""
    block = f"The same block stands at {where} (`{other.unit}`){more}"
    return Finding(
        dimension=Dimension.DUPLICATION,
        rule=DIVERGING,
        place=divergence.edit,
        points=rules.points_per_divergence,
        severity=Severity.INFO,
        message=f"{block} and did not get this edit{_beside(len(group) - 1)}.",
        hint="Make the same edit there, or let both call one function.",
        evidence=CopyOf(
            type=divergence.type.value,
            original=other,
            similarity=divergence.similarity,
            copied_lines=divergence.copied_lines,
            saved_lines=0,
            is_new_in_change=False,
            age_days=age(other),
        ),
        discriminator=f"{other.path}:{other.unit}",
    )


def _beside(count: int) -> str:
    units = "unit is" if count == 1 else "units are"
    return f"; {count} more {units} alike in both files and edited here alone" if count else ""
