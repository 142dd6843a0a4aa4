"""A history → what stood in its trees over time, whoever wrote it: does the codebase get worse?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import reduce

import msgspec
import numpy as np
from numpy.typing import NDArray

from scanner.analysis.metrics.complexity import ANALYSIS as COMPLEXITY
from scanner.base.model import Arm, Commit, Complexity, FileVersion, Problem, Stage, Unit
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store, open_store
from scanner.codebase.paths import looked_at
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.trees import diff_trees
from scanner.history.attribution import arms_of_lines
from scanner.history.read import History, period_ends
from scanner.judge.batch import JudgingContext, Progress
from scanner.judge.file_batches import in_tasks
from scanner.roles.foreign import ATTRIBUTES, origin_of, top_rules
from scanner.roles.generators import generator_of
from scanner.scoring.complexity import standing_complexity
from scanner.scoring.matching import PlacedUnit


@dataclass(frozen=True, slots=True)
class Standing:
    """Sums over Python files. Counts, but for `points`: what is beyond the limits costs that much.

    `cyclomatic` has that of functions inside functions. `beyond` are the units beyond any limit.
    `unread` are the files that could not be measured and are in `files` alone.
    """

    files: int = 0
    units: int = 0
    code_lines: int = 0
    cognitive: int = 0
    cyclomatic: int = 0
    beyond: int = 0
    points: float = 0.0
    unread: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of a file, `first` to `last`, that are beyond a limit, and the points they cost."""

    path: str
    first: int
    last: int
    points: float


@dataclass(frozen=True, slots=True)
class MeasuredTree:
    """What stands in a file or a tree, and where it costs."""

    standing: Standing = NOTHING
    spots: tuple[Spot, ...] = ()


EMPTY = MeasuredTree()
UNREAD = MeasuredTree(Standing(files=1, unread=1))


@dataclass(frozen=True, slots=True)
class ArmStanding:
    """The lines of one arm that stand in a tree, and their part of its points.

    What costs in lines of several arms is divided by how many lines each has there.
    """

    arm: Arm
    lines: int
    points: float


@dataclass(frozen=True, slots=True)
class StandingAt:
    """What stood in the tree of `commit`, the last of a period, in all and by who wrote the lines.

    `by_arm` leaves out files whose lines could not be followed.
    """

    period: str
    commit: Commit
    standing: Standing
    by_arm: tuple[ArmStanding, ...]


@dataclass(frozen=True, slots=True)
class StandingDebt:
    """What stood before the first change (`NOTHING` before a history), and at each period's end.

    A tree that this clone lacks is a problem; `before` is None then, or a period has no end.
    """

    before: Standing | None = NOTHING
    ends: tuple[StandingAt, ...] = ()
    problems: tuple[Problem, ...] = ()


def standing_debt(
    context: JudgingContext, store: Store, history: History, jobs: int | None, progress: Progress
) -> StandingDebt:
    """Measures the trees at the ends of periods with changes, and that before the first change.

    What was measured before is not measured again; `progress` is told nothing then.
    """
    ends = dict(period_ends([change.commit for change in history.changes]))
    if not ends:
        return StandingDebt()
    parents = history.changes[0].commit.parents[:1]
    wanted = [*parents, *(commit.oid for commit in ends.values())]
    found, problems = _trees(context, store, wanted, jobs, progress)
    arms = arms_of_lines(history.lifelines, history.attributed.attributions)
    measured = ((name, commit, found.get(commit.oid)) for name, commit in ends.items())
    before = found.get(parents[0]) if parents else EMPTY
    return StandingDebt(
        None if before is None else before.standing,
        tuple(
            StandingAt(name, commit, one.standing, _by_arm(history, commit, one, arms))
            for name, commit, one in measured
            if one is not None
        ),
        problems,
    )


def _by_arm(
    history: History, commit: Commit, tree: MeasuredTree, arms: NDArray[np.int8]
) -> tuple[ArmStanding, ...]:
    files = {
        path: arms[lines]
        for path, lines in history.lines_at.get(commit.oid, {}).items()
        if lines is not None
    }
    every = list(Arm)
    lines = sum((_counts(wrote, every) for wrote in files.values()), np.zeros(len(every)))
    points = np.zeros(len(every))
    for spot in tree.spots:
        wrote = files.get(spot.path, _NO_ARMS)[spot.first - 1 : spot.last]
        if len(wrote):
            points += spot.points * _counts(wrote, every) / len(wrote)
    return tuple(
        ArmStanding(arm, int(lines[place]), float(points[place]))
        for place, arm in enumerate(every)
        if lines[place]
    )


_NO_ARMS = np.zeros(0, np.int8)


def _counts(wrote: NDArray[np.int8], every: Sequence[Arm]) -> NDArray[np.float64]:
    return np.bincount(wrote, minlength=len(every)).astype(np.float64)


def _trees(
    context: JudgingContext,
    store: Store,
    commits: Sequence[str],
    jobs: int | None,
    progress: Progress,
) -> tuple[dict[str, MeasuredTree], tuple[Problem, ...]]:
    cache_table = CacheTable("standing-tree", _version(context), MeasuredTree)
    kept = store.get_many(cache_table, commits)
    found = {oid: known for oid, known in kept.items() if isinstance(known, MeasuredTree)}
    trees, problems = _listed(context, [oid for oid in commits if oid not in found])
    files, passing = _files(context, store, trees, jobs, progress)
    fresh = {
        oid: _summed(_placed(files[one.blob], one.path) for one in versions)
        for oid, versions in trees.items()
    }
    whole = (o for o, held in trees.items() if passing.isdisjoint(one.blob for one in held))
    store.put_many(cache_table, {oid: fresh[oid] for oid in whole})
    return found | fresh, problems


def _placed(file: MeasuredTree, path: str) -> MeasuredTree:
    """A file's content where it stands: what was measured once may stand at several paths."""
    return replace(file, spots=tuple(replace(spot, path=path) for spot in file.spots))


def _summed(parts: Iterable[MeasuredTree]) -> MeasuredTree:
    """All parts together, in one pass over their spots."""
    known = list(parts)
    return MeasuredTree(
        reduce(Standing.__add__, (one.standing for one in known), NOTHING),
        tuple(spot for one in known for spot in one.spots),
    )


def _listed(
    context: JudgingContext, commits: Sequence[str]
) -> tuple[dict[str, list[FileVersion]], tuple[Problem, ...]]:
    """The Python files of trees, all asked of one git, and why some trees cannot be listed; what
    paths or `.gitattributes` say was not written here is left out, as `scan` does.
    """
    trees: dict[str, list[FileVersion]] = {}
    problems: list[Problem] = []
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        for diff in diff_trees(context.repository, [(None, oid) for oid in commits]):
            if diff.problem is not None:
                problems.append(diff.problem)
                continue
            rules = top_rules(reader.text(diff.after, ATTRIBUTES))
            versions = (file.after for file in diff.files if file.after is not None)
            trees[diff.after] = [
                version
                for version in looked_at(versions, context.settings.exclude)
                if origin_of(version.path, "", rules) is None
            ]
    return trees, tuple(problems)


def _files(
    context: JudgingContext,
    store: Store,
    trees: Mapping[str, Sequence[FileVersion]],
    jobs: int | None,
    progress: Progress,
) -> tuple[dict[str, MeasuredTree], frozenset[str]]:
    """What stands in each blob of the trees, and the blobs that this clone lacks."""
    versions = {one.blob: one for tree in trees.values() for one in tree}
    cache_table = CacheTable("standing-file", _version(context), MeasuredTree)
    kept = store.get_many(cache_table, versions)
    found = {blob: known for blob, known in kept.items() if isinstance(known, MeasuredTree)}
    wanted = [version for blob, version in versions.items() if blob not in found]
    asked: dict[str, MeasuredTree | None] = {}
    for measured in in_tasks(measure_files, context, wanted, jobs):
        asked.update(measured)
        progress(len(asked), len(wanted))
    fresh = {blob: one for blob, one in asked.items() if one is not None}
    store.put_many(cache_table, fresh)
    lacking = asked.keys() - fresh.keys()
    return found | fresh | dict.fromkeys(lacking, UNREAD), frozenset(lacking)


def _version(context: JudgingContext) -> str:
    settings = context.settings
    judging = (settings.limits, settings.points, settings.exclude)
    limits = hashlib.sha256(msgspec.json.encode(judging)).hexdigest()[:16]
    return f"{source_digest('analysis', 'base', 'git', 'history', 'roles', 'scoring')}/{limits}"


def measure_files(
    context: JudgingContext, versions: Sequence[FileVersion]
) -> list[tuple[str, MeasuredTree | None]]:
    """What stands in each of some files, by blob; None where the clone lacks its content."""
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        found = [(one.blob, _measured_file(context, reader, one)) for one in versions]
        reader.flush()
    return found


def _measured_file(
    context: JudgingContext, reader: SourceReader, version: FileVersion
) -> MeasuredTree | None:
    file = reader.read(version)
    if isinstance(file, Problem):
        return None if file.stage is Stage.GIT else UNREAD
    if generator_of(file.text) is not None:  # as its own text says
        return EMPTY
    facts = reader.facts(COMPLEXITY, [(file, unit) for unit in file.outline.units])
    units = [
        _measured_unit(context, version, unit, facts[unit.content]) for unit in file.outline.units
    ]
    every = _summed(units)
    sums = every.standing
    return replace(every, standing=replace(sums, files=1, unread=min(1, sums.unread)))


def _measured_unit(
    context: JudgingContext, version: FileVersion, unit: Unit, facts: Complexity | Problem
) -> MeasuredTree:
    if isinstance(facts, Problem):
        return MeasuredTree(Standing(unread=1))
    placed, settings = PlacedUnit(version.path, unit, ()), context.settings
    known = {unit.content: facts}
    found = standing_complexity([placed], known, settings.limits, settings.points)
    standing = Standing(
        units=1,
        code_lines=facts.code_lines,
        cognitive=facts.cognitive,
        cyclomatic=facts.cyclomatic + sum(closure.cyclomatic for closure in facts.closures),
        beyond=int(bool(found)),
        points=sum((finding.points for finding in found), 0.0),
    )
    spots = (
        Spot(one.place.path, one.place.span.first, one.place.span.last, one.points) for one in found
    )
    return MeasuredTree(standing, tuple(spots))
