"""Finds what stands in the live code more than once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scanner.analysis.clones.clone_alignment import (
    Alignment,
    CloneType,
    equal_runs,
    gapped,
    is_enough,
    run_alignment,
    said_again,
)
from scanner.base.model import UnitKind
from scanner.clones.index import COMMON, CloneIndex, CloneUnit, is_function, is_small


@dataclass(frozen=True, slots=True)
class Match:
    """Statements of one live unit that are copies of statements of another, or of itself."""

    copy: CloneUnit
    original: CloneUnit
    alignment: Alignment

    @property
    def copy_lines(self) -> frozenset[int]:
        """The lines of the copied statements, tables of literals left out."""
        return _lines(self.copy, self.alignment.copied)

    @property
    def original_lines(self) -> frozenset[int]:
        """The lines of the same statements of the original."""
        return _lines(self.original, self.alignment.originals)


def matches_of(index: CloneIndex, member: CloneUnit) -> Iterator[Match]:
    """What of a live unit stands elsewhere in the live code, once for each place where it stands.

    A stretch that stands twice in the unit itself is a copy of its first occurrence.
    """
    if is_small(member.fingerprint, index.limits):
        return
    for content, alignments in _alignments(index, member).items():
        for other in islice(index.members(content), COMMON):
            if other is not member:
                yield from (Match(member, other, alignment) for alignment in alignments)
    yield from _twins(index, member)


def _alignments(index: CloneIndex, member: CloneUnit) -> dict[str, list[Alignment]]:
    """By other live content, what of it the unit says."""
    text, own = member.fingerprint, member.unit.content
    found: dict[str, list[Alignment]] = {}
    for content, seeds in index.seeds(text).items():
        if content != own:
            other = index.fingerprint(content)
            found[content] = list(equal_runs(text, other, seeds, index.limits))
    if is_function(member.unit):
        for content in index.sharing(text):
            runs = found.get(content, [])
            if content != own and not any(len(run.pairs) == len(text.shape) for run in runs):
                whole = gapped(text, index.fingerprint(content), index.limits)
                longest = max((len(run.pairs) for run in runs), default=0)
                found[content] = [whole] if whole and len(whole.pairs) > longest else runs
    return found


def _twins(index: CloneIndex, member: CloneUnit) -> Iterator[Match]:
    """Units of the same content elsewhere, and stretches that stand twice in the unit."""
    text = member.fingerprint
    whole = run_alignment(text, text, [(i, i) for i in range(len(text.shape))])
    if is_enough(text, whole.pairs, index.limits):
        for other in islice(index.members(member.unit.content), COMMON):
            if other is not member:
                yield Match(member, other, whole)
    seeds = index.seeds(text).get(member.unit.content, [])
    inner = equal_runs(text, text, ((i, j) for i, j in seeds if j < i), index.limits)
    yield from (Match(member, member, alignment) for alignment in inner)


def small_matches(index: CloneIndex, path: str) -> Iterator[tuple[Match, ...]]:
    """Units of one file, too small to be copies alone, that stand in a row elsewhere too.

    All but the names of their variables is equal, and together they reach the least size of a copy.
    Larger units may stand between them; each small one has a match. Units of one class that are
    like each other are none, nor are functions without a body.
    """
    members = index.files().get(path, ())
    seen: set[tuple[int, str, int]] = set()
    for at, member in enumerate(members):
        if member.unit.kind is UnitKind.MODULE or not _is_small(index, member):
            continue
        for other in islice(index.alike(member), COMMON):
            others = index.files()[other.path]
            there = next(i for i, unit in enumerate(others) if unit is other)
            key = (there - at, other.path, at)
            if _is_sibling(member, other) or key in seen:
                continue
            run = _unit_run(members, at, others, there)
            seen.update((there - at, other.path, i) for i, _ in run)
            small = [i for i, _ in run if _is_small(index, members[i])]
            pairs = [(members[i], others[i + there - at]) for i in small]
            matches = [match for a, b in pairs if (match := _body_match(a, b)) is not None]
            if _reaches(matches, index):
                yield tuple(matches)


def _unit_run(
    a: Sequence[CloneUnit], i: int, b: Sequence[CloneUnit], j: int
) -> list[tuple[int, int]]:
    """The equal units around two positions; in one file, up to where they would meet."""
    before = after = 0
    while i > before and j > before and _is_equal(a[i - before - 1], b[j - before - 1]):
        before += 1
    while i + after < len(a) and j + after < len(b) and _is_equal(a[i + after], b[j + after]):
        after += 1
    length = min(before + after, abs(j - i)) if a is b else before + after
    return [(i - before + step, j - before + step) for step in range(length)]


def _is_equal(a: CloneUnit, b: CloneUnit) -> bool:
    is_module = UnitKind.MODULE in (a.unit.kind, b.unit.kind)
    return a is not b and not is_module and a.fingerprint.named == b.fingerprint.named != ()


def _is_small(index: CloneIndex, member: CloneUnit) -> bool:
    return is_small(member.fingerprint, index.limits)


def _is_sibling(a: CloneUnit, b: CloneUnit) -> bool:
    """Whether two units are members of one class, or both of the module."""
    return a.path == b.path and a.unit.name.rpartition(".")[0] == b.unit.name.rpartition(".")[0]


def _reaches(matches: Sequence[Match], index: CloneIndex) -> bool:
    """Whether units are enough for a copy, and are no row of like ones."""
    texts = [match.copy.fingerprint for match in matches]
    tokens = sum(sum(text.tokens) for text in texts)
    lines = sum(sum(text.code_lines) for text in texts)
    is_exact = all(match.alignment.type is CloneType.EXACT for match in matches)
    distinct = len({text.named for text in texts})
    return (
        len(texts) > 1
        and tokens >= index.limits.tokens
        and lines >= index.limits.code_lines
        and (is_exact or distinct >= index.limits.distinct_statements)
    )


def _body_match(a: CloneUnit, b: CloneUnit) -> Match | None:
    """Two equal units, unless they are no more than heads, stubs and declarations of others."""
    text, other = a.fingerprint, b.fingerprint
    pairs = said_again(text, other, [(i, i) for i in range(len(text.shape))])
    head = text.is_declared.index(False) if is_function(a.unit) else -1
    if not any(i > head for i, _ in pairs):
        return None
    return Match(a, b, run_alignment(text, other, pairs))


def _lines(member: CloneUnit, statements: Iterable[int]) -> frozenset[int]:
    text = member.fingerprint
    return frozenset(line for i in statements if not text.is_table[i] for line in member.lines(i))
