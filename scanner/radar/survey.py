"""A repository's references → which open branches will collide, read by two passes of git.

The cost grows with the branches and what each changes, and with the pairs that share a file: only
those are merged, and no more of them than asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import FileVersion, Problem, Stage, TreeDiff
from scanner.codebase.reader import SourceReader
from scanner.git.comparisons import TreeComparison, compare_entries
from scanner.git.process import Repository
from scanner.git.trees import diff_trees, tree_ids
from scanner.git.trial_merges import try_merges
from scanner.radar.branches import Branch, ancestors_among, open_branches
from scanner.radar.collisions import (
    Collision,
    CollisionKind,
    Pair,
    Two,
    broken_calls,
    edited_by_both,
    paired,
    sharing_paths,
)
from scanner.radar.edits import Edits, edits_of
from scanner.scoring.change import ChangedFile


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A branch with the files of it that conflict with its base already, and how many others it
    will collide with.
    """

    branch: Branch
    conflicts: tuple[str, ...]
    collides_with: int


@dataclass(frozen=True, slots=True)
class Radar:
    """What was found among the open branches of `base`.

    `landed` and `old` are how many were left out, `merged` how many pairs git was asked to merge.
    """

    base: str
    base_commit: str
    branches: tuple[Surveyed, ...]
    pairs: tuple[Pair, ...]
    landed: int
    old: int
    merged: int
    problems: tuple[Problem, ...]


def survey(
    repo: Repository,
    reader: SourceReader | None,
    base: tuple[str, str],
    days: int,
    most_pairs: int,
) -> Radar:
    """Which open branches of a base (its name and commit) will collide; in what git merges
    silently, too, where there is a reader.

    At most `most_pairs` pairs are merged on trial; a problem says how many more share a file.
    Raises GitError.
    """
    found = open_branches(repo, base[1], days)
    problems = list(found.problems)
    branches, bases = _not_in(repo, base[1], found.branches, problems)
    apart = _apart(repo, branches)
    texts, merged = _conflicts(repo, branches, apart, most_pairs, problems)
    edits = _edits(repo, reader, branches, problems) if reader is not None else {}
    pairs = paired([*texts, *broken_calls(edits), *edited_by_both(edits)], apart)
    counts = Counter(name for pair in pairs for name in (pair.one, pair.other))
    return Radar(
        base=base[0],
        base_commit=base[1],
        branches=tuple(Surveyed(one, bases[one.name], counts[one.name]) for one in branches),
        pairs=pairs,
        landed=found.landed + len(found.branches) - len(branches),
        old=found.old,
        merged=merged,
        problems=tuple(problems),
    )


def _not_in(
    repo: Repository, base: str, found: Sequence[Branch], problems: list[Problem]
) -> tuple[list[Branch], dict[str, tuple[str, ...]]]:
    """The branches that would change something in the base (a squash may have brought one in), and
    which files of each conflict with it.
    """
    tree = tree_ids(repo, [base])[base]
    kept: list[Branch] = []
    conflicts: dict[str, tuple[str, ...]] = {}
    for one, merge in zip(found, try_merges(repo, [(base, b.tip) for b in found]), strict=True):
        if isinstance(merge, Problem):
            problems.append(merge)
            merged_conflicts: tuple[str, ...] = ()
        elif merge.tree == tree and not merge.conflicts:
            continue
        else:
            merged_conflicts = merge.conflicts
        kept.append(one)
        conflicts[one.name] = merged_conflicts
    return kept, conflicts


def _apart(repo: Repository, branches: Sequence[Branch]) -> frozenset[Two]:
    """Pairs of which one branch is built on the other, in both orders."""
    names = {one.tip: one.name for one in branches}
    stacked = ancestors_among(repo, list(names))
    return frozenset(
        two
        for older, newer in stacked
        for two in ((names[older], names[newer]), (names[newer], names[older]))
    )


def _conflicts(
    repo: Repository,
    branches: Sequence[Branch],
    apart: frozenset[Two],
    most: int,
    problems: list[Problem],
) -> tuple[list[tuple[Two, Collision]], int]:
    """What git says of merging pairs that change a file of one name, and how many it was asked."""
    pairs = sharing_paths(_paths(repo, branches), apart)
    if len(pairs) > most:
        reason = (
            f"{len(pairs):,} pairs of branches change the same file; the {most:,} that share most "
            "files were merged on trial"
        )
        problems.append(Problem(Stage.BUDGET, None, reason))
    tips = {one.name: one.tip for one in branches}
    chosen = pairs[:most]
    merges = try_merges(repo, [(tips[one], tips[other]) for one, other in chosen])
    found: list[tuple[Two, Collision]] = []
    for two, merge in zip(chosen, merges, strict=True):
        if isinstance(merge, Problem):
            problems.append(merge)
        else:
            found += [(two, Collision(CollisionKind.TEXT, path)) for path in merge.conflicts]
    return found, len(chosen)


def _paths(repo: Repository, branches: Sequence[Branch]) -> dict[str, frozenset[str]]:
    """All files that each branch changes, of whatever language."""
    trees = tree_ids(repo, {oid for one in branches for oid in (one.fork, one.tip)})
    comparisons = [_comparison(trees[one.fork], trees[one.tip]) for one in branches]
    entries = dict(compare_entries(repo, comparisons, (), lambda _: True))
    return {
        one.name: frozenset(change.path for change in entries.get(number, ()))
        for number, one in enumerate(branches)
    }


def _comparison(before: str | Problem, after: str | Problem) -> TreeComparison | Problem:
    if isinstance(before, Problem):
        return before
    return after if isinstance(after, Problem) else TreeComparison(before, after)


def _edits(
    repo: Repository, reader: SourceReader, branches: Sequence[Branch], problems: list[Problem]
) -> Mapping[str, Edits]:
    diffs = diff_trees(repo, [(one.fork, one.tip) for one in branches])
    found: dict[str, Edits] = {}
    for one, diff in zip(branches, diffs, strict=True):
        if diff.problem is not None:
            problems.append(diff.problem)
        found[one.name] = edits_of(tuple(changed_files(diff, reader)))
    return found


def changed_files(diff: TreeDiff, reader: SourceReader) -> Iterator[ChangedFile]:
    """The files of a diff with both sides read, as far as they can be."""
    for file in diff.files:
        yield ChangedFile(file, _file(file.before, reader), _file(file.after, reader))


def _file(version: FileVersion | None, reader: SourceReader) -> ReadFile | None:
    if version is None or not version.mode.is_text_file:
        return None
    found = reader.read(version)
    return None if isinstance(found, Problem) else found
