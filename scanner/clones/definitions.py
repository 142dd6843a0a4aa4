"""Which files import a module, and which define a function: by name, for one tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.base.model import Unit, UnitKind


class FileNames(NamedTuple):
    """The top-level modules that a file imports, anywhere in it, and its functions at the top.

    Relative imports, and those under `if TYPE_CHECKING`, are left out.
    """

    modules: tuple[str, ...]
    functions: tuple[str, ...]


NOTHING = FileNames((), ())


def names_of(units: Iterable[tuple[Unit, Fingerprint]]) -> FileNames:
    """The names of a file with these units."""
    modules: dict[str, None] = {}
    functions: dict[str, None] = {}
    for unit, text in units:
        for one in text.imports:
            if not one.module.startswith("."):
                modules[one.module.split(".")[0].strip()] = None
        if unit.kind is UnitKind.FUNCTION and unit.name.isidentifier():
            functions[unit.name] = None
    return FileNames(tuple(modules), tuple(functions))


class DefinitionIndex:
    """The names of the files of one tree. `put` and `drop` follow the files."""

    def __init__(self) -> None:
        self._files: dict[str, FileNames] = {}
        self._importers: defaultdict[str, set[str]] = defaultdict(set)
        self._definers: defaultdict[str, set[str]] = defaultdict(set)

    def put(self, path: str, names: FileNames) -> None:
        """Takes in the names of a file, replacing what was known of it."""
        if self._files.get(path) == names:
            return
        self.drop(path)
        self._files[path] = names
        for module in names.modules:
            self._importers[module].add(path)
        for function in names.functions:
            self._definers[function].add(path)

    def drop(self, path: str) -> None:
        """Takes a file out."""
        names = self._files.pop(path, NOTHING)
        for module in names.modules:
            self._importers[module].discard(path)
        for function in names.functions:
            self._definers[function].discard(path)

    def importers(self, module: str) -> Collection[str]:
        """The files that import a module or something in it."""
        return self._importers.get(module, ())

    def imported(self) -> frozenset[str]:
        """The modules that any file imports, in lower case."""
        return frozenset(name.lower() for name, paths in self._importers.items() if paths)

    def definers(self, function: str) -> Collection[str]:
        """The files that define a function of this name outside of classes."""
        return self._definers.get(function, ())
