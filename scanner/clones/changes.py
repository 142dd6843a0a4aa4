"""Which added lines of a change are copies of code live in the tree after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.outline import ReadFile, code_lines, unit_lines
from scanner.base.model import Problem, Unit
from scanner.clones.calls import how_to_use, is_async_twin, is_override, is_whole
from scanner.clones.index import CloneIndex, CloneUnit, is_function
from scanner.clones.matches import Match, matches_of, small_matches
from scanner.roles.paths import is_entry_point, is_test_path
from scanner.scoring.change import ChangedFile, old_lines
from scanner.scoring.copies import Copy

#: An original is as new as its copy if the change adds this share of its lines.
NEW_ORIGINAL = 0.5
#: Another place says the same as a copy if it says this share of its lines.
SAME_PLACE = 0.5

_STRICTNESS = {CloneType.EXACT: 0, CloneType.RENAMED: 1, CloneType.GAPPED: 2}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A match whose copy the change adds, at least in part."""

    match: Match
    lines: frozenset[int]
    is_new: bool

    def rank(self) -> tuple[object, ...]:
        """The best original first: older, no test, longest, strictest, then by place."""
        original = self.match.original
        place = original.place(self.match.alignment.originals)
        return (
            self.is_new,
            is_test_path(original.path),
            -len(self.lines),
            _STRICTNESS[self.match.alignment.type],
            _remoteness(original),
            place.path,
            place.span.first,
        )


def copies_in(index: CloneIndex, added: Mapping[str, frozenset[int]]) -> tuple[Copy, ...]:
    """What the added code lines of a change say again, each line in one copy at most.

    `index` holds the tree after the change; `added` are the added code lines by path, moved lines
    left out. A copy has as many added lines as the least copy has lines. Of two that the same
    change brings, the one at the later path and line is the copy.
    """
    return tuple(
        copy
        for path in sorted(added)
        if path in index
        for copy in _copies_in_file(index, path, added)
    )


def repaid_copies(
    index: CloneIndex,
    file: ChangedFile,
    facts: Mapping[str, Fingerprint | Problem],
    moved: frozenset[int],
    added: Mapping[str, frozenset[int]],
) -> Iterator[Copy]:
    """The copies that a change deletes from a file and whose originals stay, each line once.

    `index` holds the tree after the change; `facts` those of the file before it; `moved` are its
    moved lines, by their numbers before; `added` are the added code lines by path. As for copies,
    fewer lines than the least copy has count nothing.
    """
    gone = {line for hunk in file.change.hunks for line in old_lines(hunk)} - moved
    if file.before is None or len(gone) < index.limits.code_lines:
        return
    deleted = code_lines(file.before) & gone
    taken: set[int] = set()
    for unit, text, places in fingerprinted(file.before, facts):
        member = CloneUnit(file.path_before, unit, text, places)
        if _touched(member, deleted) < index.limits.code_lines:
            continue
        candidates = [
            _Candidate(match, lines, is_new=False)
            for match in matches_of(index, member)
            if (lines := match.copy_lines & deleted)
            and (match.original.path, match.original.unit.name) != (file.path, unit.name)
            and not _is_new(match, added, lines)
        ]
        yield from _chosen(index, candidates, taken)


def _copies_in_file(
    index: CloneIndex, path: str, added: Mapping[str, frozenset[int]]
) -> Iterator[Copy]:
    taken: set[int] = set()
    for member in index.files()[path]:
        if _touched(member, added[path]) < index.limits.code_lines:
            continue
        candidates = [c for m in matches_of(index, member) if (c := _candidate(m, added))]
        yield from _chosen(index, candidates, taken)
    yield from _small_copies(index, path, added, taken)


def _chosen(index: CloneIndex, candidates: Sequence[_Candidate], taken: set[int]) -> Iterator[Copy]:
    """The best of the candidates of one unit whose lines are not taken yet; takes them."""
    for candidate in sorted(candidates, key=_Candidate.rank):
        lines = candidate.lines - taken
        if len(lines) >= index.limits.code_lines:
            taken |= lines
            yield _copy(index, candidate, lines, _places(candidate, candidates))


def _small_copies(
    index: CloneIndex, path: str, added: Mapping[str, frozenset[int]], taken: set[int]
) -> Iterator[Copy]:
    runs = [[_candidate(m, added) for m in run] for run in small_matches(index, path)]
    kept = [[c for c in run if c is not None] for run in runs]
    for run in sorted(kept, key=lambda run: -sum(len(c.lines) for c in run)):
        if len(frozenset[int]().union(*(c.lines for c in run))) < index.limits.code_lines:
            continue
        for candidate in run:
            lines = candidate.lines - taken
            same = [c for other in kept for c in other if c.match.copy is candidate.match.copy]
            if lines:
                taken |= lines
                yield _copy(index, candidate, lines, _places(candidate, same))


def _touched(member: CloneUnit, added: frozenset[int]) -> int:
    return sum(line in added for line in member.places)


def _candidate(match: Match, added: Mapping[str, frozenset[int]]) -> _Candidate | None:
    lines = match.copy_lines & added[match.copy.path]
    if not lines:
        return None
    is_new = _is_new(match, added, lines)
    copy, original = match.copy_lines, match.original_lines
    if is_new and _order(match.original, original) > _order(match.copy, copy):
        return None
    return _Candidate(match, lines, is_new)


def _is_new(match: Match, added: Mapping[str, frozenset[int]], copied: frozenset[int]) -> bool:
    """Whether the change brings the original too: its lines beside the copy's added ones.

    Where a change makes the same edit to two copies that were there before, it brings the edit
    twice, however little of the whole it is.
    """
    theirs = added.get(match.original.path, frozenset())
    beside = [
        not theirs.isdisjoint(match.original.lines(j))
        for i, j in match.alignment.pairs
        if not copied.isdisjoint(match.copy.lines(i))
    ]
    return sum(beside) >= NEW_ORIGINAL * len(beside)


def _order(member: CloneUnit, lines: Iterable[int]) -> tuple[bool, bool, bool, str, int]:
    """Of two places that one change brings, which is the original: the one to be used by others."""
    return (*_remoteness(member), member.path, min(lines, default=0))


def _remoteness(member: CloneUnit) -> tuple[bool, bool, bool]:
    is_private = member.unit.name.rpartition(".")[2].startswith("_")
    return (is_test_path(member.path), is_entry_point(member.path), is_private)


def _places(candidate: _Candidate, all_of_unit: Iterable[_Candidate]) -> int:
    """How many places say the same; beside an original that was there before, only those were."""
    return len(
        {
            (other.match.original.path, other.match.original.unit.name)
            for other in all_of_unit
            if (candidate.is_new or not other.is_new)
            and len(other.lines & candidate.lines) >= SAME_PLACE * len(candidate.lines)
        }
    )


def _copy(index: CloneIndex, candidate: _Candidate, lines: frozenset[int], places: int) -> Copy:
    match = candidate.match
    copy, original, alignment = match.copy, match.original, match.alignment
    copied = sum(copy.fingerprint.code_lines[i] for i in alignment.copied)
    whole = is_whole(match)
    return Copy(
        type=alignment.type,
        copy=copy.place(alignment.copied),
        original=original.place(alignment.originals),
        lines=lines,
        copied_lines=copied,
        tokens=sum(copy.fingerprint.tokens[i] for i in alignment.copied),
        similarity=alignment.similarity,
        substitutions=alignment.substitutions,
        extra=(len(copy.fingerprint.shape) - len(alignment.pairs)) if whole else 0,
        missing=(len(original.fingerprint.shape) - len(alignment.pairs)) if whole else 0,
        places=places,
        is_new=candidate.is_new,
        is_override=is_override(index, match),
        is_async_twin=is_async_twin(match),
        is_generated=_is_generated(index, original.path)
        or any(_is_step(index, m.path) for m in (copy, original)),
        saved_lines=max(
            0, copied - (0 if whole and len(alignment.pairs) == len(copy.fingerprint.shape) else 1)
        ),
        call=how_to_use(index, match),
    )


def _is_generated(index: CloneIndex, path: str) -> bool:
    return any(member.fingerprint.is_generated for member in index.files().get(path, ())[:1])


def _is_step(index: CloneIndex, path: str) -> bool:
    """Whether a file is a step of a schema, which is written after a template."""
    return any(member.fingerprint.is_step for member in index.files().get(path, ()))


def fingerprinted(
    file: ReadFile, facts: Mapping[str, Fingerprint | Problem]
) -> Iterator[tuple[Unit, Fingerprint, Sequence[int]]]:
    """The units of a file as `CloneIndex.add` takes them; those without a fingerprint left out."""
    for unit in file.outline.units:
        known = facts.get(unit.content)
        if isinstance(known, Fingerprint):
            span = range(unit.span.first, unit.span.last + 1)
            yield unit, known, span if is_function(unit) else unit_lines(file, unit)
