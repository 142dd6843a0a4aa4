"""Edits that reach one copy and not the other: the bug that clones breed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import common_subsequence
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.base.model import Problem
from scanner.clones.changes import fingerprinted
from scanner.clones.index import CloneIndex, CloneUnit, is_function, is_small
from scanner.clones.matches import Match, matches_of
from scanner.roles.paths import is_example_path, is_test_path
from scanner.scoring.change import ChangedFile
from scanner.scoring.copies import Divergence

#: An edit of more than this share of the copied statements is no longer one to a shared block.
EDITED_SHARE = 0.3
#: Copies that were less alike than this had gone their own ways before.
ALIKE = 0.85
#: A block that stands in more places is a pattern, not a copy of one.
MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Edit:
    """A function before and after a change; `after` is the live one."""

    before: CloneUnit
    after: CloneUnit


@dataclass(frozen=True, slots=True)
class _Changed:
    """Positions before of statements that are gone, or that something new came right after; and
    positions after of statements that are new."""

    gone: frozenset[int]
    followed: frozenset[int]
    new: tuple[int, ...]


def divergences_in(
    index: CloneIndex, edits: Iterable[Edit], added: Mapping[str, frozenset[int]]
) -> tuple[Divergence, ...]:
    """The edits of a change that one of several copies got, and the others, untouched, did not.

    `index` holds the tree after the change, `added` all lines the change adds, by path. Only
    statements that were exactly equal in both copies count, and only where most of the copied block
    stays as it was. Tests and examples are left out. At most one for each edit.
    """
    return tuple(found for edit in edits if (found := _divergence(index, edit, added)) is not None)


def edits_in(
    index: CloneIndex,
    file: ChangedFile,
    facts: Mapping[str, Fingerprint | Problem],
) -> Iterator[Edit]:
    """The functions of a changed file that the change edits under the same name."""
    if file.before is None:
        return
    live = {member.unit.name: member for member in index.files().get(file.path, ())}
    for unit, text, places in fingerprinted(file.before, facts):
        after = live.get(unit.name)
        if after is not None and after.unit.content != unit.content:
            yield Edit(CloneUnit(file.path_before, unit, text, places), after)


def _divergence(
    index: CloneIndex, edit: Edit, added: Mapping[str, frozenset[int]]
) -> Divergence | None:
    before, after = edit.before, edit.after
    if not is_function(before.unit) or is_small(before.fingerprint, index.limits):
        return None
    if before.fingerprint.exact == after.fingerprint.exact or _is_apart(after.path):
        return None
    changed = _changed(before.fingerprint, after.fingerprint)
    found = [
        (match, lines)
        for match in matches_of(index, before)
        if _is_bystander(match, after, added)
        and (lines := _edited_lines(match, changed, after.fingerprint))
    ]
    if not found or len({_place(match) for match, _ in found}) > MOST_PLACES:
        return None
    match, lines = max(found, key=lambda entry: (entry[0].alignment.similarity, entry[1]))
    others = len({_place(match) for match, _ in found})
    return _described(match, changed, after, lines, others)


def _changed(before: Fingerprint, after: Fingerprint) -> _Changed:
    kept = common_subsequence(before.exact, after.exact)
    kept_before, kept_after = {i for i, _ in kept}, {j for _, j in kept}
    reordered = Counter(after.exact)
    gone = frozenset(
        i for i, value in enumerate(before.exact) if i not in kept_before and not reordered[value]
    )
    new = tuple(
        j
        for j, value in enumerate(after.exact)
        if j not in kept_after and value not in before.exact
    )
    positions = {j: i for i, j in kept}
    followed = frozenset(positions[j - 1] for j in new if j - 1 in positions)
    return _Changed(gone, followed, new)


def _is_bystander(match: Match, after: CloneUnit, added: Mapping[str, frozenset[int]]) -> bool:
    """Whether the other copy is somebody else's code that the change leaves as it is."""
    other = match.original
    if (other.path, other.unit.name) == (after.path, after.unit.name) or _is_apart(other.path):
        return False
    if match.alignment.similarity < ALIKE:
        return False
    return added.get(other.path, frozenset()).isdisjoint(other.places)


def _is_apart(path: str) -> bool:
    return is_test_path(path) or is_example_path(path)


def _edited_lines(match: Match, changed: _Changed, after: Fingerprint) -> int:
    """Code lines of the edit inside what both copies said; 0 if the edit is outside of it or large,
    or brings to the edited copy what the other has."""
    text, other = match.copy.fingerprint, match.original.fingerprint
    pairs = match.alignment.pairs
    same = {i for i, j in pairs if text.exact[i] == other.exact[j]}
    gone = changed.gone & same
    inner = {i for i, _ in pairs[:-1]} & same
    inserted = {i for i in changed.followed & inner if i + 1 in same}
    new = [j for j in changed.new if after.exact[j] not in other.exact]
    if not (gone or inserted) or (changed.new and not new):
        return 0
    if len(changed.gone) + len(changed.new) > EDITED_SHARE * len(pairs):
        return 0
    return max(1, sum(text.code_lines[i] for i in gone))


def _described(
    match: Match, changed: _Changed, after: CloneUnit, lines: int, others: int
) -> Divergence:
    original, alignment = match.original, match.alignment
    place = after.place(changed.new or range(len(after.fingerprint.shape)))
    return Divergence(
        type=alignment.type,
        edit=place,
        other=original.place(alignment.originals),
        copied_lines=sum(match.copy.fingerprint.code_lines[i] for i in alignment.copied),
        edited_lines=lines,
        similarity=alignment.similarity,
        others=others,
    )


def _place(match: Match) -> tuple[str, str]:
    return (match.original.path, match.original.unit.name)
