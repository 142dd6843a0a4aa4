"""Every line of a history, from birth to end: the one way in which all commands follow them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scanner.base.model import Commit, Problem, TreeDiff
from scanner.base.store import Store
from scanner.durability.kept import KeptLines
from scanner.durability.reading import Read
from scanner.durability.reverts import Message, removals_spoken_of
from scanner.git.blobs import BlobReader
from scanner.git.lifelines import Lifelines, Observer, in_order, trace
from scanner.git.process import Repository

#: Blobs whose lines are kept: a commit's files are asked for a few times in a row.
_TEXTS_KEPT = 64


def follow_lines(
    repository: Repository,
    store: Store,
    commits: Sequence[Commit],
    messages: Sequence[Message],
    tip: str,
    diffs: Iterable[TreeDiff],
    ignored: frozenset[str],
    observe: Observer | None = None,
) -> Lifelines:
    """The lines of all commits: one life a line.

    Moves, new layouts and the commits `ignored` (`ignored_at`) are looked through; what a change
    gives back, as its `messages` say, is whose it was. `diffs` are those that `needed_pairs` names,
    in that order, and are not kept. `observe` is as in `trace`.
    """
    with (
        BlobReader(repository) as blobs,
        KeptLines(line_reader(blobs), store, ignored, removals_spoken_of(messages)) as seen,
    ):
        lifelines = trace(commits, in_order(diffs), tip, observe, seen)
        return replace(lifelines, problems=(*lifelines.problems, *seen.problems))


def line_reader(blobs: BlobReader) -> Read:
    """Reads blobs as lines, as git cuts them; the last few are remembered."""
    kept: OrderedDict[str, Sequence[str] | Problem] = OrderedDict()

    def read(blob: str) -> Sequence[str] | Problem:
        if blob not in kept:
            source = blobs.read(blob)
            kept[blob] = source if isinstance(source, Problem) else _lines(source)
            if len(kept) > _TEXTS_KEPT:
                kept.popitem(last=False)
        return kept[blob]

    return read


def _lines(source: bytes) -> list[str]:
    lines = source.decode("utf-8", "surrogateescape").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
