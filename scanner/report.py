"""A history → the report: what is compared, on how much evidence, and what was left out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner import __version__
from scanner.compare.estimates import Estimate, estimate, with_q_values
from scanner.compare.inference import Resampling
from scanner.compare.strata import Arms
from scanner.compare.table import OutcomeSpec, Row, Scale, Table, Theme, Value
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.history import History
from scanner.model import Arm, Change, Commit, Dimension, Exclusion, Label, Problem, Span

#: Findings whose code the page shows, worst first: enough for a reader, bounded for the file.
EXCERPTS = 400
#: Lines of code shown of one finding.
EXCERPT_LINES = 14


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
    `excerpts` are keyed by commit and fingerprint of a finding.
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
    seed: int
    history: History
    problems: tuple[Problem, ...]
    excerpts: Mapping[tuple[str, str], Excerpt]

    @property
    def compared(self) -> tuple[Change, ...]:
        """The changes that are compared."""
        return tuple(change for change in self.changes if change.exclusion is None)


_DEBT = OutcomeSpec(
    key="complexity",
    title="Complexity points per 100 added code lines",
    unit="points",
    theme=Theme.DEBT,
    scale=Scale.AMOUNT,
)
_ANY = OutcomeSpec(
    key="any-finding",
    title="Changes with any finding",
    unit="share of changes",
    theme=Theme.DEBT,
    scale=Scale.YES_NO,
)
_COGNITIVE = OutcomeSpec(
    key="cognitive-delta",
    title="Change in cognitive complexity",
    unit="points of cognitive complexity per change",
    theme=Theme.DEBT,
    scale=Scale.AMOUNT,
)
OUTCOMES = (_DEBT, _ANY, _COGNITIVE)


def build_report(history: History, repository: Repository, settings: Settings) -> Report:
    """Compares the arms of a history, and gathers what the pages show."""
    compared = [change for change in history.changes if change.exclusion is None]
    resampling = Resampling()
    by_oid = {commit.oid: commit for commit in history.commits}
    return Report(
        tallystick=__version__,
        selection=history.selection.words,
        unit=history.selection.unit.value,
        head=by_oid[history.selection.tip],
        settings=settings,
        changes=tuple(reversed(history.changes)),
        coverage=_coverage(compared),
        exclusions=_exclusions(history.changes),
        estimates=_estimates(compared, resampling),
        seed=resampling.seed,
        history=history,
        problems=history.problems,
        excerpts=_excerpts(history, repository),
    )


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


def _estimates(changes: Sequence[Change], resampling: Resampling) -> tuple[Estimate, ...]:
    table = Table(OUTCOMES, tuple(_row(change) for change in changes))
    sides = {Arm.AI: 1.0, Arm.OTHER: 0.0}
    treated = np.array([sides.get(row.arm, np.nan) if row.arm else np.nan for row in table.rows])
    arms = Arms(treated, "AI-attributed", "other")
    return with_q_values([estimate(table, arms, outcome, resampling) for outcome in OUTCOMES])


def _row(change: Change) -> Row:
    card = change.judgement.scorecard
    values: tuple[Value, ...] = (
        card.score(Dimension.COMPLEXITY) or 0.0,
        float(bool(change.judgement.findings)),
        float(change.judgement.cognitive_delta),
    )
    return Row(
        change=change.commit.oid,
        author=author_key(change.commit),
        label=change.attribution.label,
        level=change.attribution.level,
        change_type=change.change_type,
        added_code_lines=card.added_code_lines,
        time=change.time,
        values=values,
    )


def author_key(commit: Commit) -> str:
    """An opaque key that is equal for equal author addresses; it is never shown."""
    return hashlib.sha256(
        commit.author.email.strip().lower().encode("utf-8", "replace")
    ).hexdigest()


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


def _excerpt(source: bytes, path: str, span: Span) -> Excerpt:
    lines = source.decode("utf-8", "replace").split("\n")
    last = min(span.last, span.first + EXCERPT_LINES - 1)
    return Excerpt(path, span.first, tuple(lines[span.first - 1 : last]), last < span.last)
