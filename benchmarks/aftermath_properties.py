"""What must hold of any history's aftermath, checked on real ones.

    python -m benchmarks.aftermath_properties [--cache DIR] REPOSITORY...

- Sums: of each change, added lines are those alive and those ended or censored; rework grows with
  the horizon, is at most what was added, and is the sum of its two parts by label and by author.
- Nothing is lost: the code lines alive are those that stand at the head, counted from its files.
  They differ where a formatter cut lines up or put several on one.
- Order: the same commits in another order, parents still first, give the same lives. What is left
  are lines of one pull request whose own commits merge each other.
- Moves: no line has two beginnings.

Exit status 1 if one does not hold. That the cache and the number of processes change nothing is
held by `tests/test_report_again.py`, and printed by `benchmarks.history`.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.whole_history import followed
from scanner.base.model import Commit, Missing, Problem
from scanner.base.store import Store
from scanner.durability.fates import Fate
from scanner.durability.lives import NONE, Lives, follow
from scanner.durability.texts import marks_of
from scanner.git.blobs import BlobReader
from scanner.git.lifelines import Lifelines, needed_pairs
from scanner.git.process import Repository, open_repository
from scanner.git.trees import list_tree
from scanner.history.aftermath import Aftermath
from scanner.history.lines import follow_lines, line_reader
from scanner.history.read import (
    History,
    IntegratedChange,
    all_changes,
    as_landed,
    messages_of,
)

#: Where a line was born, and the change that ended it (by index; NONE where none did).
_Life = tuple[str, str, int, int]


def sums(aftermath: Aftermath) -> Iterator[str]:
    """What does not add up in the fates of changes."""
    followed = aftermath.followed
    ended = Counter(followed.change[followed.ended_by != NONE].tolist())
    place = {one.change: number for number, one in enumerate(aftermath.integrations.values())}
    for facts in aftermath.facts:
        oid, fate = facts.change.commit.oid[:12], facts.fate
        if isinstance(fate, Missing):
            yield f"{oid} was not followed"
        else:
            gone = ended[place[facts.change.commit.oid]]
            if fate.added != fate.alive + gone:
                yield f"{oid}: {fate.added} added, {fate.alive} alive, {gone} ended"
            yield from (f"{oid}: {fault}" for fault in _rework_faults(fate))


def _rework_faults(fate: Fate) -> Iterator[str]:
    before = 0
    for one in fate.rework:
        if not before <= one.reworked <= fate.added - fate.alive:
            yield f"{one.reworked} reworked within {one.days} days, {before} before"
        if (
            not one.reworked
            == one.same_label + one.other_label
            == one.same_author + one.other_author
        ):
            yield f"the parts within {one.days} days are not {one.reworked}"
        before = one.reworked


def lost(history: History, aftermath: Aftermath, repository: Repository) -> str:
    """How the code lines that stand at the head compare with those that are alive."""
    stand = 0
    with BlobReader(repository) as blobs:
        for version in list_tree(repository, history.selection.tip):
            source = blobs.read(version.blob) if version.mode.is_text_file else b""
            if not isinstance(source, Problem):
                lines = source.decode("utf-8", "surrogateescape").split("\n")
                kept = lines[:-1] if lines[-1] == "" else lines
                stand += sum(marks_of(kept, range(len(kept))).values())
    alive = int((aftermath.followed.ended_by == NONE).sum())
    return f"{alive:,} code lines alive, {stand:,} stand at the head"


def lives_of(history: History, lifelines: Lifelines, commits: Sequence[Commit],
             repository: Repository, store: Store) -> Counter[_Life]:  # fmt: skip
    """All lives of a history whose commits are walked in a certain order."""
    with BlobReader(repository) as blobs:
        read = line_reader(blobs)
        files = [
            [f for parent in one.parents or (None,) for f in history.diffs[parent, one.oid].files]
            for one in commits
        ]
        return _by_place(history, lifelines, follow(lifelines, files, read, store, history.ignored))


def _by_place(history: History, lifelines: Lifelines, lives: Lives) -> Counter[_Life]:
    landed = {oid: n for n, one in enumerate(history.integrated) for oid in one.commits}
    rows = zip(lives.line.tolist(), lives.birth.tolist(), lives.end.tolist(), strict=True)
    return Counter(
        (
            lifelines.commits[birth],
            lifelines.paths[lifelines.birth_path[line]],
            int(lifelines.birth_line[line]),
            NONE if end == NONE else landed[lifelines.commits[end]],
        )
        for line, birth, end in rows
    )


def shuffled(commits: Sequence[Commit], seed: int) -> list[Commit]:
    """The commits in a drawn order in which parents still come first."""
    draw = random.Random(seed)  # noqa: S311
    known = {one.oid for one in commits}
    left = {one.oid: sum(parent in known for parent in one.parents) for one in commits}
    children: dict[str, list[Commit]] = {}
    for one in commits:
        for parent in one.parents:
            children.setdefault(parent, []).append(one)
    ready = [one for one in commits if not left[one.oid]]
    order = []
    while ready:
        one = ready.pop(draw.randrange(len(ready)))
        order.append(one)
        for child in children.get(one.oid, ()):
            left[child.oid] -= 1
            if not left[child.oid]:
                ready.append(child)
    return order


def _drawn_anew(history: History) -> tuple[Sequence[Commit], Sequence[IntegratedChange]]:
    """The commits in a drawn order, and the changes that follow from it."""
    commits = shuffled(history.commits, 1)
    return commits, all_changes(commits, history.selection)


def check(folder: Path, cache: Path) -> bool:
    """Prints what holds of one history and what does not."""
    repository = open_repository(folder)
    with followed(repository, cache) as (history, aftermath, store):
        faults = list(sums(aftermath))
        print(f"{folder}: {len(aftermath.facts)} changes, sums that do not hold: {len(faults)}")
        print(*(f"    {fault}" for fault in faults[:10]), sep="\n", end="")
        print(f"  {lost(history, aftermath, repository)}")
        usual = lives_of(history, history.lifelines, history.commits, repository, store)
        other = as_landed(*_drawn_anew(history))
        asked = (history.diffs[pair] for pair in needed_pairs(other))
        drawn = follow_lines(
            repository,
            store,
            other,
            messages_of(other, all_changes(other, history.selection)),
            history.selection.tip,
            asked,
            history.ignored,
        )
        differing = usual - lives_of(history, drawn, other, repository, store)
        print(f"  lives that another order changes: {differing.total()} of {usual.total():,}")
        twice = [key for key, count in Counter(life[:3] for life in usual).items() if count > 1]
        print(f"  lines with two beginnings: {len(twice)}")
    return not faults and not twice


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = [check(one, chosen.cache or Path(folder)) for one in chosen.repositories]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
