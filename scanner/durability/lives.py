"""The whole life of each code line: from the change that wrote it to the one that ended it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.durability.layout import relaid_lines
from scanner.durability.moves import Link, moved_lines, stretches_of
from scanner.durability.texts import Identities, LineTexts, fill, line_key, unread_texts
from scanner.git.lifelines import Lifelines
from scanner.model import FileChange, FileStatus, Problem

#: No commit: the lifelines' own mark for what was there before or still stands.
NONE = -1

#: Gives the lines of a blob, or why it cannot be read.
Read = Callable[[str], Sequence[str] | Problem]


@dataclass(frozen=True, slots=True)
class Lives:
    """One element for each code line that was written anew, not moved or laid out anew.

    `line` is its identity, `birth` and `end` the commits (by index) that wrote and ended it; `end`
    is NONE for lines that still stand. `is_censored` marks lives that were not seen to an end
    though they do not stand: a commit that `.git-blame-ignore-revs` lists took them. Lines that
    git lost sight of, or whose text could not be read, are not here: `unfollowed` counts them.
    """

    line: Identities
    birth: Identities
    end: Identities
    is_censored: NDArray[np.bool_]
    key: NDArray[np.int64]
    unfollowed: int
    problems: tuple[Problem, ...]


def follow(
    lifelines: Lifelines,
    files: Iterable[Sequence[FileChange]],
    read: Read,
    ignored: Collection[str] = (),
) -> Lives:
    """Follows all code lines through moves and changes of layout.

    `files` gives, for each commit of the lifelines in order, its changed files against all its
    parents; it is read once, as a stream. `ignored` are commits whose removals are not judged.
    """
    texts = unread_texts(len(lifelines.birth))
    successor = np.full(len(lifelines.birth), NONE, np.int64)
    problems: list[Problem] = []
    births, deaths = _by_commit(lifelines.birth), _by_commit(lifelines.death)
    for commit, changed in enumerate(files):
        born, died = births(commit), deaths(commit)
        born = born[np.lexsort((lifelines.birth_line[born], lifelines.birth_path[born]))]
        problems += _read_births(lifelines, texts, born, changed, read)
        if len(born) and len(died):
            for before, after in _links(lifelines, texts, born, died, changed, read):
                successor[before] = after
    return _lives(lifelines, texts, successor, frozenset(ignored), tuple(problems))


def _by_commit(commit_of_line: NDArray[np.int32]) -> Callable[[int], Identities]:
    """Gives the lines of each commit."""
    order = np.argsort(commit_of_line, kind="stable")
    ordered = commit_of_line[order]

    def lines_of(commit: int) -> Identities:
        first, last = np.searchsorted(ordered, (commit, commit + 1))
        return order[first:last]

    return lines_of


def _read_births(
    lifelines: Lifelines,
    texts: LineTexts,
    born: Identities,
    changed: Sequence[FileChange],
    read: Read,
) -> Iterator[Problem]:
    blobs = {file.after.path: file.after.blob for file in changed if file.after}
    path = lifelines.birth_path[born]
    for lines in np.split(born, np.flatnonzero(np.diff(path)) + 1):
        if not len(lines):
            continue
        blob = blobs.get(lifelines.paths[int(lifelines.birth_path[lines[0]])])
        source = read(blob) if blob is not None else ()
        if isinstance(source, Problem):
            yield source
        else:
            fill(texts, lines, lifelines.birth_line[lines] - 1, tuple(source))


def _links(
    lifelines: Lifelines,
    texts: LineTexts,
    born: Identities,
    died: Identities,
    changed: Sequence[FileChange],
    read: Read,
) -> Iterator[Link]:
    path, line = lifelines.birth_path[born], lifelines.birth_line[born]
    relaid = list(_relaid(lifelines, texts, born, died, changed, read))
    yield from relaid
    taken = {before for before, _ in relaid}
    left = died[[one not in taken for one in died.tolist()]] if taken else died
    yield from moved_lines(
        texts, left, stretches_of(born, path.astype(np.int64), line.astype(np.int64))
    )


def _relaid(
    lifelines: Lifelines,
    texts: LineTexts,
    born: Identities,
    died: Identities,
    changed: Sequence[FileChange],
    read: Read,
) -> Iterator[Link]:
    """Links through files of which only the layout changed."""
    gone: dict[int, list[int]] | None = None
    for file in changed:
        pairs = _layout_pairs(file, read)
        if not pairs:
            continue
        if gone is None:
            gone = defaultdict(list)
            for one in died[texts.known[died]].tolist():
                gone[int(texts.key[one])].append(one)
        place = {
            int(lifelines.birth_line[one]) - 1: one
            for one in born.tolist()
            if lifelines.paths[int(lifelines.birth_path[one])] == file.path
        }
        for key, after in pairs:
            if gone[key] and after in place:
                yield gone[key].pop(0), place[after]


def _layout_pairs(file: FileChange, read: Read) -> list[tuple[int, int]]:
    """For a file that only changed layout: keys of old lines, offsets of the new ones."""
    if file.before is None or file.after is None or file.status is FileStatus.TYPE_CHANGED:
        return []
    if not file.hunks:
        return []
    before, after = read(file.before.blob), read(file.after.blob)
    if isinstance(before, Problem) or isinstance(after, Problem):
        return []
    pairs = relaid_lines(file, before, after) or ()
    return [(line_key(before[pair.before]), pair.after) for pair in pairs]


def _lives(
    lifelines: Lifelines,
    texts: LineTexts,
    successor: Identities,
    ignored: frozenset[str],
    problems: tuple[Problem, ...],
) -> Lives:
    last = _last_of_chain(successor)
    is_new = np.ones(len(successor), np.bool_)
    is_new[successor[successor != NONE]] = False
    followed = np.zeros(len(successor), np.bool_)
    followed[:] = lifelines.death[last] != NONE
    followed |= lifelines.is_alive()[last]
    written = is_new & (lifelines.birth != NONE)
    chosen = np.flatnonzero(written & texts.known & texts.is_code & followed)
    unfollowed = int(np.count_nonzero(written & (~texts.known | (texts.is_code & ~followed))))
    end = lifelines.death[last[chosen]].astype(np.int64)
    judged = np.array([oid not in ignored for oid in lifelines.commits], np.bool_)
    censored = (end != NONE) & ~judged[end]
    birth = lifelines.birth[chosen].astype(np.int64)
    return Lives(chosen, birth, end, censored, texts.key[chosen], unfollowed, problems)


def _last_of_chain(successor: Identities) -> Identities:
    last = np.arange(len(successor))
    while True:
        following = successor[last]
        goes_on = following != NONE
        if not goes_on.any():
            return last
        last = np.where(goes_on, following, last)
