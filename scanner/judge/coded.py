"""The rules in code, asked of a change: only what is new in it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Dimension, FileMode, FileVersion, Judgement, Problem
from scanner.changes.exclusions import foreign_paths
from scanner.clones.definitions import FileNames, names_of
from scanner.clones.live_code import LiveCode
from scanner.config import Settings
from scanner.dependencies.standard_library import is_standard
from scanner.judge.deviation import Sources
from scanner.judge.namesakes import namesakes
from scanner.judge.rules import is_judged
from scanner.judge.verdict import Prepared
from scanner.rulepacks.coded import DUPLICATE_HELPER_NAME, UNDECLARED_IMPORT, coded_in_force
from scanner.rulepacks.hits import CodedHits, RuleHit
from scanner.scoring.change import ChangedFile

if TYPE_CHECKING:
    from scanner.codebase.declarations import DeclarationReader


class CodedRules:
    """Asks the rules in code of changes, one after the other."""

    def __init__(self, sources: Sources, settings: Settings) -> None:
        self._sources = sources
        self._in_force = coded_in_force(settings)

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
            found = self._undeclared(prepared, files, live, is_own)
        same: Mapping[str, tuple[RuleHit, ...]] = {}
        if DUPLICATE_HELPER_NAME.id in self._in_force:
            same = self._namesakes(prepared, files, live, is_own)
        paths = sorted(found.hits.keys() | same.keys())
        hits = {path: (*found.of(path), *same.get(path, ())) for path in paths}
        return CodedHits(hits, found.problems)

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
        is_own: Callable[[str], bool],
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
            if file.after is not None and new and is_own(file.path):
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


def _names(file: ReadFile | None, live: LiveCode) -> FileNames:
    if file is None:
        return names_of(())
    facts = live.fingerprints(file)
    units = ((unit, facts[unit.content]) for unit in file.outline.units)
    return names_of((unit, text) for unit, text in units if isinstance(text, Fingerprint))
