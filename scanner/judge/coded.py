"""The rules in code, asked of a change: those of the whole tree, and those of single units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Dimension, FileMode, FileVersion, Judgement, Problem
from scanner.clones.definitions import FileNames, names_of
from scanner.clones.live_code import LiveCode
from scanner.codebase.rules import outside_rules
from scanner.codebase.unit_rule_hits import hits_in_file, unit_rules_in_force
from scanner.config import Settings
from scanner.dependencies.standard_library import is_standard
from scanner.judge.deviation import Sources
from scanner.judge.namesakes import namesakes
from scanner.judge.renamed import before_in_place
from scanner.judge.rules import is_judged
from scanner.judge.verdict import Prepared
from scanner.roles.foreign import foreign_paths
from scanner.rulepacks.hits import CodedHits, RuleHit
from scanner.rulepacks.tree_rules import DUPLICATE_HELPER_NAME, UNDECLARED_IMPORT, coded_in_force
from scanner.scoring.change import ChangedFile

if TYPE_CHECKING:
    from scanner.codebase.declarations import DeclarationReader


class CodedRules:
    """Asks the rules in code of changes, one after the other."""

    def __init__(self, sources: Sources, settings: Settings) -> None:
        self._sources = sources
        self._in_force = coded_in_force(settings)
        self._unit_rules = unit_rules_in_force(settings)
        self._is_outside = outside_rules(settings)

    @cached_property
    def _declarations(self) -> DeclarationReader:
        # Few changes import what no other file does: a hook has no need of what it takes to read.
        from scanner.codebase.declarations import DeclarationReader  # noqa: PLC0415

        return DeclarationReader(self._sources.repository, self._sources.blobs)

    def judge(self, prepared: Prepared, live: LiveCode) -> CodedHits:
        """What a change brings; `live` stands at the tree before it."""
        files = [file for file in prepared.change.files if is_judged(file)]
        is_own = _OwnFiles(live)
        found = CodedHits({})
        if UNDECLARED_IMPORT.id in self._in_force:
            found = self._undeclared(prepared, files, live)
        same: Mapping[str, tuple[RuleHit, ...]] = {}
        if DUPLICATE_HELPER_NAME.id in self._in_force:
            same = self._namesakes(prepared, files, live, is_own)
        by_unit = self._by_unit(files)
        paths = sorted(found.hits.keys() | same.keys() | by_unit.hits.keys())
        hits = {p: (*by_unit.of(p), *found.of(p), *same.get(p, ())) for p in paths}
        return CodedHits(hits, (*found.problems, *by_unit.problems), by_unit.before)

    def _by_unit(self, files: Sequence[ChangedFile]) -> CodedHits:
        """What the rules of single units find on both sides, less units that stand on both."""
        sides: tuple[dict[str, tuple[RuleHit, ...]], dict[str, tuple[RuleHit, ...]]] = {}, {}
        told: list[Problem] = []
        for file in files if self._unit_rules else ():
            same = _units_of_both(file)
            for read, hits, is_before in (
                (file.before, sides[0], True),
                (file.after, sides[1], False),
            ):
                before = before_in_place(file.change)
                path = before.path if is_before and before else file.path
                if read is None or self._is_outside(path):
                    continue
                reader, rules = self._sources.reader, self._unit_rules
                found, problems = hits_in_file(reader, read, path, rules, same)
                if found:
                    hits[file.path] = found
                told += [replace(problem, is_before=is_before) for problem in problems]
        return CodedHits(sides[1], tuple(told), sides[0])

    def _namesakes(
        self,
        prepared: Prepared,
        files: Sequence[ChangedFile],
        live: LiveCode,
        is_own: Callable[[str], bool],
    ) -> Mapping[str, tuple[RuleHit, ...]]:
        """New functions that are called as another is."""
        after, before = prepared.diff.after, prepared.diff.before
        return namesakes(
            files,
            live.names,
            is_own,
            lambda path: self._declarations.at(after).home(path),
            lambda path: self._read(before, path),
        )

    def _undeclared(
        self,
        prepared: Prepared,
        files: Sequence[ChangedFile],
        live: LiveCode,
    ) -> CodedHits:
        """Imports of modules that no file imported before the change."""
        before = {n for file in prepared.change.files for n in _names(file.before, live).modules}
        asking: dict[str, ReadFile] = {}
        wanted: set[str] = set()
        for file in files:
            new = [
                name
                for name in _names(file.after, live).modules
                if name not in before and not is_standard(name)
                if not live.names.importers(name)
            ]
            if file.after is not None and new:
                asking[file.path] = file.after
                wanted.update(new)
        if not wanted:
            return CodedHits({})
        from scanner.judge.undeclared import undeclared_imports  # noqa: PLC0415

        declarations = self._declarations.at(prepared.diff.after)
        return undeclared_imports(asking, wanted, declarations, live.names.imported())

    def _read(self, tree: str | None, path: str) -> ReadFile | None:
        found = self._sources.reader.read(FileVersion(path, FileMode.REGULAR, f"{tree}:{path}"))
        return None if isinstance(found, Problem) else found


class _OwnFiles:
    """Tells what is written here by hand; the attributes are read when it is first asked."""

    def __init__(self, live: LiveCode) -> None:
        self._live = live

    @cached_property
    def _is_foreign(self) -> Callable[[str], bool]:
        return foreign_paths(self._live.attributes())

    def __call__(self, path: str) -> bool:
        return not self._is_foreign(path)


def without_copies(found: CodedHits, judgement: Judgement) -> CodedHits:
    """The hits less new functions that duplication is charged for already."""
    copies = [one.place for one in judgement.findings if one.dimension is Dimension.DUPLICATION]
    hits = {
        path: tuple(
            hit
            for hit in some
            if hit.rule != DUPLICATE_HELPER_NAME.id
            or not any(
                place.path == path
                and place.span.first <= hit.span.last
                and hit.span.first <= place.span.last
                for place in copies
            )
        )
        for path, some in found.hits.items()
    }
    return replace(found, hits=hits)


def _units_of_both(file: ChangedFile) -> frozenset[str]:
    """The contents of units that stand as often after a change as before it."""
    if file.before is None or file.after is None:
        return frozenset()
    before, after = (
        Counter(unit.content for unit in side.outline.units) for side in (file.before, file.after)
    )
    return frozenset(content for content, count in before.items() if after[content] == count)


def _names(file: ReadFile | None, live: LiveCode) -> FileNames:
    if file is None:
        return names_of(())
    facts = live.fingerprints(file)
    units = ((unit, facts[unit.content]) for unit in file.outline.units)
    return names_of((unit, text) for unit, text in units if isinstance(text, Fingerprint))
