"""A range of commits, or the lines of a file → who wrote them, by which evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.attribution.all_sources import Attributed, attribute
from scanner.attribution.changes import added_lines, facts_of
from scanner.attribution.lines import Birth, LabelledLines, LineLabel, label_lines
from scanner.attribution.resolve import ChangeFacts
from scanner.attribution.settings import AttributionSettings
from scanner.attribution.shares import LineCounts, git_ai_counts
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import (
    UNMARKED,
    Arm,
    Attribution,
    Commit,
    Granularity,
    Label,
    Level,
    Problem,
    TreeDiff,
)
from scanner.base.store import Store
from scanner.changes.exclusion_reader import ignored_at
from scanner.delivery.joining import forge_records
from scanner.delivery.pulls import Export
from scanner.git.lifelines import Lifelines, needed_pairs
from scanner.git.line_registry import NONE
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.history.lines import follow_lines
from scanner.history.read import (
    Progress,
    Selection,
    all_changes,
    as_landed,
    born_lines,
    facts_with_merges,
    messages_of,
    read_all,
)

#: Pathspec for every file: attestations are not only of Python.
_ALL_PATHS = ("*",)


@dataclass(frozen=True, slots=True)
class AttributedRange:
    """The attribution of each commit of a range, newest first, and line counts where attested.

    `commits` leaves out nothing: merges and automation are there with their labels. Those in
    `clean_merges` wrote no line, so they are no changes. `written` counts the lines of Python that
    the commits wrote, by label and by how it is known.
    """

    words: str
    commits: tuple[Commit, ...]
    clean_merges: frozenset[str]
    attributed: Attributed
    lines: Mapping[str, LineCounts]
    written: tuple[LabelledLines, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> tuple[Commit, ...]:
        """The commits less the merges that wrote nothing."""
        return tuple(commit for commit in self.commits if commit.oid not in self.clean_merges)

    @property
    def by_label(self) -> Counter[tuple[Label, tuple[str, ...]]]:
        """Changes by label and agents."""
        return Counter((found.label, found.agents) for found in map(self.attribution, self.changes))

    def attribution(self, commit: Commit) -> Attribution:
        return self.attributed.attributions[commit.oid]


def attribute_range(
    repository: Repository,
    store: Store,
    selection: Selection,
    settings: AttributionSettings,
    progress: Progress,
    export: Export | None = None,
) -> AttributedRange:
    """Labels every commit of a selection, and counts what became of the lines that it wrote.

    `export` is what a forge knows, if it was asked.
    """
    commits, left_out, of_commits = read_all(repository, selection)
    chosen = [
        commit
        for commit in reversed(commits)
        if commit.oid not in left_out and selection.holds(commit)
    ]
    lifelines, facts = _follow(repository, store, commits, selection.tip, progress)
    attributed = attribute(
        commits, repository, settings, facts, forge=forge_records(commits, export)
    )
    clean = (c.oid for c in chosen if c.is_merge and not facts[c.oid].resolves)
    return AttributedRange(
        words=selection.words,
        commits=tuple(chosen),
        clean_merges=frozenset(clean),
        attributed=attributed,
        lines=dict(_attested_counts(repository, chosen, attributed)),
        written=lines_by_label(
            lifelines, attributed.attributions, frozenset(commit.oid for commit in chosen)
        ),
        problems=(
            *of_commits,
            *lifelines.problems,
            *attributed.problems,
            *(export.problems if export else ()),
        ),
    )


def lines_by_label(
    lifelines: Lifelines, attributions: Mapping[str, Attribution], chosen: Container[str]
) -> tuple[LabelledLines, ...]:
    """What became of the lines that the chosen commits wrote, by label and how it is known."""
    ends = _ends(lifelines)
    counts: dict[tuple[Label, Granularity], NDArray[np.int64]] = {}
    shares: list[tuple[float, int]] = []
    for number, oid in enumerate(lifelines.commits):
        lines = lifelines.born_in(number)
        if not lines or oid not in chosen:
            continue
        fates = ends[:, lines.start : lines.stop]
        attribution = attributions.get(oid, UNMARKED)
        for key, columns in _by_label(lifelines, lines, attribution):
            values = fates[:, columns].sum(axis=1)
            counts[key] = counts.get(key, np.zeros(3, np.int64)) + values
            if key == _MIXED and (share := _share_of_all(attribution)) is not None:
                shares.append((share, int(values.sum())))
    known = sum(weight for _, weight in shares)
    mixed = sum(share * weight for share, weight in shares) / known if known else None
    rows = [
        LabelledLines(
            *key,
            int(values.sum()),
            int(values[0]),
            int(values[1]),
            mixed if key == _MIXED else None,
        )
        for key, values in counts.items()
        if values.any()
    ]
    labels, granularities = list(Label), list(Granularity)
    return tuple(
        sorted(rows, key=lambda r: (labels.index(r.label), granularities.index(r.granularity)))
    )


def arms_of_lines(
    lifelines: Lifelines, attributions: Mapping[str, Attribution]
) -> NDArray[np.int8]:
    """For every line the place of its arm in `Arm`; what automation wrote is among the others."""
    found = np.full(len(lifelines.birth), _PLACES[Arm.OTHER], np.int8)
    for number, oid in enumerate(lifelines.commits):
        lines = lifelines.born_in(number)
        if not lines:
            continue
        for (label, _), places in _by_label(lifelines, lines, attributions.get(oid, UNMARKED)):
            arm = Attribution(label).arm or Arm.OTHER
            found[lines.start : lines.stop][places] = _PLACES[arm]
    return found


_PLACES = {arm: place for place, arm in enumerate(Arm)}


#: Lines of which only their commit's share is known.
_MIXED = (Label.MIXED, Granularity.INHERITED)


def _share_of_all(attribution: Attribution) -> float | None:
    """The share of AI in a commit, where nothing says of any line whose it is."""
    return None if any(claim.lines for claim in attribution.evidence) else attribution.ai_share


def _ends(lifelines: Lifelines) -> NDArray[np.int64]:
    """Three rows, an element for each line: at how many places it stands, if it died, if lost."""
    counted = ~lifelines.is_twin
    dead = counted & (lifelines.death != NONE)
    lost = np.zeros(len(counted), np.bool_)
    lost[lifelines.lost] = True
    return np.stack((lifelines.places_at_head(), dead, counted & lost)).astype(np.int64)


def _by_label(
    lifelines: Lifelines, lines: range, attribution: Attribution
) -> Iterator[tuple[tuple[Label, Granularity], slice | list[int]]]:
    """The lines of one commit by label and granularity, as places in `lines`."""
    if not any(claim.lines for claim in attribution.evidence):
        yield (attribution.label, Granularity.INHERITED), slice(None)
        return
    oid = lifelines.commits[lifelines.birth[lines[0]]]
    places: dict[tuple[Label, Granularity], list[int]] = {}
    found = label_lines(_births(lifelines, lines), {oid: attribution})
    for place, line in enumerate(found):
        places.setdefault((line.label, line.granularity), []).append(place)
    yield from places.items()


def _follow(
    repository: Repository,
    store: Store,
    commits: Sequence[Commit],
    tip: str,
    progress: Progress,
) -> tuple[Lifelines, Mapping[str, ChangeFacts]]:
    """The lines of a history and what attribution needs to know of its commits; no diff is kept."""
    changes = all_changes(commits, Selection(tip))
    commits = as_landed(commits, changes)
    firsts = {commit.against_first_parent: commit for commit in commits}
    facts: dict[str, ChangeFacts] = {}
    pairs = needed_pairs(commits)

    def noted() -> Iterator[TreeDiff]:
        for number, diff in enumerate(diff_trees(repository, pairs)):
            commit = firsts.get((diff.before, diff.after))
            if commit is not None:
                facts[commit.oid] = facts_of(commit, diff)
            if number % 100 == 0:
                progress("comparing commits", number, len(pairs))
            yield diff

    ignored = ignored_at(repository, tip)
    lifelines = follow_lines(
        repository, store, commits, messages_of(commits, changes), tip, noted(), ignored
    )
    return lifelines, facts_with_merges(facts, born_lines(commits, lifelines))


def _attested_counts(
    repository: Repository, commits: Sequence[Commit], attributed: Attributed
) -> Iterator[tuple[str, LineCounts]]:
    """Added lines by what is attested of them, for commits that carry line attestations."""
    attested = {}
    for commit in commits:
        claims = attributed.attributions[commit.oid].evidence
        attesting = (claim for claim in claims if claim.level is Level.LINE_ATTESTATION)
        lines = [line for claim in attesting for line in claim.lines]
        if lines:
            attested[commit.oid] = (commit, lines)
    pairs = [commit.against_first_parent for commit, _ in attested.values()]
    diffs = diff_trees(repository, pairs, _ALL_PATHS)
    for (commit, lines), diff in zip(attested.values(), diffs, strict=True):
        yield commit.oid, git_ai_counts(added_lines(diff), lines, is_merge=commit.is_merge)


def attribute_file(
    repository: Repository,
    store: Store,
    tip: str,
    path: str,
    settings: AttributionSettings,
    progress: Progress,
    export: Export | None = None,
) -> Sequence[LineLabel]:
    """The label of every line of a file at a commit.

    Raises:
        ScanError: there is no such Python file in the commit, or git cannot follow its lines.
    """
    commits = read_all(repository, Selection(tip)).commits
    lifelines, facts = _follow(repository, store, commits, tip, progress)
    if path in lifelines.unknown:
        raise ScanError(
            f"The lines of {path} cannot be followed: git could not compare it.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )
    if path not in lifelines.alive:
        raise ScanError(
            f"There is no Python file {path} in {tip[:12]}.",
            hint="Give its path from the top of the repository, with /.",
        )
    attributed = attribute(
        commits, repository, settings, facts, forge=forge_records(commits, export)
    )
    births = _births(lifelines, np.asarray(lifelines.alive[path]).tolist())
    return label_lines(births, attributed.attributions)


def _births(lifelines: Lifelines, lines: Iterable[int]) -> Iterator[Birth]:
    for line in lines:
        number = lifelines.birth[line]
        commit = lifelines.commits[number] if number >= 0 else ""
        path = lifelines.paths[lifelines.birth_path[line]]
        yield Birth(commit, path, int(lifelines.birth_line[line]))
