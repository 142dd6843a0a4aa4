"""The whole life of each code line: from the change that wrote it to the one that ended it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import FileChange, Problem
from scanner.base.store import Store
from scanner.durability.reading import Births, LineContents, Read, births_of, note, read_all
from scanner.durability.texts import Identities, LineTexts, unread_texts
from scanner.git.lifelines import Lifelines

#: No commit: the lifelines' own mark for what was there before or still stands.
NONE = -1

#: A line that ended and the one that goes on with it.
Link = tuple[int, int]


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
    store: Store,
    ignored: Collection[str] = (),
) -> Lives:
    """Follows all code lines through moves and changes of layout.

    `files` gives, for each commit of the lifelines in order, its changed files against all its
    parents; it is read once, as a stream. What `read` gives is asked for only where the store does
    not have what follows from it. `ignored` are commits whose removals are not judged.
    """
    texts = unread_texts(len(lifelines.birth))
    successor = np.full(len(lifelines.birth), NONE, np.int64)
    problems: list[Problem] = []
    births, deaths = _by_commit(lifelines.birth), _by_commit(lifelines.death)
    with_births = (
        births_of(lifelines, commit, born, changed)
        for commit, changed in enumerate(files)
        if len(born := births(commit))
    )
    for one, said, unread in read_all(with_births, read, store):
        problems += unread
        note(texts, one.lines, said)
        died = deaths(one.commit)
        if len(died):
            for before, after in _links(lifelines, texts, one, died, said):
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


def _links(
    lifelines: Lifelines, texts: LineTexts, births: Births, died: Identities, said: LineContents
) -> Iterator[Link]:
    """Lines that died in a commit, each with the one born in it that goes on with it."""
    gone: dict[int, list[int]] = defaultdict(list)
    for one in died[texts.known[died]].tolist() if any(said.kept) else ():
        gone[int(texts.key[one])].append(one)
    place = {
        (lifelines.paths[int(lifelines.birth_path[one])], int(lifelines.birth_line[one]) - 1): one
        for one in (births.lines.tolist() if gone else ())
    }
    for file, pairs in zip(births.files, said.kept, strict=True):
        for key, after in pairs:
            if gone.get(key) and (file.path, after) in place:
                yield gone[key].pop(0), place[file.path, after]


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
