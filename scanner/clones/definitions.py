"""Which files import a module, and which define a function: by name, for one tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.base.model import Unit, UnitKind


class ClassNames(NamedTuple):
    """A class of a file: the last names of its bases, and the parameters of its methods by name."""

    name: str
    bases: tuple[str, ...]
    methods: dict[str, int]


class FileNames(NamedTuple):
    """The top-level modules that a file imports, anywhere in it, its functions at the top, and its
    classes.

    Relative imports, and those under `if TYPE_CHECKING`, are left out.
    """

    modules: tuple[str, ...]
    functions: tuple[str, ...]
    classes: tuple[ClassNames, ...] = ()


NOTHING = FileNames((), ())

#: Bases are looked for up to so many classes above.
_HIGHEST = 20


def names_of(units: Iterable[tuple[Unit, Fingerprint]]) -> FileNames:
    """The names of a file with these units."""
    modules: dict[str, None] = {}
    functions: dict[str, None] = {}
    classes: dict[str, ClassNames] = {}
    for unit, text in units:
        owner, _, name = unit.name.rpartition(".")
        if unit.kind is UnitKind.CLASS:
            classes[unit.name] = ClassNames(name, text.bases, {})
        elif owner in classes:
            methods = classes[owner].methods
            name = name.split("#")[0]
            methods[name] = max(text.parameters, methods.get(name, 0))
        for one in text.imports:
            if not one.module.startswith("."):
                modules[one.module.split(".")[0].strip()] = None
        if unit.kind is UnitKind.FUNCTION and unit.name.isidentifier():
            functions[unit.name] = None
    return FileNames(tuple(modules), tuple(functions), tuple(classes.values()))


class DefinitionIndex:
    """The names of the files of one tree. `put` and `drop` follow the files."""

    def __init__(self) -> None:
        self._files: dict[str, FileNames] = {}
        self._importers: defaultdict[str, set[str]] = defaultdict(set)
        self._definers: defaultdict[str, set[str]] = defaultdict(set)
        self._classes: defaultdict[str, dict[str, ClassNames]] = defaultdict(dict)

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
        for one in names.classes:
            self._classes[one.name][path] = one

    def drop(self, path: str) -> None:
        """Takes a file out."""
        names = self._files.pop(path, NOTHING)
        for module in names.modules:
            self._importers[module].discard(path)
        for function in names.functions:
            self._definers[function].discard(path)
        for one in names.classes:
            self._classes[one.name].pop(path, None)

    def importers(self, module: str) -> Collection[str]:
        """The files that import a module or something in it."""
        return self._importers.get(module, ())

    def imported(self) -> frozenset[str]:
        """The modules that any file imports, in lower case."""
        return frozenset(name.lower() for name, paths in self._importers.items() if paths)

    def definers(self, function: str) -> Collection[str]:
        """The files that define a function of this name outside of classes."""
        return self._definers.get(function, ())

    def overridden(self, path: str, unit: str) -> int | None:
        """The most parameters that a class above has for the method; None if none has it.

        Bases are known by their last names, wherever they stand.
        """
        owner, _, method = unit.partition("#")[0].rpartition(".")
        own = self._classes.get(owner.rpartition(".")[2], {}).get(path) if owner else None
        waiting, seen = list(own.bases) if own else [], set[str]()
        found: list[int] = []
        while waiting and len(seen) < _HIGHEST:
            base = waiting.pop()
            if base in seen:
                continue
            seen.add(base)
            for one in self._classes.get(base, {}).values():
                waiting += one.bases
                if method in one.methods and one is not own:
                    found.append(one.methods[method])
        return max(found, default=None)

    def asks_for(self, base: str, method: str) -> bool:
        """Whether a class of this last name, or one above it, has the method."""
        return any(
            method in one.methods or self.overridden(path, f"{one.name}.{method}") is not None
            for path, one in self._classes.get(base, {}).items()
        )
