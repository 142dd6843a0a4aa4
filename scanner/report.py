"""A history → the report: what is compared, on how much evidence, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner import __version__
from scanner.aftermath import Aftermath
from scanner.codebase.clone_groups import CloneGroup
from scanner.compare.compare import Comparison, Contrast, arms_of, compare
from scanner.compare.estimates import Estimate
from scanner.compare.outcomes import table_of
from scanner.compare.table import Table
from scanner.compare.trends import Trend, by_month, trend
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree
from scanner.history import History, Progress
from scanner.model import Change, Commit, Exclusion, Label, Missing, Place, Problem, Span

#: Findings whose code the page shows, worst first: enough for a reader, bounded for the file.
EXCERPTS = 400
#: Lines of code shown of one finding.
EXCERPT_LINES = 14
#: Groups of copies whose code the page shows, largest saving first, and lines of each place.
COPY_GROUPS, COPY_LINES = 6, 40


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file at a commit, from line `first`; `is_cut` says that the place goes on."""

    path: str
    first: int
    lines: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the compared history carries evidence of who wrote it.

    `changes` and `lines` (added code lines) count by label; every label is there.
    """

    changes: tuple[tuple[Label, int], ...]
    lines: tuple[tuple[Label, int], ...]

    @property
    def share_marked(self) -> float | None:
        """The share of changes with any label but `unmarked`; None without changes."""
        counts = dict(self.changes)
        every = sum(counts.values())
        return (every - counts[Label.UNMARKED]) / every if every else None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything any page shows; renderers compute nothing from the repository.

    `changes` are all that were selected, newest first; those with an `exclusion` are not compared.
    `excerpts` are keyed by commit and fingerprint of a finding. `clones` are the groups of copies
    at the head, largest saving first; `clone_excerpts` holds the code of two places of some.
    """

    tallystick: str
    selection: str
    unit: str
    head: Commit
    settings: Settings
    changes: tuple[Change, ...]
    coverage: Coverage
    exclusions: tuple[tuple[Exclusion, int], ...]
    estimates: tuple[Estimate, ...]
    comparison: Comparison
    trends: tuple[Trend, ...]
    aftermath: Aftermath
    seed: int
    history: History
    problems: tuple[Problem, ...]
    excerpts: Mapping[tuple[str, str], Excerpt]
    clones: tuple[CloneGroup, ...]
    clone_excerpts: Mapping[Place, Excerpt]

    @property
    def compared(self) -> tuple[Change, ...]:
        """The changes that are compared."""
        return tuple(change for change in self.changes if change.exclusion is None)


def build_report(
    history: History,
    aftermath: Aftermath,
    repository: Repository,
    settings: Settings,
    clones: tuple[CloneGroup, ...],
    progress: Progress,
) -> Report:
    """Compares the arms of a history, and gathers what the pages show."""
    compared = [facts for facts in aftermath.facts if facts.change.exclusion is None]
    table = table_of(compared)
    lives = aftermath.lives(history, [facts.change for facts in compared])
    comparison = compare(
        table, lives, progress=lambda done, total: progress("comparing", done, total)
    )
    changes = tuple(
        replace(facts.change, survival=None if isinstance(fate, Missing) else fate.survival)
        for facts in aftermath.facts
        for fate in (facts.fate,)
    )
    return Report(
        tallystick=__version__,
        selection=history.selection.words,
        unit=history.selection.unit.value,
        head=history.by_oid[history.selection.tip],
        settings=settings,
        changes=tuple(reversed(changes)),
        coverage=_coverage([facts.change for facts in compared]),
        exclusions=_exclusions(changes),
        estimates=_primary(comparison),
        comparison=comparison,
        trends=_trends(table),
        aftermath=aftermath,
        seed=comparison.resampling.seed,
        history=history,
        problems=tuple(dict.fromkeys((*history.problems, *aftermath.problems))),
        excerpts=_excerpts(history, repository),
        clones=clones,
        clone_excerpts=_clone_excerpts(repository, history.selection.tip, clones),
    )


def _primary(comparison: Comparison) -> tuple[Estimate, ...]:
    """The answers to the first question: AI-attributed against other changes."""
    return next((one.estimates for one in comparison.contrasts if one.contrast is Contrast.AI), ())


#: What is shown over time.
TRENDS = ("debt", "rework_14")


def _trends(table: Table) -> tuple[Trend, ...]:
    """The most telling outcomes by month, for both arms."""
    arms, months = arms_of(table, Contrast.AI), by_month(table)
    chosen = [outcome for outcome in table.outcomes if outcome.key in TRENDS]
    return tuple(trend(table, arms, outcome, months) for outcome in chosen)


def _coverage(changes: Sequence[Change]) -> Coverage:
    counts = Counter(change.attribution.label for change in changes)
    lines: Counter[Label] = Counter()
    for change in changes:
        lines[change.attribution.label] += change.judgement.scorecard.added_code_lines
    return Coverage(
        tuple((label, counts[label]) for label in Label),
        tuple((label, lines[label]) for label in Label),
    )


def _exclusions(changes: Iterable[Change]) -> tuple[tuple[Exclusion, int], ...]:
    counts = Counter(change.exclusion for change in changes if change.exclusion)
    return tuple((reason, counts[reason]) for reason in Exclusion if counts[reason])


def _excerpts(history: History, repository: Repository) -> dict[tuple[str, str], Excerpt]:
    """The code of the worst findings, as it stood after their change."""
    found = [(change, f) for change in history.changes for f in change.judgement.findings]
    worst = sorted(found, key=lambda pair: -pair[1].points)[:EXCERPTS]
    excerpts = {}
    with BlobReader(repository) as blobs:
        for change, finding in worst:
            pair = (change.commit.parents[0] if change.commit.parents else None, change.commit.oid)
            blob = {
                file.after.path: file.after.blob for file in history.diffs[pair].files if file.after
            }.get(finding.place.path)
            source = blobs.read(blob) if blob else None
            if isinstance(source, bytes):
                key = (change.commit.oid, finding.fingerprint)
                excerpts[key] = _excerpt(source, finding.place.path, finding.place.span)
    return excerpts


def _clone_excerpts(
    repository: Repository, tip: str, clones: Sequence[CloneGroup]
) -> dict[Place, Excerpt]:
    """The code of the two places by which each of the largest groups outside of tests is shown."""
    shown = [group for group in clones if not group.is_test][:COPY_GROUPS]
    places = [place for group in shown for place in group.example]
    if not places:
        return {}
    paths = tuple(f":(literal){path}" for path in sorted({place.path for place in places}))
    ids = {version.path: version.blob for version in list_tree(repository, tip, paths)}
    excerpts = {}
    with BlobReader(repository) as blobs:
        for place in places:
            source = blobs.read(ids[place.path])
            if isinstance(source, bytes):
                excerpts[place] = _excerpt(source, place.path, place.span, COPY_LINES)
    return excerpts


def _excerpt(source: bytes, path: str, span: Span, most: int = EXCERPT_LINES) -> Excerpt:
    lines = source.decode("utf-8", "replace").split("\n")
    last = min(span.last, span.first + most - 1)
    return Excerpt(path, span.first, tuple(lines[span.first - 1 : last]), last < span.last)
