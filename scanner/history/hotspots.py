"""Hotspots: files by debt × how often they change, and what to mend first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.base.model import Finding, RuleMatch, TreeDiff
from scanner.base.store import open_store
from scanner.history.read import (
    Progress,
    Selection,
    all_changes,
    diffs_of,
    newest_since,
    read_all,
)
from scanner.judge.batch import JudgingContext
from scanner.tree.scan import TreeScan, scan_tree

#: Of the findings at a head, so many of the costliest are thought of for a repair.
COSTLIEST = 60


@dataclass(frozen=True)
class HotFile:
    """A file of a tree: what stands in it, and how often changes touched it.

    `points` are those of `scan`, `worst` the unit that has most of them. `changes` are followed
    through renames.
    """

    path: str
    changes: int
    points: float
    worst: str
    worst_points: float

    @property
    def heat(self) -> float:
        """Debt × change frequency."""
        return self.points * self.changes


class NamesAtHead:
    """What files of the time are called at the head, while changes are met newest first."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    def of(self, path: str) -> str:
        return self._now.get(path, path)

    def meet(self, diff: TreeDiff | None) -> set[str]:
        """The files that a change touched and left there, by what they are called at the head."""
        touched = set()
        for file in diff.files if diff else ():
            if file.after is None:
                continue
            path = self.of(file.after.path)
            touched.add(path)
            if file.before and file.before.path != file.after.path:
                self._now[file.before.path] = path
        return touched


def hot_files(findings: Iterable[Finding], changes: Mapping[str, int]) -> tuple[HotFile, ...]:
    """The files that have findings and were changed, hottest first."""
    units: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for finding in findings:
        units[finding.place.path][finding.place.unit] += finding.points
    files = (_file(path, changes[path], held) for path, held in units.items() if changes.get(path))
    return tuple(
        sorted((file for file in files if file.points), key=lambda file: (-file.heat, file.path))
    )


def _file(path: str, changes: int, units: Mapping[str, float]) -> HotFile:
    worst, points = max(units.items(), key=lambda item: (item[1], item[0]))
    return HotFile(path, changes, sum(units.values()), worst, points)


@dataclass(frozen=True, slots=True)
class Fix:
    """A finding that is worth a repair, and how many changes touched its file."""

    finding: Finding
    changes: int


def worth_fixing(findings: Sequence[Finding], files: Iterable[HotFile]) -> tuple[Fix, ...]:
    """Of the costliest findings, one a unit, those first whose file is changed often: a repair pays
    where work goes on.

    Args:
        findings: costliest first.
    """
    touched = {file.path: file.changes for file in files}
    found: dict[tuple[str, str], Fix] = {}
    for finding in findings[:COSTLIEST]:
        place = finding.place
        if finding.points > 0:
            found.setdefault((place.path, place.unit), Fix(finding, touched.get(place.path, 0)))
    return tuple(sorted(found.values(), key=lambda fix: -fix.finding.points * fix.changes))


@dataclass(frozen=True, slots=True)
class Hotspots:
    """What stands in a tree, and its files with debt, hottest first.

    `changes` is how many changes were looked at: the newest year or 1,000.
    """

    scan: TreeScan
    files: tuple[HotFile, ...]
    changes: int


def hotspots_at(
    context: JudgingContext, revision: str, jobs: int | None, progress: Progress
) -> Hotspots:
    """The hotspots of a revision, by all its newest changes; none is judged for it.

    Raises:
        ScanError: the revision is unknown.
    """
    scan = scan_tree(
        context, revision, jobs, lambda done, total: progress("reading files", done, total)
    )
    commits, _, _ = read_all(context.repository, Selection(scan.revision))
    integrated = all_changes(commits, Selection(scan.revision))
    since = newest_since(integrated)
    newest = [one for one in integrated if since is None or one.commit.committed >= since]
    with open_store(context.store_path) as store:
        diffs = diffs_of(context.repository, store, [one.pair for one in newest], progress)
    names, touches = NamesAtHead(), Counter[str]()
    for one in reversed(newest):
        touches.update(names.meet(diffs[one.pair]))
    return Hotspots(scan, hot_files(scan.findings, touches), len(newest))


# --------------------------------------------------------------------------- what to mend first

#: Minutes of work, roughly: what a rule finds, and what a tool can mend by itself.
_BY_RULE, _BY_ITSELF = 5.0, 1.0
#: Reading a function or a copy before it is changed, and each point of it.
_TO_READ, _A_POINT = 10.0, 2.0


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair with a rough guess of the minutes that it takes."""

    fix: Fix
    minutes: float


def minutes_for(finding: Finding) -> float:
    """A rough guess, for choosing what fits: nothing here was measured."""
    if finding.fix is not None:
        return _BY_ITSELF
    if isinstance(finding.evidence, RuleMatch):
        return _BY_RULE
    return _TO_READ + _A_POINT * finding.points


def plan(fixes: Iterable[Fix], minutes: float) -> Iterator[Repair]:
    """Those repairs that pay most for a minute, as many as fit."""
    repairs = [Repair(fix, minutes_for(fix.finding)) for fix in fixes if fix.changes]
    repairs.sort(key=lambda one: -one.fix.finding.points * one.fix.changes / one.minutes)
    left = minutes
    for repair in repairs:
        if repair.minutes <= left:
            left -= repair.minutes
            yield repair
