"""The whole life of each code line: from the change that wrote it to the one that ended it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.base.model import FileChange, Problem
from scanner.base.store import Store
from scanner.durability.reading import Read, births_of, note, read_all
from scanner.durability.texts import Identities, LineTexts, unread_texts
from scanner.git.lifelines import Lifelines

#: No commit: the lifelines' own mark for what was there before or still stands.
NONE = -1


@dataclass(frozen=True, slots=True)
class Lives:
    """One element for each code line that was written anew, not moved or laid out anew; no twins.

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
    """The lives of all code lines; what moves and new layouts kept is in the lifelines already.

    `files` gives, for each commit of the lifelines in order, its changed files against all its
    parents; it is read once, as a stream. What `read` gives is asked for only where the store does
    not have what follows from it. `ignored` are commits whose removals are not judged.
    """
    texts = unread_texts(len(lifelines.birth))
    problems: list[Problem] = []
    with_births = (
        births_of(lifelines, commit, np.arange(born.start, born.stop), changed)
        for commit, changed in enumerate(files)
        if (born := lifelines.born_in(commit))
    )
    for one, said, unread in read_all(with_births, read, store):
        problems += unread
        note(texts, one.lines, said)
    return _lives(lifelines, texts, frozenset(ignored), tuple(problems))


def _lives(
    lifelines: Lifelines,
    texts: LineTexts,
    ignored: frozenset[str],
    problems: tuple[Problem, ...],
) -> Lives:
    followed = (lifelines.death != NONE) | lifelines.is_alive()
    written = (lifelines.birth != NONE) & ~lifelines.is_twin
    chosen = np.flatnonzero(written & texts.known & texts.is_code & followed)
    unfollowed = int(np.count_nonzero(written & (~texts.known | (texts.is_code & ~followed))))
    end = lifelines.death[chosen].astype(np.int64)
    judged = np.array([oid not in ignored for oid in lifelines.commits], np.bool_)
    censored = (end != NONE) & ~judged[end]
    birth = lifelines.birth[chosen].astype(np.int64)
    return Lives(chosen, birth, end, censored, texts.key[chosen], unfollowed, problems)
