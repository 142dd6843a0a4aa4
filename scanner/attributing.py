"""A range of commits, or the lines of a file → who wrote them, by which evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner.attribution.all_sources import Attributed, attribute
from scanner.attribution.changes import added_lines
from scanner.attribution.lines import Birth, LineLabel, label_lines
from scanner.attribution.settings import AttributionSettings
from scanner.attribution.shares import LineCounts, git_ai_counts
from scanner.errors import ScanError
from scanner.git.lifelines import Lifelines, in_order, needed_pairs, trace
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.history import Selection, read_all
from scanner.model import Attribution, Commit, Label

#: Pathspec for every file: attestations are not only of Python.
_ALL_PATHS = ("*",)


@dataclass(frozen=True, slots=True)
class AttributedRange:
    """The attribution of each commit of a range, newest first, and line counts where attested.

    `commits` leaves out nothing: merges and automation are there with their labels.
    """

    words: str
    commits: tuple[Commit, ...]
    attributed: Attributed
    lines: Mapping[str, LineCounts]

    @property
    def by_label(self) -> Counter[tuple[Label, tuple[str, ...]]]:
        """Commits by label and agents."""
        return Counter((found.label, found.agents) for found in map(self.attribution, self.commits))

    def attribution(self, commit: Commit) -> Attribution:
        return self.attributed.attributions[commit.oid]


def attribute_range(
    repository: Repository, selection: Selection, settings: AttributionSettings
) -> AttributedRange:
    """Labels every commit of a selection."""
    commits, left_out = read_all(repository, selection)
    chosen = [
        commit
        for commit in reversed(commits)
        if commit.oid not in left_out and selection.holds(commit)
    ]
    attributed = attribute(commits, repository, settings)
    counts = dict(_attested_counts(repository, chosen, attributed))
    return AttributedRange(selection.words, tuple(chosen), attributed, counts)


def _attested_counts(
    repository: Repository, commits: Sequence[Commit], attributed: Attributed
) -> Iterator[tuple[str, LineCounts]]:
    """Added lines by what is attested of them, for commits that carry line attestations."""
    attested = {}
    for commit in commits:
        claims = attributed.attributions[commit.oid].evidence
        lines = [line for claim in claims for line in claim.lines]
        if lines:
            attested[commit.oid] = (commit, lines)
    pairs = [(c.parents[0] if c.parents else None, c.oid) for c, _ in attested.values()]
    diffs = diff_trees(repository, pairs, _ALL_PATHS)
    for (commit, lines), diff in zip(attested.values(), diffs, strict=True):
        yield commit.oid, git_ai_counts(added_lines(diff), lines, is_merge=commit.is_merge)


def attribute_file(
    repository: Repository, tip: str, path: str, settings: AttributionSettings
) -> Sequence[LineLabel]:
    """The label of every line of a file at a commit.

    Raises:
        ScanError: there is no such Python file in the commit, or git cannot follow its lines.
    """
    commits, _ = read_all(repository, Selection(tip))
    diffs = diff_trees(repository, needed_pairs(commits))
    lifelines = trace(commits, in_order(diffs), tip)
    if path in lifelines.unknown:
        raise ScanError(f"The lines of {path} cannot be followed: git could not compare it.")
    if path not in lifelines.alive:
        raise ScanError(
            f"There is no Python file {path} in {tip[:12]}.",
            hint="Give its path from the top of the repository, with /.",
        )
    attributed = attribute(commits, repository, settings)
    return label_lines(_births(lifelines, path), attributed.attributions)


def _births(lifelines: Lifelines, path: str) -> Iterator[Birth]:
    for line in np.asarray(lifelines.alive[path]).tolist():
        number = lifelines.birth[line]
        commit = lifelines.commits[number] if number >= 0 else ""
        yield Birth(
            commit, lifelines.paths[lifelines.birth_path[line]], int(lifelines.birth_line[line])
        )
