"""One tree → the debt that stands in it: facts of all units, what is beyond limits or rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import filterfalse
from operator import attrgetter

from scanner.analysis.metrics.complexity import ANALYSIS as COMPLEXITY
from scanner.analysis.metrics.complexity import file_facts
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import (
    Complexity,
    FileFacts,
    FileVersion,
    Finding,
    LeftOut,
    LeftOutReason,
    Outline,
    Problem,
    Unit,
)
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store, open_store
from scanner.clones.candidates import FileKeys, tree_keys
from scanner.clones.index import limits_of
from scanner.codebase.declarations import DeclarationReader
from scanner.codebase.paths import looked_at, path_filter
from scanner.codebase.reader import SourceReader
from scanner.codebase.rules import outside_rules
from scanner.codebase.unit_rule_hits import hits_in_file, unit_rules_in_force
from scanner.dependencies.standard_library import is_standard
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.git.trees import list_other_languages, list_tree
from scanner.judge.batch import JudgingContext, Progress
from scanner.judge.file_batches import FILES_PER_TASK, in_tasks
from scanner.judge.rule_batches import matched
from scanner.judge.rules import believed
from scanner.judge.undeclared import undeclared_imports
from scanner.roles.foreign import ATTRIBUTES, foreign_paths, origin_of, top_rules
from scanner.roles.languages import other_language
from scanner.rulepacks.hits import CodedHits, RuleHit, RuleRun
from scanner.rulepacks.run import NO_SEMGREP, file_problems
from scanner.rulepacks.tree_rules import UNDECLARED_IMPORT, coded_in_force
from scanner.scoring.complexity import standing_complexity
from scanner.scoring.matching import PlacedUnit
from scanner.scoring.ordering import costliest_first
from scanner.scoring.rule_findings import standing

#: Keyed by blob id. Raised whenever the facts of a file would come out otherwise.
FILE_FACTS = CacheTable("file-facts", source_digest("analysis", "base", "roles"), FileFacts)


@dataclass(frozen=True, slots=True)
class MeasuredUnit:
    """A unit of the tree and its complexity."""

    path: str
    unit: Unit
    complexity: Complexity


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """A file of the tree and its raw counts and maintainability index."""

    path: str
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class TreeScan:
    """All that is known of one tree, each part in order of path and line; findings worst first.

    `left_out` are the files that are not measured: what was not written here, and no Python.
    """

    revision: str
    units: tuple[MeasuredUnit, ...] = ()
    files: tuple[MeasuredFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def scan_tree(
    context: JudgingContext, revision: str, jobs: int | None, progress: Progress
) -> TreeScan:
    """Measures every Python file of a revision's tree that the gate would judge.

    Raises:
        ScanError: the revision is unknown.
    """
    commit = resolve(context.repository, revision)
    versions = looked_at(list_tree(context.repository, commit), context.settings.exclude)
    parts: list[TreeScan] = []
    by_unit: dict[str, tuple[RuleHit, ...]] = {}
    for part, found in in_tasks(partial(scan_files, commit), context, versions, jobs):
        parts.append(part)
        by_unit |= found
        progress(min(len(versions), len(parts) * FILES_PER_TASK), len(versions))
    measured = _joined(commit, parts, _other_languages(context, commit))
    if context.rules is None:
        return measured
    aside = {one.path for one in measured.left_out}
    versions = [version for version in versions if version.path not in aside]
    undeclared = undeclared_in(context, commit, versions)
    paths = sorted(undeclared.hits.keys() | by_unit.keys())
    hits = replace(undeclared, hits={p: (*by_unit.get(p, ()), *undeclared.of(p)) for p in paths})
    findings, problems = _by_rules(context, versions, measured.units, hits, jobs)
    return replace(
        measured,
        findings=costliest_first((*measured.findings, *findings)),
        problems=(*measured.problems, *problems),
    )


def _by_rules(
    context: JudgingContext,
    versions: Sequence[FileVersion],
    units: Iterable[MeasuredUnit],
    coded: CodedHits,
    jobs: int | None,
) -> tuple[list[Finding], tuple[Problem, ...]]:
    """What the rules find in the tree, whoever brought it."""
    by_path: dict[str, list[Unit]] = defaultdict(list)
    for measured in units:
        by_path[measured.path].append(measured.unit)
    is_outside = outside_rules(context.settings)
    known = [v for v in versions if v.path in by_path and not is_outside(v.path)]
    run = matched(context, known, jobs)
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        hits_of = {v.path: (*run.of(v).hits, *coded.of(v.path)) for v in known}
        suppressing = {
            v.path: reader.read(v) for v in known if any(h.is_suppressed for h in hits_of[v.path])
        }
    off = frozenset(context.settings.rules_off)
    findings: list[Finding] = []
    for version in known:
        hits = [hit for hit in hits_of[version.path] if hit.rule not in off]
        file = suppressing.get(version.path)
        hits = list(believed(hits, None if isinstance(file, Problem) else file))
        outline = Outline(tuple(by_path[version.path]), 0)
        findings += standing(version.path, hits, outline, context.settings.rule_points)
    return findings, (*run.problems, *_unjudged(run, known), *coded.problems)


def _asks_for_undeclared(context: JudgingContext) -> bool:
    return UNDECLARED_IMPORT.id in coded_in_force(context.settings)


def undeclared_in(
    context: JudgingContext, commit: str, versions: Sequence[FileVersion]
) -> CodedHits:
    """The imports of the tree that nothing in it declares, each at the first file that makes it."""
    if not _asks_for_undeclared(context):
        return CodedHits({})
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        is_foreign = foreign_paths(reader.text(commit, ATTRIBUTES))
        own = [version for version in versions if not is_foreign(version.path)]
        keys = tree_keys(own, reader, store, limits_of(context.settings.duplication))
        reader.flush()
        read = ((path, one) for path, one in keys.items() if isinstance(one, FileKeys))
        modules = {
            path: frozenset(filterfalse(is_standard, one.names.modules)) for path, one in read
        }
        declarations = DeclarationReader(context.repository, blobs).at(commit)
        asked = frozenset[str]().union(*modules.values())
        missing = frozenset(name for name in asked if not declarations.covers(name))
        files = {
            version.path: file
            for version in own
            if not missing.isdisjoint(modules.get(version.path, ()))
            and isinstance(file := reader.read(version), ReadFile)
        }
        imported = frozenset(map(str.lower, asked))
        return undeclared_imports(files, missing, declarations, imported)


def _unjudged(run: RuleRun, versions: Sequence[FileVersion]) -> tuple[Problem, ...]:
    if any(problem.reason == NO_SEMGREP for problem in run.problems):
        return ()
    return file_problems(run, versions)


def scan_files(
    commit: str, context: JudgingContext, versions: Sequence[FileVersion]
) -> tuple[TreeScan, dict[str, tuple[RuleHit, ...]]]:
    """Measures some files of a commit, with what the rules of single units find in them, by path.

    A pure function of their content and the settings.
    """
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store)
        left_out = _written_elsewhere(commit, versions, reader)
        aside = {one.path for one in left_out}
        versions = [version for version in versions if version.path not in aside]
        units, problems = _measured_units(versions, reader)
        files, more_problems = _measured_files(versions, reader, store)
        hits, unread = _by_units(context, versions, reader)
        if context.rules is not None and _asks_for_undeclared(context):
            # They are looked up by `undeclared_in`, in one process; to make them is the most of it.
            tree_keys(versions, reader, store, limits_of(context.settings.duplication))
        reader.flush()
    measured = TreeScan(
        revision="",
        units=tuple(units),
        files=tuple(files),
        findings=_standing_findings(context, units),
        problems=(*problems, *more_problems, *unread),
        left_out=tuple(left_out),
    )
    return measured, hits


def _written_elsewhere(
    commit: str, versions: Iterable[FileVersion], reader: SourceReader
) -> list[LeftOut]:
    """The files that are generated or vendored, as the gate knows them."""
    rules = top_rules(reader.text(commit, ATTRIBUTES))
    left_out = []
    for version in versions:
        file = reader.read(version)
        origin = origin_of(version.path, "" if isinstance(file, Problem) else file.text, rules)
        if origin is not None:
            reason = LeftOutReason(origin.what.value)
            left_out.append(LeftOut(version.path, reason, origin.evidence, None))
    return left_out


def _other_languages(context: JudgingContext, commit: str) -> list[LeftOut]:
    is_excluded = path_filter(context.settings.exclude)
    return [
        LeftOut(path, LeftOutReason.NOT_PYTHON, other_language(path) or "", None)
        for path in list_other_languages(context.repository, commit)
        if not is_excluded(path)
    ]


def _by_units(
    context: JudgingContext, versions: Iterable[FileVersion], reader: SourceReader
) -> tuple[dict[str, tuple[RuleHit, ...]], list[Problem]]:
    """What the rules of single units find, by path."""
    rules = unit_rules_in_force(context.settings) if context.rules is not None else ()
    found: dict[str, tuple[RuleHit, ...]] = {}
    problems: list[Problem] = []
    for version in versions if rules else ():
        file = reader.read(version)
        if isinstance(file, Problem):
            continue  # told of by `_measured_units`
        hits, unread = hits_in_file(reader, file, version.path, rules)
        problems += unread
        if hits:
            found[version.path] = hits
    return found, problems


def _joined(commit: str, parts: Sequence[TreeScan], others: Iterable[LeftOut]) -> TreeScan:
    findings = (finding for part in parts for finding in part.findings)
    left_out = (one for part in parts for one in part.left_out)
    return TreeScan(
        revision=commit,
        units=tuple(unit for part in parts for unit in part.units),
        files=tuple(file for part in parts for file in part.files),
        findings=costliest_first(findings),
        problems=tuple(problem for part in parts for problem in part.problems),
        left_out=tuple(sorted([*left_out, *others], key=attrgetter("path"))),
    )


def _measured_units(
    versions: Iterable[FileVersion], reader: SourceReader
) -> tuple[list[MeasuredUnit], list[Problem]]:
    measured: list[MeasuredUnit] = []
    problems: list[Problem] = []
    for version in versions:
        file = reader.read(version)
        if isinstance(file, Problem):
            problems.append(file)
            continue
        facts = reader.facts(COMPLEXITY, [(file, unit) for unit in file.outline.units])
        for unit in file.outline.units:
            known = facts[unit.content]
            if isinstance(known, Problem):
                reason = f"{unit.name}: {known.reason}"
                problems.append(Problem(known.stage, version.path, reason))
            else:
                measured.append(MeasuredUnit(version.path, unit, known))
    return measured, problems


def _measured_files(
    versions: Sequence[FileVersion], reader: SourceReader, store: Store
) -> tuple[list[MeasuredFile], list[Problem]]:
    known = store.get_many(FILE_FACTS, (version.blob for version in versions))
    fresh: dict[str, FileFacts | Problem] = {}
    for version in versions:
        if version.blob not in known:
            file = reader.read(version)
            if not isinstance(file, Problem):  # told of by `_measured_units`
                known[version.blob] = fresh[version.blob] = file_facts(file)
    store.put_many(FILE_FACTS, fresh)
    files, problems = [], []
    for version in versions:
        facts = known.get(version.blob)
        if isinstance(facts, Problem):
            problems.append(Problem(facts.stage, version.path, facts.reason))
        elif facts is not None:
            files.append(MeasuredFile(version.path, facts))
    return files, problems


def _standing_findings(
    context: JudgingContext, units: Iterable[MeasuredUnit]
) -> tuple[Finding, ...]:
    facts = {measured.unit.content: measured.complexity for measured in units}
    placed = (PlacedUnit(measured.path, measured.unit, ()) for measured in units)
    return standing_complexity(placed, facts, context.settings.limits, context.settings.points)
