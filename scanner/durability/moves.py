"""Which line goes on as which: moves, new indentation and new layout end no line's life.

Renames need nothing here, because the lifelines go through them. A line is taken to have moved if
the commit that removed it added three or more consecutive code lines (20 letters or digits) that it
also removed, this one among them, white space aside; or if its text is all the commit removed and
added of that text, once each, as when a single line is indented anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from scanner.durability.texts import Identities, LineTexts

MOVED_LINES = 3
MOVED_LETTERS = 20
#: One line alone has to say more than `return x` or a bracket to be known again.
ALONE_LETTERS = 8

#: A line that ended and the one that goes on with it.
Link = tuple[int, int]


def moved_lines(texts: LineTexts, died: Identities, born: list[Identities]) -> Iterator[Link]:
    """Links from lines that died in one commit to lines born in it.

    `born` holds, for each added stretch (consecutive lines of one file), its lines in order.
    """
    gone: dict[int, list[int]] = defaultdict(list)
    for line, key in zip(died.tolist(), texts.key[died].tolist(), strict=True):
        if texts.known[line] and texts.is_code[line]:
            gone[key].append(line)
    stretches = [[line for line in part.tolist() if texts.is_code[line]] for part in born]
    linked: set[int] = set()
    for link in _in_blocks(texts, gone, stretches):
        linked.add(link[1])
        yield link
    rest = (line for part in stretches for line in part if line not in linked)
    yield from _alone(texts, gone, rest)


def _in_blocks(
    texts: LineTexts, gone: dict[int, list[int]], stretches: list[list[int]]
) -> Iterator[Link]:
    for stretch in stretches:
        block: list[int] = []
        for line in [*stretch, None]:
            if line is not None and gone.get(int(texts.key[line])):
                block.append(line)
                continue
            letters = int(texts.letters[block].sum()) if block else 0
            if len(block) >= MOVED_LINES and letters >= MOVED_LETTERS:
                yield from _paired(texts, gone, block)
            block = []


def _paired(texts: LineTexts, gone: dict[int, list[int]], block: Iterable[int]) -> Iterator[Link]:
    for line in block:
        same = gone[int(texts.key[line])]
        if same:
            yield same.pop(0), line


def _alone(texts: LineTexts, gone: dict[int, list[int]], rest: Iterable[int]) -> Iterator[Link]:
    candidates = [line for line in rest if texts.letters[line] >= ALONE_LETTERS]
    times = Counter(int(texts.key[line]) for line in candidates)
    for line in candidates:
        key = int(texts.key[line])
        if times[key] == 1 and len(gone.get(key, ())) == 1:
            yield gone[key].pop(), line


def stretches_of(born: Identities, path: Identities, line: Identities) -> list[Identities]:
    """Born lines (sorted by path and line number) cut into consecutive stretches."""
    if not len(born):
        return []
    cuts = np.flatnonzero((np.diff(path) != 0) | (np.diff(line) != 1)) + 1
    return list(np.split(born, cuts))
