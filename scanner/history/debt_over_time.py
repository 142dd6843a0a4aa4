"""A history → what stood in its trees over time, whoever wrote it: does the code base get worse?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import reduce

import msgspec

from scanner.analysis.metrics.complexity import ANALYSIS as COMPLEXITY
from scanner.base.model import Change, Commit, Complexity, FileVersion, Problem, Stage, Unit
from scanner.base.periods import periods
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store, open_store
from scanner.codebase.paths import looked_at
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.trees import diff_trees
from scanner.history.read import History
from scanner.judge.batch import JudgingContext, Progress
from scanner.judge.file_batches import in_tasks
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
UNREAD = Standing(files=1, unread=1)


@dataclass(frozen=True, slots=True)
class StandingAt:
    """What stood in the tree of `commit`, the last of a period."""

    period: str
    commit: Commit
    standing: Standing


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
    ends = dict(_ends(history.changes))
    if not ends:
        return StandingDebt()
    parents = history.changes[0].commit.parents[:1]
    wanted = [*parents, *(commit.oid for commit in ends.values())]
    found, problems = _trees(context, store, wanted, jobs, progress)
    measured = ((name, commit, found.get(commit.oid)) for name, commit in ends.items())
    return StandingDebt(
        found.get(parents[0]) if parents else NOTHING,
        tuple(StandingAt(name, commit, one) for name, commit, one in measured if one is not None),
        problems,
    )


def _ends(changes: Sequence[Change]) -> Iterator[tuple[str, Commit]]:
    """The last change of each period that has one: in the order of changes, not of their clocks."""
    of, numbers, names = periods(change.time for change in changes)
    name_of = dict(zip(numbers, names, strict=True))
    latest = numbers[0] if numbers else 0
    for change in changes:
        latest = max(latest, of(change.time))
        yield name_of[latest], change.commit


def _trees(
    context: JudgingContext,
    store: Store,
    commits: Sequence[str],
    jobs: int | None,
    progress: Progress,
) -> tuple[dict[str, Standing], tuple[Problem, ...]]:
    cache_table = CacheTable("standing-tree", _version(context), Standing)
    kept = store.get_many(cache_table, commits)
    found = {oid: known for oid, known in kept.items() if isinstance(known, Standing)}
    trees, problems = _listed(context, [oid for oid in commits if oid not in found])
    files, passing = _files(context, store, trees, jobs, progress)
    fresh = {
        oid: reduce(Standing.__add__, (files[one.blob] for one in versions), NOTHING)
        for oid, versions in trees.items()
    }
    whole = (o for o, held in trees.items() if passing.isdisjoint(one.blob for one in held))
    store.put_many(cache_table, {oid: fresh[oid] for oid in whole})
    return found | fresh, problems


def _listed(
    context: JudgingContext, commits: Sequence[str]
) -> tuple[dict[str, list[FileVersion]], tuple[Problem, ...]]:
    """The Python files of trees, all asked of one git, and why some trees cannot be listed."""
    trees: dict[str, list[FileVersion]] = {}
    problems: list[Problem] = []
    for diff in diff_trees(context.repository, [(None, oid) for oid in commits]):
        if diff.problem is not None:
            problems.append(diff.problem)
            continue
        versions = (file.after for file in diff.files if file.after is not None)
        trees[diff.after] = looked_at(versions, context.settings.exclude)
    return trees, tuple(problems)


def _files(
    context: JudgingContext,
    store: Store,
    trees: Mapping[str, Sequence[FileVersion]],
    jobs: int | None,
    progress: Progress,
) -> tuple[dict[str, Standing], frozenset[str]]:
    """What stands in each blob of the trees, and the blobs that this clone lacks."""
    versions = {one.blob: one for tree in trees.values() for one in tree}
    cache_table = CacheTable("standing-file", _version(context), Standing)
    kept = store.get_many(cache_table, versions)
    found = {blob: known for blob, known in kept.items() if isinstance(known, Standing)}
    wanted = [version for blob, version in versions.items() if blob not in found]
    asked: dict[str, Standing | None] = {}
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
) -> list[tuple[str, Standing | None]]:
    """What stands in each of some files, by blob; None where the clone lacks its content."""
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        found = [(one.blob, _measured_file(context, reader, one)) for one in versions]
        reader.flush()
    return found


def _measured_file(
    context: JudgingContext, reader: SourceReader, version: FileVersion
) -> Standing | None:
    file = reader.read(version)
    if isinstance(file, Problem):
        return None if file.stage is Stage.GIT else UNREAD
    facts = reader.facts(COMPLEXITY, [(file, unit) for unit in file.outline.units])
    units = [
        _measured_unit(context, version, unit, facts[unit.content]) for unit in file.outline.units
    ]
    every = reduce(Standing.__add__, units, NOTHING)
    return replace(every, files=1, unread=min(1, every.unread))


def _measured_unit(
    context: JudgingContext, version: FileVersion, unit: Unit, facts: Complexity | Problem
) -> Standing:
    if isinstance(facts, Problem):
        return Standing(unread=1)
    placed, settings = PlacedUnit(version.path, unit, ()), context.settings
    known = {unit.content: facts}
    found = standing_complexity([placed], known, settings.limits, settings.points)
    return Standing(
        units=1,
        code_lines=facts.code_lines,
        cognitive=facts.cognitive,
        cyclomatic=facts.cyclomatic + sum(closure.cyclomatic for closure in facts.closures),
        beyond=int(bool(found)),
        points=sum((finding.points for finding in found), 0.0),
    )
