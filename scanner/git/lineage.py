"""Which line of a commit is which line of its parents: the step of `lifelines`. Pure.

A file of a commit is an int32 array with the identity of each of its lines. Arrays are never
changed once made, so that commits share those of the files that did not change between them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from scanner.base.model import FileChange, FileStatus, FileVersion, Problem, Stage, TreeDiff
from scanner.git.line_registry import NO_LINES, NONE, LineRegistry, Lines, Removal

#: The identities of a commit's lines by path; None where git could not compare, so no one knows.
Files = dict[str, Lines | None]

#: No identity yet: a line that is not in the parent.
_NEW = -1


class KeptLine(NamedTuple):
    """A line that a change removes and one that it adds and that goes on with it; offsets from 0.

    Several lines may go on as one, and one as several: then the first pair of an added line says
    whose it is.
    """

    source: str
    before: int
    target: str
    after: int


class GivenBack(NamedTuple):
    """A line that one commit removed and another added again: of which removal, and the places."""

    removal: int
    before: int
    target: str
    after: int


class Continuity(Protocol):
    """Says which added lines are not new, from the contents of files.

    `watched` are the commits whose removals others may take back.
    """

    watched: Collection[str]

    def kept(self, oid: str, files: Sequence[FileChange]) -> Sequence[KeptLine]:
        """The lines that a commit moves or lays out anew, among files changed against a parent."""

    def taken_back(self, oid: str) -> Sequence[str]:
        """The commits whose removals a commit may take back."""

    def given_back(
        self, files: Sequence[FileChange], removals: Sequence[FileChange]
    ) -> Sequence[GivenBack]:
        """The lines of removals that changed files have again."""


#: Slices of this stand for most added stretches, which is quicker than filling arrays.
_FRESH: Lines = np.full(1 << 12, _NEW, np.int32)
_FRESH.setflags(write=False)


@dataclass
class Side:
    """One parent of a commit: its files, the diff from it, and its ancestors as bits of an int."""

    files: Files
    diff: TreeDiff
    ancestors: int = 0

    @cached_property
    def arrivals(self) -> dict[str, FileChange]:
        """The changes by the path that they lead to, where that is a text file."""
        return {c.after.path: c for c in self.diff.files if is_text(c.after) and c.after}

    @property
    def is_known(self) -> bool:
        return self.diff.problem is None

    def before(self, change: FileChange) -> Lines | None:
        """The lines that a change starts from; none for a new file or what was no text file."""
        if change.before is None or not is_text(change.before):
            return NO_LINES
        return self.files.get(change.before.path)

    def has_same(self, path: str) -> bool:
        """Whether this parent has the very same file, with known lines."""
        return self.is_known and path not in self.arrivals and self.files.get(path) is not None

    def projected(self, path: str) -> Lines | None:
        """The lines of the commit's file, as far as this parent has them (else -1)."""
        if not self.is_known:
            return None
        change = self.arrivals.get(path)
        return self.files.get(path) if change is None else project(self.before(change), change)


def is_text(version: FileVersion | None) -> bool:
    """Whether a version has lines to follow: not a symbolic link or a submodule, nor nothing."""
    return version is not None and version.mode.is_text_file


def project(old: Lines | None, change: FileChange) -> Lines | None:
    """The file after a change: identities where lines stay, -1 where they are new.

    None if they cannot be known: git compared nothing, or the hunks are not those of this file.
    An array with a -1 in it is a new one.
    """
    if old is None or not _is_comparable(old, change):
        return None
    if change.status is FileStatus.TYPE_CHANGED:
        return _new_lines(change.added_lines).copy()
    if not change.hunks:
        return old
    pieces = []
    position = 0
    for old_offset, old_count, _, new_count in change.hunks:
        pieces.append(old[position:old_offset])
        pieces.append(_new_lines(new_count))
        position = old_offset + old_count
    return np.concatenate((*pieces, old[position:]))


def _new_lines(count: int) -> Lines:
    return _FRESH[:count] if count <= len(_FRESH) else np.full(count, _NEW, np.int32)


def _is_comparable(old: Lines, change: FileChange) -> bool:
    """Whether git compared lines, and of this file."""
    if change.problem is not None or (change.is_binary and not change.hunks):
        return False
    if not change.hunks or change.status is FileStatus.TYPE_CHANGED:
        return True
    return change.hunks[-1].old_offset + change.hunks[-1].old_count <= len(old)


class Step(NamedTuple):
    """How a commit's files differ from those of one side, the base: lines, and paths to drop."""

    base: int
    changed: Files
    gone: frozenset[str]

    def lines_at(self, sides: Sequence[Side], path: str) -> Lines | None:
        """The lines of the commit's file at a path."""
        if path in self.changed:
            return self.changed[path]
        return None if path in self.gone else sides[self.base].files.get(path)


def advance(
    registry: LineRegistry, commit: int, oid: str, sides: Sequence[Side], seen: Continuity | None
) -> Step:
    """Finds the lines of a commit in its parents, and writes down what was born and what died."""
    base = next((number for number, side in enumerate(sides) if side.is_known), 0)
    changed = {path: _origins(sides, path) for path in _paths_to_judge(registry, sides, base)}
    is_merge = len(sides) > 1
    kept = [_carry(oid, side, changed, seen, is_merge=is_merge) for side in sides] if seen else []
    if seen and not is_merge:
        _give_back(registry, commit, oid, sides[0], changed, seen)
    for path, lines in changed.items():
        if lines is not None:
            _fill(registry, commit, path, lines)
    joined = _join(registry, commit, changed, kept)
    left = {change.before.path for change in sides[base].diff.files if change.before is not None}
    step = Step(base, changed, frozenset(left - changed.keys()))
    if len(sides) == 1:
        _bury(registry, commit, oid, sides[0], (joined, *_known(changed.values())))
    else:
        _bury_merged(registry, commit, oid, sides, step, joined)
    return step


#: The place of an added line, and the identity of a line that goes on there.
_Carried = tuple[str, int, int]


def _carry(
    oid: str, side: Side, changed: Files, seen: Continuity, *, is_merge: bool
) -> list[_Carried]:
    """Gives added lines the identity of those that they go on with; tells all that go on there."""
    fresh = _with_new(changed)
    # Of a merge only what it resolves: the rest of the difference is what the other parents did.
    files = [
        change
        for change in side.diff.files
        if change.hunks and (not is_merge or (change.after and change.after.path in fresh))
    ]
    if not fresh or not any(hunk.old_count for file in files for hunk in file.hunks):
        return []
    carried = []
    for line in seen.kept(oid, files):
        old, new = side.files.get(line.source), changed.get(line.target)
        if old is None or new is None or line.before >= len(old) or line.after >= len(new):
            continue
        identity = int(old[line.before])
        if new[line.after] == _NEW:
            new[line.after] = identity
        carried.append((line.target, line.after, identity))
    return carried


def _with_new(files: Files) -> frozenset[str]:
    """The paths of files with lines that have no identity yet."""
    return frozenset(
        path for path, lines in files.items() if lines is not None and (lines == _NEW).any()
    )


def _give_back(
    registry: LineRegistry, commit: int, oid: str, side: Side, changed: Files, seen: Continuity
) -> None:
    """Lets lines go on that a commit takes back the removal of, and notes removals to come."""
    removals = [one for other in seen.taken_back(oid) for one in registry.removals.get(other, ())]
    fresh = _with_new(changed) if removals else ()
    files = [change for change in side.diff.files if change.after and change.after.path in fresh]
    for found in seen.given_back(files, [one.change for one in removals]) if files else ():
        lines = changed[found.target]
        line = removals[found.removal].before[found.before : found.before + 1]
        if lines is None or lines[found.after] != _NEW:
            continue
        if len(registry.removed(line)):
            lines[found.after] = line[0]
            registry.give_back(line, commit)
    if oid in seen.watched:
        registry.removals[oid] = [
            Removal(change, old)
            for change in side.diff.files
            if any(hunk.old_count for hunk in change.hunks)
            and (old := side.before(change)) is not None
        ]


def _join(
    registry: LineRegistry, commit: int, changed: Files, carried: Iterable[Iterable[_Carried]]
) -> Lines:
    """Makes the lines one that go on as one; gives those that were put onto others."""
    found = [
        (identity, int(lines[offset]))
        for one in carried
        for path, offset, identity in one
        if (lines := changed[path]) is not None and lines[offset] != identity
    ]
    if not found:
        return NO_LINES
    joined: Lines = np.array([line for line, _ in found], np.int32)
    registry.join(joined, np.array([into for _, into in found], np.int32), commit)
    return joined


def _paths_to_judge(registry: LineRegistry, sides: Sequence[Side], base: int) -> Iterable[str]:
    """The paths whose lines may differ from those of the base side."""
    if not sides[base].is_known:
        return dict.fromkeys(path for side in sides for path in side.files)
    arrivals = sides[base].arrivals
    if len(sides) == 1 or not registry.problems:
        return arrivals
    # What the base has lost another parent may know.
    departed = {c.before.path for c in sides[base].diff.files if c.before is not None}
    lost = [path for path, lines in sides[base].files.items() if lines is None]
    return dict.fromkeys([*arrivals, *(path for path in lost if path not in departed)])


def _origins(sides: Sequence[Side], path: str) -> Lines | None:
    """The identity of each line of a file, -1 for lines no parent has; None if it is not known."""
    for side in sides:
        if side.has_same(path):
            return side.files[path]
    projections = [side.projected(path) for side in sides]
    known = [lines for lines in projections if lines is not None]
    if not known or len({len(lines) for lines in known}) > 1:
        return None
    origins = known[0]
    for other in known[1:]:
        origins = np.where(origins == _NEW, other, origins)
    if len(known) < len(projections) and (origins == _NEW).any():
        return None
    return origins


def _fill(registry: LineRegistry, commit: int, path: str, lines: Lines) -> None:
    """Gives the new lines of a file their identity; an array with new lines is nobody else's."""
    (offsets,) = (lines == _NEW).nonzero()
    if len(offsets):
        lines[offsets] = registry.bear(commit, path, offsets)


def _known(files: Iterable[Lines | None]) -> list[Lines]:
    return [lines for lines in files if lines is not None]


def _bury(registry: LineRegistry, commit: int, oid: str, side: Side, here: Iterable[Lines]) -> None:
    """Deaths in a commit with one parent: what it removes, unless another branch did it earlier.

    What is still `here`, moved or laid out anew, did not die.
    """
    removed = registry.standing(_removed(registry, oid, side))
    if len(removed):
        registry.kill(registry.missing(removed, here), commit)


def _bury_merged(
    registry: LineRegistry,
    commit: int,
    oid: str,
    sides: Sequence[Side],
    step: Step,
    joined: Lines,
) -> None:
    """Deaths in a merge: what a parent has, the merge has not, and no other commit has removed.

    A line that the merge has although the history of one of its parents removed it was taken back;
    that removal was not its death. Lines that several parents have, each its own, become one.
    """
    for side in sides:
        here = {path: step.lines_at(sides, path) for path in side.arrivals}
        removed = registry.standing(_removed(registry, oid, side))
        if len(removed):
            # Where git saw no rename, or paired repeated lines otherwise, a line may have stayed.
            crowd = (joined, *_known(here.values()))
            registry.kill(registry.missing(removed, crowd), commit)
        pairs = [(side.projected(path), lines) for path, lines in here.items()]
        theirs, lines = _differing((*pairs, *_twins(sides, side, step)))
        _take_back(registry, side, lines)
        has_own = theirs != _NEW
        registry.unite(theirs[has_own], lines[has_own], commit)


def _differing(pairs: Iterable[tuple[Lines | None, Lines | None]]) -> tuple[Lines, Lines]:
    """Where a parent and the merge have not the same line: the parent's (-1: none), the merge's."""
    theirs_differing, differing = [], []
    for theirs, lines in pairs:
        if theirs is lines or theirs is None or lines is None or len(theirs) != len(lines):
            continue
        places = (theirs != lines).nonzero()
        theirs_differing.append(theirs[places])
        differing.append(lines[places])
    return _joined(theirs_differing), _joined(differing)


def _take_back(registry: LineRegistry, side: Side, brought: Lines) -> None:
    """Revives those of the lines that a merge has beyond a parent whose history removed them."""
    removed = registry.removed(brought)
    if len(removed):
        deaths = registry.death[removed]
        theirs = [number for number in np.unique(deaths).tolist() if side.ancestors >> number & 1]
        registry.kill(removed[np.isin(deaths, theirs)], NONE)


def _twins(
    sides: Sequence[Side], side: Side, step: Step
) -> Iterator[tuple[Lines | None, Lines | None]]:
    """The lines of files that a parent has in common with the merge, where they are not the same.

    Two branches may both have added a file.
    """
    base = sides[step.base]
    if side is base or not side.is_known:
        return
    for path, lines in base.files.items():
        theirs = side.files.get(path)
        if theirs is not lines and path not in side.arrivals:
            yield theirs, step.lines_at(sides, path)
    for path in step.changed:
        if path not in base.files and side.has_same(path):
            yield side.files[path], step.changed[path]


def _removed(registry: LineRegistry, oid: str, side: Side) -> Lines:
    """The lines of a parent that its diff to the commit takes away."""
    if side.diff.problem is not None:
        registry.note(side.diff.problem)
    return _joined(_removed_by(registry, oid, side, change) for change in side.diff.files)


def _removed_by(registry: LineRegistry, oid: str, side: Side, change: FileChange) -> Lines | None:
    old = side.before(change)
    if old is None:
        return None
    if not _is_comparable(old, change):
        reason = "git compared no lines of it"
        registry.note(change.problem or Problem(Stage.GIT, change.path, reason, oid))
        return None
    if not is_text(change.after):
        return old
    return _joined(old[h.old_offset : h.old_offset + h.old_count] for h in change.hunks)


def _joined(pieces: Iterable[Lines | None]) -> Lines:
    parts = [piece for piece in pieces if piece is not None and len(piece)]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else NO_LINES
